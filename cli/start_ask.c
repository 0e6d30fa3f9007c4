/*
 * start_ask - five short questions; Enter passes over one or takes what is
 * suggested, so that a first run ends within minutes.
 */
#include "start_ask.h"

#include <string.h>

#include "evenkeel/limits.h"
#include "input.h"
#include "out.h"

#define ANSWER_MAX 300 /* bytes: a line or two, below EK_BULLET_MAX */
#define INSTEAD                                                                \
	"give --answers - with lines sign=, helps=, person=, when=, shared="

static const struct ask ask_sign = {
    "2 of 5. What is one early sign that work is wearing on you? (Enter "
    "to leave it for later)",
    NULL, INSTEAD, ANSWER_MAX};
static const struct ask ask_helps = {
    "3 of 5. What is one thing that helps you then?", NULL, INSTEAD,
    ANSWER_MAX};
static const struct ask ask_person = {
    "4 of 5. Who is one person you can call?", NULL, INSTEAD, ANSWER_MAX};
static const struct ask ask_when = {
    "5 of 5. When may you be asked how work is going? Suggested: a short "
    "check-in on Mon, Wed and Fri at 16:30. Enter takes that; or type days "
    "and a time for it (Tue Thu 15:00), or daily. With either come a longer "
    "one each month and one each fourth month. Or type none, and nothing is "
    "asked",
    "suggested", INSTEAD, EK_RULE_MAX};
static const struct ask ask_shared = {
    "1 of 5. Does anyone else use this login?", "n", INSTEAD, 64};

void
start_said_init(struct start_said *said)
{
	buf_init(&said->sign, ANSWER_MAX);
	buf_init(&said->helps, ANSWER_MAX);
	buf_init(&said->person, ANSWER_MAX);
	buf_init(&said->when, EK_RULE_MAX);
	said->shared = false;
	said->at = NULL;
}

void
start_said_done(struct start_said *said)
{
	buf_done(&said->sign);
	buf_done(&said->helps);
	buf_done(&said->person);
	buf_done(&said->when);
}

/* Asked again while the answer is too long or not plain text. */
static enum ek_err
ask_text(struct cmd_env *env, const struct ask *ask, struct buf *ret,
    struct ek_why *reterr_why)
{
	enum ek_err err;

	for (;;) {
		struct ek_why why = {""};

		buf_clear(ret);
		out_gap(env->out);
		err = input_line(env, ask, ret, &why);
		if (err != EK_TOO_LARGE) {
			if (err != EK_OK)
				ek_why(reterr_why, err, "%s", why.text);
			return err;
		}
		out_line(env->out, "%s.", why.text);
	}
}

static enum ek_err
ask_schedule(struct cmd_env *env, const char *day, struct buf *ret,
    struct ek_why *reterr_why)
{
	for (;;) {
		struct ek_why why = {""};
		json_t *rules = NULL;
		enum ek_err err;

		err = ask_text(env, &ask_when, ret, reterr_why);
		if (err != EK_OK)
			return err;
		err = start_when(buf_text(ret), day, &rules, &why);
		json_decref(rules);
		if (err == EK_OK)
			return EK_OK;
		out_line(env->out, "%s.", why.text);
	}
}

static enum ek_err
ask_all(struct cmd_env *env, const char *day, struct start_said *ret,
    struct ek_why *reterr_why)
{
	enum ek_err err;

	if (env->tty_in && env->tty_out) /* else the first question refuses */
		out_line(env->out,
		    "Five short questions; then your plan is begun and you can "
		    "go on "
		    "with it whenever you like. What you type stays yours.");
	out_gap(env->out);
	err = input_yes(env, &ask_shared, &ret->shared, reterr_why);
	if (err == EK_OK && ret->shared) /* refused: no words asked for */
		return EK_OK;
	if (err == EK_OK)
		err = ask_text(env, &ask_sign, &ret->sign, reterr_why);
	if (err == EK_OK)
		err = ask_text(env, &ask_helps, &ret->helps, reterr_why);
	if (err == EK_OK)
		err = ask_text(env, &ask_person, &ret->person, reterr_why);
	if (err == EK_OK)
		err = ask_schedule(env, day, &ret->when, reterr_why);
	return err;
}

/* --- from a script --- */

static enum ek_err
take_text(struct answers *answers, const char *key, struct start_said *said,
    struct buf *ret, struct ek_why *reterr_why)
{
	const char *text = answers_take(answers, key);

	said->at = key;
	if (text == NULL)
		return EK_OK;
	buf_str(ret, text);
	if (ret->err == EK_TOO_LARGE)
		return ek_why(reterr_why, EK_TOO_LARGE,
		    "the answer to %s is longer than %zu bytes; make it "
		    "shorter",
		    key, ret->max);
	return buf_err(ret);
}

static enum ek_err
take_shared(
    struct answers *answers, struct start_said *ret, struct ek_why *reterr_why)
{
	const char *text = answers_take(answers, "shared");

	ret->at = "shared";
	if (text == NULL || strcmp(text, "no") == 0) {
		ret->shared = false;
		return EK_OK;
	}
	if (strcmp(text, "yes") == 0) {
		ret->shared = true;
		return EK_OK;
	}
	return ek_why(reterr_why, EK_USAGE,
	    "the answer to shared is yes or no; write one of them");
}

static enum ek_err
take_all(struct answers *answers, const char *day, struct start_said *ret,
    struct ek_why *reterr_why)
{
	json_t *rules = NULL;
	enum ek_err err;

	err = take_text(answers, "sign", ret, &ret->sign, reterr_why);
	if (err == EK_OK)
		err = take_text(answers, "helps", ret, &ret->helps, reterr_why);
	if (err == EK_OK)
		err =
		    take_text(answers, "person", ret, &ret->person, reterr_why);
	if (err == EK_OK)
		err = take_text(answers, "when", ret, &ret->when, reterr_why);
	if (err == EK_OK)
		err = start_when(buf_text(&ret->when), day, &rules, reterr_why);
	if (err == EK_OK)
		err = take_shared(answers, ret, reterr_why);
	json_decref(rules);
	return err;
}

enum ek_err
start_ask(struct cmd_env *env, struct answers *answers, const char *day,
    struct start_said *ret, struct ek_why *reterr_why)
{
	if (answers != NULL)
		return take_all(answers, day, ret, reterr_why);
	return ask_all(env, day, ret, reterr_why);
}
