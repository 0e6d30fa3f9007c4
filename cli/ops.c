/*
 * ops - small things the operations commands share.  See ops.h.
 */
#include "ops.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "out.h"

enum ek_err
ops_call(struct cmd_env *env, const char *method, const char *path,
    const json_t *body, json_t **ret)
{
	struct ek_why why = {""};
	enum ek_err err;

	err = client_call(env->client, method, path, body, NULL, ret, &why);
	return err == EK_OK ? EK_OK : out_fail(env->out, err, &why);
}

enum ek_err
ops_fail(struct cmd_env *env, enum ek_err err, const char *fmt, ...)
{
	struct ek_why why = {""};
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why.text, sizeof(why.text), fmt, ap);
	va_end(ap);
	return out_fail(env->out, err, &why);
}

enum ek_err
ops_none(struct cmd_env *env, const struct cmd *cmd, int argc, char **argv)
{
	struct ek_why why = {""};
	enum ek_err err = args_none(cmd, argc, argv, &why);

	return err == EK_OK ? EK_OK : out_fail(env->out, err, &why);
}

const char *
ops_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text == NULL ? "" : text;
}

long long
ops_int(const json_t *object, const char *key)
{
	return (long long)json_integer_value(json_object_get(object, key));
}

bool
ops_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

enum ek_err
ops_whole_path(
    const char *given, char *out, size_t size, struct ek_why *reterr_why)
{
	char here[EK_PATH_MAX];
	int len;

	if (given[0] == '\0')
		return ek_why(reterr_why, EK_USAGE,
		    "the path is empty; give a folder or a file");
	if (given[0] == '/') {
		len = snprintf(out, size, "%s", given);
	} else {
		if (getcwd(here, sizeof(here)) == NULL)
			return ek_why(reterr_why, EK_IO,
			    "this folder cannot be found (%s); give a path "
			    "that begins with /",
			    strerror(errno));
		len = snprintf(out, size, "%s/%s", here, given);
	}
	if (len < 0 || (size_t)len >= size)
		return ek_why(reterr_why, EK_INVALID,
		    "the path is longer than %zu bytes; use a shorter one",
		    size - 1);
	return EK_OK;
}

enum ek_err
ops_state(struct cmd_env *env, const char **ret_state, json_t **ret_status)
{
	static const char *const states[] = {
	    "none", "locked", "open", "broken"};
	json_t *status = NULL;
	enum ek_err err;

	err = ops_call(env, "GET", "/v1/status", NULL, &status);
	if (err != EK_OK)
		return err;
	*ret_state = "broken";
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(ops_text(status, "state"), states[i]) == 0)
			*ret_state = states[i];
	if (ret_status != NULL)
		*ret_status = status;
	else
		json_decref(status);
	return EK_OK;
}

enum ek_err
ops_need_book(struct cmd_env *env)
{
	const char *state;
	enum ek_err err = ops_state(env, &state, NULL);

	if (err == EK_OK && strcmp(state, "none") == 0)
		return ops_fail(env, EK_NO_BOOK, "%s", ek_err_text(EK_NO_BOOK));
	return err;
}

void
ops_say_aside(struct cmd_env *env, const json_t *reply)
{
	const json_t *list = json_object_get(reply, "aside");
	const json_t *path;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	out_line(env->out,
	    "It may still lie, sealed, in what was set aside as damaged:");
	json_array_foreach(list, i, path)
	{
		if (json_is_string(path))
			out_text(env->out, OUT_PLAIN, 2, 2, "%s",
			    json_string_value(path));
	}
	out_line(env->out,
	    "These files may also hold entries that your book lacks, so they "
	    "are yours to remove. When you miss nothing: keel doctor says "
	    "how.");
}
