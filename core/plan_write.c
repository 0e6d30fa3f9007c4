/*
 * plan_write - what was typed, as Markdown that reads as just that.
 *
 * Markdown's characters are escaped where they would mean something; in a
 * sign and its links, what would part them stands in code, where it means
 * nothing.
 */
#include <string.h>

#include "core/plan_impl.h"

static bool
is_word_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

/* Would text[at] be read as Markdown, wherever it stands in a line? */
static bool
means_something(const char *text, size_t at)
{
	char next = text[at + 1];

	switch (text[at]) {
	case '\\':
	case '`':
	case '*':
	case '[':
	case ']':
		return true;
	case '_':
		return at == 0 || !is_word_char(text[at - 1]) ||
		       !is_word_char(next);
	case '<':
		return next != ' ' && next != '\0';
	case '&':
		return is_word_char(next) || next == '#';
	default:
		return false;
	}
}

/* Where, at the front of a line, one character would make it a list, a
 * heading, a quote, a fence or a rule; past the end: nowhere. */
static size_t
front_at(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	char next = *text == '\0' ? '\0' : text[1];

	if (digits > 0 && (text[digits] == '.' || text[digits] == ')'))
		return digits;
	if ((*text == '-' || *text == '+') &&
	    (next == ' ' || next == '\0' || next == *text))
		return 0;
	if (*text == '#' || *text == '>' || *text == '~')
		return 0;
	return strlen(text);
}

/* What parts a sign from its links, or them, at text, one behind the other:
 * code spans must not touch. */
static size_t
parting_len(const char *text, enum plan_write_as as)
{
	size_t len = 0;

	for (;;) {
		if (strncmp(text + len, "->", 2) == 0)
			len += 2;
		else if (strncmp(text + len, "\xE2\x86\x92", 3) == 0)
			len += 3;
		else if (as == PLAN_WRITE_LINK && text[len] == ';')
			len += 1;
		else if (as == PLAN_WRITE_LINK &&
			 strncmp(text + len, "\xEF\xBC\x9B", 3) == 0)
			len += 3;
		else
			return len;
	}
}

void
plan_write(struct buf *out, const char *text, enum plan_write_as as)
{
	size_t front = as == PLAN_WRITE_LINK ? strlen(text) : front_at(text);
	size_t n, i;

	for (i = 0; text[i] != '\0'; i++) {
		n = as == PLAN_WRITE_PLAIN ? 0 : parting_len(text + i, as);
		if (n > 0) {
			buf_char(out, '`');
			buf_add(out, text + i, n);
			buf_char(out, '`');
			i += n - 1;
			continue;
		}
		if (i == front || means_something(text, i))
			buf_char(out, '\\');
		buf_char(out, text[i]);
	}
}
