/*
 * desk - making a book, playing a scene on it, asking it.
 */
#include "desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeld/store_in.h"

#define SAYS_MAX (1 << 20)

/* --- records --- */

static void
keep_record(struct desk *desk, struct record_build *build)
{
	assert_true(desk->count < sizeof(desk->recs) / sizeof(desk->recs[0]));
	assert_ok(record_end(build, &desk->recs[desk->count]));
	desk->count++;
}

void
desk_records(struct desk *desk, unsigned char number)
{
	unsigned char rid[EK_ID_LEN], of[EK_ID_LEN];
	const struct record_pair answers[] = {{"mood", 4, number}};
	struct record_build build;

	memset(of, number, sizeof(of));
	record_begin(&build, REC_CHECKIN, of, 1000 + number);
	record_put_str(&build, CHECKIN_INSTRUMENT, "pulse");
	record_put_map(&build, CHECKIN_ANSWERS, answers, 1);
	keep_record(desk, &build);
	memset(rid, number + 100, sizeof(rid));
	record_begin(&build, REC_NOTE, rid, 1000 + number);
	record_put_id(&build, NOTE_OF, of);
	record_put_str(&build, NOTE_TEXT, "a note of some length, sealed");
	keep_record(desk, &build);
}

static void
forget_records(struct desk *desk)
{
	while (desk->count > 0)
		record_free(desk->recs[--desk->count]);
}

/* --- the folder --- */

static struct key_spec
spec_of(enum key_mode mode)
{
	struct key_spec spec;

	memset(&spec, 0, sizeof(spec));
	spec.mode = mode;
	memset(spec.phrase_kek, 7, sizeof(spec.phrase_kek));
	spec.phrase_kdf.ops = 3;
	spec.phrase_kdf.mem_kib = 65536;
	memset(spec.kek, 9, sizeof(spec.kek));
	spec.kdf = spec.phrase_kdf;
	memcpy(spec.item, "0123456789abcdef", sizeof(spec.item));
	return spec;
}

static void
make_book(struct desk *desk)
{
	struct store *store = NULL;
	struct paths paths = desk->paths;
	unsigned char n;

	snprintf(paths.data, sizeof(paths.data), "%s", desk->from);
	assert_ok(store_open(&paths, &store));
	assert_ok(store_make(store, &desk->spec, NULL));
	for (n = 1; n <= 3; n++)
		desk_records(desk, n);
	assert_ok(store_add(store, (const struct record *const *)desk->recs,
	    desk->count, NULL, NULL));
	assert_ok(store_commit(store, NULL));
	forget_records(desk);
	store_close(store);
}

void
desk_init(struct desk *desk, enum key_mode mode, bool book)
{
	memset(desk, 0, sizeof(*desk));
	folder_make(desk->top, sizeof(desk->top));
	snprintf(desk->from, sizeof(desk->from), "%s/from", desk->top);
	snprintf(desk->home, sizeof(desk->home), "%s/home", desk->top);
	snprintf(desk->paths.data, sizeof(desk->paths.data), "%s", desk->home);
	assert_int_equal(mkdir(desk->from, 0700), 0);
	desk->spec = spec_of(mode);
	buf_init(&desk->before, SAYS_MAX);
	buf_init(&desk->after, SAYS_MAX);
	if (book)
		make_book(desk);
}

void
desk_done(struct desk *desk)
{
	forget_records(desk);
	buf_done(&desk->before);
	buf_done(&desk->after);
	folder_remove(desk->top);
}

void
desk_path(const struct desk *desk, const char *name, char *out)
{
	snprintf(out, EK_PATH_MAX, "%s/%s", desk->home, name);
}

void
desk_fresh(struct desk *desk)
{
	desk->store = NULL;
	folder_remove(desk->home);
	folder_copy(desk->from, desk->home);
}

void
desk_open(struct desk *desk, enum store_state expect)
{
	desk_fresh(desk);
	assert_ok(store_open(&desk->paths, &desk->store));
	if (store_state(desk->store) != expect)
		print_error("%s\n", store_why(desk->store));
	assert_int_equal(store_state(desk->store), expect);
}

void
desk_close(struct desk *desk)
{
	store_close(desk->store);
	desk->store = NULL;
}

void
desk_keep(struct desk *desk)
{
	desk_close(desk);
	folder_remove(desk->from);
	folder_copy(desk->home, desk->from);
}

/* --- what it says --- */

static enum ek_err
say_row(const unsigned char *rid, const void *blob, size_t len, void *arg)
{
	(void)blob;
	buf_add(arg, rid, EK_ID_LEN);
	buf_u32(arg, (uint32_t)len);
	return buf_err(arg);
}

static enum ek_err
say_draft(const unsigned char *rid, const struct buf *plain, void *arg)
{
	buf_add(arg, rid, EK_ID_LEN);
	if (plain != NULL)
		buf_add(arg, plain->data, plain->len);
	return buf_err(arg);
}

