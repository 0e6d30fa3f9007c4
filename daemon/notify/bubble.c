/*
 * bubble - libnotify, with its habits put right: a markup server gets its
 * words escaped, an action is told once, and a bubble that was acted on is
 * closed by us, for not every server does.
 */
#include "notify/bubble.h"

#include <libnotify/notify.h>
#include <string.h>

#define CLOSE_LIMIT_MS 2000
#define ICON_FILE      "icons/hicolor/scalable/apps/evenkeel.svg"

struct bubble {
	GDBusConnection *session;
	NotifyNotification *shown; /* NULL: none */
	char *token;               /* of the last click, or NULL */
	bubble_cb cb;
	void *arg;
};

static void
drop(struct bubble *bubble)
{
	if (bubble->shown == NULL)
		return;
	g_signal_handlers_disconnect_by_data(bubble->shown, bubble);
	notify_notification_clear_actions(bubble->shown);
	g_clear_object(&bubble->shown);
}

void
bubble_lost(struct bubble *bubble)
{
	drop(bubble);
}

void
bubble_close(struct bubble *bubble)
{
	if (bubble->shown == NULL)
		return;
	(void)notify_notification_close(bubble->shown, NULL);
	drop(bubble);
}

static void
action_cb(NotifyNotification *shown, char *action, gpointer arg)
{
	struct bubble *bubble = arg;
	const char *name = "checkin"; /* the plain click */

	if (shown != bubble->shown)
		return;
	if (strcmp(action, "snooze") == 0)
		name = "snooze";
	else if (strcmp(action, "skip") == 0)
		name = "skip";
	g_free(bubble->token);
	bubble->token =
	    g_strdup(notify_notification_get_activation_token(shown));
	bubble_close(bubble);
	bubble->cb(name, bubble->arg);
}

static void
closed_cb(NotifyNotification *shown, gpointer arg)
{
	struct bubble *bubble = arg;

	if (shown != bubble->shown)
		return;
	drop(bubble);
	bubble->cb(NULL, bubble->arg);
}

static bool
has_cap(GList *caps, const char *cap)
{
	return g_list_find_custom(caps, cap, (GCompareFunc)strcmp) != NULL;
}

static void
add_buttons(struct bubble *bubble, const struct bubble_words *words)
{
	const struct {
		const char *id, *label;
	} buttons[] = {
	    {"default", words->checkin},
	    {"checkin", words->checkin},
	    {"snooze", words->snooze},
	    {"skip", words->skip},
	};
	size_t i;

	for (i = 0; i < sizeof(buttons) / sizeof(buttons[0]); i++)
		notify_notification_add_action(bubble->shown, buttons[i].id,
		    buttons[i].label, action_cb, bubble, NULL);
}

/* An icon that is not installed is drawn as a broken one. */
static const char *
icon(void)
{
	const char *const *dirs = g_get_system_data_dirs();
	const char *dir = g_get_user_data_dir();
	bool found = false;
	char *path;

	while (dir != NULL && !found) {
		path = g_build_filename(dir, ICON_FILE, NULL);
		found = g_file_test(path, G_FILE_TEST_EXISTS);
		g_free(path);
		dir = *dirs++;
	}
	return found ? "evenkeel" : "dialog-information";
}

static void
make(struct bubble *bubble, const struct bubble_words *words, bool buttons)
{
	GList *caps = notify_get_server_caps();
	const char *body = words->body;
	char *escaped = NULL;

	if (buttons && !has_cap(caps, "actions")) {
		buttons = false;
		body = words->plain;
	}
	if (has_cap(caps, "body-markup"))
		body = escaped = g_markup_escape_text(body, -1);
	bubble->shown = notify_notification_new(words->summary, body, icon());
	notify_notification_set_hint_string(
	    bubble->shown, "desktop-entry", "evenkeel");
	if (buttons)
		add_buttons(bubble, words);
	g_signal_connect(
	    bubble->shown, "closed", G_CALLBACK(closed_cb), bubble);
	g_free(escaped);
	g_list_free_full(caps, g_free);
}

bool
bubble_show(struct bubble *bubble, const struct bubble_words *words,
    bool buttons, unsigned *ret_id)
{
	int id = 0;

	bubble_close(bubble);
	make(bubble, words, buttons);
	if (!notify_notification_show(bubble->shown, NULL)) {
		drop(bubble);
		return false;
	}
	g_object_get(bubble->shown, "id", &id, NULL);
	*ret_id = (unsigned)id;
	return true;
}

const char *
bubble_token(const struct bubble *bubble)
{
	return bubble->token;
}

void
bubble_close_id(struct bubble *bubble, unsigned id)
{
	GVariant *answer = g_dbus_connection_call_sync(bubble->session,
	    "org.freedesktop.Notifications", "/org/freedesktop/Notifications",
	    "org.freedesktop.Notifications", "CloseNotification",
	    g_variant_new("(u)", (guint32)id), NULL,
	    G_DBUS_CALL_FLAGS_NO_AUTO_START, CLOSE_LIMIT_MS, NULL, NULL);

	if (answer != NULL)
		g_variant_unref(answer);
}

struct bubble *
bubble_new(GDBusConnection *session, bubble_cb cb, void *arg)
{
	struct bubble *bubble = g_new0(struct bubble, 1);

	bubble->session = session;
	bubble->cb = cb;
	bubble->arg = arg;
	return bubble;
}

void
bubble_free(struct bubble *bubble)
{
	if (bubble == NULL)
		return;
	bubble_close(bubble);
	g_free(bubble->token);
	g_free(bubble);
}
