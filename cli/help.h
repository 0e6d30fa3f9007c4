/*
 * help - what keel says about itself, all of it read from the table.
 */
#ifndef EVENKEEL_CLI_HELP_H
#define EVENKEEL_CLI_HELP_H

#include "cmd.h"

void help_all(struct out *out, const struct cmd *const *table);
/* path: the command below its parents ("import", "csv"). */
void help_cmd(struct out *out, const struct cmd *const *path, int depth);
/* {"commands":[{name,args,summary,help,flags,opts,subs}],"opts":[...]} for
 * man pages and completions.  New reference; NULL when out of memory. */
json_t *help_table(const struct cmd *const *table);

#endif
