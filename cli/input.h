/*
 * input - what she types or pipes in: answers, lines, secrets.
 *
 * Words never come from arguments (DESIGN.md §9).  Everything read here lies
 * in buffers that are wiped.
 */
#ifndef EVENKEEL_CLI_INPUT_H
#define EVENKEEL_CLI_INPUT_H

#include "cmd.h"
#include "evenkeel/buf.h"

/* All of a descriptor, up to ret's max; `what` names it in the reason.
 * EK_TOO_LARGE, EK_IO; EK_INVALID when it is not plain UTF-8 text (a control
 * character, broken UTF-8); a BOM and CRs before newlines are taken off. */
enum ek_err input_text(int fd, const char *what, struct buf *ret,
    struct ek_why *reterr_why) EK_MUST_USE;

/* Takes the spaces, tabs and newlines around it off. */
void input_trim(struct buf *text);

/* One line from her at the terminal.  Without one: EK_USAGE with `instead`
 * ("give --answers - ...") as the remedy.  At the end of input or Ctrl-D:
 * EK_INVALID, "nothing was saved".  At Ctrl-C that is said, and keel ends.
 * `suggestion` may be NULL; Enter takes it. */
struct ask {
	const char *question;
	const char *suggestion; /* shown in brackets */
	const char *instead;    /* for when there is no terminal */
	size_t max;             /* bytes of the answer */
};
enum ek_err input_line(struct cmd_env *env, const struct ask *ask,
    struct buf *ret, struct ek_why *reterr_why) EK_MUST_USE;
/* The same while words of hers are in hand that would end with keel: Ctrl-C
 * is as Ctrl-D. */
enum ek_err input_held(struct cmd_env *env, const struct ask *ask,
    struct buf *ret, struct ek_why *reterr_why) EK_MUST_USE;
/* Waits until there is a line to read at the terminal.  False at Ctrl-C,
 * which is spent by that. */
bool input_wait(void);
/* As input_line, not shown while it is typed. */
enum ek_err input_secret(struct cmd_env *env, const struct ask *ask,
    struct buf *ret, struct ek_why *reterr_why) EK_MUST_USE;
/* y or n; Enter takes suggestion ("y", "n" or NULL: asked again). */
enum ek_err input_yes(struct cmd_env *env, const struct ask *ask, bool *ret,
    struct ek_why *reterr_why) EK_MUST_USE;

/* `--answers -`: lines KEY=VALUE from a descriptor; empty lines and lines
 * that begin with # are passed over.  The reason names the line. */
struct answers;
enum ek_err answers_read(
    int fd, struct answers **ret, struct ek_why *reterr_why) EK_MUST_USE;
void answers_free(struct answers *answers);
/* The next KEY=VALUE of this key not yet taken, or NULL; borrowed. */
const char *answers_take(struct answers *answers, const char *key);
/* Walks all that was not taken: false at the end. */
bool answers_next(struct answers *answers, const char **ret_key,
    const char **ret_value, size_t *ret_line);
/* EK_USAGE naming the line of the first that nobody took: a misspelt key. */
enum ek_err answers_all_taken(
    struct answers *answers, struct ek_why *reterr_why) EK_MUST_USE;

#endif
