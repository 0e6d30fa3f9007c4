/*
 * paths - one person's folders, by DESIGN.md §9: everything under one home,
 * or the XDG base directories.
 */
#include "evenkeel/paths.h"

#include <stdio.h>
#include <string.h>

static bool
is_set(const char *text)
{
	return text != NULL && text[0] != '\0';
}

static enum ek_err
join(char *out, const char *first, const char *rest, struct ek_why *why)
{
	int len = snprintf(out, EK_PATH_MAX, "%s%s", first, rest);

	if (len < 0 || len >= EK_PATH_MAX)
		return ek_why(why, EK_INVALID,
		    "a folder's path is longer than %d bytes; use a shorter "
		    "one",
		    EK_PATH_MAX - 1);
	return EK_OK;
}

static enum ek_err
one_home(const char *home, struct paths *ret, struct ek_why *why)
{
	enum ek_err err;

	if (home[0] != '/')
		return ek_why(why, EK_INVALID,
		    "the home folder's path does not begin with /; give the "
		    "whole path with --home or EVENKEEL_HOME");
	err = join(ret->data, home, "", why);
	if (err == EK_OK)
		err = join(ret->config, home, "", why);
	if (err == EK_OK)
		err = join(ret->run, home, "/run", why);
	ret->one_home = true;
	return err;
}

/* XDG: a relative value is to be ignored. */
static enum ek_err
xdg(char *out, const char *value, const char *home, const char *fallback,
    struct ek_why *why)
{
	char base[EK_PATH_MAX];
	enum ek_err err;

	if (is_set(value) && value[0] == '/')
		return join(out, value, "/evenkeel", why);
	if (!is_set(home) || home[0] != '/')
		return ek_why(why, EK_INVALID,
		    "HOME is not set; set it, or give --home DIR");
	err = join(base, home, fallback, why);
	if (err != EK_OK)
		return err;
	return join(out, base, "/evenkeel", why);
}

static enum ek_err
xdg_all(const struct paths_env *env, struct paths *ret, struct ek_why *why)
{
	enum ek_err err;

	err = xdg(ret->data, env->data_home, env->home, "/.local/share", why);
	if (err != EK_OK)
		return err;
	err = xdg(ret->config, env->config_home, env->home, "/.config", why);
	if (err != EK_OK)
		return err;
	if (!is_set(env->runtime_dir) || env->runtime_dir[0] != '/')
		return ek_why(why, EK_INVALID,
		    "XDG_RUNTIME_DIR is not set (no login session here); set "
		    "it, or give --home DIR");
	ret->one_home = false;
	return join(ret->run, env->runtime_dir, "/evenkeel", why);
}

enum ek_err
paths_find(
    const struct paths_env *env, struct paths *ret, struct ek_why *reterr_why)
{
	struct paths paths;
	enum ek_err err;

	memset(&paths, 0, sizeof(paths));
	if (is_set(env->home_opt))
		err = one_home(env->home_opt, &paths, reterr_why);
	else if (is_set(env->ek_home))
		err = one_home(env->ek_home, &paths, reterr_why);
	else
		err = xdg_all(env, &paths, reterr_why);
	if (err == EK_OK)
		err = join(paths.sock, paths.run, "/api.sock", reterr_why);
	if (err != EK_OK)
		return err;
	if (strlen(paths.sock) > EK_SOCK_MAX)
		return ek_why(reterr_why, EK_INVALID,
		    "the socket's path is longer than %d bytes; use a shorter "
		    "home folder",
		    EK_SOCK_MAX);
	*ret = paths;
	return EK_OK;
}
