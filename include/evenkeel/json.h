/*
 * json - the one door to jansson: strict reading, canonical writing.
 *
 * Everyone who handles JSON includes this header, not <jansson.h>.
 * json_t values are reference-counted; "new reference" means the caller
 * gives it back with json_decref().
 */
#ifndef EVENKEEL_JSON_H
#define EVENKEEL_JSON_H

#include <jansson.h>

#include "evenkeel/buf.h"
#include "evenkeel/err.h"

/* Strict RFC 8259: an object or array, duplicate keys refused, depth at most
 * EK_JSON_DEPTH_MAX, well-formed UTF-8, no NUL in strings, nothing behind the
 * end.  `what` names the input in the reason ("request body", "plan.json");
 * the reason has line and column only, never the input (jansson's own text
 * quotes it).  New reference. */
enum ek_err json_read(const char *text, size_t len, const char *what,
    json_t **ret_json, struct ek_why *reterr_why) EK_MUST_USE;

/* Canonical: keys in the order given, no spaces, shortest decimals that read
 * back the same.  UTF-8 as it is, but controls that a terminal would obey
 * (text_is_control) are \\u escapes. */
enum ek_err json_write(const json_t *json, struct buf *ret) EK_MUST_USE;

/* An object whose members are only those named, NULL-ended; else EK_INVALID
 * and the reason names the first member that does not belong. */
enum ek_err json_only(const json_t *object, const char *what,
    struct ek_why *reterr_why, ...) EK_MUST_USE __attribute__((sentinel));

/* Borrowed string member, or NULL when absent; a member of another type or
 * longer than max bytes is EK_INVALID / EK_TOO_LARGE by *err (which keeps its
 * first failure, so several reads can be checked once). */
const char *json_text(const json_t *object, const char *key, size_t max,
    enum ek_err *err, struct ek_why *reterr_why);

/* A number as JSON: an integer when it is one (|x| < 2^53), else a real;
 * NaN and infinity become null.  New reference, NULL when out of memory. */
json_t *json_from_double(double value);

#endif
