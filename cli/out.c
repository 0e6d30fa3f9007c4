/*
 * out - the one place keel prints from.
 *
 * Everything goes through the filter; text is wrapped, put into ASCII when
 * the locale is not UTF-8, and styled only on a terminal.  Failures to write
 * stick in the stream and come out of out_flush.
 */
#include "out.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "wrap.h"

#define TEXT_MAX (4 * 1024 * 1024)

struct out {
	FILE *to;
	FILE *errors;
	int width;
	bool json;
	bool was_json;
	bool utf8;
	bool colour;
	bool gap; /* the last line was blank, or there was none yet */
};

static int
env_columns(void)
{
	const char *text = getenv("COLUMNS");
	char *end = NULL;
	long columns;

	if (text == NULL || text[0] < '0' || text[0] > '9')
		return 0;
	columns = strtol(text, &end, 10);
	return *end == '\0' && columns > 0 && columns < 10000 ? (int)columns
							      : 0;
}

static int
find_width(FILE *to)
{
	struct winsize size;
	int columns = env_columns();

	if (columns == 0 && isatty(fileno(to)) &&
	    ioctl(fileno(to), TIOCGWINSZ, &size) == 0)
		columns = size.ws_col;
	if (columns == 0)
		columns = 80;
	if (columns < 20)
		columns = 20;
	return columns > 200 ? 200 : columns;
}

static bool
find_colour(FILE *to)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (!isatty(fileno(to)) || (no != NULL && no[0] != '\0'))
		return false;
	return term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

enum ek_err
out_new(FILE *to, FILE *errors, bool json, struct out **ret)
{
	struct out *out = calloc(1, sizeof(*out));

	if (out == NULL)
		return EK_NOMEM;
	out->to = to;
	out->errors = errors;
	out->json = json;
	out->width = find_width(to);
	out->colour = find_colour(to);
	out->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	out->gap = true;
	*ret = out;
	return EK_OK;
}

void
out_free(struct out *out)
{
	free(out);
}

int
out_width(const struct out *out)
{
	return out->width;
}

bool
out_is_json(const struct out *out)
{
	return out->json;
}

bool
out_was_json(const struct out *out)
{
	return out->was_json;
}

bool
out_is_utf8(const struct out *out)
{
	return out->utf8;
}

bool
out_is_colour(const struct out *out)
{
	return out->colour;
}

/* Filtered, and in ASCII if it must be. */
static void
make_plain(const struct out *out, const char *text, struct buf *ret)
{
	struct buf clean;

	buf_init(&clean, TEXT_MAX);
	wrap_filter(text, strlen(text), &clean);
	if (out->utf8)
		buf_add(ret, buf_text(&clean), clean.len);
	else
		wrap_ascii(buf_text(&clean), clean.len, ret);
	buf_done(&clean);
}

static const char *
style_code(enum out_style style)
{
	switch (style) {
	case OUT_PLAIN:
		return "";
	case OUT_HEAD:
	case OUT_STRONG:
		return "\033[1m";
	case OUT_DIM:
		return "\033[2m";
	}
	return "";
}

struct how { /* a paragraph's looks */
	enum out_style style;
	int indent, hang;
	bool open; /* no newline after it */
};

static void __attribute__((format(printf, 3, 0)))
put_text(struct out *out, const struct how *how, const char *fmt, va_list ap)
{
	struct wrap wrap = {out->width, how->indent, how->hang};
	bool styled = out->colour && how->style != OUT_PLAIN;
	char *text = NULL;
	struct buf plain;
	struct buf lines;
	size_t len;

	if (out->json || vasprintf(&text, fmt, ap) < 0)
		return;
	buf_init(&plain, TEXT_MAX);
	buf_init(&lines, 2 * TEXT_MAX);
	make_plain(out, text, &plain);
	wrap_text(&wrap, buf_text(&plain), plain.len, &lines);
	len = lines.len;
	if (len > 0 && (how->open || styled))
		len--; /* the newline */
	if (styled)
		fputs(style_code(how->style), out->to);
	fwrite(buf_text(&lines), 1, len, out->to);
	if (how->open && plain.len > 0 && plain.data[plain.len - 1] == ' ')
		fputc(' ', out->to); /* before what she types */
	if (styled)
		fputs(how->open ? "\033[0m" : "\033[0m\n", out->to);
	out->gap = plain.len == 0;
	explicit_bzero(text, strlen(text));
	free(text);
	buf_done(&lines);
	buf_done(&plain);
}