void
desk_says(struct store *store, struct buf *ret)
{
	const struct record *rec;
	size_t at = 0, armed = 0;

	buf_clear(ret);
	buf_fmt(ret, "%d %d\n", (int)store->state,
	    store->state == STORE_BROKEN ? (int)store->err : 0);
	if (store->state != STORE_OPEN && store->state != STORE_LOCKED)
		return;
	if (store->state == STORE_OPEN)
		while ((rec = book_next(store->book, &at)) != NULL) {
			buf_add(ret, rec->rid, EK_ID_LEN);
			assert_ok(record_encode(rec, ret));
		}
	else
		assert_ok(db_each(store->db, DB_ROWS, say_row, ret, NULL));
	buf_str(ret, "\npending");
	assert_ok(db_each(store->db, DB_PENDING, say_row, ret, NULL));
	buf_str(ret, "\ndrafts");
	if (store->state == STORE_OPEN)
		assert_ok(store_draft_each(store, say_draft, ret, NULL));
	else
		assert_ok(db_each(store->db, DB_DRAFTS, say_row, ret, NULL));
	assert_ok(store_armed(store, INT64_MAX, &armed));
	buf_fmt(ret, "\narmed %zu mode %d item %s", armed,
	    (int)store_key_mode(store), store_item(store));
	assert_ok(buf_err(ret));
}

bool
desk_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* What a fresh start finds in this folder; opened with the phrase unless it is
 * to be locked. */
static void
found(const struct desk *desk, const char *folder, enum store_state want,
    struct buf *ret)
{
	struct paths paths = desk->paths;
	struct store *store = NULL;

	snprintf(paths.data, sizeof(paths.data), "%s", folder);
	assert_ok(store_open(&paths, &store));
	/* a key file opens it without asking */
	if (store_state(store) == STORE_LOCKED)
		assert_int_not_equal(store_key_mode(store), KEY_FILE);
	if (store_state(store) == STORE_LOCKED && want != STORE_LOCKED)
		assert_ok(
		    store_unlock(store, "phrase", desk->spec.phrase_kek, NULL));
	if (store_state(store) != STORE_BROKEN)
		assert_ok(store_check(store, NULL));
	desk_says(store, ret);
	store_close(store);
}

/* --- a scene --- */

struct playing {
	struct desk *desk;
	const struct scene *scene;
};

static void
ready(void *arg)
{
	struct playing *playing = arg;

	playing->scene->ready(playing->desk);
}

static enum ek_err
act(void *arg)
{
	struct playing *playing = arg;

	inject_draw_again();
	return playing->scene->act(playing->desk);
}

/* A fault may have shut the book; it opens again by itself. */
static void
open_again(struct desk *desk)
{
	if (store_state(desk->store) != STORE_BROKEN)
		return;
	assert_true(strpbrk(store_why(desk->store), ";:") != NULL);
	if (!store_again(desk->store, &desk->paths) &&
	    store_state(desk->store) == STORE_LOCKED)
		assert_ok(store_unlock(
		    desk->store, "phrase", desk->spec.phrase_kek, NULL));
	assert_int_equal(store_state(desk->store), STORE_OPEN);
}

static bool
is_right(const struct playing *playing, enum ek_err err, const struct buf *says)
{
	const struct desk *desk = playing->desk;

	if (err != EK_OK && desk_same(says, &desk->before))
		return true;
	return desk_same(says, &desk->after) &&
	       (err == EK_OK || playing->scene->may_be_done);
}

/* As after a kill at this moment: what was refused may be in the log, whole,
 * or not. */
static void
look_as_killed(struct playing *playing, enum ek_err err)
{
	struct desk *desk = playing->desk;
	enum store_state state = store_state(desk->store);
	char folder[320];
	struct buf says;

	snprintf(folder, sizeof(folder), "%s/killed", desk->top);
	folder_remove(folder);
	folder_copy(desk->home, folder);
	buf_init(&says, SAYS_MAX);
	found(desk, folder, state, &says);
	if (err != EK_OK && !desk_same(&says, &desk->before) &&
	    !desk_same(&says, &desk->after)) /* it was to be locked */
		found(desk, folder, STORE_LOCKED, &says);
	assert_true(desk_same(&says, &desk->after) ||
		    (err != EK_OK && desk_same(&says, &desk->before)));
	buf_done(&says);
}

static void
judge(void *arg, enum ek_err err, const struct trial_fault *fault)
{
	struct playing *playing = arg;
	struct desk *desk = playing->desk;
	enum store_state state;
	struct buf says, kept;

	buf_init(&says, SAYS_MAX);
	buf_init(&kept, SAYS_MAX);
	if (playing->scene->look != NULL)
		playing->scene->look(desk, err);
	if (store_turn_end(desk->store, NULL) != EK_OK)
		assert_int_not_equal(err, EK_OK);
	open_again(desk);
	desk_says(desk->store, &says);
	assert_true(is_right(playing, err, &says));
	if (!fault->lasting) {
		if (fault->what == INJECT_CALL)
			look_as_killed(playing, err);
		if (err != EK_OK && !playing->scene->once) {
			assert_ok(act(playing));
			assert_ok(store_turn_end(desk->store, NULL));
			desk_says(desk->store, &says);
			assert_true(desk_same(&says, &desk->after));
		}
	}
	state = store_state(desk->store);
	desk_close(desk);
	found(desk, desk->home, state, &kept);
	/* a file that cannot even be removed is found by the next start */
	assert_true(desk_same(&says, &kept) ||
		    (err != EK_OK && inject_failed("unlink") &&
			desk_same(&kept, &desk->after)));
	buf_done(&says);
	buf_done(&kept);
}

void
desk_play(struct desk *desk, const struct scene *scene)
{
	struct playing playing = {desk, scene};
	struct trial trial = {ready, act, judge, &playing};

	scene->ready(desk);
	desk_says(desk->store, &desk->before);
	assert_ok(act(&playing));
	assert_ok(store_turn_end(desk->store, NULL));
	desk_says(desk->store, &desk->after);
	desk_close(desk);
	each_fault(&trial);
}
