/*
 * editor_kind - which editor hers is, and how it is told to keep nothing.
 */
#ifndef EVENKEEL_CLI_EDITOR_KIND_H
#define EVENKEEL_CLI_EDITOR_KIND_H

#include <stdbool.h>

#include "evenkeel/err.h"
#include "evenkeel/paths.h"

#define EDITOR_ARGS 24

struct editor {
	char words[EK_PATH_MAX];       /* $EDITOR, cut at its spaces */
	char found[EK_PATH_MAX];       /* the program */
	const char *argv[EDITOR_ARGS]; /* without the file; borrowed from words
					  and found */
	int argc;
	bool known; /* we know how to turn its copies off */
};

/* named: $VISUAL or $EDITOR, or NULL for the first of nano and vi that
 * search_path ($PATH) has.  EK_NOT_FOUND with the remedy. */
enum ek_err editor_find(const char *named, const char *search_path,
    struct editor *ret, struct ek_why *reterr_why) EK_MUST_USE;

#endif
