/*
 * history_columns - what each column of a person's CSV file is: the time, a
 * measure, or left out.  The heading alone decides; no cell is looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "evenkeel/instrument.h"
#include "evenkeel/text.h"
#include "history_in.h"

static const char *const time_names[] = {"date", "time", "day", "timestamp"};

static bool
is_one_of_times(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(time_names) / sizeof(time_names[0]); i++)
		if (strcmp(name, time_names[i]) == 0)
			return true;
	return false;
}

const char *
trimmed(const struct csv_cell *cell, size_t *ret_len)
{
	const char *text = cell->text;
	size_t len = cell->len;

	while (len > 0 && (*text == ' ' || *text == '\t')) {
		text++;
		len--;
	}
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	*ret_len = len;
	return text;
}

/* ASCII only, whatever the locale.  Caller frees. */
static char *
lowered(const char *text, size_t len)
{
	char *copy = strndup(text, len);
	char *p;

	for (p = copy; p != NULL && *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return copy;
}

static enum ek_err
names_add(struct names *names, const char *text, size_t len)
{
	char *copy;

	if (names->count == EK_MAP_MAX)
		return EK_TOO_LARGE;
	copy = strndup(text, len);
	if (copy == NULL)
		return EK_NOMEM;
	names->texts[names->count++] = copy;
	return EK_OK;
}

enum ek_err
names_index(struct names *names, const char *text, size_t len, size_t *ret)
{
	enum ek_err err;
	size_t i;

	for (i = 0; i < names->count; i++)
		if (strlen(names->texts[i]) == len &&
		    memcmp(names->texts[i], text, len) == 0)
			break;
	if (i == names->count) {
		err = names_add(names, text, len);
		if (err != EK_OK)
			return err;
	}
	*ret = i;
	return EK_OK;
}

const struct history_range *
range_of(const struct history_how *how, const char *measure)
{
	size_t i;

	for (i = 0; i < how->range_count; i++)
		if (strcmp(how->ranges[i].measure, measure) == 0)
			return &how->ranges[i];
	return NULL;
}

/* Lower-case names of the heading while it is read. */
struct heading {
	const struct history_how *how;
	struct ek_why *why;
	size_t count;
	char *names[EK_CSV_COLUMNS_MAX];
	const char *mapped[EK_CSV_COLUMNS_MAX]; /* the measure given, or NULL */
};

static void
heading_done(struct heading *heading)
{
	size_t i;

	for (i = 0; i < heading->count; i++)
		free(heading->names[i]);
}

static enum ek_err
heading_name(struct heading *heading, size_t i)
{
	const char *name = heading->names[i];
	size_t j;

	if (*name == '\0')
		return ek_why(heading->why, EK_INVALID,
		    "%s: column %zu has no name in the first line; give it one",
		    heading->how->what, i + 1);
	for (j = 0; j < i; j++)
		if (strcmp(heading->names[j], name) == 0)
			return ek_why(heading->why, EK_INVALID,
			    "%s: columns %zu and %zu have the same name; keep "
			    "one",
			    heading->how->what, j + 1, i + 1);
	return EK_OK;
}

static enum ek_err
heading_read(struct heading *heading, const struct csv_row *head)
{
	enum ek_err err = EK_OK;
	size_t i, len;

	for (i = 0; err == EK_OK && i < head->count; i++) {
		const char *text = trimmed(&head->cells[i], &len);

		heading->names[i] = lowered(text, len);
		if (heading->names[i] == NULL)
			return EK_NOMEM;
		heading->count = i + 1;
		err = heading_name(heading, i);
	}
	return err;
}

/* A name may be told when it is one of ours; else only its place. */
static const char *
shown(const char *name)
{
	return text_is_name(name) ? name : "(its name is not shown here)";
}

static enum ek_err
map_one(struct heading *heading, const struct history_map *map)
{
	const char *what = heading->how->what;
	char *name = lowered(map->column, strlen(map->column));
	size_t i;

	if (name == NULL)
		return EK_NOMEM;
	for (i = 0; i < heading->count; i++)
		if (strcmp(heading->names[i], name) == 0)
			break;
	free(name);
	if (i == heading->count)
		return ek_why(heading->why, EK_INVALID,
		    "%s has no column %s; look at its first line for the names",
		    what, shown(map->column));
	if (heading->mapped[i] != NULL)
		return ek_why(heading->why, EK_INVALID,
		    "column %s is mapped twice; give one --map for it",
		    shown(map->column));
	if (!measure_name_ok(map->measure, strlen(map->measure)))
		return ek_why(heading->why, EK_INVALID,
		    "--map of column %s gives no measure's name; use small "
		    "letters, digits, dots and hyphens, a letter first",
		    shown(map->column));
	heading->mapped[i] = map->measure;
	return EK_OK;
}

static enum ek_err
heading_map(struct heading *heading)
{
	enum ek_err err = EK_OK;
	size_t i;

	for (i = 0; err == EK_OK && i < heading->how->map_count; i++)
		err = map_one(heading, &heading->how->maps[i]);
	return err;
}

/* The column of the time: the mapped one, else the only one so named. */
static enum ek_err
find_time(const struct heading *heading, size_t *ret)
{
	size_t mapped = 0, named = 0, at_mapped = 0, at_named = 0, i;

	for (i = 0; i < heading->count; i++) {
		if (heading->mapped[i] != NULL) {
			if (is_one_of_times(heading->mapped[i])) {
				mapped++;
				at_mapped = i;
			}
		} else if (is_one_of_times(heading->names[i])) {
			named++;
			at_named = i;
		}
	}
	if (mapped == 0 && named == 0)
		return ek_why(heading->why, EK_INVALID,
		    "%s has no column named date, time, day or timestamp in "
		    "its first line; name one so, or say which it is by "
		    "--map COLUMN=date",
		    heading->how->what);
	if (mapped > 1 || (mapped == 0 && named > 1))
		return ek_why(heading->why, EK_INVALID,
		    "%s has more than one column for the time; say which it is "
		    "by one --map COLUMN=date",
		    heading->how->what);
	*ret = mapped == 1 ? at_mapped : at_named;
	return EK_OK;
}

static enum ek_err
take_measure(struct columns *columns, const struct heading *heading, size_t i,
    const char *measure)
{
	struct names *names = &columns->measures;
	size_t before = names->count;
	enum ek_err err;

	err = names_index(
	    names, measure, strlen(measure), &columns->at[i].measure);
	if (err != EK_OK)
		return err;
	if (names->count == before)
		return ek_why(heading->why, EK_INVALID,
		    "%s: two columns would both be the measure %s; map one of "
		    "them to another name",
		    heading->how->what, shown(measure));
	columns->at[i].role = COL_VALUE;
	return EK_OK;
}

static enum ek_err
take_column(struct columns *columns, const struct heading *heading,
    const struct csv_row *head, size_t i)
{
	const char *name = heading->names[i];
	const char *text;
	size_t len;

	if (heading->mapped[i] != NULL)
		return take_measure(columns, heading, i, heading->mapped[i]);
	if (range_of(heading->how, name) != NULL)
		return take_measure(columns, heading, i, name);
	if (heading->how->map_count > 0 || is_one_of_times(name)) {
		text = trimmed(&head->cells[i], &len);
		return names_add(&columns->left, text, len);
	}
	if (!measure_name_ok(name, strlen(name)))
		return ek_why(heading->why, EK_INVALID,
		    "%s: the name of column %zu cannot be a measure's; use "
		    "small letters, digits, dots and hyphens, or choose "
		    "columns by --map COLUMN=MEASURE",
		    heading->how->what, i + 1);
	return take_measure(columns, heading, i, name);
}

/* Three columns, time, measure and value, in any order. */
static bool
is_long(const struct heading *heading)
{
	bool measure = false, value = false, time = false;
	size_t i;

	for (i = 0; i < heading->count; i++) {
		measure |= strcmp(heading->names[i], "measure") == 0;
		value |= strcmp(heading->names[i], "value") == 0;
		time |= is_one_of_times(heading->names[i]);
	}
	return heading->how->map_count == 0 && heading->count == 3 && measure &&
	       value && time;
}

static void
take_long(struct columns *columns, const struct heading *heading)
{
	size_t i;

	columns->is_long = true;
	for (i = 0; i < heading->count; i++) {
		if (strcmp(heading->names[i], "measure") == 0)
			columns->at[i].role = COL_NAME;
		else if (strcmp(heading->names[i], "value") == 0)
			columns->at[i].role = COL_VALUE;
		else
			columns->at[i].role = COL_TIME;
	}
}

static enum ek_err
take_wide(struct columns *columns, const struct heading *heading,
    const struct csv_row *head)
{
	enum ek_err err;
	size_t at_time = 0, i;

	err = find_time(heading, &at_time);
	for (i = 0; err == EK_OK && i < heading->count; i++) {
		if (i == at_time)
			columns->at[i].role = COL_TIME;
		else
			err = take_column(columns, heading, head, i);
	}
	if (err == EK_OK && columns->measures.count == 0)
		return ek_why(heading->why, EK_INVALID,
		    "%s has no column with values; separate columns by commas, "
		    "one of them the time, or choose by --map COLUMN=MEASURE",
		    heading->how->what);
	return err;
}

enum ek_err
columns_read(struct columns *columns, const struct csv_row *head,
    const struct history_how *how, struct ek_why *why)
{
	struct heading heading = {.how = how, .why = why};
	enum ek_err err;

	memset(columns, 0, sizeof(*columns));
	columns->count = head->count;
	if (head->count == 1)
		return ek_why(why, EK_INVALID,
		    "%s has one column only; give a column of days and one of "
		    "values, with a comma between them",
		    how->what);
	err = heading_read(&heading, head);
	if (err == EK_OK)
		err = heading_map(&heading);
	if (err == EK_OK && is_long(&heading))
		take_long(columns, &heading);
	else if (err == EK_OK)
		err = take_wide(columns, &heading, head);
	heading_done(&heading);
	return err;
}

static void
names_done(struct names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		free(names->texts[i]);
	names->count = 0;
}

void
columns_done(struct columns *columns)
{
	names_done(&columns->measures);
	names_done(&columns->left);
}
