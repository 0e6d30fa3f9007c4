/*
 * held - do-not-disturb, inhibition, a locked or idle screen, no server.
 *
 * Each row is one thing that may hold a bubble back.  A signal of its owner
 * only says "ask again"; the answer decides.  What is not there, or does not
 * answer, holds nothing: a desktop without a screensaver still prompts.
 */
#include "notify/held.h"

#include <string.h>

#define ASK_LIMIT_MS   2000
#define SERVER         "org.freedesktop.Notifications"
#define SERVER_PATH    "/org/freedesktop/Notifications"
#define LOGIND         "org.freedesktop.login1"
#define LOGIND_SESSION "/org/freedesktop/login1/session/auto"
#define MUTTER         "org.gnome.Mutter.IdleMonitor"
#define IDLE_MS        (5 * 60 * 1000)
#define PROPERTIES     "org.freedesktop.DBus.Properties"
#define BANNERS        "org.gnome.desktop.notifications"

struct source {
	bool system;
	const char *name, *path, *iface;
	const char *property;        /* or NULL, and then: */
	const char *method, *signal; /* it answers (b), or (t): ms idle */
	const char *reason;
};

/* The first that holds is the reason told. */
static const struct source sources[] = {
    {.name = SERVER,
	.path = SERVER_PATH,
	.iface = "org.dunstproject.cmd0",
	.property = "paused",
	.reason = "dnd"},
    {.name = SERVER,
	.path = SERVER_PATH,
	.iface = SERVER,
	.property = "Inhibited",
	.reason = "inhibited"},
    {.name = "org.freedesktop.ScreenSaver",
	.path = "/org/freedesktop/ScreenSaver",
	.iface = "org.freedesktop.ScreenSaver",
	.method = "GetActive",
	.signal = "ActiveChanged",
	.reason = "locked"},
    {.name = "org.gnome.ScreenSaver",
	.path = "/org/gnome/ScreenSaver",
	.iface = "org.gnome.ScreenSaver",
	.method = "GetActive",
	.signal = "ActiveChanged",
	.reason = "locked"},
    {.system = true,
	.name = LOGIND,
	.path = LOGIND_SESSION,
	.iface = LOGIND ".Session",
	.property = "LockedHint",
	.reason = "locked"},
    {.system = true,
	.name = LOGIND,
	.path = LOGIND_SESSION,
	.iface = LOGIND ".Session",
	.property = "IdleHint",
	.reason = "idle"},
    {.name = MUTTER,
	.path = "/org/gnome/Mutter/IdleMonitor/Core",
	.iface = MUTTER,
	.method = "GetIdletime",
	.signal = "WatchFired",
	.reason = "idle"},
};
#define SOURCES (sizeof(sources) / sizeof(sources[0]))

struct row {
	struct held *held;
	const struct source *source;
	guint signal;
	bool holds;
};

struct held {
	GDBusConnection *session, *system; /* system: NULL when there is none */
	GCancellable *cancel;
	GSettings *settings; /* NULL: not a GNOME desktop */
	guint server;
	bool has_server, server_known, told;
	int asked; /* answers awaited */
	const char *last;
	struct row rows[SOURCES];
	held_cb cb;
	void *arg;
};

static const char *
reason(const struct held *held)
{
	size_t i;

	if (!held->has_server)
		return "no-server";
	if (held->settings != NULL &&
	    !g_settings_get_boolean(held->settings, "show-banners"))
		return "dnd";
	for (i = 0; i < SOURCES; i++)
		if (held->rows[i].holds)
			return held->rows[i].source->reason;
	return NULL;
}

static void
look(struct held *held)
{
	const char *now = reason(held);

	if (held->asked > 0 || !held->server_known ||
	    (held->told && g_strcmp0(now, held->last) == 0))
		return;
	held->told = true;
	held->last = now;
	held->cb(now, held->arg);
}

/* --- asking --- */

static guint64
idle_ms(void)
{
#ifdef EK_TEST_BUILD
	const char *told = g_getenv("EVENKEEL_TEST_IDLE_MS");

	if (told != NULL)
		return g_ascii_strtoull(told, NULL, 10);
#endif
	return IDLE_MS;
}

static bool
read_answer(GVariant *answer)
{
	gboolean holds = FALSE;
	GVariant *inner;
	guint64 ms = 0;

	if (g_variant_is_of_type(answer, G_VARIANT_TYPE("(t)"))) {
		g_variant_get(answer, "(t)", &ms);
		return ms >= idle_ms();
	}
	if (g_variant_is_of_type(answer, G_VARIANT_TYPE("(b)")))
		g_variant_get(answer, "(b)", &holds);
	if (!g_variant_is_of_type(answer, G_VARIANT_TYPE("(v)")))
		return holds;
	g_variant_get(answer, "(v)", &inner);
	if (g_variant_is_of_type(inner, G_VARIANT_TYPE_BOOLEAN))
		holds = g_variant_get_boolean(inner);
	g_variant_unref(inner);
	return holds;
}

/* Mutter tells of her return once, and only whom asked. */
static void
watch_return(struct row *row)
{
	g_dbus_connection_call(row->held->session, row->source->name,
	    row->source->path, row->source->iface, "AddUserActiveWatch", NULL,
	    NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, ASK_LIMIT_MS, NULL, NULL,
	    NULL);
}

