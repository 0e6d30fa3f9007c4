/*
 * import_csv - `keel import csv`: a person's earlier diary into her book.
 *
 * core's history judges the whole file before anything is sent; one request
 * then adds all of it or nothing.  keeld knows what is there already, so a
 * second run adds nothing.
 */
#include "import_csv.h"

#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "evenkeel/civil.h"
#include "evenkeel/history.h"
#include "evenkeel/limits.h"
#include "file.h"
#include "out.h"

#define BODY_MAX (16 * 1024 * 1024) /* what keeld takes in one request */

struct import {
	const char *path;
	struct history_map maps[EK_CSV_COLUMNS_MAX];
	size_t map_count;
	json_t *instruments; /* ranges borrow their names from it */
	struct history_range *ranges;
	size_t range_count;
	struct civil today;
};

/* COLUMN=MEASURE, cut at its last "=", as a column's name may hold one. */
static enum ek_err
take_map(struct import *import, char *text, struct ek_why *why)
{
	char *equals = strrchr(text, '=');

	if (equals == NULL || equals == text || equals[1] == '\0')
		return ek_why(why, EK_USAGE,
		    "--map is not COLUMN=MEASURE; write it as "
		    "--map wellbeing=mood");
	if (import->map_count == EK_CSV_COLUMNS_MAX)
		return ek_why(why, EK_USAGE,
		    "--map is given more than %d times; leave some out",
		    EK_CSV_COLUMNS_MAX);
	*equals = '\0';
	import->maps[import->map_count].column = text;
	import->maps[import->map_count++].measure = equals + 1;
	return EK_OK;
}

static enum ek_err
read_args(struct import *import, int argc, char **argv, struct ek_why *why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, &import_csv_cmd, argc, argv);
	while ((err = args_next(&args, &opt, &value, why)) == EK_OK) {
		if (opt != NULL) {
			/* argv's texts are ours to cut */
			err = take_map(import, (char *)(uintptr_t)value, why);
			if (err != EK_OK)
				return err;
		} else if (import->path != NULL) {
			return ek_why(why, EK_USAGE,
			    "more than one file is named; give one");
		} else {
			import->path = value;
		}
	}
	if (err != EK_NOT_FOUND)
		return err;
	if (import->path == NULL)
		return ek_why(why, EK_USAGE,
		    "no file is named; give keel import csv FILE");
	return EK_OK;
}

static enum ek_err
ask_today(struct cmd_env *env, struct import *import, struct ek_why *why)
{
	json_t *reply = NULL;
	const char *day;
	enum ek_err err;

	err = client_call(
	    env->client, "GET", "/v1/today", NULL, NULL, &reply, why);
	if (err != EK_OK)
		return err;
	day = json_string_value(json_object_get(reply, "day"));
	if (day == NULL || !civil_parse_date(day, &import->today))
		err = ek_why(why, EK_BUG,
		    "keeld did not say what day it is; report this");
	json_decref(reply);
	return err;
}

static void
add_ranges(struct import *import, const json_t *measures)
{
	size_t i;

	for (i = 0; i < json_array_size(measures); i++) {
		const json_t *measure = json_array_get(measures, i);
		struct history_range *range =
		    &import->ranges[import->range_count];

		range->measure =
		    json_string_value(json_object_get(measure, "name"));
		range->min = json_number_value(json_object_get(measure, "min"));
		range->max = json_number_value(json_object_get(measure, "max"));
		import->range_count += range->measure != NULL;
	}
}

/* The measures of every instrument at hand, with their ranges. */
static enum ek_err
ask_ranges(struct cmd_env *env, struct import *import, struct ek_why *why)
{
	const json_t *list;
	size_t count = 0, i;
	enum ek_err err;

	err = client_call(env->client, "GET", "/v1/instruments", NULL, NULL,
	    &import->instruments, why);
	if (err != EK_OK)
		return err;
	list = json_object_get(import->instruments, "instruments");
	for (i = 0; i < json_array_size(list); i++)
		count += json_array_size(
		    json_object_get(json_array_get(list, i), "measures"));
	import->ranges = calloc(count + 1, sizeof(*import->ranges));
	if (import->ranges == NULL)
		return EK_NOMEM;
	for (i = 0; i < json_array_size(list); i++)
		add_ranges(import,
		    json_object_get(json_array_get(list, i), "measures"));
	return EK_OK;
}

static enum ek_err
read_history(
    const struct import *import, struct history **ret, struct ek_why *why)
{
	const struct history_how how = {
	    .what = file_name(import->path),
	    .maps = import->maps,
	    .map_count = import->map_count,
	    .ranges = import->ranges,
	    .range_count = import->range_count,
	    .last = &import->today,
	};
	struct buf bytes;
	enum ek_err err;

	buf_init(&bytes, EK_CSV_MAX + 1);
	err = file_read(import->path, &bytes, why);
	if (err == EK_OK)
		err = history_read(buf_text(&bytes), bytes.len, &how, ret, why);
	buf_done(&bytes);
	return err;
}

/* One request, so that all of it is added or nothing. */
static enum ek_err
check_size(const struct import *import, const json_t *body, struct ek_why *why)
{
	struct buf bytes;
	enum ek_err err;

	buf_init(&bytes, BODY_MAX);
	err = json_write(body, &bytes);
	buf_done(&bytes);
	if (err == EK_TOO_LARGE)
		return ek_why(why, err,
		    "%s holds more than can be added at once; split it",
		    file_name(import->path));
	return err;
}

