/*
 * number - decimal numbers without locale.  The form is checked here; only
 * then does strtod_l of the C locale turn it into a double.
 */
#include "evenkeel/number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t
digits(const char *text, size_t len, size_t at)
{
	size_t count = 0;

	while (at + count < len && text[at + count] >= '0' &&
	       text[at + count] <= '9')
		count++;
	return count;
}

static bool
form_ok(const char *text, size_t len)
{
	size_t at = len > 0 && text[0] == '-' ? 1 : 0;
	size_t count = digits(text, len, at);

	if (count == 0)
		return false;
	at += count;
	if (at < len && text[at] == '.') {
		count = digits(text, len, at + 1);
		if (count == 0)
			return false;
		at += 1 + count;
	}
	if (at < len && (text[at] == 'e' || text[at] == 'E')) {
		at++;
		if (at < len && (text[at] == '+' || text[at] == '-'))
			at++;
		count = digits(text, len, at);
		if (count == 0)
			return false;
		at += count;
	}
	return at == len;
}

/* The program may run in a locale that writes 3,5. glibc hands out "C"
 * without allocating; should it ever fail, the number is not taken. */
static bool
convert(const char *text, double *ret)
{
	locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);

	if (c_locale == (locale_t)0)
		return false;
	*ret = strtod_l(text, NULL, c_locale);
	freelocale(c_locale);
	return true;
}

bool
number_parse(const char *text, size_t len, double *ret)
{
	char copy[NUMBER_LEN_MAX + 1];
	double value;

	if (len > NUMBER_LEN_MAX || !form_ok(text, len))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (!convert(copy, &value) || !isfinite(value))
		return false;
	*ret = value == 0 ? 0 : value;
	return true;
}

/* Whatever the locale writes for the point becomes a full stop. */
static void
plain_point(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		if (strchr("0123456789+-e", *text) != NULL)
			*to++ = *text;
		else if (to[-1] != '.')
			*to++ = '.';
	}
	*to = '\0';
}

void
number_write(double value, char *ret)
{
	double back = 0;
	int digits;

	/* 17 always do (IEEE 754 doubles), 15 mostly */
	for (digits = 15; digits <= 17; digits++) {
		snprintf(ret, NUMBER_LEN_MAX + 1, "%.*g", digits, value);
		plain_point(ret);
		if (number_parse(ret, strlen(ret), &back) && back == value)
			break;
	}
}
