/*
 * steps - see steps.h.
 */
#include "steps.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "editor.h"
#include "input.h"
#include "ops.h"
#include "out.h"

enum ek_err
steps_one_arg(struct cmd_env *env, const struct cmd *cmd, int argc, char **argv,
    const char *want, const char **ret)
{
	const char *value, *word = NULL;
	struct ek_why why = {""};
	const struct cmd_opt *opt;
	struct args args;
	struct buf name;
	enum ek_err err;

	buf_init(&name, 100);
	cmd_words(cmd, &name);
	args_init(&args, cmd, argc, argv);
	while ((err = args_next(&args, &opt, &value, &why)) == EK_OK) {
		if (word != NULL)
			break;
		word = value;
	}
	if (err == EK_OK)
		err = ek_why(&why, EK_USAGE,
		    "%s takes one word, %s; leave out the rest, or put a name "
		    "of several words in quotes",
		    buf_text(&name), want);
	else if (err == EK_NOT_FOUND && word == NULL)
		err = ek_why(&why, EK_USAGE, "%s wants %s; type keel %s %s",
		    buf_text(&name), want, buf_text(&name), cmd->args);
	buf_done(&name);
	if (err != EK_NOT_FOUND)
		return out_fail(env->out, err, &why);
	*ret = word;
	return EK_OK;
}

enum ek_err
steps_post_take(
    struct cmd_env *env, const char *path, json_t *body, json_t **ret)
{
	struct ek_why why = {""};
	json_t *json = NULL;
	enum ek_err err = EK_NOMEM;
	char key[33];

	if (body != NULL) {
		client_new_key(key);
		err = client_call(
		    env->client, "POST", path, body, key, &json, &why);
		json_decref(body);
	}
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	if (ret != NULL)
		*ret = json;
	else
		json_decref(json);
	return EK_OK;
}

enum ek_err
steps_today(struct cmd_env *env, json_t **ret)
{
	enum ek_err err = ops_need_book(env);

	return err == EK_OK ? ops_call(env, "GET", "/v1/today", NULL, ret)
			    : err;
}

void
steps_day(struct cmd_env *env, char *ret)
{
	json_t *today = NULL;

	ret[0] = '\0';
	if (client_call(env->client, "GET", "/v1/today", NULL, NULL, &today,
		NULL) == EK_OK)
		snprintf(ret, 11, "%.10s", ops_text(today, "day"));
	json_decref(today);
}

static void
trim(struct buf *words)
{
	while (words->len > 0 && strchr(" \t\n", words->data[words->len - 1]))
		words->data[--words->len] = '\0';
}

enum ek_err
steps_words(
    struct cmd_env *env, const struct steps_words *words, struct buf *ret)
{
	struct ek_why why = {""};
	enum ek_err err;

	if (words->from_stdin || !env->tty_in) {
		buf_clear(ret);
		err = input_text(STDIN_FILENO, words->what, ret, &why);
	} else {
		err = editor_run(env, words->suffix, ret, &why);
	}
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	trim(ret);
	if (ret->len == 0 && !words->may_be_empty)
		return out_fail(env->out,
		    ek_why(&why, EK_INVALID,
			"%s is empty, so nothing was saved; write it in the "
			"editor, or pipe it in with `%s`",
			words->what, words->how),
		    &why);
	return EK_OK;
}

enum ek_err
steps_screens(struct cmd_env *env, const char *what)
{
	enum ek_err err;

	if (env->tty_in && env->tty_out && !env->json)
		return EK_OK;
	err = ops_need_book(env);
	if (err != EK_OK)
		return err;
	return ops_fail(env, EK_USAGE,
	    "there is no terminal for the screens; give %s with --answers - "
	    "as ID=VALUE lines",
	    what);
}
