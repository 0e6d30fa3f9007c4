/*
 * restore_find - the copies in a folder, and which of them is meant.
 */
#ifndef EVENKEEL_CLI_RESTORE_FIND_H
#define EVENKEEL_CLI_RESTORE_FIND_H

#include "cmd.h"

/* Asks keeld what copies the folder has; which ("2") is one of several, or
 * NULL: asked at the terminal.  EK_NOT_FOUND, EK_ERASED, EK_USAGE.  *ret is
 * the API's object; new reference. */
enum ek_err restore_find(struct cmd_env *env, const char *folder,
    const char *which, json_t **ret, struct ek_why *reterr_why) EK_MUST_USE;

#endif
