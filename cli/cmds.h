/*
 * cmds - the entries cmds.c lists; one `const struct cmd` a cmd_*.c file.
 */
#ifndef EVENKEEL_CLI_CMDS_H
#define EVENKEEL_CLI_CMDS_H

#include "cmd.h"

extern const struct cmd cmd_asks;
extern const struct cmd cmd_checkin;
extern const struct cmd cmd_coping;
extern const struct cmd cmd_copy;
extern const struct cmd cmd_diary;
extern const struct cmd cmd_doctor;
extern const struct cmd cmd_erase;
extern const struct cmd cmd_export;
extern const struct cmd cmd_hard;
extern const struct cmd cmd_help;
extern const struct cmd cmd_import;
extern const struct cmd cmd_instrument;
extern const struct cmd cmd_key;
extern const struct cmd cmd_lock;
extern const struct cmd cmd_open;
extern const struct cmd cmd_plan;
extern const struct cmd cmd_restore;
extern const struct cmd cmd_schedule;
extern const struct cmd cmd_skip;
extern const struct cmd cmd_snooze;
extern const struct cmd cmd_start;
extern const struct cmd cmd_status;
extern const struct cmd cmd_today;
extern const struct cmd cmd_unlock;

#endif
