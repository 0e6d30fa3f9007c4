/*
 * ops - what the operations commands (start, status, copy, ...) share.
 */
#ifndef EVENKEEL_CLI_OPS_H
#define EVENKEEL_CLI_OPS_H

#include "cmd.h"

struct answers;

/* client_call whose failure is said (out_fail) before it is returned. */
enum ek_err ops_call(struct cmd_env *env, const char *method, const char *path,
    const json_t *body, json_t **ret) EK_MUST_USE;
/* out_fail with a sentence. */
enum ek_err ops_fail(struct cmd_env *env, enum ek_err err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* args_none, said. */
enum ek_err ops_none(struct cmd_env *env, const struct cmd *cmd, int argc,
    char **argv) EK_MUST_USE;

/* Borrowed members; "", 0, false when absent or of another type. */
const char *ops_text(const json_t *object, const char *key);
long long ops_int(const json_t *object, const char *key);
bool ops_true(const json_t *object, const char *key);

/* A path as she gave it, made whole from here; EK_INVALID when too long. */
enum ek_err ops_whole_path(const char *given, char *out, size_t size,
    struct ek_why *reterr_why) EK_MUST_USE;

/* Says which damaged files may still hold what was deleted (the reply's
 * "aside"), if any. */
void ops_say_aside(struct cmd_env *env, const json_t *reply);

/* The book's state by GET /v1/status: "none", "locked", "open", "broken".
 * *ret_status may be NULL; new reference otherwise.  Failures are said. */
enum ek_err ops_state(struct cmd_env *env, const char **ret_state,
    json_t **ret_status) EK_MUST_USE;
/* EK_NO_BOOK, said, when there is none: before she is asked for anything that
 * could then not be kept. */
enum ek_err ops_need_book(struct cmd_env *env) EK_MUST_USE;

#endif
