/*
 * out - all that keel prints: text for people or one JSON object.
 *
 * Text is wrapped at the terminal's width (80 when unknown), wide characters
 * counted; colour only on a terminal without NO_COLOR and never alone to
 * carry meaning; nothing in red.  In a locale that is not UTF-8, characters
 * ASCII lacks are replaced ("->", "-").  Everything from records goes through
 * a filter for control characters.
 */
#ifndef EVENKEEL_CLI_OUT_H
#define EVENKEEL_CLI_OUT_H

#include <stdio.h>

#include "evenkeel/err.h"
#include "evenkeel/json.h"

struct out;

enum out_style { OUT_PLAIN, OUT_HEAD, OUT_DIM, OUT_STRONG };

/* json: text calls print nothing, out_json prints. */
enum ek_err out_new(
    FILE *to, FILE *errors, bool json, struct out **ret) EK_MUST_USE;
void out_free(struct out *out);
int out_width(const struct out *out); /* columns, 20..200 */
bool out_is_json(const struct out *out);
bool out_is_utf8(const struct out *out); /* else the ASCII forms are printed */
bool out_is_colour(const struct out *out); /* escape sequences are welcome */

/* A paragraph, wrapped; newlines in it are kept.  indent columns before each
 * line; hang columns more before lines after the first. */
void out_text(struct out *out, enum out_style style, int indent, int hang,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void out_line(struct out *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3))); /* plain, wrapped, indent 0 */
void out_gap(struct out *out);             /* one blank line, never two */
/* Bytes as they are (Markdown of `plan show`, an archive). */
void out_raw(struct out *out, const char *bytes, size_t len);
/* A question: wrapped, without the newline after it, and flushed. */
void out_prompt(struct out *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A remark beside the result ("keel: ..." on stderr), never an error. */
void out_note(struct out *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Prints json (borrowed) when --json was given. */
void out_json(struct out *out, const json_t *json);
/* "keel: reason" on stderr, and with --json the error object on stdout.
 * Returns err. */
enum ek_err out_fail(
    struct out *out, enum ek_err err, const struct ek_why *why);
/* The same; which of the answers it is about (NULL: of none) goes into the
 * error object. */
enum ek_err out_fail_answer(struct out *out, enum ek_err err,
    const struct ek_why *why, const char *answer);
/* True once out_json or the error object was printed. */
bool out_was_json(const struct out *out);
/* EK_IO when stdout could not be written (full disk, closed pipe). */
enum ek_err out_flush(struct out *out) EK_MUST_USE;
/* stdout is a pipe that nobody reads any more: `keel diary | head -1`. */
bool out_reader_gone(const struct out *out);

#endif
