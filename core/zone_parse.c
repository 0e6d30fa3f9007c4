/*
 * zone_parse - compiled zone files, RFC 8536 and 9636 (versions 1 to 4).
 *
 * Every count is checked against the bytes there are before anything is
 * read; a file that breaks a MUST of the RFC is refused, not repaired.  Of a
 * version 2+ file only the 64-bit block and the footer are used.
 */
#include <stdlib.h>
#include <string.h>

#include "core/zone_in.h"

#define HEADER_LEN 44

struct header {
	int version;
	size_t isut, isstd, leaps, times, types, chars;
};

struct input {
	const unsigned char *at, *end;
	const char *what;
	struct ek_why *why;
};

static enum ek_err
broken(const struct input *in, const char *reason)
{
	return ek_why(in->why, EK_INVALID,
	    "%s is not a usable zone file: %s; reinstall the tzdata package",
	    in->what, reason);
}

static uint32_t
read_u32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

static int64_t
read_int(const unsigned char *at, size_t width)
{
	uint64_t high = read_u32(at);

	if (width == 4)
		return (int32_t)high;
	return (int64_t)(high << 32 | read_u32(at + 4));
}

static enum ek_err
read_header(struct input *in, struct header *ret)
{
	const unsigned char *at = in->at;

	if (in->end - at < HEADER_LEN || memcmp(at, "TZif", 4) != 0)
		return broken(in, "it does not begin like one");
	if (at[4] != '\0' && (at[4] < '2' || at[4] > '4'))
		return broken(in, "its version is unknown");
	*ret = (struct header){
	    .version = at[4] == '\0' ? 1 : at[4] - '0',
	    .isut = read_u32(at + 20),
	    .isstd = read_u32(at + 24),
	    .leaps = read_u32(at + 28),
	    .times = read_u32(at + 32),
	    .types = read_u32(at + 36),
	    .chars = read_u32(at + 40),
	};
	in->at += HEADER_LEN;
	return EK_OK;
}

/* Bytes of a data block; the counts are 32 bits, so 64 cannot overflow. */
static uint64_t
block_len(const struct header *head, size_t width)
{
	return (uint64_t)head->times * (width + 1) + head->types * UINT64_C(6) +
	       head->chars + (uint64_t)head->leaps * (width + 4) + head->isstd +
	       head->isut;
}

static enum ek_err
check_header(const struct input *in, const struct header *head, size_t width)
{
	if (head->types == 0 || head->types > 256)
		return broken(in, "it has no types, or too many");
	if (head->chars == 0)
		return broken(in, "it has no names");
	if ((head->isut != 0 && head->isut != head->types) ||
	    (head->isstd != 0 && head->isstd != head->types))
		return broken(in, "its counts do not agree");
	if (block_len(head, width) > (uint64_t)(in->end - in->at))
		return broken(in, "it is cut short");
	return EK_OK;
}

static enum ek_err
check_types(const struct input *in, const struct header *head,
    const unsigned char *types)
{
	for (size_t i = 0; i < head->types; i++) {
		int64_t offset = read_int(types + 6 * i, 4);

		if (offset < ZONE_OFFSET_MIN || offset > ZONE_OFFSET_MAX)
			return broken(in, "an offset is more than a day");
		if (types[6 * i + 4] > 1 || types[6 * i + 5] >= head->chars)
			return broken(in, "a type is malformed");
	}
	return EK_OK;
}

static enum ek_err
read_leaps(const struct input *in, const struct header *head,
    const unsigned char *at, size_t width, struct zone *zone)
{
	if (head->leaps == 0)
		return EK_OK;
	zone->leaps = calloc(head->leaps, sizeof(*zone->leaps));
	if (zone->leaps == NULL)
		return EK_NOMEM;
	zone->leap_count = head->leaps;
	for (size_t i = 0; i < head->leaps; i++, at += width + 4) {
		struct zone_leap *leap = &zone->leaps[i];
		int64_t corr = read_int(at + width, 4);

		leap->at = read_int(at, width);
		if (i > 0 && leap->at <= leap[-1].at)
			return broken(in, "its leap seconds go backwards");
		if (corr < -3600 || corr > 3600)
			return broken(in, "a leap correction is too large");
		leap->corr = (int)corr;
	}
	return EK_OK;
}

