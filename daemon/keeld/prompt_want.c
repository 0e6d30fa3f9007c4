/*
 * prompt_want - what is to be shown, and the few numbers that outlive a crash.
 *
 * The book says what was shown.  A nudge is none of the book's matters (a
 * slot is shown once): that it was made is noted in the runtime folder, by
 * the slot's due instant, as clear as in the table of armed instants, and goes
 * with that folder: of what was before nobody is nudged.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/seal.h"
#include "keeld/prompt_in.h"

#define NUDGE_SECS  (2 * 3600)
#define LOCKED_SECS (12 * 3600) /* a locked book's instant is due so long */

/* --- the note --- */

static bool
note_path(const struct paths *paths, const char *end, char *out, size_t size)
{
	return snprintf(out, size, "%s/bubble%s", paths->run, end) < (int)size;
}

/* Four numbers or nothing. */
static void
parse_note(const char *text, struct prompt_note *ret)
{
	long long numbers[4];
	const char *at = text;
	char *end;
	size_t i;

	for (i = 0; i < 4; i++) {
		numbers[i] = strtoll(at, &end, 10);
		if (end == at || numbers[i] < 0)
			return;
		at = end;
	}
	*ret = (struct prompt_note){
	    numbers[0], numbers[1], numbers[2], numbers[3]};
}

void
prompt_note_read(
    const struct paths *paths, int64_t now, struct prompt_note *ret)
{
	char path[EK_PATH_MAX], text[100] = "";
	int fd = -1;

	*ret = (struct prompt_note){0, 0, 0, now};
	if (note_path(paths, "", path, sizeof(path)))
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return;
	if (read(fd, text, sizeof(text) - 1) > 0)
		parse_note(text, ret);
	close(fd);
}

