/*
 * csv - strict RFC 4180 reader.  Encoding and size are checked once at the
 * start; cells of one row are copied into the reader's own room, which the
 * next row overwrites.
 */
#include "evenkeel/csv.h"

#include <stdlib.h>
#include <string.h>

#include "evenkeel/limits.h"
#include "evenkeel/text.h"

struct csv {
	const char *at, *end;
	char *what;
	size_t line;    /* of at, from 1 */
	size_t rows;    /* given out */
	size_t columns; /* of the first row; 0 before it */
	enum ek_err err;
	size_t count; /* cells of the row so far */
	struct csv_cell cells[EK_CSV_COLUMNS_MAX];
	char *store_end; /* behind the last cell's NUL */
	char store[EK_CSV_COLUMNS_MAX * (EK_CSV_CELL_MAX + 1)];
};

static size_t
line_of(const char *text, size_t at)
{
	size_t line = 1, i;

	for (i = 0; i < at; i++)
		line += text[i] == '\n';
	return line;
}

static enum ek_err
check_bytes(const char *text, size_t len, const char *what, struct ek_why *why)
{
	const char *nul;
	size_t bad;

	if (len > EK_CSV_MAX)
		return ek_why(why, EK_TOO_LARGE,
		    "%s is larger than %d MiB; split it", what,
		    EK_CSV_MAX / 1024 / 1024);
	nul = len > 0 ? memchr(text, '\0', len) : NULL;
	if (nul != NULL)
		return ek_why(why, EK_INVALID,
		    "%s has a NUL byte in line %zu; save it as plain CSV in "
		    "UTF-8",
		    what, line_of(text, (size_t)(nul - text)));
	if (!text_utf8_ok(text, len, &bad))
		return ek_why(why, EK_INVALID,
		    "%s is not UTF-8 in line %zu; save it as CSV in UTF-8",
		    what, line_of(text, bad));
	return EK_OK;
}

enum ek_err
csv_new(const void *bytes, size_t len, const char *what, struct csv **ret,
    struct ek_why *reterr_why)
{
	static const char bom[] = "\xEF\xBB\xBF";
	const char *text = len > 0 ? bytes : "";
	struct csv *csv;
	enum ek_err err;

	err = check_bytes(text, len, what, reterr_why);
	if (err != EK_OK)
		return err;
	csv = calloc(1, sizeof(*csv));
	if (csv == NULL)
		return EK_NOMEM;
	csv->what = strdup(what);
	if (csv->what == NULL) {
		free(csv);
		return EK_NOMEM;
	}
	csv->at = text;
	csv->end = text + len;
	csv->line = 1;
	if (len >= 3 && memcmp(text, bom, 3) == 0)
		csv->at += 3;
	*ret = csv;
	return EK_OK;
}

void
csv_free(struct csv *csv)
{
	if (csv == NULL)
		return;
	explicit_bzero(csv->store, sizeof(csv->store));
	free(csv->what);
	free(csv);
}

/* Bytes of the line break at p: 0 none, 1 LF, 2 CRLF. */
static size_t
line_break(const struct csv *csv, const char *p)
{
	if (p < csv->end && *p == '\n')
		return 1;
	if (csv->end - p >= 2 && p[0] == '\r' && p[1] == '\n')
		return 2;
	return 0;
}

static bool
cell_ends(const struct csv *csv, const char *p)
{
	return p == csv->end || *p == ',' || line_break(csv, p) > 0;
}

static enum ek_err
bare_cr(const struct csv *csv, struct ek_why *why)
{
	return ek_why(why, EK_INVALID,
	    "%s: line %zu has a carriage return without a line feed; end lines "
	    "with LF or CRLF",
	    csv->what, csv->line);
}

static enum ek_err
add_bytes(struct csv *csv, const char *bytes, size_t len, struct ek_why *why)
{
	struct csv_cell *cell = &csv->cells[csv->count];

	if (len > EK_CSV_CELL_MAX - cell->len)
		return ek_why(why, EK_TOO_LARGE,
		    "%s: line %zu, column %zu is longer than %d bytes; shorten "
		    "it",
		    csv->what, csv->line, csv->count + 1, EK_CSV_CELL_MAX);
	memcpy(csv->store_end + cell->len, bytes, len);
	cell->len += len;
	return EK_OK;
}

