/*
 * given_opts - the options of `checkin` and `diary fix` that give answers.
 * Words come from stdin or the editor, never from arguments.
 */
#ifndef EVENKEEL_CLI_GIVEN_OPTS_H
#define EVENKEEL_CLI_GIVEN_OPTS_H

#include "cmd.h"
#include "form.h"

enum given_note { GIVEN_NOTE_NONE, GIVEN_NOTE_EDITOR, GIVEN_NOTE_STDIN };

struct given_wish { /* what the arguments say, before the form is known */
	enum given_note note;
	bool answers;  /* --answers - */
	bool scripted; /* any of them: no screens */
};

/* Rows for the command's table of options. */
#define GIVEN_OPTS                                                             \
	{"--answers", "-", "read the answers from stdin, ID=VALUE lines",      \
	    NULL},                                                             \
	    {"--answer", "ID=V", "one answer, a number", NULL},                \
	    {"--sign", "ID=0..2", "a sign: 0 not, 1 a little, 2 a lot", NULL}, \
	    {"--used", "ID=0..3",                                              \
		"a strategy you used and how much it helped; only ID: "        \
		"rather not say",                                              \
		NULL},                                                         \
	{                                                                      \
		"--note", "[-]",                                               \
		    "a note: from stdin, or in the editor without the -", NULL \
	}

/* First pass.  True in *ret_mine when the option is one of these. */
enum ek_err given_opts_see(struct given_wish *wish, const struct cmd_opt *opt,
    const char *value, bool *ret_mine, struct ek_why *reterr_why) EK_MUST_USE;
/* After the first pass: what cannot go together. */
enum ek_err given_opts_check(
    const struct given_wish *wish, struct ek_why *reterr_why) EK_MUST_USE;
/* Second pass, once there is a form: sets all of it, stdin and editor too.
 * Failures are said. */
enum ek_err given_opts_take(struct cmd_env *env, const struct cmd *cmd,
    int argc, char **argv, const struct given_wish *wish,
    struct given *given) EK_MUST_USE;

#endif
