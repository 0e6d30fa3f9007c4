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

/* The fewest decimals that number_parse reads back as the very same double:
 * 6.4, not 6.4000000000000004.  value is finite; ret has room for
 * NUMBER_LEN_MAX + 1. */
void number_write(double value, char *ret);

#endif
