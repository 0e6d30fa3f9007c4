/*
 * cmd_coping - her strategies, best first, and which signs each belongs to.
 */
#include "cmds.h"
#include "ops.h"
#include "out.h"
#include "reply.h"
#include "steps.h"

static void
put_strategy(const json_t *strategy, struct out *out)
{
	const json_t *signs = json_object_get(strategy, "signs");
	const char *words = reply_text(strategy, "words");
	const json_t *sign;
	struct buf list;
	size_t i;

	out_text(out, OUT_PLAIN, 0, 5, "%-4s %s%s%s", ops_text(strategy, "id"),
	    ops_text(strategy, "text"), words == NULL ? "" : " — ",
	    words == NULL ? "" : words);
	if (json_array_size(signs) == 0)
		return;
	buf_init(&list, 65536);
	json_array_foreach(signs, i, sign)
	{
		buf_fmt(
		    &list, "%s%s", i == 0 ? "" : "; ", ops_text(sign, "text"));
	}
	out_text(out, OUT_DIM, 5, 2, "for: %s", buf_text(&list));
	buf_done(&list);
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	const json_t *list, *strategy;
	json_t *reply = NULL;
	size_t i;
	enum ek_err err;

	err = ops_none(env, &cmd_coping, argc, argv);
	if (err == EK_OK)
		err = ops_call(env, "GET", "/v1/coping", NULL, &reply);
	if (err != EK_OK)
		return err;
	list = json_object_get(reply, "strategies");
	if (json_array_size(list) == 0)
		out_line(env->out,
		    "Your plan names nothing under \"What helps me\" yet; "
		    "`keel plan edit` is the place for it.");
	json_array_foreach(list, i, strategy)
	{
		put_strategy(strategy, env->out);
	}
	out_json(env->out, reply);
	json_decref(reply);
	return EK_OK;
}

const struct cmd cmd_coping = {
    .name = "coping",
    .args = "",
    .summary = "what helps you, best first",
    .help = "Your own strategies, in the order of how much you said they "
	    "helped. One you tried once or twice is not put above one that "
	    "has helped many times.",
    .flags = CMD_DAEMON | CMD_READS,
    .run = run,
};
