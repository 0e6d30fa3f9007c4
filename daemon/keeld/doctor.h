/*
 * doctor - what the checks of `keel doctor` on keeld's side share.
 *
 * A check writes how things are into doctor->words and, when they are not
 * well, what to do into doctor->remedy; doctor_end then makes its line: a
 * check without a remedy is well.  Checks look and change nothing, run in
 * every state of the book, and name files and settings, never what a person
 * wrote.
 */
#ifndef KEELD_DOCTOR_H
#define KEELD_DOCTOR_H

#include "keeld/api.h"

#define DOCTOR_TEXT_MAX 8192
#define DOCTOR_RESTART  "systemctl --user restart keeld.service"

struct doctor {
	struct keeld *keeld;
	struct moment now;
	struct buf words, remedy;
	json_t *list;
	enum ek_err err; /* out of memory: no line is better than half */
};

void doctor_end(struct doctor *doctor, const char *name);
/* False when the book is not open: then the line is made, and says so. */
bool doctor_open(struct doctor *doctor, const char *name);
/* What stands before the last "; " of a reason, and what behind it. */
void doctor_why(struct doctor *doctor, const char *why);
/* A path as a shell takes it. */
void doctor_path(struct buf *buf, const char *path);

/* Each makes the lines of one part. */
void doctor_book(struct doctor *doctor); /* doctor_book.c */
void doctor_key(struct doctor *doctor);  /* doctor_key.c */
void doctor_copy(struct doctor *doctor); /* doctor_copy.c */
void doctor_site(struct doctor *doctor); /* doctor_site.c */
void doctor_plan(struct doctor *doctor); /* doctor_plan.c */

#endif
