/*
 * wrap - filter, ASCII forms and line breaking.  Knows no terminal and no
 * locale: it is told the width and which form is wanted.
 */
#include "wrap.h"

#include <string.h>

#include "evenkeel/text.h"

static bool
is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C ||
	       c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029 ||
	       c == 0xFEFF;
}

void
wrap_filter(const char *text, size_t len, struct buf *ret)
{
	size_t at = 0;

	while (at < len) {
		uint32_t c = 0;
		size_t n = text_decode(text + at, len - at, &c);

		if (n == 0) {
			buf_char(ret, '?');
			n = 1;
		} else if (c == '\t') {
			buf_char(ret, ' ');
		} else if (c == '\n' || !is_control(c)) {
			buf_add(ret, text + at, n);
		}
		at += n;
	}
}

/* Latin-1 and Latin Extended-A without their marks; '?' where two letters are
 * wanted (ascii_pairs) or nothing is alike. */
static const char ascii_latin[] =
    "AAAAAA?CEEEEIIIIDNOOOOOxOUUUUY??aaaaaa?ceeeeiiiidnooooo/ouuuuy?y"
    "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi??JjKkkLlLlLlLlLl"
    "NnNnNnnNnOoOoOo??RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

static const struct {
	uint32_t c;
	const char *ascii;
} ascii_pairs[] = {
    {0x00A0, " "},
    {0x00A9, "(c)"},
    {0x00AB, "\""},
    {0x00AD, ""},
    {0x00AE, "(R)"},
    {0x00B0, " deg"},
    {0x00B1, "+/-"},
    {0x00B4, "'"},
    {0x00B7, "-"},
    {0x00BB, "\""},
    {0x00BC, "1/4"},
    {0x00BD, "1/2"},
    {0x00BE, "3/4"},
    {0x00C6, "AE"},
    {0x00DE, "Th"},
    {0x00DF, "ss"},
    {0x00E6, "ae"},
    {0x00FE, "th"},
    {0x0132, "IJ"},
    {0x0133, "ij"},
    {0x0152, "OE"},
    {0x0153, "oe"},
    {0x200B, ""},
    {0x2010, "-"},
    {0x2011, "-"},
    {0x2012, "-"},
    {0x2013, "-"},
    {0x2014, "-"},
    {0x2015, "-"},
    {0x2018, "'"},
    {0x2019, "'"},
    {0x201A, "'"},
    {0x201C, "\""},
    {0x201D, "\""},
    {0x201E, "\""},
    {0x2022, "*"},
    {0x2026, "..."},
    {0x202F, " "},
    {0x2032, "'"},
    {0x2033, "\""},
    {0x20AC, "EUR"},
    {0x2190, "<-"},
    {0x2191, "^"},
    {0x2192, "->"},
    {0x2193, "v"},
    {0x21D2, "=>"},
    {0x2212, "-"},
    {0x2248, "~"},
    {0x2260, "!="},
    {0x2264, "<="},
    {0x2265, ">="},
    {0x2500, "-"},
    {0x2502, "|"},
    {0x2588, "#"},
    {0x25B8, ">"},
    {0x25CB, "o"},
    {0x25CF, "*"},
    {0x2610, "[ ]"},
    {0x2611, "[x]"},
    {0x2713, "x"},
    {0x2714, "x"},
    {0x3000, " "},
    {0x3001, ","},
    {0x3002, "."},
    {0xFF0C, ","},
    {0xFF1A, ":"},
};

static const char *
ascii_pair(uint32_t c)
{
	size_t low = 0;
	size_t high = sizeof(ascii_pairs) / sizeof(ascii_pairs[0]);

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ascii_pairs[mid].c == c)
			return ascii_pairs[mid].ascii;
		if (ascii_pairs[mid].c < c)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

void
wrap_ascii(const char *text, size_t len, struct buf *ret)
{
	size_t at = 0;

	while (at < len) {
		uint32_t c = 0;
		size_t n = text_decode(text + at, len - at, &c);
		const char *pair = ascii_pair(c);

		if (n == 0) {
			buf_char(ret, '?');
			n = 1;
		} else if (c < 0x80) {
			buf_char(ret, (char)c);
		} else if (pair != NULL) {
			buf_str(ret, pair);
		} else if (c >= 0xC0 && c - 0xC0 < sizeof(ascii_latin) - 1) {
			buf_char(ret, ascii_latin[c - 0xC0]);
		} else if (text_columns(text + at, n) > 0) {
			buf_char(ret, '?');
		} /* marks on a letter: the letter stands for both */
		at += n;
	}
}

