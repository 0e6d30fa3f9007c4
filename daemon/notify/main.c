/*
 * keel-notify - shows one neutral bubble for keeld, and tells it what became
 * of it.  Started by keeld alone; stdin and stdout are one socket.
 *
 * Facts go up a line each: "free", "held REASON", "shown ID", "action NAME",
 * "closed", "opened", "failed".  Orders come down: words ("summary …", "body
 * …", "plain …", "checkin …", "snooze …", "skip …"), "show", "tell" (without
 * buttons), "close", "close ID", "open URL".  It decides nothing, holds
 * nothing of anybody's, and ends with its bubble when the socket does, or
 * when the session bus does.
 */
#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <libnotify/notify.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef EK_TEST_BUILD
#include <sys/prctl.h>
#endif
#include <unistd.h>

#include "notify/browse.h"
#include "notify/bubble.h"
#include "notify/held.h"

#define ORDER_MAX 1024 /* bytes of one line */

struct notify {
	GMainLoop *loop;
	GDBusConnection *session;
	struct held *held;
	struct bubble *bubble;
	struct bubble_words words;
	char line[ORDER_MAX + 1];
	size_t len;
};

/* A keeld that is gone is the end, by end of file. */
static void
fact(const char *text)
{
	char line[300];
	int len = snprintf(line, sizeof(line), "%s\n", text);

	if (len > 0 && write(STDOUT_FILENO, line, (size_t)len) != len)
		exit(1);
}

static void
held_changed_cb(const char *reason, void *arg)
{
	struct notify *notify = arg;
	char text[64];

	if (g_strcmp0(reason, "no-server") == 0)
		bubble_lost(notify->bubble);
	if (reason != NULL)
		snprintf(text, sizeof(text), "held %s", reason);
	fact(reason == NULL ? "free" : text);
}

static void
acted_cb(const char *action, void *arg)
{
	char text[64];

	(void)arg;
	if (action != NULL)
		snprintf(text, sizeof(text), "action %s", action);
	fact(action == NULL ? "closed" : text);
}

/* --- orders --- */

static void
show(struct notify *notify, bool buttons)
{
	struct bubble_words *words = &notify->words;
	char text[64];
	unsigned id = 0;

	if (words->summary == NULL || words->body == NULL ||
	    words->plain == NULL || words->checkin == NULL ||
	    words->snooze == NULL || words->skip == NULL ||
	    !bubble_show(notify->bubble, words, buttons, &id)) {
		fact("failed");
		return;
	}
	snprintf(text, sizeof(text), "shown %u", id);
	fact(text);
}

static char **
word(struct notify *notify, const char *name)
{
	struct bubble_words *words = &notify->words;
	const struct {
		const char *name;
		char **word;
	} known[] = {{"summary", &words->summary}, {"body", &words->body},
	    {"plain", &words->plain}, {"checkin", &words->checkin},
	    {"snooze", &words->snooze}, {"skip", &words->skip}};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].word;
	return NULL;
}

static void
obey(struct notify *notify, char *line)
{
	char *rest = strchr(line, ' ');
	char **place;

	if (rest != NULL)
		*rest++ = '\0';
	place = rest == NULL ? NULL : word(notify, line);
	if (place != NULL) {
		g_free(*place);
		*place = g_strdup(rest);
	} else if (strcmp(line, "show") == 0 || strcmp(line, "tell") == 0)
		show(notify, line[0] == 's');
	else if (strcmp(line, "close") == 0 && rest == NULL)
		bubble_close(notify->bubble);
	else if (strcmp(line, "close") == 0 && rest != NULL)
		bubble_close_id(
		    notify->bubble, (unsigned)strtoul(rest, NULL, 10));
	else if (strcmp(line, "open") == 0 && rest != NULL)
		fact(browse(notify->session, rest, bubble_token(notify->bubble))
			 ? "opened"
			 : "failed");
}

static gboolean
ordered_cb(gint fd, GIOCondition condition, gpointer arg)
{
	struct notify *notify = arg;
	char byte;
	ssize_t got;

	(void)condition;
	while ((got = read(fd, &byte, 1)) == 1) {
		if (byte != '\n' && notify->len < ORDER_MAX) {
			notify->line[notify->len++] = byte;
			continue;
		}
		notify->line[notify->len] = '\0';
		notify->len = 0;
		obey(notify, notify->line);
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return G_SOURCE_CONTINUE;
	g_main_loop_quit(notify->loop);
	return G_SOURCE_REMOVE;
}

/* --- beginning and end --- */

static void
bus_gone_cb(
    GDBusConnection *bus, gboolean vanished, GError *error, gpointer arg)
{
	struct notify *notify = arg;

	(void)bus;
	(void)vanished;
	(void)error;
	bubble_lost(notify->bubble);
	g_main_loop_quit(notify->loop);
}

static bool
start(struct notify *notify)
{
	/* Without it GLib would start a bus of its own. */
	if (g_getenv("DBUS_SESSION_BUS_ADDRESS") == NULL)
		return false;
	notify->session = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, NULL);
	if (notify->session == NULL || !notify_init("Evenkeel"))
		return false;
	g_dbus_connection_set_exit_on_close(notify->session, FALSE);
	g_signal_connect(
	    notify->session, "closed", G_CALLBACK(bus_gone_cb), notify);
	notify->loop = g_main_loop_new(NULL, FALSE);
	notify->bubble = bubble_new(notify->session, acted_cb, notify);
	notify->held = held_new(notify->session, held_changed_cb, notify);
	return g_unix_set_fd_nonblocking(STDIN_FILENO, TRUE, NULL) &&
	       g_unix_fd_add(
		   STDIN_FILENO, G_IO_IN | G_IO_HUP, ordered_cb, notify) != 0;
}

int
main(void)
{
	struct notify notify = {.loop = NULL};

#ifndef EK_TEST_BUILD /* as keeld: nobody looks into it */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 1;
#endif
	if (!start(&notify))
		return 2;
	g_main_loop_run(notify.loop);
	bubble_free(notify.bubble);
	held_free(notify.held);
	notify_uninit();
	g_main_loop_unref(notify.loop);
	g_object_unref(notify.session);
	return 0;
}
