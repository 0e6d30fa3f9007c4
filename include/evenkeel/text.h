/*
 * text - UTF-8 and hexadecimal, for everything that comes from outside.
 */
#ifndef EVENKEEL_TEXT_H
#define EVENKEEL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most
 * U+10FFFF) without NUL.  On failure *ret_at, if not NULL, is the offset of
 * the first bad byte. */
bool text_utf8_ok(const char *text, size_t len, size_t *ret_at);

/* Well-formed, and without C0 (other than \n and \t), DEL, C1 and bidi
 * controls (U+200E-F, U+202A-E, U+2066-9, U+061C), which a terminal or page
 * would obey. */
bool text_plain_ok(const char *text, size_t len);

/* One of those controls; \n and \t are none. */
bool text_is_control(uint32_t c);
/* Columns a terminal needs for text: wide East Asian characters and emoji
 * count two, combining marks none.  Tables by Unicode 15 ranges, no locale. */
size_t text_columns(const char *text, size_t len);

/* Decodes one character; returns its length in bytes, 0 if malformed. */
size_t text_decode(const char *text, size_t len, uint32_t *ret_char);

/* A name of ours that may be quoted in a reason: 1 to 40 ASCII letters, digits,
 * '-', '_', '.'. */
bool text_is_name(const char *text);

/* Of one hexadecimal digit, either case; -1: it is none. */
int text_hex_value(char c);
/* out has room for 2 * len + 1. */
void text_hex(const unsigned char *bytes, size_t len, char *out);
/* Exactly 2 * len lower- or upper-case digits, then NUL. */
bool text_unhex(const char *hex, unsigned char *out, size_t len);

#endif
