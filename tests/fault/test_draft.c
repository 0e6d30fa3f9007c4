/*
 * test_draft - drafts put, dropped, cleared and sealed anew while every call
 * fails in turn: all or none of it, and never the cause that what was saved
 * with it is called unsaved.
 */
#include "desk.h"

#include <sqlite3.h>
#include <string.h>

#include "base/seal.h"
#include "keeld/store_in.h"

static const unsigned char first[EK_ID_LEN] = {1, 1};
static const unsigned char second[EK_ID_LEN] = {2, 2};
static const unsigned char odd[EK_ID_LEN] = {3, 3};

/* The text is borrowed: only the store's own calls may fail. */
static enum ek_err
put(struct store *store, const unsigned char *rid, const char *text)
{
	const struct buf plain = {.data = (char *)(uintptr_t)text,
	    .len = strlen(text),
	    .max = EK_DRAFT_MAX};

	return store_draft_put(store, rid, &plain, NULL);
}

static void
ready(struct desk *desk)
{
	enum store_state first_state =
	    desk->spec.mode == KEY_FILE ? STORE_OPEN : STORE_LOCKED;

	desk_open(desk, first_state);
	assert_ok(
	    store_unlock(desk->store, "phrase", desk->spec.phrase_kek, NULL));
}

static void
ready_locked(struct desk *desk)
{
	desk_open(desk, STORE_LOCKED);
}

/* A book with two drafts and a row among them that opens for nobody. */
static void
with_drafts(struct desk *desk, enum key_mode mode)
{
	desk_init(desk, mode, true);
	desk_records(desk, 11);
	ready(desk);
	assert_ok(put(desk->store, first, "begun first"));
	assert_ok(put(desk->store, second, "begun then"));
	assert_ok(db_put(desk->store->db, DB_DRAFTS, odd, "torn", 4, NULL));
	assert_ok(store_turn_end(desk->store, NULL));
	desk_keep(desk);
}

static enum ek_err
ended(struct desk *desk, enum ek_err err)
{
	return err == EK_OK ? store_turn_end(desk->store, NULL) : err;
}

/* --- the acts --- */

static enum ek_err
act_put(struct desk *desk)
{
	enum ek_err err = put(desk->store, odd, "a third one");

	if (err == EK_OK)
		err = put(desk->store, first, "in place of what was there");
	return ended(desk, err);
}

/* As a save: its records, and the draft is gone with them. */
static enum ek_err
act_settle(struct desk *desk)
{
	enum ek_err err = store_add(desk->store,
	    (const struct record *const *)desk->recs, 2, NULL, NULL);

	if (err == EK_OK)
		err = store_draft_drop(desk->store, first, false, NULL);
	return ended(desk, err);
}

static enum ek_err
act_throw_away(struct desk *desk)
{
	return ended(desk, store_draft_drop(desk->store, second, true, NULL));
}

static enum ek_err
act_clear(struct desk *desk)
{
	return ended(desk, store_draft_clear(desk->store, NULL));
}

static enum ek_err
see_cb(const unsigned char *rid, const struct buf *plain, void *arg)
{
	size_t *seen = arg;

	if (memcmp(rid, odd, EK_ID_LEN) == 0)
		assert_null(plain);
	else
		assert_memory_equal(buf_text(plain), "begun ", 6);
	++*seen;
	return EK_OK;
}

static enum ek_err
act_look(struct desk *desk)
{
	size_t seen = 0, count = 9;
	enum ek_err err = store_draft_each(desk->store, see_cb, &seen, NULL);

	if (err == EK_OK)
		assert_int_equal(seen, 3);
	if (err == EK_OK)
		err = store_draft_count(desk->store, &count);
	if (err == EK_OK)
		assert_int_equal(count, 3);
	return err;
}

static enum ek_err
act_rekey(struct desk *desk)
{
	struct key_spec spec = desk->spec;

	spec.mode = KEY_PASSPHRASE;
	return store_rekey(desk->store, &spec, 9000, false, NULL);
}

/* Hers come along; what opened for nobody does not. */
static void
look_rekeyed(struct desk *desk, enum ek_err err)
{
	size_t count = 0;

	if (store_state(desk->store) == STORE_OPEN) {
		assert_ok(store_draft_count(desk->store, &count));
		assert_int_equal(count, err == EK_OK ? 2 : 3);
	}
}

