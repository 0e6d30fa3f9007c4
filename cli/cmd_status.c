/*
 * cmd_status - `keel status`: where the book is, who could read it, how its
 * copy is, and whom to call.
 */
#include <string.h>

#include "cmds.h"
#include "ops.h"
#include "out.h"

static void
print_book(struct cmd_env *env, const json_t *status)
{
	const char *state = ops_text(status, "state");
	long long records = ops_int(status, "records");

	if (strcmp(state, "none") == 0)
		out_line(env->out,
		    "Nothing was started here yet. Begin with: keel start");
	else if (strcmp(state, "locked") == 0)
		out_line(
		    env->out, "Your book is locked. Open it with: keel unlock");
	else if (strcmp(state, "open") == 0)
		out_line(env->out, "Your book is open, with %lld record%s.",
		    records, records == 1 ? "" : "s");
	else
		out_line(env->out, "Your book cannot be read: %s.",
		    ops_text(status, "message"));
	if (strcmp(state, "none") != 0 && ops_text(status, "place")[0] != '\0')
		out_line(
		    env->out, "It is kept in %s", ops_text(status, "place"));
	if (ops_true(status, "network_home"))
		out_line(env->out,
		    "Your home is on a network, so the book is kept on this "
		    "computer's own disk.");
}

/* An upgrade leaves a running keeld alone. */
static void
print_version(struct cmd_env *env, const json_t *status)
{
	if (!ops_true(status, "replaced") &&
	    strcmp(ops_text(status, "version"), EK_VERSION) == 0)
		return;
	out_line(env->out,
	    "The program was renewed (keel is %s) since keeld was started "
	    "(%s). Both go on working; the new keeld comes when you next log "
	    "in, or by: systemctl --user restart keeld.service",
	    EK_VERSION, ops_text(status, "version"));
}

static void
print_pending(struct cmd_env *env, const json_t *status)
{
	long long pending = ops_int(status, "pending");

	if (pending == 0)
		return;
	out_line(env->out,
	    "%lld %s made while it was locked. Look at %s with: keel unlock",
	    pending, pending == 1 ? "entry was" : "entries were",
	    pending == 1 ? "it" : "them");
}

static void
print_help(struct cmd_env *env, const json_t *status)
{
	const json_t *lines =
	    json_object_get(json_object_get(status, "help"), "lines");
	const json_t *line;
	size_t i;

	out_gap(env->out);
	out_line(env->out, "%s", ops_text(status, "nobody"));
	json_array_foreach(lines, i, line)
	{
		if (json_is_string(line))
			out_text(env->out, OUT_PLAIN, 2, 2, "%s",
			    json_string_value(line));
	}
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	json_t *status = NULL;
	enum ek_err err = ops_none(env, &cmd_status, argc, argv);

	if (err == EK_OK)
		err = ops_call(env, "GET", "/v1/status", NULL, &status);
	if (err != EK_OK)
		return err;
	out_json(env->out, status);
	print_book(env, status);
	print_pending(env, status);
	print_version(env, status);
	if (json_is_object(json_object_get(status, "key"))) {
		out_gap(env->out);
		out_line(env->out, "%s",
		    ops_text(json_object_get(status, "key"), "words"));
	}
	if (strcmp(ops_text(status, "state"), "none") != 0 &&
	    json_is_object(json_object_get(status, "copy"))) {
		out_gap(env->out);
		out_line(env->out, "%s",
		    ops_text(json_object_get(status, "copy"), "words"));
	}
	print_help(env, status);
	json_decref(status);
	return EK_OK;
}

const struct cmd cmd_status = {
    .name = "status",
    .summary = "say where your book is, who could read it, and its copy",
    .flags = CMD_DAEMON | CMD_READS,
    .run = run,
};
