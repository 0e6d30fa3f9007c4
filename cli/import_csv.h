/*
 * import_csv - `keel import csv FILE [--map column=measure]…`.
 *
 * cmd_import.c hands over here when its first word is "csv".
 */
#ifndef EVENKEEL_CLI_IMPORT_CSV_H
#define EVENKEEL_CLI_IMPORT_CSV_H

#include "cmd.h"

/* The entry for cmd_import's table of subcommands; its run is
 * import_csv_run.  Needs the daemon. */
extern const struct cmd import_csv_cmd;

/* argv[0] is "csv".  Reasons go through out_fail. */
enum ek_err import_csv_run(struct cmd_env *env, int argc, char **argv);

#endif
