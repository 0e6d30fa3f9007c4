/*
 * instrument_json - typed reading of a Questionnaire with a path for every
 * refusal.  Knows JSON and FHIR's extensions, nothing of items or scores.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/text.h"
#include "instrument_in.h"

#define NUMBER_MAX 1e6 /* no answer, bound or multiplier is larger */

struct arena_block {
	struct arena_block *next;
	max_align_t bytes[];
};

void *
room(const struct reading *in, size_t count, size_t size)
{
	struct arena_block *block;

	if (size != 0 && count > (SIZE_MAX - sizeof(*block)) / size)
		return NULL;
	block = calloc(1, sizeof(*block) + count * size);
	if (block == NULL)
		return NULL;
	block->next = in->instrument->arena;
	in->instrument->arena = block;
	return block->bytes;
}

void
arena_free(struct arena_block *block)
{
	struct arena_block *next;

	for (; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
}

enum ek_err
keep_text(const struct reading *in, const char *text, const char **ret)
{
	size_t len = strlen(text);
	char *copy = room(in, len + 1, 1);

	if (copy == NULL)
		return EK_NOMEM;
	memcpy(copy, text, len);
	*ret = copy;
	return EK_OK;
}

static size_t
append(char *path, size_t at, const char *member, size_t index)
{
	int len;

	if (index == SPOT_WHOLE)
		len = snprintf(path + at, SPOT_LEN - at, "%s%s",
		    at > 0 ? "." : "", text_is_name(member) ? member : "?");
	else
		len = snprintf(path + at, SPOT_LEN - at, "%s%s[%zu]",
		    at > 0 ? "." : "", text_is_name(member) ? member : "?",
		    index);
	if (len < 0 || (size_t)len >= SPOT_LEN - at)
		return SPOT_LEN - 1;
	return at + (size_t)len;
}

static size_t
append_spot(char *path, const struct spot *at)
{
	if (at == NULL)
		return 0;
	return append(path, append_spot(path, at->up), at->member, at->index);
}

void
spot_path(const struct spot *at, const char *member, char *path)
{
	size_t len;

	path[0] = '\0';
	len = append_spot(path, at);
	if (member != NULL)
		append(path, len, member, SPOT_WHOLE);
}

enum ek_err
refuse(const struct reading *in, enum ek_err err, const struct spot *at,
    const char *member, const char *fmt, ...)
{
	char path[SPOT_LEN], message[200];
	va_list ap;

	spot_path(at, member, path);
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return ek_why(in->why, err, "%s: %s%s%s", in->what, path,
	    path[0] != '\0' ? " " : "", message);
}

static bool
is_listed(const char *key, const char *names)
{
	size_t len = strlen(key);

	while (*names != '\0') {
		size_t next = strcspn(names, " ");

		if (next == len && memcmp(names, key, len) == 0)
			return true;
		names += next + (names[next] == ' ');
	}
	return false;
}

enum ek_err
only(const struct reading *in, const struct spot *at, const json_t *object,
    const char *names)
{
	/* jansson's iterators take no const, but change nothing */
	json_t *walked = (json_t *)(uintptr_t)object;
	void *it;

	for (it = json_object_iter(walked); it != NULL;
	     it = json_object_iter_next(walked, it)) {
		const char *key = json_object_iter_key(it);

		if (!is_listed(key, names))
			return refuse(in, EK_INVALID, at, key,
			    "is not understood here; leave it out "
			    "(docs/instruments.md lists what is)");
	}
	return EK_OK;
}

enum ek_err
get_text(const struct reading *in, const struct spot *at, const json_t *object,
    const char *key, bool needed, const char **ret)
{
	const json_t *member = json_object_get(object, key);
	const char *text = json_string_value(member);

	if (member == NULL && !needed)
		return EK_OK;
	if (member == NULL)
		return refuse(in, EK_INVALID, at, key, "is missing; add it");
	if (text == NULL || text[strspn(text, " \t\n")] == '\0')
		return refuse(in, EK_INVALID, at, key,
		    "is not text; give a string that is not empty");
	if (json_string_length(member) > EK_ITEM_TEXT_MAX)
		return refuse(in, EK_TOO_LARGE, at, key,
		    "is longer than %d bytes; shorten it", EK_ITEM_TEXT_MAX);
	if (!text_plain_ok(text, json_string_length(member)))
		return refuse(in, EK_INVALID, at, key,
		    "holds control characters; take them out");
	*ret = text;
	return EK_OK;
}

enum ek_err
get_bool(const struct reading *in, const struct spot *at, const json_t *object,
    const char *key, bool *ret)
{
	const json_t *member = json_object_get(object, key);

	if (member == NULL)
		return EK_OK;
	if (!json_is_boolean(member))
		return refuse(
		    in, EK_INVALID, at, key, "is not true or false; give one");
	*ret = json_is_true(member);
	return EK_OK;
}

/* "valueInteger" takes whole numbers, "valueDecimal" any. */
enum ek_err
get_number(const struct reading *in, const struct spot *at,
    const json_t *object, const char *key, double *ret)
{
	const json_t *member = json_object_get(object, key);
	bool whole = strcmp(key, "valueInteger") == 0;
	double value;

	if (member == NULL)
		return refuse(in, EK_INVALID, at, key, "is missing; add it");
	if (whole ? !json_is_integer(member) : !json_is_number(member))
		return refuse(in, EK_INVALID, at, key, "is not a %snumber; %s",
		    whole ? "whole " : "",
		    whole ? "give one as 7" : "give one as 7 or 6.5");
	value = json_number_value(member);
	if (fabs(value) > NUMBER_MAX)
		return refuse(in, EK_INVALID, at, key,
		    "is larger than a million; scale it");
	*ret = value == 0 ? 0 : value;
	return EK_OK;
}

enum ek_err
get_array(const struct reading *in, const struct spot *at, const json_t *object,
    const char *key, const json_t **ret)
{
	const json_t *member = json_object_get(object, key);
	struct spot spot = {at, key, 0};

	if (member == NULL)
		return EK_OK;
	if (!json_is_array(member) || json_array_size(member) == 0)
		return refuse(in, EK_INVALID, at, key,
		    "is not a list; give [...] with at least one entry");
	for (; spot.index < json_array_size(member); spot.index++)
		if (!json_is_object(json_array_get(member, spot.index)))
			return refuse(in, EK_INVALID, &spot, NULL,
			    "is not an object; give {...}");
	*ret = member;
	return EK_OK;
}

static enum ek_err
part_find(const struct reading *in, const struct spot *at, const json_t *ext,
    const struct part *parts, size_t *ret)
{
	const char *url = "";
	char names[64];
	enum ek_err err;
	size_t i;

	err = get_text(in, at, ext, "url", true, &url);
	if (err != EK_OK)
		return err;
	for (i = 0; parts[i].url != NULL; i++)
		if (strcmp(parts[i].url, url) == 0)
			break;
	if (parts[i].url == NULL)
		return refuse(in, EK_INVALID, at, "url",
		    "names an extension that is not understood here; leave it "
		    "out");
	*ret = i;
	snprintf(names, sizeof(names), "url %s",
	    parts[i].value != NULL ? parts[i].value : "extension");
	return only(in, at, ext, names);
}

/* What a missing part is called: the end of its URL. */
static const char *
part_name(const struct part *part)
{
	const char *slash = strrchr(part->url, '/');

	return slash == NULL ? part->url : slash + 1;
}

enum ek_err
parts_walk(const struct reading *in, const struct spot *at,
    const json_t *object, const struct part *parts, part_cb *cb, void *arg)
{
	const json_t *list = NULL;
	bool seen[PARTS_MAX] = {false};
	struct spot spot = {at, "extension", 0};
	enum ek_err err;
	size_t which = 0, i;

	err = get_array(in, at, object, "extension", &list);
	for (; err == EK_OK && spot.index < json_array_size(list);
	     spot.index++) {
		const json_t *ext = json_array_get(list, spot.index);

		err = part_find(in, &spot, ext, parts, &which);
		if (err == EK_OK && seen[which] && !parts[which].many)
			err = refuse(in, EK_INVALID, &spot, NULL,
			    "is %s for the second time; keep one",
			    part_name(&parts[which]));
		if (err != EK_OK)
			break;
		seen[which] = true;
		err = cb(in, &spot, ext, which, arg);
	}
	for (i = 0; err == EK_OK && parts[i].url != NULL; i++)
		if (parts[i].needed && !seen[i])
			err = refuse(in, EK_INVALID, at, "extension",
			    "lacks %s; add it", part_name(&parts[i]));
	return err;
}
