/*
 * cmds - the table of commands, alphabetical.  Help, completion, man pages
 * and hints all come from it.
 */
#include "cmds.h"

const struct cmd *const cmds[] = {
    &cmd_help,
    &cmd_instrument,
    NULL,
};
