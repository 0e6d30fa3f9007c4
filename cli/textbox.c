/*
 * textbox - see textbox.h.
 */
#include "textbox.h"

#include <stdio.h>
#include <string.h>

#include "evenkeel/text.h"
#include "wrap.h"

static void
insert(struct textbox *box, const char *text, size_t len)
{
	struct buf *buf = box->text;
	char *data;

	if (buf->len + len > buf->max)
		return;
	buf_add(buf, text, len); /* makes the room */
	if (buf_err(buf) != EK_OK)
		return;
	data = buf->data;
	memmove(data + box->cursor + len, data + box->cursor,
	    buf->len - len - box->cursor);
	memcpy(data + box->cursor, text, len);
	box->cursor += len;
}

static void
cut(struct textbox *box, size_t from, size_t to)
{
	struct buf *buf = box->text;

	if (from >= to)
		return;
	memmove(buf->data + from, buf->data + to, buf->len - to);
	buf->len -= to - from;
	explicit_bzero(buf->data + buf->len, to - from);
	box->cursor = from;
}

/* Marks that stand on the letter before them go with it. */
static bool
is_mark(const char *text, size_t len)
{
	return text[0] != '\n' && text_columns(text, len) == 0;
}

static size_t
step_back(const struct textbox *box, size_t at)
{
	const char *text = buf_text(box->text);
	size_t from;

	do {
		from = at;
		if (at == 0)
			return 0;
		at--;
		while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
			at--;
	} while (is_mark(text + at, from - at));
	return at;
}

static size_t
step_on(const struct textbox *box, size_t at)
{
	const char *text = buf_text(box->text);
	size_t len = box->text->len;
	bool first = true;

	while (at < len) {
		uint32_t c;
		size_t n = text_decode(text + at, len - at, &c);

		if (n == 0)
			return at + 1;
		if (!first && !is_mark(text + at, n))
			break;
		at += n;
		first = false;
	}
	return at;
}

static size_t
word_back(const struct textbox *box)
{
	const char *text = buf_text(box->text);
	size_t at = box->cursor;

	while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\n'))
		at--;
	while (at > 0 && text[at - 1] != ' ' && text[at - 1] != '\n')
		at--;
	return at;
}

static bool
move_to(struct textbox *box, size_t at)
{
	if (at == box->cursor)
		return false;
	box->cursor = at;
	return true;
}

bool
textbox_key(struct textbox *box, const struct key *key)
{
	if (box->cursor > box->text->len)
		box->cursor = box->text->len;
	switch (key->name) {
	case KEY_CHAR:
		insert(box, key->text, strlen(key->text));
		return true;
	case KEY_TAB:
		insert(box, " ", 1);
		return true;
	case KEY_BACKSPACE:
		if (box->cursor == 0)
			return box->text->len > 0;
		cut(box, step_back(box, box->cursor), box->cursor);
		return true;
	case KEY_DELETE:
		cut(box, box->cursor, step_on(box, box->cursor));
		return true;
	case KEY_RUBOUT:
		cut(box, 0, box->cursor);
		return true;
	case KEY_WORD:
		cut(box, word_back(box), box->cursor);
		return true;
	case KEY_LEFT:
		/* at the start of her words it stays; in an empty box it is
		 * "back" */
		return move_to(box, step_back(box, box->cursor)) ||
		       box->text->len > 0;
	case KEY_RIGHT:
		move_to(box, step_on(box, box->cursor));
		return true;
	case KEY_HOME:
		move_to(box, 0);
		return true;
	case KEY_END:
		move_to(box, box->text->len);
		return true;
	case KEY_NONE:
	case KEY_ENTER:
	case KEY_ESC:
	case KEY_UP:
	case KEY_DOWN:
	case KEY_PAGE_UP:
	case KEY_PAGE_DOWN:
	case KEY_INTERRUPT:
	case KEY_EDITOR:
	case KEY_REDRAW:
	case KEY_SUSPEND:
	case KEY_RESIZE:
	case KEY_GONE:
		return false;
	}
	return false;
}

/* How many bytes of the line beginning at `at` fit; *ret_next is where the
 * next one begins. */
static size_t
take_line(
    const char *text, size_t len, size_t at, size_t room, size_t *ret_next)
{
	size_t columns = 0, i = at, space = 0;

	while (i < len && text[i] != '\n') {
		uint32_t c;
		size_t n = text_decode(text + i, len - i, &c);
		size_t wide = n == 0 ? 1 : text_columns(text + i, n);

		n = n == 0 ? 1 : n;
		if (columns + wide > room && i > at)
			break;
		columns += wide;
		i += n;
		if (c == ' ')
			space = i;
	}
	if (i < len && text[i] != '\n' && space > at)
		i = space;
	*ret_next = i < len && text[i] == '\n' ? i + 1 : i;
	return i - at;
}

/* Columns the bytes take as the page shows them. */
static size_t
shown_columns(const struct page *page, const char *text, size_t len)
{
	struct buf ascii;
	size_t columns;

	if (!page->ascii)
		return text_columns(text, len);
	buf_init(&ascii, len * 8 + 1);
	wrap_ascii(text, len, &ascii);
	columns = text_columns(buf_text(&ascii), ascii.len);
	buf_done(&ascii);
	return columns;
}

void
textbox_draw(
    const struct buf *text, size_t cursor, struct page *page, int indent)
{
	const char *bytes = buf_text(text);
	size_t len = text->len, at = 0, next;
	size_t room = (size_t)(page->width - indent - 1);
	bool last = false;

	if (cursor > len)
		cursor = len;
	while (!last) {
		size_t n = take_line(bytes, len, at, room, &next);
		size_t line = page->parts[PAGE_BODY].count;

		/* behind a last newline there is an empty line to stand on */
		last = at == len || (next == len && bytes[len - 1] != '\n');
		if (cursor >= at && (cursor < next || last))
			page_cursor(page, line,
			    (size_t)indent +
				shown_columns(page, bytes + at, cursor - at));
		page_add(page, PAGE_BODY, OUT_PLAIN, indent, 0, "%.*s", (int)n,
		    bytes + at);
		at = next;
	}
}
