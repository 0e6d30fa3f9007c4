/*
 * bubble - the one notification of this process: its words, its buttons.
 */
#ifndef EVENKEEL_NOTIFY_BUBBLE_H
#define EVENKEEL_NOTIFY_BUBBLE_H

#include <gio/gio.h>
#include <stdbool.h>

struct bubble;

struct bubble_words {
	char *summary;
	char *body;
	char *plain; /* body where the server has no buttons */
	char *checkin, *snooze, *skip;
};

/* "checkin", "snooze", "skip" (once a bubble), or NULL: it was closed. */
typedef void (*bubble_cb)(const char *action, void *arg);

struct bubble *bubble_new(GDBusConnection *session, bubble_cb cb, void *arg);
void bubble_free(struct bubble *bubble); /* closes it */
/* In the place of what is shown; *ret_id its number.  False: the server did
 * not take it.  buttons: none without, and none where the server has none. */
bool bubble_show(struct bubble *bubble, const struct bubble_words *words,
    bool buttons, unsigned *ret_id);
void bubble_close(struct bubble *bubble);
void bubble_lost(struct bubble *bubble); /* its server is gone */
/* What the last click gave, for a window that comes to the front; or NULL. */
const char *bubble_token(const struct bubble *bubble);
/* One that an earlier process left. */
void bubble_close_id(struct bubble *bubble, unsigned id);

#endif
