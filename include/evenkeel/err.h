/*
 * err - what went wrong, once for every program.
 *
 * One enum, one code string, one HTTP status, one exit status; each an
 * exhaustive switch.  A function that fails leaves its outputs untouched and
 * puts the reason for the user into the caller's struct ek_why: the thing,
 * the reason, and after "; " the remedy.  Reasons never hold what a person
 * wrote (PROTOCOL.md: error texts hold no values), only names, line numbers
 * and limits.
 */
#ifndef EVENKEEL_ERR_H
#define EVENKEEL_ERR_H

#include <stdbool.h>
#include <stddef.h>

#define EK_MUST_USE __attribute__((warn_unused_result))

enum ek_err {
	EK_OK = 0,
	EK_NOMEM,       /* out of memory */
	EK_INVALID,     /* what was given is not what is expected */
	EK_TOO_LARGE,   /* past a limit of limits.h */
	EK_NOT_FOUND,   /* no such thing */
	EK_CONFLICT,    /* clashes with what is there already */
	EK_DENIED,      /* not yours: another user, wrong owner */
	EK_NO_BOOK,     /* nothing was started here yet */
	EK_LOCKED,      /* the book is locked; unlock it first */
	EK_WRONG_KEY,   /* the key, passphrase or phrase does not open it */
	EK_CORRUPT,     /* the book or copy is damaged */
	EK_NEWER,       /* written by a newer version of the program */
	EK_ERASED,      /* this book was erased by its owner */
	EK_NO_SPACE,    /* disk or quota full */
	EK_READ_ONLY,   /* the place cannot be written */
	EK_IO,          /* reading or writing failed otherwise */
	EK_BUSY,        /* someone else holds it: second instance, lock */
	EK_UNREACHABLE, /* the daemon does not answer */
	EK_USAGE,       /* the command line is wrong */
	EK_BUG,         /* our own mistake, caught */
};

struct ek_why {
	char text[400];
};

/* Sets the reason; why may be NULL.  Returns err, so that a failing function
 * can `return ek_why(why, EK_INVALID, "...")`.  Cuts at 399 bytes, never in
 * the middle of a UTF-8 character. */
enum ek_err ek_why(struct ek_why *why, enum ek_err err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Stable code for JSON: "locked", "no-book", ...; never NULL. */
const char *ek_err_code(enum ek_err err);
/* The reverse, for the client; unknown codes are EK_BUG. */
enum ek_err ek_err_from_code(const char *code);
/* A short sentence for when no better reason is known. */
const char *ek_err_text(enum ek_err err);
int ek_err_http(enum ek_err err); /* 200, 400, 404, 409, 413, 423, ... */
int ek_err_exit(
    enum ek_err err); /* 0 done, 1 refused, 2 out of reach, 3 usage */

#endif
