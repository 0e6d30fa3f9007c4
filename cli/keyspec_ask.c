/*
 * keyspec_ask - the questions about keys, and showing a phrase.
 */
#include <string.h>

#include "input.h"
#include "keyspec.h"
#include "out.h"
#include "phrase.h"

#define PHRASE_TRIES 3
#define QUESTION_MAX 1024
#define INSTEAD                                                                \
	"give --answers - with lines key=keyring|passphrase|file and, for a "  \
	"passphrase, passphrase=..."

/* The same typed once more. */
static enum ek_err
type_again(struct cmd_env *env, const struct buf *first, bool *ret_alike,
    struct ek_why *reterr_why)
{
	const struct ask ask = {
	    "The same once more", NULL, INSTEAD, PHRASE_PASS_MAX};
	struct buf again;
	enum ek_err err;

	buf_init(&again, PHRASE_PASS_MAX);
	err = input_secret(env, &ask, &again, reterr_why);
	if (err == EK_OK)
		*ret_alike =
		    again.len == first->len &&
		    memcmp(buf_text(&again), buf_text(first), first->len) == 0;
	buf_done(&again);
	return err;
}

/* Asks for a secret; after an answer that was refused, the reason stands above
 * the question.  It is printed once nothing typed is shown any more: who reads
 * it may type at once. */
static enum ek_err
ask_secret(struct cmd_env *env, const struct ask *ask, const char *refused,
    struct buf *ret, struct ek_why *reterr_why)
{
	struct ask again = *ask;
	struct buf question;
	enum ek_err err;

	if (refused[0] == '\0')
		return input_secret(env, ask, ret, reterr_why);
	buf_init(&question, QUESTION_MAX);
	buf_fmt(&question, "%s.\n%s", refused, ask->question);
	again.question = buf_text(&question);
	err = input_secret(env, &again, ret, reterr_why);
	buf_done(&question);
	return err;
}

/* Asked until it is good and typed twice alike, or she leaves.  may_skip:
 * Enter leaves ret empty. */
static enum ek_err
ask_good(struct cmd_env *env, const struct ask *ask, bool may_skip,
    struct buf *ret, struct ek_why *reterr_why)
{
	struct ek_why why = {""};
	bool alike = false;
	enum ek_err err;

	while (!alike) {
		buf_clear(ret);
		err = ask_secret(env, ask, why.text, ret, reterr_why);
		if (err == EK_OK && ret->len == 0 && may_skip)
			return EK_OK;
		if (err == EK_OK &&
		    keyspec_check_passphrase(ret, &why) != EK_OK)
			continue;
		if (err == EK_OK)
			err = type_again(env, ret, &alike, reterr_why);
		if (err != EK_OK) { /* she left */
			buf_clear(ret);
			return err;
		}
		ek_why(
		    &why, EK_INVALID, "the two are not alike; type it again");
	}
	return EK_OK;
}

enum ek_err
keyspec_ask_passphrase(
    struct cmd_env *env, struct buf *ret, struct ek_why *reterr_why)
{
	const struct ask ask = {"A passphrase for your book (8 characters or "
				"more; a few words are best)",
	    NULL, INSTEAD, PHRASE_PASS_MAX};

	return ask_good(env, &ask, false, ret, reterr_why);
}

enum ek_err
keyspec_ask_phrase(struct cmd_env *env, const struct ask *ask, struct buf *ret,
    struct ek_why *reterr_why)
{
	struct ek_why why = {""};
	struct buf normal;
	enum ek_err err;

	for (int tries = 1;; tries++) {
		buf_clear(ret);
		err = ask_secret(env, ask, why.text, ret, reterr_why);
		if (err != EK_OK)
			return err;
		buf_init(&normal, PHRASE_MAX);
		err = phrase_normal(buf_text(ret), ret->len, &normal, &why);
		buf_done(&normal);
		if (err == EK_OK)
			return EK_OK;
		if (err != EK_INVALID || tries == PHRASE_TRIES)
			return ek_why(reterr_why, err, "%s", why.text);
	}
}

