/*
 * cmd_schedule - what the files of `keel schedule` share.
 */
#ifndef EVENKEEL_CLI_CMD_SCHEDULE_H
#define EVENKEEL_CLI_CMD_SCHEDULE_H

#include "cmd.h"

extern const struct cmd cmd_schedule_add; /* cmd_schedule_add.c */

/* "next: Wed 25 Nov 2026 at 16:30, …" */
void schedule_put_next(const json_t *next, struct out *out);

#endif