/* Leap corrections are taken out of the table's times (zone_in.h). */
static int
corr_at(const struct zone *zone, int64_t at)
{
	int corr = 0;

	for (size_t i = 0; i < zone->leap_count && zone->leaps[i].at <= at; i++)
		corr = zone->leaps[i].corr;
	return corr;
}

static enum ek_err
read_changes(const struct input *in, const struct header *head, size_t width,
    struct zone *zone)
{
	const unsigned char *index = in->at + head->times * width;
	const unsigned char *types = index + head->times;

	zone->first = (int)read_int(types, 4);
	if (head->times == 0)
		return EK_OK;
	zone->changes = calloc(head->times, sizeof(*zone->changes));
	if (zone->changes == NULL)
		return EK_NOMEM;
	zone->change_count = head->times;
	for (size_t i = 0; i < head->times; i++) {
		struct zone_change *change = &zone->changes[i];

		if (index[i] >= head->types)
			return broken(in, "a change has no type");
		change->at = read_int(in->at + i * width, width);
		/* RFC 8536 §3.2: none SHOULD lie before -2^59. */
		if (change->at < -(INT64_C(1) << 59) || change->at > INT64_C(1)
									 << 59)
			return broken(in, "a change is too far away");
		change->at -= corr_at(zone, change->at);
		if (i > 0 && change->at <= change[-1].at)
			return broken(in, "its changes go backwards");
		change->offset = (int)read_int(types + 6 * index[i], 4);
	}
	return EK_OK;
}

static enum ek_err
read_block(struct input *in, const struct header *head, size_t width,
    struct zone *zone)
{
	const unsigned char *types = in->at + head->times * (width + 1);
	enum ek_err err;

	err = check_types(in, head, types);
	if (err == EK_OK)
		err = read_leaps(in, head,
		    types + head->types * 6 + head->chars, width, zone);
	if (err == EK_OK)
		err = read_changes(in, head, width, zone);
	in->at += block_len(head, width);
	return err;
}

/* "\n" TZ string "\n"; an empty string says nothing of later times. */
static enum ek_err
read_footer(struct input *in, struct zone *zone)
{
	const char *text;
	const unsigned char *stop;

	if (in->at == in->end || *in->at != '\n')
		return broken(in, "its footer is missing");
	in->at++;
	stop = memchr(in->at, '\n', (size_t)(in->end - in->at));
	if (stop == NULL)
		return broken(in, "its footer is cut short");
	text = (const char *)in->at;
	if (stop == in->at)
		return EK_OK;
	if (!zone_rule_parse(text, (size_t)(stop - in->at), &zone->rule))
		return broken(in, "its footer is malformed");
	zone->has_rule = true;
	return EK_OK;
}

static enum ek_err
read_file(struct input *in, struct zone *zone)
{
	struct header head = {0};
	enum ek_err err;
	size_t width = 4;

	err = read_header(in, &head);
	if (err != EK_OK)
		return err;
	if (head.version >= 2) {
		if (block_len(&head, 4) > (uint64_t)(in->end - in->at))
			return broken(in, "it is cut short");
		in->at += block_len(&head, 4);
		width = 8;
		err = read_header(in, &head);
		if (err != EK_OK)
			return err;
	}
	err = check_header(in, &head, width);
	if (err == EK_OK)
		err = read_block(in, &head, width, zone);
	if (err == EK_OK && width == 8)
		err = read_footer(in, zone);
	return err;
}

enum ek_err
zone_parse(const void *bytes, size_t len, const char *what, struct zone **ret,
    struct ek_why *reterr_why)
{
	struct input in = {
	    bytes, (const unsigned char *)bytes + len, what, reterr_why};
	struct zone *zone = NULL;
	enum ek_err err;

	if (len > ZONE_FILE_MAX)
		return ek_why(reterr_why, EK_TOO_LARGE,
		    "%s is larger than a zone file may be (%d bytes); "
		    "reinstall the tzdata package",
		    what, ZONE_FILE_MAX);
	err = zone_utc(&zone);
	if (err == EK_OK)
		err = read_file(&in, zone);
	if (err == EK_OK) {
		*ret = zone;
		zone = NULL;
	}
	zone_free(zone);
	return err;
}
