/*
 * export_text - README.txt and diary.csv of an export.  See export_text.h.
 */
#include "export_text.h"

#include <string.h>

#include "evenkeel/number.h"
#include "ops.h"

void
export_readme(bool notes, struct buf *ret)
{
	buf_str(ret,
	    "This is one person's whole Evenkeel book, in the clear.\n"
	    "ANYONE WHO HAS THIS FILE CAN READ ALL OF IT: keep it where only "
	    "you look,\nand delete it when you no longer need it.\n"
	    "\n"
	    "records.jsonl  every record, one JSON object a line; `keel import "
	    "FILE` brings\n"
	    "               back the same book from it\n"
	    "plan.md        the plan as it is now, in Markdown (earlier "
	    "versions are records)\n"
	    "diary.csv      check-ins as a table\n"
	    "schedule.ics   when you wanted to be asked, for a calendar\n"
	    "\n"
	    "It holds no keys and no passwords. Two exports of the same book "
	    "are the same,\nbyte for byte.\n");
	if (!notes)
		buf_str(ret,
		    "\nYour notes, reflective answers and hard days were left "
		    "out, as you asked.\n");
}

/* A cell, quoted where it must be.  Text a spreadsheet would take for a
 * formula gets an apostrophe before it. */
static void
cell(struct buf *ret, const char *text, bool last)
{
	bool formula = text[0] != '\0' && strchr("=+-@", text[0]) != NULL;

	buf_char(ret, '"');
	if (formula)
		buf_char(ret, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_char(ret, '"');
		buf_char(ret, *text);
	}
	buf_str(ret, last ? "\"\r\n" : "\",");
}

/* A value: a number as it is, text as a cell, null as nothing. */
static void
value_cell(struct buf *ret, const json_t *value)
{
	char number[NUMBER_LEN_MAX + 1];

	if (json_is_string(value)) {
		cell(ret, json_string_value(value), true);
		return;
	}
	if (json_is_number(value)) {
		number_write(json_number_value(value), number);
		buf_str(ret, number);
	}
	buf_str(ret, "\r\n");
}

struct row { /* what stands before name and value */
	const json_t *entry;
	const char *what;
};

static void
put_row(struct buf *ret, const struct row *row, const char *name,
    const json_t *value)
{
	cell(ret, ops_text(row->entry, "local"), false);
	cell(ret, ops_text(row->entry, "kind"), false);
	cell(ret, ops_text(row->entry, "instrument"), false);
	cell(ret, row->what, false);
	cell(ret, name, false);
	value_cell(ret, value);
}

/* A list of objects, each with a name and a value member. */
static size_t
put_list(struct buf *ret, const json_t *entry, const char *list,
    const char *what, const char *name, const char *value)
{
	const struct row row = {entry, what};
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(entry, list), i, one)
	{
		put_row(ret, &row, ops_text(one, name),
		    json_object_get(one, value));
	}
	return json_array_size(json_object_get(entry, list));
}

static size_t
put_answers(struct buf *ret, json_t *entry)
{
	const struct row row = {entry, "answer"};
	json_t *answers = json_object_get(entry, "answers");
	const char *name;
	json_t *value;

	json_object_foreach(answers, name, value)
	{
		put_row(ret, &row, name, value);
	}
	return json_object_size(answers);
}

static size_t
put_notes(struct buf *ret, const json_t *entry)
{
	const struct row row = {entry, "note"};
	const json_t *note;
	size_t i;

	json_array_foreach(json_object_get(entry, "notes"), i, note)
	{
		const char *name = ops_text(note, "question");

		if (name[0] == '\0')
			name = ops_text(note, "item");
		put_row(ret, &row, name, json_object_get(note, "text"));
	}
	return json_array_size(json_object_get(entry, "notes"));
}

void
export_diary(const json_t *entries, bool notes, struct buf *ret)
{
	json_t *entry;
	size_t i;

	buf_str(ret, "time,kind,instrument,what,name,value\r\n");
	json_array_foreach(entries, i, entry)
	{
		bool hard = strcmp(ops_text(entry, "kind"), "hard-day") == 0;
		const struct row alone = {entry, ""};
		size_t rows;

		if (hard && !notes) /* of the vault, like notes */
			continue;
		rows = put_answers(ret, entry);
		rows +=
		    put_list(ret, entry, "scores", "score", "measure", "value");
		rows += put_list(ret, entry, "signs", "sign", "text", "level");
		rows += put_list(ret, entry, "used", "used", "text", "helped");
		if (notes)
			rows += put_notes(ret, entry);
		if (rows == 0)
			put_row(ret, &alone, "", NULL);
	}
}
