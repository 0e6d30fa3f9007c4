/*
 * page - see page.h.
 */
#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/text.h"
#include "wrap.h"

#define TEXT_MAX (512 * 1024)

void
page_init(struct page *page, int width, bool ascii)
{
	memset(page, 0, sizeof(*page));
	page->width = width;
	page->ascii = ascii;
}

void
page_done(struct page *page)
{
	for (size_t part = 0; part < PAGE_PARTS; part++) {
		struct page_run *run = &page->parts[part];

		for (size_t i = 0; i < run->count; i++) {
			char *text = run->lines[i].text;

			explicit_bzero(text, strlen(text));
			free(text);
		}
		free(run->lines);
	}
	memset(page, 0, sizeof(*page));
}

enum ek_err
page_err(const struct page *page)
{
	return page->err;
}

/* One line, as it is. */
static void
add_line(struct page *page, enum page_part part, enum out_style style,
    const char *text, size_t len)
{
	struct page_run *run = &page->parts[part];

	if (page->err != EK_OK)
		return;
	if (run->count == run->cap) {
		size_t cap = run->cap == 0 ? 16 : run->cap * 2;
		struct page_line *lines =
		    reallocarray(run->lines, cap, sizeof(*lines));

		if (lines == NULL) {
			page->err = EK_NOMEM;
			return;
		}
		run->lines = lines;
		run->cap = cap;
	}
	run->lines[run->count].style = style;
	run->lines[run->count].text = strndup(text, len);
	if (run->lines[run->count].text == NULL)
		page->err = EK_NOMEM;
	else
		run->count++;
}

static void
add_lines(struct page *page, enum page_part part, enum out_style style,
    const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end == NULL ? len - at : (size_t)(end - text) - at;

		add_line(page, part, style, text + at, n);
		at += n + 1;
	}
}

/* Filtered, and in ASCII if it must be. */
static void
make_plain(const struct page *page, const char *text, struct buf *ret)
{
	struct buf clean;

	buf_init(&clean, TEXT_MAX);
	wrap_filter(text, strlen(text), &clean);
	if (page->ascii)
		wrap_ascii(buf_text(&clean), clean.len, ret);
	else
		buf_add(ret, buf_text(&clean), clean.len);
	buf_done(&clean);
}

static void
stick(struct page *page, const struct buf *buf)
{
	enum ek_err err = buf_err(buf);

	if (page->err == EK_OK && err != EK_OK)
		page->err = err;
}

void
page_pair(struct page *page, enum page_part part, const struct page_pair *pair)
{
	struct wrap wrap = {page->width, pair->indent, pair->hang};
	size_t columns, used, first;
	struct buf plain, right, lines;

	buf_init(&plain, TEXT_MAX);
	buf_init(&right, TEXT_MAX);
	buf_init(&lines, 2 * TEXT_MAX);
	make_plain(page, pair->left, &plain);
	make_plain(page, pair->right, &right);
	columns = text_columns(buf_text(&right), right.len);
	if (columns > 0 && columns * 2 < (size_t)page->width)
		wrap.width -= (int)columns + 2;
	wrap_text(&wrap, buf_text(&plain), plain.len, &lines);
	first = strcspn(buf_text(&lines), "\n");
	used = text_columns(buf_text(&lines), first);
	if (columns > 0 && columns * 2 < (size_t)page->width &&
	    used + columns < (size_t)page->width) {
		buf_clear(&plain);
		buf_add(&plain, buf_text(&lines), first);
		while (used++ + columns < (size_t)page->width)
			buf_char(&plain, ' ');
		buf_add(&plain, buf_text(&right), right.len);
		add_line(page, part, pair->style, buf_text(&plain), plain.len);
		if (first + 1 < lines.len)
			add_lines(page, part, pair->style,
			    lines.data + first + 1, lines.len - first - 1);
	} else {
		add_lines(page, part, pair->style, buf_text(&lines), lines.len);
		if (columns > 0) /* no room beside it: below */
			page_add(page, part, pair->style,
			    pair->indent + pair->hang, 0, "%s", pair->right);
	}
	stick(page, &plain);
	stick(page, &lines);
	buf_done(&lines);
	buf_done(&right);
	buf_done(&plain);
}

void
page_add(struct page *page, enum page_part part, enum out_style style,
    int indent, int hang, const char *fmt, ...)
{
	struct wrap wrap = {page->width, indent, hang};
	struct buf plain, lines;
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		page->err = EK_NOMEM;
		return;
	}
	buf_init(&plain, TEXT_MAX);
	buf_init(&lines, 2 * TEXT_MAX);
	make_plain(page, text, &plain);
	wrap_text(&wrap, buf_text(&plain), plain.len, &lines);
	add_lines(page, part, style, buf_text(&lines), lines.len);
	stick(page, &plain);
	stick(page, &lines);
	buf_done(&lines);
	buf_done(&plain);
	explicit_bzero(text, strlen(text));
	free(text);
}

