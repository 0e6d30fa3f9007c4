/*
 * cmd_instrument - `keel instrument score|show|list`.
 *
 * score and show read a file and need no daemon; list asks keeld what is at
 * hand.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "cmds.h"
#include "evenkeel/instrument.h"
#include "evenkeel/number.h"
#include "file.h"
#include "input.h"
#include "out.h"

static const struct cmd score_cmd;
static const struct cmd show_cmd;
static const struct cmd list_cmd;

static enum ek_err
load(const char *path, struct instrument **ret, struct ek_why *why)
{
	struct buf text;
	enum ek_err err;

	buf_init(&text, EK_INSTRUMENT_MAX + 1);
	err = file_read(path, &text, why);
	if (err == EK_OK)
		err = instrument_parse(
		    buf_text(&text), text.len, file_name(path), ret, why);
	buf_done(&text);
	return err;
}

/* Answers given; ids borrow from argv or lines. */
struct given_answers {
	struct answer at[EK_ITEMS_MAX];
	size_t count;
	struct answers *lines;
};

static enum ek_err
take_answer(struct given_answers *given, const char *id, size_t id_len,
    const char *value, size_t value_len, struct ek_why *why)
{
	struct answer *answer = &given->at[given->count];

	if (given->count == EK_ITEMS_MAX)
		return ek_why(why, EK_USAGE,
		    "there are more than %d answers; give fewer", EK_ITEMS_MAX);
	if (id_len == 0 || !number_parse(value, value_len, &answer->value))
		return ek_why(why, EK_USAGE,
		    "answer %zu is not ID=NUMBER; write them as "
		    "--answers mood=6,energy=4",
		    given->count + 1);
	answer->id = id;
	answer->id_len = id_len;
	given->count++;
	return EK_OK;
}

static enum ek_err
take_list(struct given_answers *given, const char *text, struct ek_why *why)
{
	enum ek_err err = EK_OK;
	bool more = true;

	while (err == EK_OK && more) {
		size_t len = strcspn(text, ",");
		size_t id_len = strcspn(text, "=,");
		size_t skip = id_len < len ? id_len + 1 : len;

		err = take_answer(
		    given, text, id_len, text + skip, len - skip, why);
		more = text[len] == ',';
		text += len + more;
	}
	return err;
}

static enum ek_err
take_lines(struct given_answers *given, struct ek_why *why)
{
	const char *id, *value;
	enum ek_err err;
	size_t line;

	err = answers_read(STDIN_FILENO, &given->lines, why);
	while (err == EK_OK && answers_next(given->lines, &id, &value, &line))
		err = take_answer(
		    given, id, strlen(id), value, strlen(value), why);
	return err;
}

static enum ek_err
take_answers(struct given_answers *given, const char *text, struct ek_why *why)
{
	if (text == NULL)
		return ek_why(why, EK_USAGE,
		    "no answers are given; give --answers ID=NUMBER,... or "
		    "--answers - and lines ID=NUMBER");
	if (strcmp(text, "-") == 0)
		return take_lines(given, why);
	return take_list(given, text, why);
}

struct score_args {
	const char *path;
	const char *answers;
};

static enum ek_err
one_file(const struct cmd *cmd, int argc, char **argv, struct score_args *ret,
    struct ek_why *why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, cmd, argc, argv);
	while ((err = args_next(&args, &opt, &value, why)) == EK_OK) {
		const char **to = opt != NULL ? &ret->answers : &ret->path;

		if (*to != NULL)
			return ek_why(why, EK_USAGE,
			    "%s is given twice; give one",
			    opt != NULL ? opt->name : "FILE");
		*to = value;
	}
	if (err != EK_NOT_FOUND)
		return err;
	if (ret->path == NULL)
		return ek_why(why, EK_USAGE,
		    "no file is named; give keel instrument %s FILE",
		    cmd->name);
	return EK_OK;
}

static void
say_score(struct out *out, const struct score *score)
{
	const struct measure *measure = score->measure;

	if (!score->known)
		out_line(out,
		    "%s: no score, as too few of its questions are "
		    "answered.",
		    measure->name);
	else
		out_line(out, "%s: %g (from %g to %g)%s%s", measure->name,
		    score->value, measure->min, measure->max,
		    score->band != NULL ? ", " : "",
		    score->band != NULL ? score->band : "");
}

