/*
 * call - one command line taken apart: the command meant, its own words, and
 * the options every command shares.
 */
#ifndef EVENKEEL_CLI_CALL_H
#define EVENKEEL_CLI_CALL_H

#include "cmd.h"

#define CALL_DEPTH_MAX 4 /* "import csv": 2 */

struct call {
	const struct cmd *path[CALL_DEPTH_MAX]; /* path[0] is in cmds */
	int depth;                              /* 0: `keel` alone */
	const char *home;                       /* --home, borrowed; or NULL */
	bool json, help, version;
	int argc;    /* the command's own: argv[0] is its name */
	char **argv; /* owned array of borrowed strings */
};

/* Takes --home DIR, --json, --help (-h) and --version out of argv wherever
 * they stand before "--", but not where they are the value of an option, and
 * finds the command and its subcommands.  EK_USAGE with the reason and a
 * hint; *ret then still has json and help as far as they were seen, and
 * nothing to free. */
enum ek_err call_parse(const struct cmd *const *table, int argc, char **argv,
    bool at_terminal, struct call *ret, struct ek_why *reterr_why) EK_MUST_USE;
void call_done(struct call *call);

#endif
