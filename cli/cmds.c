/*
 * cmds - the table of commands, alphabetical.  Help, completion, man pages
 * and hints all come from it.
 */
#include "cmds.h"

const struct cmd *const cmds[] = {
    &cmd_copy,
    &cmd_doctor,
    &cmd_erase,
    &cmd_export,
    &cmd_help,
    &cmd_import,
    &cmd_instrument,
    &cmd_key,
    &cmd_lock,
    &cmd_restore,
    &cmd_start,
    &cmd_status,
    &cmd_unlock,
    NULL,
};
