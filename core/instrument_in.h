/*
 * instrument_in - shared by the instrument_*.c files; nobody else includes
 * it.
 *
 * An instrument's texts and arrays all lie in one arena, so that the JSON it
 * was read from can go and instrument_free has one thing to do.
 */
#ifndef EVENKEEL_CORE_INSTRUMENT_IN_H
#define EVENKEEL_CORE_INSTRUMENT_IN_H

#include <stdint.h>

#include "evenkeel/instrument.h"

enum rule_method { RULE_ITEM, RULE_SUM, RULE_MEAN };

struct rule_item {
	const struct item *item;
	bool reversed;
};

struct rule { /* how the measure of the same index is worked out */
	enum rule_method method;
	double multiplier;
	size_t needs; /* answers it takes at least */
	size_t count;
	struct rule_item *items;
};

/* Sums and products of decimals miss the end of a band by less than this. */
#define BAND_SLACK 1e-9

struct arena_block;

struct instrument {
	struct arena_block *arena;
	const char *name, *title, *version, *language;
	const char *copyright, *citation, *intro;
	bool validated, on;
	size_t item_count, item_cap;
	struct item *items;
	const char **paths; /* of the items, for refusals while reading */
	size_t measure_count, measure_cap;
	struct measure *measures;
	struct rule *rules;
};

/* Where in the file: item[2].answerOption[0]. */
struct spot {
	const struct spot *up; /* NULL: the Questionnaire itself */
	const char *member;
	size_t index; /* SPOT_WHOLE: the member is no array */
};
#define SPOT_WHOLE SIZE_MAX
#define SPOT_LEN   200

struct reading {
	struct instrument *instrument;
	const char *what; /* names the file */
	struct ek_why *why;
};

/* Zeroed room that lives as long as the instrument; NULL: out of memory. */
void *room(const struct reading *in, size_t count, size_t size);
enum ek_err keep_text(
    const struct reading *in, const char *text, const char **ret) EK_MUST_USE;
void arena_free(struct arena_block *block);

/* "FILE: path message"; member may be NULL.  path has SPOT_LEN bytes. */
enum ek_err refuse(const struct reading *in, enum ek_err err,
    const struct spot *at, const char *member, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
void spot_path(const struct spot *at, const char *member, char *path);

/* Only the members named ("linkId type text"); the first other is refused. */
enum ek_err only(const struct reading *in, const struct spot *at,
    const json_t *object, const char *names) EK_MUST_USE;

/* Typed members.  Absent ones leave *ret as it was unless needed; what is
 * there must be of the type.  Texts are borrowed from the JSON. */
enum ek_err get_text(const struct reading *in, const struct spot *at,
    const json_t *object, const char *key, bool needed,
    const char **ret) EK_MUST_USE;
enum ek_err get_bool(const struct reading *in, const struct spot *at,
    const json_t *object, const char *key, bool *ret) EK_MUST_USE;
enum ek_err get_number(const struct reading *in, const struct spot *at,
    const json_t *object, const char *key, double *ret) EK_MUST_USE;
/* An array of objects with at least one, or NULL. */
enum ek_err get_array(const struct reading *in, const struct spot *at,
    const json_t *object, const char *key, const json_t **ret) EK_MUST_USE;

/* The extensions understood in one place. */
struct part {
	const char *url;
	const char *value; /* "valueInteger"; NULL: has parts of its own */
	bool needed, many;
};
#define PARTS_MAX 8

/* Called for each; which is the index into the table. */
typedef enum ek_err part_cb(const struct reading *in, const struct spot *at,
    const json_t *ext, size_t which, void *arg);
/* Walks object's "extension".  Unknown, doubled, missing ones are refused.
 * parts ends with a NULL url. */
enum ek_err parts_walk(const struct reading *in, const struct spot *at,
    const json_t *object, const struct part *parts, part_cb *cb,
    void *arg) EK_MUST_USE;

bool link_id_ok(const char *text);

/* The three stages after the Questionnaire's own members. */
enum ek_err read_items(
    const struct reading *in, const json_t *root) EK_MUST_USE;
enum ek_err read_options(const struct reading *in, const struct spot *at,
    const json_t *object, struct item *item) EK_MUST_USE;
enum ek_err read_scoring(
    const struct reading *in, const json_t *root) EK_MUST_USE;

#endif