static void
answered_cb(GObject *source, GAsyncResult *result, gpointer arg)
{
	GError *error = NULL;
	GVariant *answer = g_dbus_connection_call_finish(
	    G_DBUS_CONNECTION(source), result, &error);
	struct row *row = arg;

	if (answer == NULL &&
	    g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
		g_error_free(error);
		return; /* held_free was called: row is gone */
	}
	row->holds = answer != NULL && read_answer(answer);
	if (answer != NULL)
		g_variant_unref(answer);
	g_clear_error(&error);
	row->held->asked--;
	if (row->holds && strcmp(row->source->name, MUTTER) == 0)
		watch_return(row);
	look(row->held);
}

static void
ask(struct row *row)
{
	const struct source *source = row->source;
	struct held *held = row->held;
	GVariant *args = NULL;

	if (source->property != NULL)
		args = g_variant_new("(ss)", source->iface, source->property);
	held->asked++;
	g_dbus_connection_call(source->system ? held->system : held->session,
	    source->name, source->path,
	    source->property != NULL ? PROPERTIES : source->iface,
	    source->property != NULL ? "Get" : source->method, args, NULL,
	    G_DBUS_CALL_FLAGS_NO_AUTO_START, ASK_LIMIT_MS, held->cancel,
	    answered_cb, row);
}

static void
signal_cb(GDBusConnection *bus, const gchar *sender, const gchar *path,
    const gchar *iface, const gchar *name, GVariant *args, gpointer arg)
{
	struct row *row = arg;

	(void)bus;
	(void)sender;
	(void)path;
	(void)iface;
	(void)name;
	(void)args;
	ask(row);
	/* what was lifted is no sign that she is there */
	if (strcmp(row->source->name, MUTTER) != 0)
		ask(&row->held->rows[SOURCES - 1]);
}

/* logind sends from the session's own path, not from "auto": any path. */
static void
start_row(struct row *row)
{
	const struct source *source = row->source;
	GDBusConnection *bus =
	    source->system ? row->held->system : row->held->session;

	if (bus == NULL)
		return;
	row->signal = g_dbus_connection_signal_subscribe(bus, source->name,
	    source->property != NULL ? PROPERTIES : source->iface,
	    source->property != NULL ? "PropertiesChanged" : source->signal,
	    NULL, source->property != NULL ? source->iface : NULL,
	    G_DBUS_SIGNAL_FLAGS_NONE, signal_cb, row, NULL);
	ask(row);
}

/* --- GNOME's switch, the server --- */

static void
banners_cb(GSettings *settings, const gchar *key, gpointer arg)
{
	(void)settings;
	(void)key;
	look(arg);
}

/* GSettings ends the process for a schema that is not installed. */
static void
start_banners(struct held *held)
{
	GSettingsSchemaSource *source = g_settings_schema_source_get_default();
	GSettingsSchema *schema = NULL;

	if (source != NULL)
		schema = g_settings_schema_source_lookup(source, BANNERS, TRUE);
	if (schema == NULL)
		return;
	if (g_settings_schema_has_key(schema, "show-banners")) {
		held->settings = g_settings_new(BANNERS);
		g_signal_connect(held->settings, "changed::show-banners",
		    G_CALLBACK(banners_cb), held);
	}
	g_settings_schema_unref(schema);
}

/* A new server has its own mind of what is paused. */
static void
appeared_cb(
    GDBusConnection *bus, const gchar *name, const gchar *owner, gpointer arg)
{
	struct held *held = arg;
	size_t i;

	(void)bus;
	(void)name;
	(void)owner;
	held->has_server = held->server_known = true;
	for (i = 0; i < SOURCES; i++)
		if (strcmp(held->rows[i].source->name, SERVER) == 0)
			ask(&held->rows[i]);
	look(held);
}

static void
vanished_cb(GDBusConnection *bus, const gchar *name, gpointer arg)
{
	struct held *held = arg;

	(void)bus;
	(void)name;
	held->has_server = false;
	held->server_known = true;
	look(held);
}

struct held *
held_new(GDBusConnection *session, held_cb cb, void *arg)
{
	struct held *held = g_new0(struct held, 1);
	size_t i;

	held->session = session;
	held->cb = cb;
	held->arg = arg;
	held->cancel = g_cancellable_new();
	held->system = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, NULL);
	if (held->system != NULL)
		g_dbus_connection_set_exit_on_close(held->system, FALSE);
	start_banners(held);
	for (i = 0; i < SOURCES; i++) {
		held->rows[i].held = held;
		held->rows[i].source = &sources[i];
		start_row(&held->rows[i]);
	}
	held->server = g_bus_watch_name_on_connection(session, SERVER,
	    G_BUS_NAME_WATCHER_FLAGS_AUTO_START, appeared_cb, vanished_cb, held,
	    NULL);
	return held;
}

void
held_free(struct held *held)
{
	size_t i;

	if (held == NULL)
		return;
	g_cancellable_cancel(held->cancel);
	g_bus_unwatch_name(held->server);
	for (i = 0; i < SOURCES; i++)
		if (held->rows[i].signal != 0)
			g_dbus_connection_signal_unsubscribe(
			    sources[i].system ? held->system : held->session,
			    held->rows[i].signal);
	g_clear_object(&held->settings);
	g_clear_object(&held->system);
	g_clear_object(&held->cancel);
	g_free(held);
}
