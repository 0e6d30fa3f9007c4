/*
 * web_say - reasons and states as the API words them, for who has no
 * terminal.
 *
 * They are made of sentences, or of "what went wrong; what to do".  A part
 * that names a command of keel is left out: the page offers what does the
 * same, or says who can do it.
 */
#include <ctype.h>
#include <string.h>

#include "keeld/web.h"

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) != 0 || c == '_';
}

/* "keel" as a word (not keeld, not Evenkeel), or an option of it. */
static bool
is_command(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i + 3 <= len; i++)
		if (memcmp(text + i, "--", 2) == 0 && is_word(text[i + 2]))
			return true;
	for (i = 0; i + 4 <= len; i++)
		if (memcmp(text + i, "keel", 4) == 0 &&
		    (i == 0 || !is_word(text[i - 1])) &&
		    (i + 4 == len || !is_word(text[i + 4])))
			return true;
	return false;
}

/* The length of the part that begins here, without what parts it from the
 * next. */
static size_t
part_len(const char *text)
{
	size_t i;

	for (i = 0; text[i] != '\0'; i++)
		if ((text[i] == ';' || text[i] == '.') &&
		    (text[i + 1] == ' ' || text[i + 1] == '\0'))
			break;
	return i;
}

static void
put_part(const char *text, size_t len, bool begins, struct buf *ret)
{
	if (begins && text[0] >= 'a' && text[0] <= 'z')
		buf_char(ret, (char)(text[0] - 'a' + 'A'));
	else
		buf_char(ret, text[0]);
	buf_add(ret, text + 1, len - 1);
}

void
web_plain(const char *text, struct buf *ret)
{
	const char *mark = "";
	size_t len;

	for (; *text != '\0'; text += strspn(text, ";. ")) {
		len = part_len(text);
		if (len > 0 && !is_command(text, len)) {
			buf_str(ret, mark);
			put_part(text, len, mark[0] != ';', ret);
			mark = text[len] == ';' ? "; " : ". ";
		} else if (mark[0] == ';') {
			mark = ". ";
		}
		text += len;
	}
	if (mark[0] != '\0')
		buf_char(ret, '.');
}
