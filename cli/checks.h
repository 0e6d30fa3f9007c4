/*
 * checks - what `keel doctor` looks at on this side of the socket.
 *
 * Each check names a thing, says in words how it is, and if it is not well,
 * what to do.
 */
#ifndef EVENKEEL_CLI_CHECKS_H
#define EVENKEEL_CLI_CHECKS_H

#include "cmd.h"

/* Adds {"name","ok","words","remedy"} to list; remedy NULL when ok. */
enum ek_err checks_add(json_t *list, const char *name, bool ok,
    const char *words, const char *remedy) EK_MUST_USE;
/* folders, socket, locale, terminal, editor.  status may be NULL: keeld did
 * not answer, and `unreachable` says why. */
enum ek_err checks_here(struct cmd_env *env, json_t *list, const json_t *status,
    const char *unreachable) EK_MUST_USE;

#endif