static enum ek_err
say_scores(struct cmd_env *env, const struct score *scores, size_t count)
{
	json_t *json;
	size_t i;

	if (!env->json) {
		for (i = 0; i < count; i++)
			say_score(env->out, &scores[i]);
		if (count == 0)
			out_line(env->out,
			    "It has open questions only, and no score.");
		return EK_OK;
	}
	json = instrument_scores_json(scores, count);
	if (json == NULL)
		return EK_NOMEM;
	out_json(env->out, json);
	json_decref(json);
	return EK_OK;
}

static enum ek_err
score_file(struct cmd_env *env, const struct instrument *instrument,
    const struct given_answers *given, struct ek_why *why)
{
	struct score *scores;
	size_t count;
	enum ek_err err;

	instrument_measures(instrument, &count);
	scores = calloc(count + 1, sizeof(*scores));
	if (scores == NULL)
		return EK_NOMEM;
	err =
	    instrument_score(instrument, given->at, given->count, scores, why);
	if (err == EK_OK)
		err = say_scores(env, scores, count);
	else if (err == EK_INVALID)
		err = EK_USAGE; /* the file is right, the answers are not */
	free(scores);
	return err;
}

static enum ek_err
run_score(struct cmd_env *env, int argc, char **argv)
{
	struct instrument *instrument = NULL;
	struct given_answers given = {.count = 0};
	struct score_args args = {NULL, NULL};
	struct ek_why why = {""};
	enum ek_err err;

	err = one_file(&score_cmd, argc, argv, &args, &why);
	if (err == EK_OK)
		err = load(args.path, &instrument, &why);
	if (err == EK_OK)
		err = take_answers(&given, args.answers, &why);
	if (err == EK_OK)
		err = score_file(env, instrument, &given, &why);
	answers_free(given.lines);
	explicit_bzero(&given, sizeof(given));
	instrument_free(instrument);
	return err == EK_OK ? EK_OK : out_fail(env->out, err, &why);
}

static void
show_options(struct out *out, const struct item *item)
{
	size_t i;

	for (i = 0; i < item->option_count; i++)
		out_text(out, OUT_PLAIN, 4, 2, "%g  %s", item->options[i].value,
		    item->options[i].text);
}

static void
show_item(struct out *out, const struct item *item)
{
	out_text(out, OUT_PLAIN, 0, 2, "%s: %s", item->id, item->text);
	switch (item->type) {
	case ITEM_SCALE:
		out_text(out, OUT_PLAIN, 4, 2, "%g  %s", item->min,
		    item->low_text != NULL ? item->low_text : "");
		out_text(out, OUT_PLAIN, 4, 2, "%g  %s", item->max,
		    item->high_text != NULL ? item->high_text : "");
		break;
	case ITEM_CHOICE:
		show_options(out, item);
		break;
	case ITEM_TEXT:
		out_text(out, OUT_PLAIN, 4, 0, "in your own words");
		break;
	}
}

static void
show_measures(struct out *out, const struct instrument *instrument)
{
	const struct measure *measures;
	size_t count, i;

	measures = instrument_measures(instrument, &count);
	for (i = 0; i < count; i++)
		out_text(out, OUT_PLAIN, 0, 2, "%s: from %g to %g, %s",
		    measures[i].name, measures[i].min, measures[i].max,
		    measures[i].neither
			? "neither end is better"
			: (measures[i].higher_is_better ? "higher is better"
							: "lower is better"));
}

static void
show_text(struct out *out, const struct instrument *instrument)
{
	const struct item *items;
	size_t count, i;

	out_text(out, OUT_HEAD, 0, 0, "%s", instrument_title(instrument));
	out_line(out, "%s, version %s, %s, %s", instrument_name(instrument),
	    instrument_version(instrument), instrument_language(instrument),
	    instrument_validated(instrument) ? "validated" : "not validated");
	out_gap(out);
	if (instrument_intro(instrument) != NULL)
		out_line(out, "%s", instrument_intro(instrument));
	items = instrument_items(instrument, &count);
	for (i = 0; i < count; i++) {
		out_gap(out);
		show_item(out, &items[i]);
	}
	out_gap(out);
	show_measures(out, instrument);
	out_gap(out);
	out_line(out, "%s", instrument_citation(instrument));
	out_line(out, "%s", instrument_copyright(instrument));
}

static json_t *
item_json(const struct item *item)
{
	static const char *const types[] = {
	    [ITEM_SCALE] = "scale",
	    [ITEM_CHOICE] = "choice",
	    [ITEM_TEXT] = "text",
	};
	json_t *options = json_array();
	size_t i;

	for (i = 0; i < item->option_count; i++)
		json_array_append_new(options,
		    json_pack("{s:s, s:o}", "text", item->options[i].text,
			"value", json_from_double(item->options[i].value)));
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:s?, s:s?, s:b, s:o}",
	    "id", item->id, "text", item->text, "type", types[item->type],
	    "min", json_from_double(item->min), "max",
	    json_from_double(item->max), "low", item->low_text, "high",
	    item->high_text, "required", (int)item->required, "options",
	    options);
}

