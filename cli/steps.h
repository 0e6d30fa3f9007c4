/*
 * steps - what most commands do alike.  Each says its reason through
 * out_fail, so that a command just hands on what it returns.
 */
#ifndef EVENKEEL_CLI_STEPS_H
#define EVENKEEL_CLI_STEPS_H

#include "cmd.h"

/* Exactly one word and no options; `want` says what it is ("the id of an
 * entry"). */
enum ek_err steps_one_arg(struct cmd_env *env, const struct cmd *cmd, int argc,
    char **argv, const char *want, const char **ret) EK_MUST_USE;

/* POST under a key of its own, tried again safely; body is consumed (NULL:
 * out of memory).  ret may be NULL. */
enum ek_err steps_post_take(struct cmd_env *env, const char *path, json_t *body,
    json_t **ret) EK_MUST_USE;

/* GET /v1/today, where there is a book: what waits, among others. */
enum ek_err steps_today(struct cmd_env *env, json_t **ret) EK_MUST_USE;

/* The day it is for keeld, "" when it does not say.  ret has room for 11. */
void steps_day(struct cmd_env *env, char *ret);

/* Words of hers: from stdin where it is no terminal or the word is "-", else
 * from her editor, beginning with what ret holds.  Trimmed at the end; ret's
 * max is the limit.  what: "the note"; how: the command with its "-". */
struct steps_words {
	const char *what;
	const char *how;
	bool from_stdin;   /* "-" was said */
	bool may_be_empty; /* then ret is, and it is no failure */
	const char *suffix;
};
enum ek_err steps_words(struct cmd_env *env, const struct steps_words *words,
    struct buf *ret) EK_MUST_USE;
/* EK_OK at a terminal, where screens can be shown.  Elsewhere the reason: no
 * book, or that `what` ("the answers") comes by --answers -. */
enum ek_err steps_screens(struct cmd_env *env, const char *what) EK_MUST_USE;

#endif
