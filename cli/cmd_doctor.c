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

/* Ours first, then keeld's.  keeld may be out of reach: that is a finding,
 * not the end. */
static enum ek_err
collect(struct cmd_env *env, json_t *list)
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
run(struct cmd_env *env, int argc, char **argv)
{
	json_t *list;
	json_t *reply;
	size_t bad = 0;
	enum ek_err err = ops_none(env, &cmd_doctor, argc, argv);

	if (err != EK_OK)
		return err;
	list = json_array();
	reply = json_pack("{s:o}", "checks", list);
	if (reply == NULL)
		return out_fail(env->out, EK_NOMEM, NULL);
	err = collect(env, list);
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

const struct cmd cmd_doctor = {
    .name = "doctor",
    .summary = "check that everything is well, and say what to do if not",
    .help = "Exit status 1 when something is not well.",
    .flags = CMD_READS,
    .run = run,
};