void
out_text(struct out *out, enum out_style style, int indent, int hang,
    const char *fmt, ...)
{
	struct how how = {style, indent, hang, false};
	va_list ap;

	va_start(ap, fmt);
	put_text(out, &how, fmt, ap);
	va_end(ap);
}

void
out_line(struct out *out, const char *fmt, ...)
{
	struct how how = {OUT_PLAIN, 0, 0, false};
	va_list ap;

	va_start(ap, fmt);
	put_text(out, &how, fmt, ap);
	va_end(ap);
}

void
out_prompt(struct out *out, const char *fmt, ...)
{
	struct how how = {OUT_PLAIN, 0, 0, true};
	va_list ap;

	va_start(ap, fmt);
	put_text(out, &how, fmt, ap);
	va_end(ap);
	fflush(out->to);
}

void
out_gap(struct out *out)
{
	if (out->json || out->gap)
		return;
	fputc('\n', out->to);
	out->gap = true;
}

void
out_raw(struct out *out, const char *bytes, size_t len)
{
	if (out->json || len == 0)
		return;
	fwrite(bytes, 1, len, out->to);
	out->gap = false;
}

void
out_json(struct out *out, const json_t *json)
{
	struct buf text;

	if (!out->json)
		return;
	buf_init(&text, (size_t)1 << 30);
	if (json_write(json, &text) == EK_OK) {
		fwrite(buf_text(&text), 1, text.len, out->to);
		fputc('\n', out->to);
	}
	out->was_json = true;
	buf_done(&text);
}

static void
put_error_json(
    struct out *out, enum ek_err err, const char *text, const char *answer)
{
	json_t *json = json_pack("{s:{s:s,s:s,s:s*}}", "error", "code",
	    ek_err_code(err), "message", text, "answer", answer);

	if (json == NULL) /* a reason that is not UTF-8: say the plain one */
		json = json_pack("{s:{s:s,s:s}}", "error", "code",
		    ek_err_code(err), "message", ek_err_text(err));
	if (json != NULL)
		out_json(out, json);
	json_decref(json);
}

/* One line in a file or pipe, wrapped on a terminal. */
static void
put_error(struct out *out, const char *text)
{
	struct wrap wrap = {out->width, 0, 2};
	struct buf plain;
	struct buf lines;

	/* What was printed before comes before. */
	fflush(out->to);
	buf_init(&plain, TEXT_MAX);
	buf_init(&lines, 2 * TEXT_MAX);
	buf_str(&plain, "keel: ");
	make_plain(out, text, &plain);
	if (isatty(fileno(out->errors)) == 1)
		wrap_text(&wrap, buf_text(&plain), plain.len, &lines);
	else
		buf_fmt(&lines, "%s\n", buf_text(&plain));
	fputs(buf_text(&lines), out->errors);
	fflush(out->errors);
	buf_done(&lines);
	buf_done(&plain);
}

void
out_note(struct out *out, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) >= 0)
		put_error(out, text);
	va_end(ap);
	free(text);
}

enum ek_err
out_fail(struct out *out, enum ek_err err, const struct ek_why *why)
{
	return out_fail_answer(out, err, why, NULL);
}

enum ek_err
out_fail_answer(struct out *out, enum ek_err err, const struct ek_why *why,
    const char *answer)
{
	const char *text = ek_err_text(err);

	if (why != NULL && why->text[0] != '\0')
		text = why->text;
	if (out->json)
		put_error_json(out, err, text, answer);
	put_error(out, text);
	return err;
}

enum ek_err
out_flush(struct out *out)
{
	if (fflush(out->to) != 0 || ferror(out->to))
		return EK_IO;
	return EK_OK;
}

bool
out_reader_gone(const struct out *out)
{
	struct pollfd fd = {.fd = fileno(out->to)};

	return poll(&fd, 1, 0) == 1 && (fd.revents & POLLERR) != 0;
}
