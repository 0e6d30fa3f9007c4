/*
 * schedule_rule - `keel schedule next --rule ...`: a rule's next times, with
 * no daemon and no book (DESIGN.md §9 fixes its shape).
 */
#ifndef EVENKEEL_CLI_SCHEDULE_RULE_H
#define EVENKEEL_CLI_SCHEDULE_RULE_H

#include "cmd.h"

/* argv as the command `schedule next` got it.  Failures are said. */
enum ek_err schedule_rule_run(
    struct cmd_env *env, int argc, char **argv) EK_MUST_USE;
/* "--count"; 10 when text is NULL. */
enum ek_err schedule_rule_count(
    const char *text, int max, int *ret, struct ek_why *reterr_why) EK_MUST_USE;

#endif