/* at stands behind the opening quote; leaves it behind the closing one. */
static enum ek_err
read_quoted(struct csv *csv, struct ek_why *why)
{
	size_t opened = csv->line;
	enum ek_err err = EK_OK;

	while (err == EK_OK) {
		const char *p = csv->at;

		if (p == csv->end)
			return ek_why(why, EK_INVALID,
			    "%s: the quote opened in line %zu, column %zu is "
			    "never closed; close it",
			    csv->what, opened, csv->count + 1);
		if (*p == '"' && p + 1 < csv->end && p[1] == '"') {
			csv->at += 2;
			err = add_bytes(csv, "\"", 1, why);
			continue;
		}
		csv->at++;
		if (*p == '"')
			break;
		if (*p == '\r' && line_break(csv, p) == 0)
			return bare_cr(csv, why);
		csv->line += *p == '\n';
		err = add_bytes(csv, p, 1, why);
	}
	if (err == EK_OK && !cell_ends(csv, csv->at))
		return ek_why(why, EK_INVALID,
		    "%s: line %zu, column %zu goes on behind its closing quote;"
		    " double a quote that belongs to the text",
		    csv->what, csv->line, csv->count + 1);
	return err;
}

static enum ek_err
read_plain(struct csv *csv, struct ek_why *why)
{
	const char *start = csv->at;

	for (; !cell_ends(csv, csv->at); csv->at++) {
		if (*csv->at == '\r')
			return bare_cr(csv, why);
		if (*csv->at == '"')
			return ek_why(why, EK_INVALID,
			    "%s: line %zu, column %zu has a quote in its "
			    "middle; put the whole cell in quotes and double "
			    "that one",
			    csv->what, csv->line, csv->count + 1);
	}
	return add_bytes(csv, start, (size_t)(csv->at - start), why);
}

static enum ek_err
read_cell(struct csv *csv, struct ek_why *why)
{
	struct csv_cell *cell;
	enum ek_err err;

	if (csv->count == EK_CSV_COLUMNS_MAX)
		return ek_why(why, EK_TOO_LARGE,
		    "%s: line %zu has more than %d columns; leave out those "
		    "not needed",
		    csv->what, csv->line, EK_CSV_COLUMNS_MAX);
	cell = &csv->cells[csv->count];
	cell->text = csv->store_end;
	cell->len = 0;
	cell->quoted = csv->at < csv->end && *csv->at == '"';
	if (cell->quoted) {
		csv->at++;
		err = read_quoted(csv, why);
	} else {
		err = read_plain(csv, why);
	}
	if (err != EK_OK)
		return err;
	csv->store_end[cell->len] = '\0';
	csv->store_end += cell->len + 1;
	csv->count++;
	return EK_OK;
}

static enum ek_err
check_row(struct csv *csv, size_t line, struct ek_why *why)
{
	if (csv->rows == EK_CSV_ROWS_MAX + 1)
		return ek_why(why, EK_TOO_LARGE,
		    "%s has more than %d rows; split it", csv->what,
		    EK_CSV_ROWS_MAX);
	if (csv->columns == 0)
		csv->columns = csv->count;
	if (csv->count == csv->columns)
		return EK_OK;
	return ek_why(why, EK_INVALID,
	    "%s: line %zu has %zu column%s where the first line has %zu; give "
	    "every line the same",
	    csv->what, line, csv->count, csv->count == 1 ? "" : "s",
	    csv->columns);
}

static enum ek_err
read_row(struct csv *csv, size_t line, struct ek_why *why)
{
	enum ek_err err;
	size_t eol;

	csv->count = 0;
	csv->store_end = csv->store;
	do {
		csv->at += csv->count > 0; /* the comma */
		err = read_cell(csv, why);
		if (err != EK_OK)
			return err;
	} while (csv->at < csv->end && *csv->at == ',');
	eol = line_break(csv, csv->at);
	csv->at += eol;
	csv->line += eol > 0;
	return check_row(csv, line, why);
}

/* Only line breaks from here on. */
static bool
only_breaks(const struct csv *csv)
{
	const char *p = csv->at;
	size_t eol;

	while ((eol = line_break(csv, p)) > 0)
		p += eol;
	return p == csv->end;
}

enum ek_err
csv_next(struct csv *csv, struct csv_row *ret, struct ek_why *reterr_why)
{
	size_t line = csv->line;

	if (csv->err != EK_OK)
		return csv->err;
	if (only_breaks(csv))
		csv->err = EK_NOT_FOUND;
	else if (line_break(csv, csv->at) > 0)
		csv->err = ek_why(reterr_why, EK_INVALID,
		    "%s: line %zu is empty; take it out", csv->what, line);
	else
		csv->err = read_row(csv, line, reterr_why);
	if (csv->err != EK_OK)
		return csv->err;
	csv->rows++;
	ret->line = line;
	ret->count = csv->count;
	ret->cells = csv->cells;
	return EK_OK;
}

static bool
needs_quotes(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (memchr(",\"\r\n", text[i], 4) != NULL)
			return true;
	return false;
}

void
csv_write_cell(struct buf *buf, const char *text, size_t len)
{
	size_t i;

	if (!needs_quotes(text, len)) {
		buf_add(buf, text, len);
		return;
	}
	buf_char(buf, '"');
	for (i = 0; i < len; i++) {
		if (text[i] == '"')
			buf_char(buf, '"');
		buf_char(buf, text[i]);
	}
	buf_char(buf, '"');
}