void
keyspec_show_phrase(struct cmd_env *env, const struct buf *phrase)
{
	out_gap(env->out);
	out_text(env->out, OUT_HEAD, 0, 0, "Your recovery phrase");
	out_text(env->out, OUT_STRONG, 4, 0, "%s", buf_text(phrase));
	out_line(env->out,
	    "Write these eight words on paper now and keep them where only "
	    "you look. They are shown this once and kept nowhere. They open "
	    "your book on another computer, or when the key here is lost; "
	    "whoever has them and a copy of your book can read it. Then clear "
	    "or close this window: they stand in it.");
}

/* "key" of the answers, or --key; NULL when neither is given. */
static enum ek_err
said_mode(const char *key_opt, struct answers *answers, const char **ret,
    struct ek_why *reterr_why)
{
	const char *said =
	    answers == NULL ? NULL : answers_take(answers, "key");

	if (said != NULL && key_opt != NULL && strcmp(said, key_opt) != 0)
		return ek_why(reterr_why, EK_USAGE,
		    "--key and the answers' key differ; give one of them");
	*ret = said != NULL ? said : key_opt;
	return EK_OK;
}

enum ek_err
keyspec_choose(struct cmd_env *env, const char *key_opt,
    struct answers *answers, enum keyspec_mode *ret, bool *ret_chosen,
    struct buf *passphrase, struct ek_why *reterr_why)
{
	enum keyspec_mode mode = KEYSPEC_KEYRING;
	const char *said = NULL;
	const char *typed = NULL;
	enum ek_err err;

	err = said_mode(key_opt, answers, &said, reterr_why);
	if (err == EK_OK && said != NULL)
		err = keyspec_mode_from(said, &mode, reterr_why);
	if (err != EK_OK)
		return err;
	if (mode == KEYSPEC_PASSPHRASE && answers != NULL) {
		typed = answers_take(answers, "passphrase");
		if (typed == NULL)
			return ek_why(reterr_why, EK_USAGE,
			    "the answers have no passphrase; add a line "
			    "passphrase=...");
		buf_str(passphrase, typed);
		err = buf_err(passphrase);
		if (err == EK_OK)
			err = keyspec_check_passphrase(passphrase, reterr_why);
	} else if (mode == KEYSPEC_PASSPHRASE) {
		err = keyspec_ask_passphrase(env, passphrase, reterr_why);
	}
	if (err != EK_OK)
		return err;
	*ret = mode;
	*ret_chosen = said != NULL;
	return EK_OK;
}

/* One code for both: what tells them apart is what keeld says. */
bool
keyspec_no_keyring(enum ek_err err, const struct ek_why *why)
{
	return err == EK_UNREACHABLE && strstr(why->text, "keyring") != NULL;
}

enum ek_err
keyspec_instead(struct cmd_env *env, bool chosen, enum keyspec_mode *ret,
    struct buf *passphrase, struct ek_why *why)
{
	const struct ask ask = {"A passphrase for your book, or Enter to keep "
				"the key in a file only you can open",
	    NULL, INSTEAD, PHRASE_PASS_MAX};
	enum ek_err err;

	if (chosen || !env->tty_in || !env->tty_out || env->json)
		return ek_why(why, EK_INVALID,
		    "the login keyring cannot keep the key here; unlock the "
		    "keyring, or choose a passphrase or a file (--key, or "
		    "key= in the answers)");
	out_gap(env->out);
	out_line(env->out, "The login keyring cannot keep the key here: %s.",
	    why->text);
	err = ask_good(env, &ask, true, passphrase, why);
	if (err == EK_OK)
		*ret = passphrase->len == 0 ? KEYSPEC_FILE : KEYSPEC_PASSPHRASE;
	return err;
}
