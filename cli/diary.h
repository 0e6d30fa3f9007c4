/*
 * diary - what the files of `keel diary` share.
 */
#ifndef EVENKEEL_CLI_DIARY_H
#define EVENKEEL_CLI_DIARY_H

#include "cmd.h"

extern const struct cmd cmd_diary_fix; /* cmd_diary_fix.c */

/* The entry whose id begins with prefix; new reference.  Failures are
 * said. */
enum ek_err diary_find(
    struct cmd_env *env, const char *prefix, json_t **ret) EK_MUST_USE;
/* One entry as text, with so many digits of its id. */
void diary_put(json_t *entry, int digits, struct out *out);

#endif