/* --- breaking --- */

struct line { /* the line being filled */
	const struct wrap *wrap;
	struct buf *ret;
	size_t used;   /* columns, the margin included */
	size_t margin; /* of this line */
	size_t spaces; /* seen and not yet printed */
	bool first;    /* of the whole text */
	bool empty;    /* nothing on it yet */
};

static size_t
margin_of(const struct wrap *wrap, bool first)
{
	size_t margin = (size_t)wrap->indent;

	if (!first)
		margin += (size_t)wrap->hang;
	/* A margin that leaves no room is no margin. */
	return margin + 8 > (size_t)wrap->width ? 0 : margin;
}

static void
begin_line(struct line *line)
{
	line->margin = line->used = margin_of(line->wrap, line->first);
	line->spaces = 0;
	line->empty = true;
}

static void
end_line(struct line *line)
{
	buf_char(line->ret, '\n');
	line->first = false;
	begin_line(line);
}

static void
put_spaces(struct buf *ret, size_t count)
{
	while (count-- > 0)
		buf_char(ret, ' ');
}

/* Puts bytes of so many columns that may not be parted. */
static void
put_piece(struct line *line, const char *text, size_t len, size_t columns)
{
	if (!line->empty &&
	    line->used + line->spaces + columns > (size_t)line->wrap->width)
		end_line(line);
	if (line->empty)
		put_spaces(line->ret, line->margin);
	put_spaces(line->ret, line->spaces);
	buf_add(line->ret, text, len);
	line->used += line->spaces + columns;
	line->spaces = 0;
	line->empty = false;
}

/* Punctuation that must not begin a line. */
static bool
is_closing(uint32_t c)
{
	return c == 0x3001 || c == 0x3002 || c == 0xFF0C || c == 0xFF0E ||
	       c == 0xFF01 || c == 0xFF1F || c == 0xFF1A || c == 0xFF1B ||
	       c == 0xFF09 || c == 0x300D || c == 0x300F || c == 0x3011 ||
	       c == 0x300B || c == 0x3009;
}

/* Bytes and columns up to where the text may be broken next: a word, or one
 * wide character with what clings to it. */
static size_t
next_piece(const char *text, size_t len, size_t room, size_t *ret_columns)
{
	size_t at = 0;
	size_t columns = 0;

	while (at < len && text[at] != ' ' && text[at] != '\n') {
		uint32_t c = 0;
		size_t n = text_decode(text + at, len - at, &c);
		size_t wide = text_columns(text + at, n);

		if (n == 0)
			break;
		if (at > 0 && wide > 0 && columns + wide > room)
			break;
		if (at > 0 && wide == 2 && !is_closing(c))
			break;
		at += n;
		columns += wide;
		if (wide == 2 && at < len) {
			uint32_t after = 0;
			size_t more = text_decode(text + at, len - at, &after);

			if (more > 0 && !is_closing(after) &&
			    text_columns(text + at, more) > 0)
				break;
		}
	}
	*ret_columns = columns;
	return at;
}

void
wrap_text(
    const struct wrap *wrap, const char *text, size_t len, struct buf *ret)
{
	struct line line = {.wrap = wrap, .ret = ret, .first = true};
	size_t at = 0;

	begin_line(&line);
	while (at < len) {
		size_t room;
		size_t columns;
		size_t n;

		if (text[at] == '\n') {
			end_line(&line);
			at++;
			continue;
		}
		if (text[at] == ' ') {
			line.spaces++;
			at++;
			continue;
		}
		/* A word longer than the line it may have to begin is cut. */
		room = (size_t)wrap->width -
		       (line.empty ? line.margin : margin_of(wrap, false));
		if (line.empty && line.spaces + 2 > room)
			line.spaces = 0;
		if (line.empty)
			room -= line.spaces;
		n = next_piece(text + at, len - at, room, &columns);
		if (n == 0) /* malformed: not what we were promised */
			break;
		put_piece(&line, text + at, n, columns);
		at += n;
	}
	if (!line.empty || len == 0 || text[len - 1] != '\n')
		buf_char(ret, '\n');
}
