/*
 * http_form - a browser's form and its cookies, read strictly.  Strings in,
 * fields out: no I/O, no libevent, so that it can be fuzzed.
 *
 * A field's name is ours: letters, digits and "_-.:".  Values are UTF-8
 * without NUL; line breaks, CR LF or CR as they may come, are LF here.
 */
#ifndef EVENKEEL_BASE_HTTP_FORM_H
#define EVENKEEL_BASE_HTTP_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "evenkeel/err.h"

struct http_form;

/* application/x-www-form-urlencoded.  Reasons quote nothing of it. */
enum ek_err http_form_parse(const char *text, size_t len,
    struct http_form **ret, struct ek_why *reterr_why) EK_MUST_USE;
void http_form_free(struct http_form *form); /* wipes */

/* The first of the name; NULL when there is none. */
const char *http_form_get(const struct http_form *form, const char *name);
/* All fields in their order; *at begins at 0. */
bool http_form_next(const struct http_form *form, size_t *at,
    const char **ret_name, const char **ret_value);

/* The value of one cookie of a Cookie header (may be NULL) copied to out; NULL
 * when it is absent, there twice, or has no room. */
const char *http_cookie_find(
    const char *header, const char *name, char *out, size_t room);

#endif
