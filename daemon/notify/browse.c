/*
 * browse - through the user manager where there is one, else as an orphan.
 *
 * keeld's unit forbids what browsers live by (a sandbox of their own, memory
 * that is written and run, more than a few tasks), and what it starts is ended
 * with it.  So the user manager is asked for a unit of the browser's own; the
 * call goes over the bus, for systemd-run would be one more program with the
 * link among its arguments.
 */
#include "notify/browse.h"

#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "evenkeel/browser.h"

#define ASK_LIMIT_MS 2000
#define SYSTEMD      "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define MANAGER      SYSTEMD ".Manager"

/* Where her screen is, as far as the manager was not told. */
static const char *const screen[] = {
    "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"};
static const char *const tokens[] = {
    "XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"};

/* --- a unit of its own --- */

static GVariant *
ask_manager(GDBusConnection *session, const char *iface, const char *method,
    GVariant *args)
{
	return g_dbus_connection_call_sync(session, SYSTEMD, SYSTEMD_PATH,
	    iface, method, args, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START,
	    ASK_LIMIT_MS, NULL, NULL);
}

/* The manager's own environment, or NULL when there is no manager. */
static char **
manager_environment(GDBusConnection *session)
{
	GVariant *inner = NULL, *answer;
	char **ret = NULL;

	answer = ask_manager(session, "org.freedesktop.DBus.Properties", "Get",
	    g_variant_new("(ss)", MANAGER, "Environment"));
	if (answer == NULL)
		return NULL;
	if (g_variant_is_of_type(answer, G_VARIANT_TYPE("(v)")))
		g_variant_get(answer, "(v)", &inner);
	if (inner != NULL && g_variant_is_of_type(inner, G_VARIANT_TYPE("as")))
		ret = g_variant_dup_strv(inner, NULL);
	if (inner != NULL)
		g_variant_unref(inner);
	g_variant_unref(answer);
	return ret;
}

static GVariant *
environment(char **has, const char *token)
{
	GVariantBuilder vars;
	const char *value;
	char *var;
	size_t i;

	g_variant_builder_init(&vars, G_VARIANT_TYPE("as"));
	for (i = 0; i < G_N_ELEMENTS(screen); i++) {
		value = g_getenv(screen[i]);
		if (value == NULL || g_environ_getenv(has, screen[i]) != NULL)
			continue;
		var = g_strconcat(screen[i], "=", value, NULL);
		g_variant_builder_add(&vars, "s", var);
		g_free(var);
	}
	for (i = 0; token != NULL && i < G_N_ELEMENTS(tokens); i++) {
		var = g_strconcat(tokens[i], "=", token, NULL);
		g_variant_builder_add(&vars, "s", var);
		g_free(var);
	}
	return g_variant_builder_end(&vars);
}

static void
add(GVariantBuilder *properties, const char *name, GVariant *value)
{
	g_variant_builder_add(properties, "(sv)", name, value);
}

/* KillMode: what a script like xdg-open started outlives the script.
 * LogLevelMax: the journal does not keep when she opened the page. */
static GVariant *
unit(const char *path, char **argv, char **has, const char *token)
{
	GVariantBuilder properties, commands;
	char *name;
	GVariant *ret;

	g_variant_builder_init(&commands, G_VARIANT_TYPE("a(sasb)"));
	g_variant_builder_add(&commands, "(s^asb)", path, argv, FALSE);
	g_variant_builder_init(&properties, G_VARIANT_TYPE("a(sv)"));
	add(&properties, "Description", g_variant_new_string("Evenkeel"));
	add(&properties, "Type", g_variant_new_string("exec"));
	add(&properties, "Slice", g_variant_new_string("app.slice"));
	add(&properties, "CollectMode",
	    g_variant_new_string("inactive-or-failed"));
	add(&properties, "KillMode", g_variant_new_string("process"));
	add(&properties, "StandardOutput", g_variant_new_string("null"));
	add(&properties, "StandardError", g_variant_new_string("null"));
	add(&properties, "LogLevelMax", g_variant_new_int32(LOG_NOTICE));
	add(&properties, "Environment", environment(has, token));
	add(&properties, "ExecStart", g_variant_builder_end(&commands));
	name = g_strdup_printf(
	    "app-evenkeel-%08x%08x.service", g_random_int(), g_random_int());
	ret = g_variant_new(
	    "(ssa(sv)a(sa(sv)))", name, "fail", &properties, NULL);
	g_free(name);
	return ret;
}

static bool
by_manager(
    GDBusConnection *session, const char *path, char **argv, const char *token)
{
	char **has = manager_environment(session);
	GVariant *answer;

	if (has == NULL)
		return false;
	answer = ask_manager(session, MANAGER, "StartTransientUnit",
	    unit(path, argv, has, token));
	g_strfreev(has);
	if (answer == NULL)
		return false;
	g_variant_unref(answer);
	return true;
}

/* --- an orphan --- */

/* Out of our group, which keeld ends when we misbehave. */
static void
leave_cb(gpointer arg)
{
	(void)arg;
	(void)setsid();
}

/* GLib gives it no fd of ours and lets init reap it. */
static bool
by_ourselves(char **argv, const char *token)
{
	char **env = g_get_environ();
	bool ok;
	size_t i;

	for (i = 0; token != NULL && i < G_N_ELEMENTS(tokens); i++)
		env = g_environ_setenv(env, tokens[i], token, TRUE);
	ok = g_spawn_async(NULL, argv, env,
	    G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
		G_SPAWN_STDERR_TO_DEV_NULL,
	    leave_cb, NULL, NULL, NULL);
	g_strfreev(env);
	return ok;
}

bool
browse(GDBusConnection *session, const char *url, const char *token)
{
	struct browser browser;
	struct browser_cmd cmd;
	bool ok = false;
	char *path;

	browser_init(&browser, g_getenv("BROWSER"));
	while (!ok && browser_next(&browser, url, &cmd)) {
		path = g_find_program_in_path(cmd.argv[0]);
		ok = path != NULL &&
		     (by_manager(session, path, cmd.argv, token) ||
			 by_ourselves(cmd.argv, token));
		g_free(path);
	}
	return ok;
}
