/*
 * cmd_doctor - `keel doctor`: every check of both sides, in words, with the
 * remedy of what is not well.
 */
#include <string.h>

#include "checks.h"
#include "client.h"
#include "cmds.h"
#include "ops.h"
#include "out.h"

/* Can a bubble be shown?  Only looked at, unless she asks for a sample.  A
 * keeld outside of a desktop is no fault. */
static enum ek_err
check_bubble(struct client *client, bool sample, json_t *list)
{
	json_t *body = sample ? json_object() : NULL, *reply = NULL;
	struct ek_why why = {""};
	const char *state;
	enum ek_err err;
	bool ok;

	err = client_call(client, sample ? "POST" : "GET",
	    sample ? "/v1/bubble/sample" : "/v1/bubble", body, NULL, &reply,
	    &why);
	json_decref(body);
	state = ops_text(reply, "state");
	ok = err == EK_BUSY || /* with one that is up */
	     (err == EK_OK && (strcmp(state, "none") != 0 ||
				  ops_text(reply, "reason")[0] != '\0'));
	if (ok && !sample && strcmp(state, "free") == 0)
		err = checks_add(list, "notifications", true,
		    "A notification can be shown now. To see one, run: keel "
		    "doctor --sample",
		    NULL);
	else
		err = checks_add(list, "notifications", ok,
		    err == EK_OK ? ops_text(reply, "words") : why.text,
		    err == EK_OK
			? "see whether this desktop shows any: notify-send "
			  "hello; if it does, log out and in again"
			: "wait a moment, then run this again");
	json_decref(reply);
	return err;
}

/* Ours first, then keeld's.  keeld may be out of reach: that is a finding,
 * not the end. */
static enum ek_err
collect(struct cmd_env *env, bool sample, json_t *list)
{
	struct client *client = NULL;
	struct ek_why why = {"there is no socket to ask at"};
	json_t *status = NULL;
	json_t *checks = NULL;
	enum ek_err err = EK_UNREACHABLE;

	if (env->paths != NULL)
		err = client_new(env->paths->sock, &client);
	if (err == EK_OK)
		err = client_call(
		    client, "GET", "/v1/status", NULL, NULL, &status, &why);
	if (err == EK_OK) /* no answer: checks stays NULL and is said */
		(void)!client_call(
		    client, "GET", "/v1/doctor", NULL, NULL, &checks, &why);
	err = checks_here(env, list, status, why.text);
	if (err == EK_OK && checks == NULL && status != NULL)
		err = checks_add(list, "checks", false, why.text,
		    "restart keeld and run this again");
	if (err == EK_OK && json_is_array(json_object_get(checks, "checks")) &&
	    json_array_extend(list, json_object_get(checks, "checks")) != 0)
		err = EK_NOMEM;
	if (err == EK_OK && status != NULL)
		err = check_bubble(client, sample, list);
	json_decref(checks);
	json_decref(status);
	client_free(client);
	return err;
}

static size_t
print(struct cmd_env *env, const json_t *list)
{
	const json_t *check;
	size_t bad = 0;
	size_t i;

	json_array_foreach(list, i, check)
	{
		bool ok = ops_true(check, "ok");

		bad += ok ? 0 : 1;
		out_text(env->out, ok ? OUT_PLAIN : OUT_STRONG, 0, 4,
		    "%s  %s: %s", ok ? "ok" : "!!", ops_text(check, "name"),
		    ops_text(check, "words"));
		if (!ok)
			out_text(env->out, OUT_PLAIN, 4, 0, "%s %s", "→",
			    ops_text(check, "remedy"));
	}
	out_gap(env->out);
	if (bad == 0)
		out_line(env->out, "All is well.");
	else
		out_line(env->out,
		    "%zu of %zu %s not well; what to do stands "
		    "below each.",
		    bad, json_array_size(list), bad == 1 ? "is" : "are");
	return bad;
}

static enum ek_err
read_wish(int argc, char **argv, bool *ret_sample, struct ek_why *why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, &cmd_doctor, argc, argv);
	while ((err = args_next(&args, &opt, &value, why)) == EK_OK) {
		if (opt == NULL)
			return ek_why(why, EK_USAGE,
			    "doctor takes no words; `keel help doctor` says "
			    "what it takes");
		*ret_sample = true;
	}
	return err == EK_NOT_FOUND ? EK_OK : err;
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	struct ek_why why = {""};
	bool sample = false;
	json_t *list;
	json_t *reply;
	size_t bad = 0;
	enum ek_err err = read_wish(argc, argv, &sample, &why);

	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	list = json_array();
	reply = json_pack("{s:o}", "checks", list);
	if (reply == NULL)
		return out_fail(env->out, EK_NOMEM, NULL);
	err = collect(env, sample, list);
	if (err == EK_OK) {
		out_json(env->out, reply);
		bad = print(env, list);
	} else {
		err = out_fail(env->out, err, NULL);
	}
	json_decref(reply);
	if (err == EK_OK && bad > 0)
		err = EK_INVALID; /* the checks said why */
	return err;
}

static const struct cmd_opt opts[] = {
    {"--sample", NULL, "show a sample notification, which asks nothing", NULL},
    {NULL, NULL, NULL, NULL},
};

const struct cmd cmd_doctor = {
    .name = "doctor",
    .args = "[--sample]",
    .opts = opts,
    .summary = "check that everything is well, and say what to do if not",
    .help = "Exit status 1 when something is not well. Whether a notification "
	    "could be shown is only looked at, unless a sample is wished for.",
    .flags = CMD_READS,
    .run = run,
};