static void
test_every_fault(void **state)
{
	const struct scene scenes[] = {
	    {ready, act_put, NULL, false, false},
	    {ready, act_settle, NULL, false, false},
	    {ready, act_throw_away, NULL, false, true},
	    {ready, act_clear, NULL, false, false},
	    {ready, act_look, NULL, false, false},
	    {ready, act_rekey, look_rekeyed, true, false},
	};
	struct desk desk;
	size_t i;

	(void)state;
	with_drafts(&desk, KEY_FILE);
	for (i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
		desk_play(&desk, &scenes[i]);
	desk_done(&desk);
}

static void
test_locked(void **state)
{
	const struct scene clear = {
	    ready_locked, act_clear, NULL, false, false};
	const struct scene throw_away = {
	    ready_locked, act_throw_away, NULL, false, true};
	struct desk desk;
	size_t seen = 0, count = 0;

	(void)state;
	with_drafts(&desk, KEY_PASSPHRASE);
	desk_play(&desk, &clear);
	desk_play(&desk, &throw_away);
	desk_open(&desk, STORE_LOCKED);
	assert_int_equal(put(desk.store, first, "x"), EK_LOCKED);
	assert_ok(store_draft_each(desk.store, see_cb, &seen, NULL));
	assert_int_equal(seen, 0);
	assert_ok(act_throw_away(&desk)); /* takes no key */
	assert_ok(store_draft_count(desk.store, &count));
	assert_int_equal(count, 2);
	desk_close(&desk);
	desk_done(&desk);
}

/* --- what is refused, and what is none --- */

static void
test_limit(void **state)
{
	struct ek_why why = {""};
	struct desk desk;
	struct buf plain;
	size_t i;

	(void)state;
	desk_init(&desk, KEY_FILE, true);
	desk_open(&desk, STORE_OPEN);
	buf_init(&plain, EK_DRAFT_MAX + 1);
	for (i = 0; i < EK_DRAFT_MAX; i++)
		buf_char(&plain, 'x');
	assert_ok(store_draft_put(desk.store, first, &plain, NULL));
	buf_char(&plain, 'x');
	assert_int_equal(
	    store_draft_put(desk.store, second, &plain, &why), EK_TOO_LARGE);
	assert_non_null(strstr(why.text, "shorten it"));
	assert_ok(store_turn_end(desk.store, NULL));
	assert_ok(store_draft_count(desk.store, &i));
	assert_int_equal(i, 1);
	buf_done(&plain);
	desk_close(&desk);
	desk_done(&desk);
}

static void
test_none(void **state)
{
	struct desk desk;
	size_t count = 9;

	(void)state;
	desk_init(&desk, KEY_FILE, false);
	desk_open(&desk, STORE_NONE);
	assert_int_equal(put(desk.store, first, "x"), EK_LOCKED);
	assert_ok(store_draft_drop(desk.store, first, true, NULL));
	assert_ok(store_draft_clear(desk.store, NULL));
	assert_ok(store_draft_count(desk.store, &count));
	assert_int_equal(count, 0);
	desk_close(&desk);
	desk_done(&desk);
	desk_init(&desk, KEY_FILE, true);
	desk_open(&desk, STORE_OPEN);
	assert_ok(store_draft_drop(desk.store, first, true, NULL));
	assert_ok(store_draft_clear(desk.store, NULL));
	assert_false(db_in_transaction(desk.store->db));
	desk_close(&desk);
	desk_done(&desk);
}

/* A turn that was undone takes nothing more in, whoever asks. */
static void
test_undone_turn(void **state)
{
	struct inject_plan plan = {INJECT_SQL, SQLITE_FULL, 1, false, NULL};
	struct desk desk;

	(void)state;
	with_drafts(&desk, KEY_FILE);
	desk_open(&desk, STORE_OPEN);
	inject_arm(&plan);
	assert_int_equal(put(desk.store, odd, "x"), EK_NO_SPACE);
	inject_disarm();
	assert_int_equal(put(desk.store, odd, "x"), EK_NO_SPACE);
	assert_int_equal(
	    store_draft_drop(desk.store, first, true, NULL), EK_NO_SPACE);
	assert_int_equal(store_draft_clear(desk.store, NULL), EK_NO_SPACE);
	assert_int_equal(store_turn_end(desk.store, NULL), EK_NO_SPACE);
	assert_ok(act_look(&desk));
	desk_close(&desk);
	desk_done(&desk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_fault),
	    cmocka_unit_test(test_locked),
	    cmocka_unit_test(test_limit),
	    cmocka_unit_test(test_none),
	    cmocka_unit_test(test_undone_turn),
	};

	inject_init();
	if (seal_init() != EK_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
