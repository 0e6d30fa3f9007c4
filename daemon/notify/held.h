/*
 * held - may something be shown now?  Asked once of everything that can say
 * no, then woken by its signals: nothing is polled.
 */
#ifndef EVENKEEL_NOTIFY_HELD_H
#define EVENKEEL_NOTIFY_HELD_H

#include <gio/gio.h>
#include <stdbool.h>

struct held;

/* reason: "dnd", "locked", "idle", "inhibited", "no-server", or NULL when
 * nothing holds.  Called when everybody has answered, then at each change. */
typedef void (*held_cb)(const char *reason, void *arg);

/* Never calls back from within.  Borrows the connection to the session bus. */
struct held *held_new(GDBusConnection *session, held_cb cb, void *arg);
void held_free(struct held *held);

#endif