static enum ek_err
send_history(struct cmd_env *env, const struct import *import,
    const struct history *history, json_t **ret, struct ek_why *why)
{
	json_t *body = NULL;
	char key[33];
	enum ek_err err;

	err = history_to_json(history, &body);
	if (err == EK_OK)
		err = check_size(import, body, why);
	if (err == EK_OK) {
		client_new_key(key);
		err = client_call(
		    env->client, "POST", "/v1/history", body, key, ret, why);
	}
	json_decref(body);
	return err;
}

static json_t *
names_json(const char *const *names, size_t count)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; list != NULL && i < count; i++)
		if (json_array_append_new(list, json_string(names[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static enum ek_err
say_json(
    struct cmd_env *env, const struct history *history, const json_t *reply)
{
	json_t *object = json_object();
	const char *const *names;
	int failed = 0;
	size_t count;

	failed |=
	    json_object_set(object, "added", json_object_get(reply, "added"));
	failed |=
	    json_object_set(object, "known", json_object_get(reply, "known"));
	failed |= json_object_set_new(object, "empty",
	    json_integer((json_int_t)history_empty_rows(history)));
	failed |= json_object_set_new(object, "twice",
	    json_integer((json_int_t)history_same_rows(history)));
	names = history_measures(history, &count);
	failed |=
	    json_object_set_new(object, "measures", names_json(names, count));
	names = history_left_out(history, &count);
	failed |=
	    json_object_set_new(object, "left_out", names_json(names, count));
	if (failed == 0)
		out_json(env->out, object);
	json_decref(object);
	return failed == 0 ? EK_OK : EK_NOMEM;
}

static void
say_names(
    struct out *out, const char *what, const char *const *names, size_t count)
{
	struct buf line;
	size_t i;

	if (count == 0)
		return;
	buf_init(&line, EK_CSV_COLUMNS_MAX * (EK_CSV_CELL_MAX + 2));
	for (i = 0; i < count; i++)
		buf_fmt(&line, "%s%s", i > 0 ? ", " : "", names[i]);
	out_line(out, "%s: %s.", what, buf_text(&line));
	buf_done(&line);
}

static void
say_text(struct out *out, const struct history *history, const json_t *reply)
{
	json_int_t added = json_integer_value(json_object_get(reply, "added"));
	json_int_t known = json_integer_value(json_object_get(reply, "known"));
	size_t empty = history_empty_rows(history);
	size_t same = history_same_rows(history);
	const char *const *names;
	size_t count;

	out_line(out, "%lld %s added, %lld known already.", (long long)added,
	    history_by_day(history) ? (added == 1 ? "day" : "days")
				    : (added == 1 ? "entry" : "entries"),
	    (long long)known);
	names = history_measures(history, &count);
	say_names(out, "Measures", names, count);
	names = history_left_out(history, &count);
	say_names(out, "Columns left out", names, count);
	if (empty > 0)
		out_line(out, "%zu %s no value and %s left out.", empty,
		    empty == 1 ? "line held" : "lines held",
		    empty == 1 ? "was" : "were");
	if (same > 0)
		out_line(out, "%zu %s there twice and %s taken once.", same,
		    same == 1 ? "line was" : "lines were",
		    same == 1 ? "was" : "were");
}

enum ek_err
import_csv_run(struct cmd_env *env, int argc, char **argv)
{
	struct import import = {.path = NULL};
	struct history *history = NULL;
	struct ek_why why = {""};
	json_t *reply = NULL;
	enum ek_err err;

	err = read_args(&import, argc, argv, &why);
	if (err == EK_OK)
		err = ask_today(env, &import, &why);
	if (err == EK_OK)
		err = ask_ranges(env, &import, &why);
	if (err == EK_OK)
		err = read_history(&import, &history, &why);
	if (err == EK_OK)
		err = send_history(env, &import, history, &reply, &why);
	if (err == EK_OK && env->json)
		err = say_json(env, history, reply);
	else if (err == EK_OK)
		say_text(env->out, history, reply);
	json_decref(reply);
	history_free(history);
	free(import.ranges);
	json_decref(import.instruments);
	return err == EK_OK ? EK_OK : out_fail(env->out, err, &why);
}

static const struct cmd_opt opts[] = {
    {"--map", "COLUMN=MEASURE",
	"take this column under this measure's name; may be given more than "
	"once; the measure \"date\" says which column is the time",
	NULL},
    {NULL, NULL, NULL, NULL},
};

const struct cmd import_csv_cmd = {
    .name = "csv",
    .args = "FILE [--map COLUMN=MEASURE]...",
    .summary = "take in values you wrote down before, from a CSV file",
    .help =
	"FILE (or - for standard input) is CSV in UTF-8: a first line with "
	"the columns' names, then one line for each day. One column is named "
	"date, time, day or timestamp and holds days as 2026-11-03 or times "
	"as 2026-11-03T08:00. The other columns are measures: mood, energy, "
	"tense or a name of your own. An empty cell is missing, never 0.\n"
	"\n"
	"With --map only the columns you name, and those that bear the name "
	"of a known measure, are taken. Nothing is added unless the whole "
	"file is right, and a second run adds nothing.",
    .flags = CMD_DAEMON | CMD_READS,
    .opts = opts,
    .run = import_csv_run,
};