static enum ek_err
show_json(struct out *out, const struct instrument *instrument)
{
	const struct item *items;
	json_t *list = json_array(), *json;
	int failed = 0;
	size_t count, i;

	items = instrument_items(instrument, &count);
	for (i = 0; i < count; i++)
		failed |= json_array_append_new(list, item_json(&items[i]));
	json = json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:s, s:s?, s:o, "
			 "s:o}",
	    "name", instrument_name(instrument), "title",
	    instrument_title(instrument), "version",
	    instrument_version(instrument), "language",
	    instrument_language(instrument), "validated",
	    (int)instrument_validated(instrument), "on",
	    (int)instrument_on(instrument), "copyright",
	    instrument_copyright(instrument), "citation",
	    instrument_citation(instrument), "intro",
	    instrument_intro(instrument), "items", list, "measures",
	    instrument_measures_json(instrument));
	if (json == NULL || failed != 0) {
		json_decref(json);
		return EK_NOMEM;
	}
	out_json(out, json);
	json_decref(json);
	return EK_OK;
}

static enum ek_err
run_show(struct cmd_env *env, int argc, char **argv)
{
	struct instrument *instrument = NULL;
	struct score_args args = {NULL, NULL};
	struct ek_why why = {""};
	enum ek_err err;

	err = one_file(&show_cmd, argc, argv, &args, &why);
	if (err == EK_OK)
		err = load(args.path, &instrument, &why);
	if (err == EK_OK && env->json)
		err = show_json(env->out, instrument);
	else if (err == EK_OK)
		show_text(env->out, instrument);
	instrument_free(instrument);
	return err == EK_OK ? EK_OK : out_fail(env->out, err, &why);
}

static void
list_one(struct out *out, const json_t *one)
{
	const char *name = json_string_value(json_object_get(one, "name"));
	const char *title = json_string_value(json_object_get(one, "title"));
	bool on = json_is_true(json_object_get(one, "on"));
	bool valid = json_is_true(json_object_get(one, "validated"));

	out_text(out, OUT_PLAIN, 0, 12, "%-10s  %s (%s%s)",
	    name != NULL ? name : "?", title != NULL ? title : "?",
	    valid ? "validated" : "not validated", on ? "" : ", off");
}

static enum ek_err
run_list(struct cmd_env *env, int argc, char **argv)
{
	struct ek_why why = {""};
	json_t *reply = NULL;
	const json_t *list;
	enum ek_err err;
	size_t i;

	err = args_none(&list_cmd, argc, argv, &why);
	if (err == EK_OK)
		err = client_call(env->client, "GET", "/v1/instruments", NULL,
		    NULL, &reply, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	list = json_object_get(reply, "instruments");
	for (i = 0; i < json_array_size(list); i++)
		list_one(env->out, json_array_get(list, i));
	out_json(env->out, reply);
	json_decref(reply);
	return EK_OK;
}

static const struct cmd_opt score_opts[] = {
    {"--answers", "ID=NUMBER,...",
	"the answers; - reads lines ID=NUMBER from standard input", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct cmd score_cmd = {
    .name = "score",
    .args = "FILE --answers ID=NUMBER,...",
    .summary = "work out the scores of answers to a questionnaire file",
    .help =
	"FILE is a FHIR R4 Questionnaire as docs/instruments.md describes it. "
	"Nothing is saved, and keeld is not needed. On a computer that others "
	"use as well, give --answers - so that the answers are not seen in "
	"the list of running programs.",
    .flags = CMD_READS,
    .opts = score_opts,
    .run = run_score,
};

static const struct cmd show_cmd = {
    .name = "show",
    .args = "FILE",
    .summary = "print a questionnaire file: questions, measures, licence",
    .help = "Refuses what is not understood, and says where in the file.",
    .flags = CMD_READS,
    .run = run_show,
};

static const struct cmd list_cmd = {
    .name = "list",
    .args = "",
    .summary = "list the questionnaires at hand",
    .flags = CMD_DAEMON | CMD_READS,
    .run = run_list,
};

static const struct cmd *const subs[] = {
    &list_cmd, &score_cmd, &show_cmd, NULL};

const struct cmd cmd_instrument = {
    .name = "instrument",
    .args = "list|score|show",
    .summary = "look at questionnaires and score answers to them",
    .flags = 0,
    .subs = subs,
};
