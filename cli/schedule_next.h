/*
 * schedule_next - `keel schedule next --rule ...`: a rule's next times, with
 * no daemon and no book (DESIGN.md §9 fixes its shape).
 */
#ifndef EVENKEEL_CLI_SCHEDULE_NEXT_H
#define EVENKEEL_CLI_SCHEDULE_NEXT_H

#include "cmd.h"

extern const struct cmd_opt schedule_next_opts[];

enum ek_err schedule_next_run(struct cmd_env *env, int argc, char **argv);

#endif
