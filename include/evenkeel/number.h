/*
 * number - decimal numbers as people and files write them.
 *
 * Strict and free of locale: a full stop for decimals, no thousands marks,
 * no hexadecimal, no "nan" or "inf".
 */
#ifndef EVENKEEL_NUMBER_H
#define EVENKEEL_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#define NUMBER_LEN_MAX 64 /* bytes of one written number */

/* [-]digits[.digits][e[+-]digits], nothing before or behind, at most
 * NUMBER_LEN_MAX bytes, finite.  Minus nought reads as nought.  false leaves
 * *ret as it was. */
bool number_parse(const char *text, size_t len, double *ret);

#endif
