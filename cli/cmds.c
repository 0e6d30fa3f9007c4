/*
 * cmds - the table of commands, alphabetical.  Help, completion, man pages
 * and hints all come from it.
 */
#include "cmds.h"

const struct cmd *const cmds[] = {
    &cmd_asks,
    &cmd_checkin,
    &cmd_coping,
    &cmd_copy,
    &cmd_diary,
    &cmd_doctor,
    &cmd_erase,
    &cmd_export,
    &cmd_hard,
    &cmd_help,
    &cmd_import,
    &cmd_instrument,
    &cmd_key,
    &cmd_lock,
    &cmd_open,
    &cmd_plan,
    &cmd_restore,
    &cmd_schedule,
    &cmd_skip,
    &cmd_snooze,
    &cmd_start,
    &cmd_status,
    &cmd_today,
    &cmd_unlock,
    NULL,
};
