/*
 * main - keel, from its arguments to its exit status.
 *
 * Hardens itself, takes the command line apart (call), finds her folders
 * (paths), makes the printer (out) and the client, which connects only when
 * a command first asks keeld something, and runs the command.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "call.h"
#include "client.h"
#include "cmds.h"
#include "desk.h"
#include "help.h"
#include "out.h"

/* No core file, no other process of hers reading our memory; descriptors 0
 * to 2 exist, so that no file of ours is taken for them.  One that was closed
 * opens the wrong way round: to read from it, or to print to it, still fails
 * and is told. */
static void
harden(void)
{
#ifndef EK_TEST_BUILD
	const struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			_exit(1);
	(void)umask(077);
	(void)signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error to judge */
	(void)setlocale(LC_CTYPE, "");
}

/* A relative --home is taken from here. */
static enum ek_err
home_whole(const char *home, char *out, size_t size, struct ek_why *reterr_why)
{
	char here[EK_PATH_MAX];
	int len;

	if (home == NULL || home[0] == '/') {
		len = snprintf(out, size, "%s", home == NULL ? "" : home);
	} else {
		if (home[0] == '\0')
			return ek_why(reterr_why, EK_USAGE,
			    "--home is empty; give --home DIR");
		if (getcwd(here, sizeof(here)) == NULL)
			return ek_why(reterr_why, EK_IO,
			    "this folder cannot be found; give the whole path "
			    "with --home");
		len = snprintf(out, size, "%s/%s", here, home);
	}
	if (len < 0 || (size_t)len >= size)
		return ek_why(reterr_why, EK_INVALID,
		    "--home is longer than %zu bytes; use a shorter folder",
		    size - 1);
	return EK_OK;
}

static enum ek_err
find_paths(
    const struct call *call, struct paths *ret, struct ek_why *reterr_why)
{
	char home[EK_PATH_MAX];
	struct paths_env env = {
	    .home_opt = home,
	    .ek_home = getenv("EVENKEEL_HOME"),
	    .home = getenv("HOME"),
	    .data_home = getenv("XDG_DATA_HOME"),
	    .config_home = getenv("XDG_CONFIG_HOME"),
	    .runtime_dir = getenv("XDG_RUNTIME_DIR"),
	};
	enum ek_err err;

	err = home_whole(call->home, home, sizeof(home), reterr_why);
	if (err != EK_OK)
		return err;
	return paths_find(&env, ret, reterr_why);
}

/* keel alone is today. */
static const struct cmd *
call_cmd(struct call *call)
{
	static char today[] = "today";

	if (call->depth == 0) {
		call->path[0] = cmd_find(cmds, "today", false, NULL);
		call->depth = call->path[0] != NULL ? 1 : 0;
		call->argv[0] = today;
		call->argc = 1;
	}
	return call->depth == 0 ? NULL : call->path[call->depth - 1];
}

static enum ek_err
run_cmd(struct out *out, struct call *call)
{
	struct cmd_env env = {
	    .out = out,
	    .json = call->json,
	    .home = call->home,
	    .tty_in = isatty(STDIN_FILENO) == 1,
	    .tty_out = isatty(STDOUT_FILENO) == 1,
	};
	const struct cmd *cmd = call_cmd(call);
	struct ek_why why = {""};
	struct paths paths;
	enum ek_err err;

	if (cmd == NULL) {
		help_all(out, cmds);
		return EK_OK;
	}
	env.why_no_paths = &why;
	err = find_paths(call, &paths, &why);
	if (err == EK_OK)
		env.paths = &paths;
	else if ((cmd->flags & CMD_DAEMON) != 0)
		return out_fail(out, err, &why);
	if ((cmd->flags & CMD_DAEMON) != 0) {
		err = client_new(paths.sock, &env.client);
		if (err != EK_OK)
			return out_fail(out, err, NULL);
		client_home(env.client, call->home);
		/* the unit keeps the default home and no other */
		if ((cmd->flags & CMD_WAKES) != 0 && !paths.one_home)
			desk_wake(paths.sock);
	}
	err = cmd->run(&env, call->argc, call->argv);
	client_free(env.client);
	return err;
}

static enum ek_err
run(struct out *out, struct call *call)
{
	enum ek_err err = EK_OK;

	if (call->version)
		out_line(out, "keel %s", EK_VERSION);
	else if (call->help && call->depth == 0)
		help_all(out, cmds);
	else if (call->help)
		help_cmd(out, call->path, call->depth);
	else
		err = run_cmd(out, call);
	return err;
}

static void
say_done(struct out *out, const struct call *call)
{
	json_t *done;

	if (!call->json || out_was_json(out))
		return;
	if (call->version)
		done = json_pack("{s:s}", "version", EK_VERSION);
	else if (call->help)
		done = help_table(cmds);
	else
		done = json_pack("{s:b}", "done", 1);
	if (done != NULL)
		out_json(out, done);
	json_decref(done);
}

/* Who closes what she reads, in less or head, need not be told; that a new
 * recovery phrase was not shown, she must. */
static enum ek_err
not_printed(struct out *out, const struct call *call)
{
	const struct cmd *cmd =
	    call->depth == 0 ? NULL : call->path[call->depth - 1];
	bool reads = cmd == NULL || call->help || (cmd->flags & CMD_READS) != 0;

	if (reads && out_reader_gone(out))
		return EK_IO;
	return out_fail(out, EK_IO,
	    &(struct ek_why){"what was to be printed could not be written; "
			     "the disk may be full or the reader gone"});
}

int
main(int argc, char **argv)
{
	struct ek_why why = {""};
	struct out *out = NULL;
	struct call call;
	enum ek_err usage;
	enum ek_err err;

	harden();
	usage = call_parse(cmds, argc, argv,
	    isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1, &call,
	    &why);
	err = out_new(stdout, stderr, call.json, &out);
	if (err != EK_OK)
		return ek_err_exit(err);
	if (usage != EK_OK) {
		err = out_fail(out, usage, &why);
	} else {
		err = run(out, &call);
		if (err == EK_OK)
			say_done(out, &call);
	}
	if (out_flush(out) != EK_OK && err == EK_OK)
		err = not_printed(out, &call);
	call_done(&call);
	out_free(out);
	return ek_err_exit(err);
}
