/*
 * err - the one enum's code, sentence, HTTP status and exit status.
 *
 * Each switch is exhaustive without default, so that a new error cannot be
 * forgotten in any of them.
 */
#include "evenkeel/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Cuts text at its end so that no UTF-8 character is left in halves. */
static void
trim_character(char *text)
{
	size_t len = strlen(text);
	size_t at = len;
	size_t want;

	while (at > 0 && ((unsigned char)text[at - 1] & 0xC0) == 0x80)
		at--;
	if (at == 0)
		return;
	at--;
	if (((unsigned char)text[at] & 0xE0) == 0xC0)
		want = 2;
	else if (((unsigned char)text[at] & 0xF0) == 0xE0)
		want = 3;
	else if (((unsigned char)text[at] & 0xF8) == 0xF0)
		want = 4;
	else
		return;
	if (len - at < want)
		text[at] = '\0';
}

enum ek_err
ek_why(struct ek_why *why, enum ek_err err, const char *fmt, ...)
{
	va_list ap;
	int len;

	if (why == NULL)
		return err;
	va_start(ap, fmt);
	len = vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	if (len >= (int)sizeof(why->text))
		trim_character(why->text);
	return err;
}

const char *
ek_err_code(enum ek_err err)
{
	switch (err) {
	case EK_OK:
		return "ok";
	case EK_NOMEM:
		return "no-memory";
	case EK_INVALID:
		return "invalid";
	case EK_TOO_LARGE:
		return "too-large";
	case EK_NOT_FOUND:
		return "not-found";
	case EK_CONFLICT:
		return "conflict";
	case EK_DENIED:
		return "denied";
	case EK_NO_BOOK:
		return "no-book";
	case EK_LOCKED:
		return "locked";
	case EK_WRONG_KEY:
		return "wrong-key";
	case EK_CORRUPT:
		return "corrupt";
	case EK_NEWER:
		return "newer";
	case EK_ERASED:
		return "erased";
	case EK_NO_SPACE:
		return "no-space";
	case EK_READ_ONLY:
		return "read-only";
	case EK_IO:
		return "io";
	case EK_BUSY:
		return "busy";
	case EK_UNREACHABLE:
		return "unreachable";
	case EK_USAGE:
		return "usage";
	case EK_BUG:
		return "bug";
	}
	return "bug";
}

enum ek_err
ek_err_from_code(const char *code)
{
	int err;

	for (err = EK_OK; err < EK_BUG; err++)
		if (strcmp(code, ek_err_code((enum ek_err)err)) == 0)
			return (enum ek_err)err;
	return EK_BUG;
}

const char *
ek_err_text(enum ek_err err)
{
	switch (err) {
	case EK_OK:
		return "done";
	case EK_NOMEM:
		return "out of memory; close something and try again";
	case EK_INVALID:
		return "this is not what was expected; check what was given";
	case EK_TOO_LARGE:
		return "this is too large; give less";
	case EK_NOT_FOUND:
		return "there is no such thing; list what there is";
	case EK_CONFLICT:
		return "this clashes with what is there; look and try again";
	case EK_DENIED:
		return "this belongs to another user; log in as yourself";
	case EK_NO_BOOK:
		return "nothing was started here yet; run: keel start";
	case EK_LOCKED:
		return "the book is locked; run: keel unlock";
	case EK_WRONG_KEY:
		return "that does not open the book; check it and try again";
	case EK_CORRUPT:
		return "the book is damaged; run: keel doctor";
	case EK_NEWER:
		return "a newer version wrote this; update this program";
	case EK_ERASED:
		return "this book was erased by its owner; run: keel start";
	case EK_NO_SPACE:
		return "the disk is full, nothing was saved; free some room";
	case EK_READ_ONLY:
		return "the place cannot be written; check its permissions";
	case EK_IO:
		return "reading or writing failed; run: keel doctor";
	case EK_BUSY:
		return "someone else is using this; try again in a moment";
	case EK_UNREACHABLE:
		return "keeld does not answer; start it and try again";
	case EK_USAGE:
		return "the command line is wrong; run: keel help";
	case EK_BUG:
		return "this is our mistake; nothing of yours was changed";
	}
	return "this is our mistake; nothing of yours was changed";
}

int
ek_err_http(enum ek_err err)
{
	switch (err) {
	case EK_OK:
		return 200;
	case EK_INVALID:
	case EK_USAGE:
		return 400;
	case EK_DENIED:
	case EK_WRONG_KEY:
		return 403;
	case EK_NOT_FOUND:
		return 404;
	case EK_CONFLICT:
	case EK_NO_BOOK:
		return 409;
	case EK_ERASED:
		return 410;
	case EK_TOO_LARGE:
		return 413;
	case EK_LOCKED:
		return 423;
	case EK_NO_SPACE:
	case EK_READ_ONLY:
		return 507;
	case EK_BUSY:
	case EK_UNREACHABLE:
		return 503;
	case EK_NOMEM:
	case EK_CORRUPT:
	case EK_NEWER:
	case EK_IO:
	case EK_BUG:
		return 500;
	}
	return 500;
}

int
ek_err_exit(enum ek_err err)
{
	switch (err) {
	case EK_OK:
		return 0;
	case EK_UNREACHABLE:
		return 2;
	case EK_USAGE:
		return 3;
	case EK_NOMEM:
	case EK_INVALID:
	case EK_TOO_LARGE:
	case EK_NOT_FOUND:
	case EK_CONFLICT:
	case EK_DENIED:
	case EK_NO_BOOK:
	case EK_LOCKED:
	case EK_WRONG_KEY:
	case EK_CORRUPT:
	case EK_NEWER:
	case EK_ERASED:
	case EK_NO_SPACE:
	case EK_READ_ONLY:
	case EK_IO:
	case EK_BUSY:
	case EK_BUG:
		return 1;
	}
	return 1;
}
