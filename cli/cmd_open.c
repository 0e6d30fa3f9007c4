/*
 * cmd_open - `keel open`: the page, in the browser.
 *
 * The link is good once and for a minute, and only for this user: that others
 * may see it among the browser's arguments gives them nothing.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmds.h"
#include "desk.h"
#include "evenkeel/browser.h"
#include "ops.h"
#include "out.h"

extern char **environ;

static enum ek_err
read_wish(int argc, char **argv, const char **ret_to, bool *ret_print,
    struct ek_why *why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;
	bool named = false;

	args_init(&args, &cmd_open, argc, argv);
	while ((err = args_next(&args, &opt, &value, why)) == EK_OK) {
		if (opt != NULL) {
			*ret_print = true;
			continue;
		}
		if (named)
			return ek_why(why, EK_USAGE,
			    "keel open takes one page; give today, checkin, "
			    "hard, plan or diary");
		*ret_to = value;
		named = true;
	}
	return err == EK_NOT_FOUND ? EK_OK : err;
}

/* Her environment, without what is ours: the browser and what it starts live
 * longer than this. */
static char **
her_environment(void)
{
	size_t count = 0, kept = 0, i;
	char **ret;

	while (environ[count] != NULL)
		count++;
	ret = calloc(count + 1, sizeof(*ret));
	for (i = 0; ret != NULL && i < count; i++)
		if (strncmp(environ[i], "EVENKEEL_", 9) != 0)
			ret[kept++] = environ[i];
	return ret;
}

/* /dev/null in the place of our terminal, and no other file of ours. */
static bool
close_files(posix_spawn_file_actions_t *files)
{
	return posix_spawn_file_actions_addopen(
		   files, STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0 &&
	       posix_spawn_file_actions_addopen(
		   files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
	       posix_spawn_file_actions_addopen(
		   files, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
	       posix_spawn_file_actions_addclosefrom_np(
		   files, STDERR_FILENO + 1) == 0;
}

/* In a session of its own, so that it outlives the terminal. */
static bool
start_one(char *const argv[], char *const env[])
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	bool ok = false;
	pid_t pid;

	if (posix_spawn_file_actions_init(&files) != 0)
		return false;
	if (posix_spawnattr_init(&attr) == 0) {
		ok = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID) == 0 &&
		     close_files(&files) &&
		     posix_spawnp(&pid, argv[0], &files, &attr, argv, env) == 0;
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&files);
	return ok;
}

/* False: none could be started. */
static bool
start_browser(const char *url)
{
	char **env = her_environment();
	struct browser_cmd cmd;
	struct browser browser;
	bool ok = false;

	browser_init(&browser, getenv("BROWSER"));
	while (env != NULL && !ok && browser_next(&browser, url, &cmd))
		ok = start_one(cmd.argv, env);
	free(env);
	return ok;
}

static enum ek_err
open_page(struct cmd_env *env, int argc, char **argv, bool *ret_print)
{
	const char *to = "today", *url;
	struct ek_why why = {""};
	json_t *body, *reply = NULL;
	enum ek_err err;

	err = read_wish(argc, argv, &to, ret_print, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	body = json_pack("{s:s}", "to", to);
	err = ops_call(env, "POST", "/v1/page", body, &reply);
	json_decref(body);
	if (err != EK_OK)
		return err;
	url = ops_text(reply, "url");
	if (*ret_print)
		out_line(env->out, "%s", url);
	else if (!start_browser(url))
		err = ops_fail(env, EK_NOT_FOUND,
		    "no browser could be started; set BROWSER, or run: keel "
		    "open --print");
	json_decref(reply);
	return err;
}

/* From a launcher nobody reads what is printed. */
static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	bool print = false;
	enum ek_err err = open_page(env, argc, argv, &print);

	if (err != EK_OK && !print)
		desk_tell(err);
	return err;
}

static const struct cmd_opt opts[] = {
    {"--print", NULL, "print the link instead of opening it", NULL},
    {NULL, NULL, NULL, NULL},
};

const struct cmd cmd_open = {
    .name = "open",
    .args = "[today | checkin | hard | plan | diary] [--print]",
    .summary = "open the page in the browser",
    .help = "The page is served on this computer to your own browser only, "
	    "and ends ten minutes after its last use, or when you press Hide. "
	    "Where nothing was started yet it asks what `keel start` asks. "
	    "The link is good once, within a minute. The browser is the "
	    "first of BROWSER (a list parted by colons; %s is the link) that "
	    "can be started, else xdg-open, else gio open. keeld is "
	    "started if it is not running. The browser's history keeps that "
	    "a page named Evenkeel was open, and when; not which one, nor a "
	    "word of it. A private window keeps not even that.",
    .flags = CMD_DAEMON | CMD_WAKES,
    .opts = opts,
    .run = run,
};