void
page_gap(struct page *page, enum page_part part)
{
	const struct page_run *run = &page->parts[part];

	if (run->count == 0 || run->lines[run->count - 1].text[0] != '\0')
		add_line(page, part, OUT_PLAIN, "", 0);
}

void
page_focus_begin(struct page *page)
{
	page->focus_from = page->parts[PAGE_BODY].count;
	page->focus_to = page->focus_from;
	page->cursor_line = page->focus_from;
	page->cursor_column = 0;
}

void
page_focus_end(struct page *page)
{
	page->focus_to = page->parts[PAGE_BODY].count;
}

void
page_cursor(struct page *page, size_t line, size_t column)
{
	page->cursor_line = line;
	page->cursor_column = column;
}

/* Body rows left, and which body lines they show. */
static void
fit_body(
    const struct page *page, size_t room, size_t scroll, struct page_view *view)
{
	size_t count = page->parts[PAGE_BODY].count;
	size_t from = scroll, to = page->focus_to;

	view->from = 0;
	view->body = count;
	if (count <= room)
		return;
	if (room < 3) { /* no room for saying that there is more */
		view->from = page->focus_from < count ? page->focus_from : 0;
		view->body =
		    room < count - view->from ? room : count - view->from;
		return;
	}
	room -= 2; /* "more above", "more below", or an empty row */
	if (to > page->focus_from && to > from + room)
		from = to - room;
	if (to > page->focus_from && page->focus_from < from)
		from = page->focus_from;
	if (from > count - room)
		from = count - room;
	view->from = from;
	view->body = room;
	view->above = from > 0;
	view->below = from + room < count;
	if (!view->above) /* the row it would have taken */
		view->body++;
	else if (!view->below) {
		view->from--;
		view->body++;
	}
	view->above = view->from > 0;
	view->below = view->from + view->body < count;
}

void
page_fit(
    const struct page *page, size_t rows, size_t scroll, struct page_view *ret)
{
	size_t focus = page->focus_to - page->focus_from;
	size_t least = focus < 4 ? 4 : focus > 8 ? 8 : focus;
	size_t left = rows;

	memset(ret, 0, sizeof(*ret));
	ret->head = page->parts[PAGE_HEAD].count;
	ret->foot = page->parts[PAGE_FOOT].count;
	if (ret->head + least > left)
		ret->head = left > least ? left - least : 0;
	left -= ret->head;
	/* the last lines of the foot say which keys there are: the first go */
	if (ret->foot + least > left)
		ret->foot = left > least ? left - least : 0;
	left -= ret->foot;
	fit_body(page, left, scroll, ret);
}

static size_t
body_rows(const struct page_view *view)
{
	return view->body + (view->above ? 1 : 0) + (view->below ? 1 : 0);
}

const struct page_line *
page_row(const struct page *page, const struct page_view *view, size_t row)
{
	static char above[] = "  (more above: Up)",
		    below[] = "  (more below: Down)";
	static const struct page_line line_above = {OUT_DIM, above};
	static const struct page_line line_below = {OUT_DIM, below};
	const struct page_run *foot = &page->parts[PAGE_FOOT];

	if (row < view->head)
		return &page->parts[PAGE_HEAD].lines[row];
	row -= view->head;
	if (view->above) {
		if (row == 0)
			return &line_above;
		row--;
	}
	if (row < view->body)
		return &page->parts[PAGE_BODY].lines[view->from + row];
	row -= view->body;
	if (view->below) {
		if (row == 0)
			return &line_below;
		row--;
	}
	if (row < view->foot)
		return &foot->lines[foot->count - view->foot + row];
	return NULL;
}

size_t
page_cursor_row(const struct page *page, const struct page_view *view)
{
	size_t row = view->head + (view->above ? 1 : 0);
	size_t line = page->cursor_line;

	if (line < view->from)
		line = view->from;
	if (line >= view->from + view->body)
		line = view->from + (view->body > 0 ? view->body - 1 : 0);
	return row + line - view->from;
}

void
page_text(const struct page *page, size_t rows, struct buf *ret)
{
	struct page_view view = {0};

	if (rows > 0) {
		page_fit(page, rows, 0, &view);
	} else {
		view.head = page->parts[PAGE_HEAD].count;
		view.body = page->parts[PAGE_BODY].count;
		view.foot = page->parts[PAGE_FOOT].count;
	}
	for (size_t i = 0; i < view.head + body_rows(&view) + view.foot; i++) {
		const struct page_line *line = page_row(page, &view, i);

		buf_str(ret, line == NULL ? "" : line->text);
		buf_char(ret, '\n');
	}
}

void
page_out(const struct page *page, struct out *out)
{
	for (size_t part = 0; part < PAGE_PARTS; part++) {
		const struct page_run *run = &page->parts[part];

		for (size_t i = 0; i < run->count; i++) {
			const char *text = run->lines[i].text;

			if (text[0] == '\0')
				out_gap(out);
			else
				out_text(
				    out, run->lines[i].style, 0, 0, "%s", text);
		}
	}
}