bool
prompt_note_write(const struct paths *paths, const struct prompt_note *note)
{
	char path[EK_PATH_MAX], fresh[EK_PATH_MAX], text[100];
	bool ok;
	int fd, len;

	if (!note_path(paths, "", path, sizeof(path)) ||
	    !note_path(paths, ".new", fresh, sizeof(fresh)))
		return false;
	len = snprintf(text, sizeof(text), "%lld %lld %lld %lld\n",
	    note->bubble, note->nudged, note->locked, note->since);
	fd = open(
	    fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	ok = write(fd, text, (size_t)len) == len;
	return close(fd) == 0 && ok && rename(fresh, path) == 0;
}

/* --- an open book --- */

static void
earlier(int64_t *next, int64_t at)
{
	if (*next == 0 || at < *next)
		*next = at;
}

/* When this slot is to be shown (again), or 0; a nudge comes once.  One that
 * was to come before the note began may have come. */
static int64_t
show_at(const struct schedule_slot *slot, const struct prompt_note *note)
{
	int64_t nudge;

	switch (slot->slot.state) {
	case SLOT_DUE:
	case SLOT_HELD:
		return slot->slot.due;
	case SLOT_SNOOZED:
		return slot->slot.until;
	case SLOT_SHOWN:
		if (note->nudged == slot->slot.due || slot->outcome == NULL)
			return 0;
		nudge = slot->outcome->time_ms / 1000 + NUDGE_SECS;
		return nudge > note->since ? nudge : 0;
	case SLOT_ANSWERED:
	case SLOT_SKIPPED:
	case SLOT_MISSED:
	case SLOT_AWAY:
	case SLOT_OFF_RECORD:
		break;
	}
	return 0;
}

static void
consider(const struct schedule_slot *slot, const struct prompt_note *note,
    int64_t now, struct prompt_want *ret)
{
	int64_t at = show_at(slot, note);

	if (at == 0 || at >= slot->slot.ends)
		return;
	if (at > now) {
		earlier(&ret->next, at);
		return;
	}
	if (ret->kind != PROMPT_NONE)
		return; /* one at a time */
	ret->kind = slot->slot.state == SLOT_SHOWN ? PROMPT_NUDGE : PROMPT_SLOT;
	ret->due = slot->slot.due;
	ret->ends = slot->slot.ends;
	ret->pick.has = true;
	memcpy(ret->pick.schedule, slot->schedule->rid, EK_ID_LEN);
	civil_format_time(&slot->start, ret->pick.start);
}

static void
want_open(struct keeld *keeld, const struct prompt_note *note, int64_t now,
    struct prompt_want *ret)
{
	struct schedules *schedules = NULL;
	struct schedule_slot *open = NULL;
	size_t count = 0, i;
	enum ek_err err;

	err = api_schedules(keeld, &schedules);
	if (err == EK_OK)
		err = schedule_open(schedules, now, &open, &count);
	for (i = 0; err == EK_OK && i < count; i++)
		consider(&open[i], note, now, ret);
	free(open);
	schedules_free(schedules);
}

/* --- a locked book: only how many instants are due can be known --- */

static int64_t
armed_until(struct keeld *keeld, int64_t at)
{
	size_t count = 0;

	if (store_armed(keeld->store, at, &count) != EK_OK)
		return 0;
	return (int64_t)count;
}

static void
want_locked(struct keeld *keeld, const struct prompt_note *note, int64_t now,
    struct prompt_want *ret)
{
	int64_t count = armed_until(keeld, now), low = now, high, mid;

	if (count > note->locked &&
	    count > armed_until(keeld, now - LOCKED_SECS)) {
		ret->kind = PROMPT_LOCKED;
		ret->due = count;
	}
	high = now + SCHEDULE_ARM_DAYS * INT64_C(86400);
	if (armed_until(keeld, high) == count)
		return;
	while (high - low > 1) { /* the first instant that counts one more */
		mid = low + (high - low) / 2;
		if (armed_until(keeld, mid) > count)
			high = mid;
		else
			low = mid;
	}
	ret->next = high;
}

void
prompt_want(struct keeld *keeld, const struct prompt_note *note,
    struct prompt_want *ret)
{
	int64_t now = loop_now_ms(keeld->loop) / 1000;

	memset(ret, 0, sizeof(*ret));
	if (api_is_open(keeld))
		want_open(keeld, note, now, ret);
	else if (store_state(keeld->store) == STORE_LOCKED)
		want_locked(keeld, note, now, ret);
}

/* --- one slot --- */

static enum ek_err
find(struct keeld *keeld, const struct slot_pick *pick, struct slot *ret)
{
	int64_t now = loop_now_ms(keeld->loop) / 1000;
	char id[SCHEDULE_SLOT_ID_LEN + 1];
	struct schedules *schedules = NULL;
	struct schedule_slot slot;
	struct civil start;
	enum ek_err err;

	if (!api_is_open(keeld) || !civil_parse_time(pick->start, &start))
		return EK_NOT_FOUND;
	schedule_slot_id(pick->schedule, &start, id);
	err = api_schedules(keeld, &schedules);
	if (err == EK_OK)
		err = schedule_slot_find(schedules, id, now, &slot, NULL);
	if (err == EK_OK)
		*ret = slot.slot;
	schedules_free(schedules);
	return err;
}

bool
prompt_is_open(struct keeld *keeld, const struct slot_pick *pick)
{
	struct slot slot;

	return find(keeld, pick, &slot) == EK_OK &&
	       slot_is_open(&slot, loop_now_ms(keeld->loop) / 1000) &&
	       slot.state != SLOT_SNOOZED;
}

enum ek_err
prompt_put(struct keeld *keeld, const struct slot_pick *pick,
    enum slot_event event, enum slot_state state)
{
	struct api_key key;
	struct batch batch;
	struct slot slot;
	enum ek_err err;

	err = find(keeld, pick, &slot);
	if (err != EK_OK)
		return err;
	slot.until = pick->until;
	err = slot_step(&slot, event, loop_now_ms(keeld->loop) / 1000, NULL);
	if (err != EK_OK)
		return err;
	seal_random(key.bytes, sizeof(key.bytes));
	batch_init(&batch, keeld, &key);
	slot_put(&batch, pick, state);
	err = batch_store(&batch, NULL, NULL);
	batch_done(&batch);
	return err;
}
