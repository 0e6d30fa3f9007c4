/*
 * session - screens on a real terminal, with keeld behind them.
 *
 * What is to be kept goes out in one request, under a key drawn once: however
 * often it is tried, it is kept once or not at all.
 */
#ifndef EVENKEEL_CLI_SESSION_H
#define EVENKEEL_CLI_SESSION_H

#include "cmd.h"
#include "form.h"

/* Both need a terminal.  plain: line by line, for terminals that know no
 * more, and for who prefers it.  EK_INVALID, said on stdout, when she left
 * and nothing was kept. */
enum ek_err session_checkin(
    struct cmd_env *env, struct given *given, bool plain) EK_MUST_USE;
/* Mending: sent to path instead, only what differs from before (a body as
 * given_body made it, borrowed). */
enum ek_err session_fix(struct cmd_env *env, struct given *given,
    const char *path, json_t *before, bool plain) EK_MUST_USE;
/* status: of GET /v1/status. */
enum ek_err session_hard(
    struct cmd_env *env, const json_t *status, bool plain) EK_MUST_USE;

#endif
