/*
 * cmd_erase - `keel erase`: the keys first, then everything; says what is
 * left and where.
 */
#include <string.h>

#include "client.h"
#include "cmds.h"
#include "input.h"
#include "ops.h"
#include "out.h"

static const struct cmd_opt opts[] = {
    {"--yes", NULL, "do not ask", NULL},
    {NULL, NULL, NULL, NULL},
};

static enum ek_err
confirm(struct cmd_env *env, bool book, struct ek_why *reterr_why)
{
	static const char aside[] =
	    "There is no book here, only what was set aside as damaged, with "
	    "its key (keel doctor lists it). This destroys it. Nothing can "
	    "call it back.\nType erase to go on, or Enter to leave it";
	struct ask ask = {
	    "This destroys your book here, and the copy; your other desks "
	    "erase theirs when they next see the copy. `keel export` keeps "
	    "what you want to keep. Nothing can call it back.\nType erase "
	    "to go on, or Enter to leave it",
	    NULL, "give --yes", 64};
	struct buf typed;
	enum ek_err err;

	if (!book)
		ask.question = aside;
	buf_init(&typed, 64);
	err = input_line(env, &ask, &typed, reterr_why);
	if (err == EK_OK && strcmp(buf_text(&typed), "erase") != 0)
		err = ek_why(reterr_why, EK_INVALID,
		    "the word erase was not typed; nothing was erased");
	buf_done(&typed);
	return err;
}

/* keeld judges it again; this is so that she is not asked for nothing. */
static enum ek_err
need_something(struct cmd_env *env, bool *ret_book)
{
	const char *state;
	json_t *status = NULL;
	enum ek_err err = ops_state(env, &state, &status);

	if (err != EK_OK)
		return err;
	*ret_book = strcmp(state, "none") != 0;
	if (!*ret_book &&
	    json_array_size(json_object_get(status, "aside")) == 0)
		err = ops_fail(env, EK_NO_BOOK,
		    "there is no book here; nothing is to be erased");
	json_decref(status);
	return err;
}

static void
print_list(struct cmd_env *env, const json_t *list, const char *title)
{
	const json_t *line;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	out_gap(env->out);
	out_line(env->out, "%s", title);
	json_array_foreach(list, i, line)
	{
		if (json_is_string(line))
			out_text(env->out, OUT_PLAIN, 0, 2, "- %s",
			    json_string_value(line));
	}
}

/* Said only when it is not so: what is erased starts no more. */
static void
print_autostart(struct cmd_env *env)
{
	json_t *reply = NULL;

	if (client_call(env->client, "GET", "/v1/autostart", NULL, NULL, &reply,
		NULL) != EK_OK)
		return;
	if (strcmp(ops_text(reply, "state"), "on") == 0 ||
	    strcmp(ops_text(reply, "state"), "failed") == 0)
		out_text(env->out, OUT_PLAIN, 0, 2,
		    "- keeld, with nothing to keep, may still start when you "
		    "log in; to end that: systemctl --user disable "
		    "keeld.service keeld.socket");
	json_decref(reply);
}

static enum ek_err
erase(struct cmd_env *env)
{
	json_t *body = json_pack("{s:s}", "confirm", "erase");
	json_t *reply = NULL;
	enum ek_err err;

	if (body == NULL)
		return out_fail(env->out, EK_NOMEM, NULL);
	err = ops_call(env, "POST", "/v1/erase", body, &reply);
	json_decref(body);
	if (err != EK_OK)
		return err;
	out_json(env->out, reply);
	out_line(env->out, "Erased.");
	print_list(env, json_object_get(reply, "aside"),
	    "With it went what was set aside as damaged:");
	print_list(env, json_object_get(reply, "left"), "What remains:");
	print_autostart(env);
	json_decref(reply);
	return EK_OK;
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	const struct cmd_opt *opt;
	const char *value;
	struct ek_why why = {""};
	struct args args;
	bool yes = false, book = true;
	enum ek_err err;

	args_init(&args, &cmd_erase, argc, argv);
	while ((err = args_next(&args, &opt, &value, &why)) == EK_OK) {
		if (opt == NULL)
			return ops_fail(env, EK_USAGE,
			    "erase takes no words; it asks, or give --yes");
		yes = true;
	}
	if (err != EK_NOT_FOUND)
		return out_fail(env->out, err, &why);
	err = need_something(env, &book);
	if (err != EK_OK)
		return err;
	err = yes ? EK_OK : confirm(env, book, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	return erase(env);
}

const struct cmd cmd_erase = {
    .name = "erase",
    .args = "[--yes]",
    .summary = "destroy the book, its keys and its copy",
    .flags = CMD_DAEMON,
    .opts = opts,
    .run = run,
};
