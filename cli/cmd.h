/*
 * cmd - one command: its entry in the table and what it is handed.
 *
 * cmds.c lists every entry, alphabetically; help, completion, man page gate
 * and unknown-command hints all come from that table.  Commands never print:
 * they hand text or JSON to out.
 */
#ifndef EVENKEEL_CLI_CMD_H
#define EVENKEEL_CLI_CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "evenkeel/buf.h"
#include "evenkeel/err.h"
#include "evenkeel/json.h"
#include "evenkeel/paths.h"

struct client;
struct out;

enum cmd_flag {
	CMD_DAEMON = 1, /* needs keeld */
	CMD_READS = 2,  /* takes --json */
	CMD_HIDDEN = 4, /* not in the short help */
	CMD_WORDS = 8,  /* takes words of its own beside its subcommands */
	CMD_WAKES = 16, /* she begins with it: keeld is started if it is not */
};

struct cmd_opt {
	const char *name;  /* "--since" */
	const char *value; /* "DAY"; NULL for a switch; "[-]": may be left out,
			      and only a following "-" is taken as it */
	const char *help;
	const char *complete; /* "files", "dirs", a space-separated list, or
				 NULL */
};

struct cmd_env {                   /* what main found out once */
	const struct paths *paths; /* NULL when there is no home to be found, */
	const struct ek_why *why_no_paths; /* and why */
	const char *home;                  /* --home as given, or NULL */
	struct out *out;
	struct client *client; /* connects lazily; NULL without CMD_DAEMON */
	bool json;
	bool tty_in, tty_out; /* stdin and stdout are terminals */
};

struct cmd {
	const char *name;
	const char *args;    /* "[INSTRUMENT] [--note -]" */
	const char *summary; /* one line, no full stop */
	const char *help; /* paragraphs for `keel NAME --help`; may be NULL */
	unsigned flags;
	const struct cmd_opt *opts;    /* ends with a NULL name; may be NULL */
	const struct cmd *const *subs; /* NULL-ended; may be NULL */
	/* argv[0] is the command's own name; --json, --help and --home are
	 * taken out before.  NULL: only the subs run.  Returns the error; the
	 * reason for it goes through out_fail before.  With --json a command
	 * that printed nothing gets {"done":true}. */
	enum ek_err (*run)(struct cmd_env *env, int argc, char **argv);
};

extern const struct cmd *const cmds[]; /* NULL-ended; cmds.c */

/* Unique prefixes match when at_terminal; scripts must spell names out.
 * NULL when unknown or ambiguous; candidates go into why. */
const struct cmd *cmd_find(const struct cmd *const *table, const char *name,
    bool at_terminal, struct ek_why *reterr_why);
/* The same among a command's subs; the reason lists them all. */
const struct cmd *cmd_find_sub(const struct cmd *parent, const char *name,
    bool at_terminal, struct ek_why *reterr_why);
/* What is typed after keel to call it: "schedule add"; its name alone when it
 * is not in cmds. */
void cmd_words(const struct cmd *cmd, struct buf *ret);

/* Walks argv by cmd->opts ("--since D", "--since=D", switches, "--"): next
 * option into *ret_opt and its value into *ret_value, or a positional
 * (*ret_opt NULL).  EK_NOT_FOUND at the end; EK_USAGE with the reason. */
struct args {
	const struct cmd *cmd;
	int argc;
	char **argv;
	int at;
	bool only_words; /* "--" was seen */
};
void args_init(struct args *args, const struct cmd *cmd, int argc, char **argv);
enum ek_err args_next(struct args *args, const struct cmd_opt **ret_opt,
    const char **ret_value, struct ek_why *reterr_why);
/* For a command without options or words of its own. */
enum ek_err args_none(const struct cmd *cmd, int argc, char **argv,
    struct ek_why *reterr_why) EK_MUST_USE;

#endif
