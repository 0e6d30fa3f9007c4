/*
 * cmd_schedule - what the files of `keel schedule` share.
 */
#ifndef EVENKEEL_CLI_CMD_SCHEDULE_H
#define EVENKEEL_CLI_CMD_SCHEDULE_H

#include "cmd.h"

extern const struct cmd cmd_schedule_add;  /* cmd_schedule_add.c */
extern const struct cmd cmd_schedule_next; /* cmd_schedule_next.c */

/* "next: tomorrow at 16:30, Fri 27 Nov at 16:30, …" */
void schedule_put_next(struct cmd_env *env, const json_t *next);

#endif
