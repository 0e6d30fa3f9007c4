/*
 * html - escaping in one place, so that it cannot be forgotten in another.
 */
#include "keeld/html.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "evenkeel/text.h"

static void
put_char(struct buf *out, const char *at, size_t len, bool breaks)
{
	switch (*at) {
	case '&':
		buf_str(out, "&amp;");
		return;
	case '<':
		buf_str(out, "&lt;");
		return;
	case '>':
		buf_str(out, "&gt;");
		return;
	case '"':
		buf_str(out, "&quot;");
		return;
	case '\'':
		buf_str(out, "&#39;");
		return;
	case '\n':
		buf_str(out, breaks ? "<br>\n" : "\n");
		return;
	}
	buf_add(out, at, len);
}

static void
put_text(struct buf *out, const char *text, bool breaks)
{
	size_t left = text == NULL ? 0 : strlen(text), len;
	uint32_t c;

	while (left > 0) {
		len = text_decode(text, left, &c);
		if (len == 0) { /* not UTF-8: left out */
			len = 1;
		} else if (!text_is_control(c)) {
			put_char(out, text, len, breaks);
		}
		text += len;
		left -= len;
	}
}

void
html_put(struct buf *out, const char *fmt, ...)
{
	va_list args;
	const char *mark;

	va_start(args, fmt);
	while ((mark = strchr(fmt, '%')) != NULL) {
		buf_add(out, fmt, (size_t)(mark - fmt));
		switch (mark[1]) {
		case 's':
		case 'n':
			put_text(
			    out, va_arg(args, const char *), mark[1] == 'n');
			break;
		case 'd':
			buf_fmt(out, "%d", va_arg(args, int));
			break;
		case '%':
			buf_char(out, '%');
			break;
		default:
			assert(mark[1] == '%'); /* our own literal is wrong */
		}
		fmt = mark + 2;
	}
	va_end(args);
	buf_str(out, fmt);
}
