/*
 * cmd_open - `keel open`: the page, in the browser.
 *
 * The link is good once and for a minute, and only for this user: that others
 * may see it among the browser's arguments gives them nothing.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmds.h"
#include "evenkeel/paths.h"
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
			    "keel open takes one page; give today, checkin or "
			    "hard");
		*ret_to = value;
		named = true;
	}
	return err == EK_NOT_FOUND ? EK_OK : err;
}

/* False: it could not be started. */
static bool
start_browser(const char *url)
{
	const char *browser = getenv("BROWSER");
	char program[EK_PATH_MAX], link[200];
	char *argv[3] = {program, link, NULL};
	posix_spawn_file_actions_t files;
	pid_t pid;
	int rc = -1;

	if (browser == NULL || browser[0] == '\0')
		browser = "xdg-open";
	if (snprintf(program, sizeof(program), "%s", browser) <
		(int)sizeof(program) &&
	    snprintf(link, sizeof(link), "%s", url) < (int)sizeof(link) &&
	    posix_spawn_file_actions_init(&files) == 0) {
		posix_spawn_file_actions_addopen(
		    &files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
		posix_spawn_file_actions_addopen(
		    &files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
		posix_spawn_file_actions_addopen(
		    &files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
		rc = posix_spawnp(&pid, argv[0], &files, NULL, argv, environ);
		posix_spawn_file_actions_destroy(&files);
	}
	return rc == 0;
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	const char *to = "today", *url;
	struct ek_why why = {""};
	json_t *body, *reply = NULL;
	bool print = false;
	enum ek_err err;

	err = read_wish(argc, argv, &to, &print, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	body = json_pack("{s:s}", "to", to);
	err = ops_call(env, "POST", "/v1/page", body, &reply);
	json_decref(body);
	if (err != EK_OK)
		return err;
	url = ops_text(reply, "url");
	if (print)
		out_line(env->out, "%s", url);
	else if (!start_browser(url))
		err = ops_fail(env, EK_NOT_FOUND,
		    "no browser could be started; set BROWSER, or run: keel "
		    "open --print");
	json_decref(reply);
	return err;
}

static const struct cmd_opt opts[] = {
    {"--print", NULL, "print the link instead of opening it", NULL},
    {NULL, NULL, NULL, NULL},
};

const struct cmd cmd_open = {
    .name = "open",
    .args = "[today | checkin | hard] [--print]",
    .summary = "open the page in the browser",
    .help = "The page is served on this computer to your own browser only, "
	    "and ends ten minutes after its last use, or when you press Hide. "
	    "The link is good once, within a minute. The browser is BROWSER, "
	    "else xdg-open.",
    .flags = CMD_DAEMON,
    .opts = opts,
    .run = run,
};
