/*
 * test_open - finding the folder and opening the book in it while every call
 * fails in turn, and folders and files that are no book of ours.
 *
 * A start that fails changes nothing, and says which of three things it is:
 * out of memory, locked, or shut with the reason.
 */
#include "desk.h"

#include <errno.h>
#include <linux/magic.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/seal.h"
#include "keeld/store_in.h"

struct opening {
	struct desk desk;
	enum store_state expect;
	mode_t mode; /* of the folder */
	bool again;  /* the try is store_again's, after a start that failed */
	/* what it says afterwards, opened without a fault; the phrase opens
	 * what is locked */
	struct buf says;
};

static void
opening_init(
    struct opening *opening, enum key_mode mode, enum store_state expect)
{
	memset(opening, 0, sizeof(*opening));
	desk_init(&opening->desk, mode, true);
	opening->expect = expect;
	opening->mode = 0700;
	buf_init(&opening->says, 1 << 20);
}

static void
opening_done(struct opening *opening)
{
	desk_done(&opening->desk);
	buf_done(&opening->says);
}

static void
fresh(void *arg)
{
	struct opening *opening = arg;
	struct inject_plan plan = {INJECT_CALL, EIO, 1, true, NULL};

	desk_fresh(&opening->desk);
	assert_int_equal(chmod(opening->desk.home, opening->mode), 0);
	if (!opening->again)
		return;
	inject_arm(&plan);
	assert_ok(store_open(&opening->desk.paths, &opening->desk.store));
	inject_disarm();
	assert_int_equal(store_state(opening->desk.store), STORE_BROKEN);
}

/* The error of a start is its state's. */
static enum ek_err
act_open(void *arg)
{
	struct opening *opening = arg;
	struct desk *desk = &opening->desk;
	enum ek_err err = EK_OK;
	bool opened = false;

	if (opening->again)
		opened = store_again(desk->store, &desk->paths);
	else
		err = store_open(&desk->paths, &desk->store);
	if (err != EK_OK) {
		assert_null(desk->store);
		return err;
	}
	if (opened)
		assert_int_equal(store_state(desk->store), STORE_OPEN);
	if (store_state(desk->store) != STORE_BROKEN)
		return EK_OK;
	assert_true(strpbrk(store_why(desk->store), ";:") != NULL);
	return store_err(desk->store);
}

/* A key file that cannot be read leaves the book locked: the phrase opens it
 * all the same. */
static bool
is_state(const struct opening *opening, enum store_state state,
    const struct trial_fault *fault)
{
	return state == opening->expect ||
	       (state == STORE_LOCKED && opening->expect == STORE_OPEN &&
		   fault->what == INJECT_CALL && fault->err != EK_OK);
}

static void
after_open(void *arg, enum ek_err err, const struct trial_fault *fault)
{
	struct opening *opening = arg;
	struct desk *desk = &opening->desk;
	struct buf says;

	if (err == EK_OK)
		assert_true(is_state(opening, store_state(desk->store), fault));
	desk_close(desk);
	assert_ok(store_open(&desk->paths, &desk->store));
	assert_int_equal(store_state(desk->store), opening->expect);
	buf_init(&says, 1 << 20);
	if (opening->expect == STORE_LOCKED)
		assert_ok(store_unlock(
		    desk->store, "phrase", desk->spec.phrase_kek, NULL));
	desk_says(desk->store, &says);
	if (opening->says.len == 0)
		buf_add(&opening->says, says.data, says.len);
	assert_true(desk_same(&says, &opening->says));
	assert_int_equal(access(desk->paths.data, F_OK), 0);
	buf_done(&says);
	desk_close(desk);
}

static void
each_opening(struct opening *opening)
{
	struct trial trial = {fresh, act_open, after_open, opening};
	const struct trial_fault none = {
	    "nothing", INJECT_MEMORY, 0, EK_OK, false};

	fresh(opening);
	assert_ok(act_open(opening));
	after_open(opening, EK_OK, &none);
	each_fault(&trial);
}

static void
tamper(const struct desk *desk, const char *sql)
{
	char path[EK_PATH_MAX];
	sqlite3 *db = NULL;

	snprintf(path, sizeof(path), "%s/book.db", desk->from);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
rename_from(const struct desk *desk, const char *from, const char *to)
{
	char a[EK_PATH_MAX], b[EK_PATH_MAX];

	snprintf(a, sizeof(a), "%s/%s", desk->from, from);
	snprintf(b, sizeof(b), "%s/%s", desk->from, to);
	assert_int_equal(rename(a, b), 0);
}

static void
write_from(
    const struct desk *desk, const char *name, const void *bytes, size_t len)
{
	assert_ok(store_write_file(desk->from, name, bytes, len, NULL));
}

/* --- every fault --- */

static void
test_every_fault(void **state)
{
	struct opening opening;

	(void)state;
	opening_init(&opening, KEY_FILE, STORE_OPEN);
	each_opening(&opening);
	opening.again = true;
	each_opening(&opening);
	opening.again = false;
	opening.mode = 0755; /* open to others: it is closed, or not used */
	each_opening(&opening);
	opening.mode = 0700;
	/* killed between the commit of a new key and its rename */
	rename_from(&opening.desk, STORE_KEY_FILE, STORE_KEY_NEW);
	each_opening(&opening);
	/* killed between a deletion and its scrub */
	tamper(&opening.desk, "INSERT INTO meta VALUES('scrub','1')");
	each_opening(&opening);
	opening_done(&opening);
	opening_init(&opening, KEY_PASSPHRASE, STORE_LOCKED);
	each_opening(&opening);
	opening_done(&opening);
}

/* Nothing of a book that is to be erased, or was never finished, comes back.
 */
static void
test_no_book(void **state)
{
	struct opening opening;

	(void)state;
	opening_init(&opening, KEY_FILE, STORE_NONE);
	tamper(&opening.desk, "DELETE FROM rows; DELETE FROM meta");
	each_opening(&opening);
	opening_done(&opening);
	opening_init(&opening, KEY_FILE, STORE_NONE);
	write_from(&opening.desk, STORE_ERASING, "erase\n", 6);
	each_opening(&opening);
	opening_done(&opening);
	opening_init(&opening, KEY_FILE, STORE_NONE);
	write_from(&opening.desk, STORE_ASIDE, "1\n", 2);
	each_opening(&opening);
	opening_done(&opening);
}

/* --- what is no book of ours --- */

/* Opens as it is; its state, why, and the word of the remedy. */
static void
assert_opens_as(struct desk *desk, enum store_state state, enum ek_err err,
    const char *remedy)
{
	desk_fresh(desk);
	assert_ok(store_open(&desk->paths, &desk->store));
	if (store_state(desk->store) != state ||
	    strstr(store_why(desk->store), remedy) == NULL)
		print_error("%d: %s\n", (int)store_state(desk->store),
		    store_why(desk->store));
	assert_int_equal(store_state(desk->store), state);
	if (state == STORE_BROKEN)
		assert_int_equal(store_err(desk->store), err);
	assert_non_null(strstr(store_why(desk->store), remedy));
	assert_true((store_book(desk->store) != NULL) == (state == STORE_OPEN));
	assert_true((store_key(desk->store) != NULL) == (state == STORE_OPEN));
}

static void
test_rows_of_others(void **state)
{
	static const struct {
		const char *sql, *remedy;
		enum ek_err err;
	} bad[] = {
	    {"UPDATE rows SET blob=zeroblob(296)", "keel restore", EK_CORRUPT},
	    {"UPDATE rows SET rid=zeroblob(16) WHERE rid=(SELECT rid FROM rows "
	     "LIMIT 1)",
		"keel restore", EK_CORRUPT},
	    {"INSERT INTO rows VALUES(x'00',x'01')", "keel restore",
		EK_CORRUPT},
	    {"DELETE FROM meta WHERE key='book'", "which book it is",
		EK_CORRUPT},
	    {"UPDATE meta SET value=zeroblob(17) WHERE key='book'", "damaged",
		EK_CORRUPT},
	    {"UPDATE meta SET value=zeroblob(40) WHERE key='mode'", "damaged",
		EK_CORRUPT},
	    {"INSERT INTO meta VALUES('item',zeroblob(40))", "damaged",
		EK_CORRUPT},
	    {"INSERT INTO meta VALUES('scrub',zeroblob(40))", "damaged",
		EK_CORRUPT},
	    {"UPDATE meta SET value=zeroblob(99) WHERE key='wrap.file'",
		"damaged", EK_CORRUPT},
	    {"PRAGMA user_version=99", "newer version", EK_NEWER},
	};
	struct desk desk;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		desk_init(&desk, KEY_FILE, true);
		tamper(&desk, bad[i].sql);
		assert_opens_as(&desk, STORE_BROKEN, bad[i].err, bad[i].remedy);
		/* by itself it never opens again: only a restore does that */
		assert_false(store_again(desk.store, &desk.paths));
		assert_ok(store_turn_end(desk.store, NULL));
		desk_close(&desk);
		desk_done(&desk);
	}
}

/* Every one of them leaves the book locked, and the phrase opens it. */
static void
assert_phrase_opens(struct desk *desk)
{
	assert_opens_as(desk, STORE_LOCKED, EK_OK, "keel unlock --phrase");
	assert_ok(
	    store_unlock(desk->store, "phrase", desk->spec.phrase_kek, NULL));
	assert_int_equal(store_state(desk->store), STORE_OPEN);
	desk_close(desk);
}

static void
test_key_files(void **state)
{
	char bytes[100] = "evenkeel key 1\n";
	struct desk desk;

	(void)state;
	desk_init(&desk, KEY_FILE, true);
	write_from(&desk, STORE_KEY_FILE, bytes, 15 + 32); /* another's */
	assert_phrase_opens(&desk);
	write_from(&desk, STORE_KEY_FILE, bytes, 15 + 31);
	assert_phrase_opens(&desk);
	write_from(&desk, STORE_KEY_FILE, bytes, 15 + 33);
	assert_phrase_opens(&desk);
	bytes[0] = 'E';
	write_from(&desk, STORE_KEY_FILE, bytes, 15 + 32);
	assert_phrase_opens(&desk);
	rename_from(&desk, STORE_KEY_FILE, "elsewhere");
	assert_phrase_opens(&desk);
	tamper(&desk, "DELETE FROM meta WHERE key='wrap.file'");
	assert_phrase_opens(&desk);
	desk_done(&desk);
}

/* --- folders --- */

static void
test_one_keeld_at_a_time(void **state)
{
	struct store *second = NULL;
	struct desk desk;

	(void)state;
	desk_init(&desk, KEY_FILE, true);
	desk_open(&desk, STORE_OPEN);
	assert_false(store_again(desk.store, &desk.paths)); /* it is open */
	assert_non_null(store_key(desk.store));
	assert_ok(store_open(&desk.paths, &second));
	assert_int_equal(store_err(second), EK_BUSY);
	assert_non_null(strstr(store_why(second), "stop it first"));
	assert_false(store_again(second, &desk.paths));
	desk_close(&desk);
	assert_true(store_again(second, &desk.paths));
	store_close(second);
	store_close(NULL);
	desk_done(&desk);
}

static void
assert_no_place(const char *folder, enum ek_err err, const char *word)
{
	struct store *store = NULL;
	struct paths paths;

	memset(&paths, 0, sizeof(paths));
	snprintf(paths.data, sizeof(paths.data), "%s", folder);
	assert_ok(store_open(&paths, &store));
	if (store_err(store) != err || strstr(store_why(store), word) == NULL)
		print_error("%s\n", store_why(store));
	assert_int_equal(store_state(store), STORE_BROKEN);
	assert_int_equal(store_err(store), err);
	assert_non_null(strstr(store_why(store), word));
	store_close(store);
}

static void
test_folders(void **state)
{
	char path[EK_PATH_MAX];
	struct desk desk;
	struct stat st;
	size_t len;

	(void)state;
	desk_init(&desk, KEY_FILE, false);
	snprintf(path, sizeof(path), "%s/link", desk.top);
	assert_int_equal(symlink(desk.from, path), 0);
	assert_no_place(path, EK_DENIED, "is a link");
	snprintf(path, sizeof(path), "%s/link/below", desk.top);
	assert_no_place("/proc/none/book", EK_READ_ONLY, "folder above");
	/* open to others: closed */
	assert_int_equal(chmod(desk.from, 0755), 0);
	desk_open(&desk, STORE_NONE);
	desk_close(&desk);
	snprintf(desk.paths.data, sizeof(desk.paths.data), "%s", desk.from);
	assert_ok(store_open(&desk.paths, &desk.store));
	desk_close(&desk);
	assert_int_equal(stat(desk.from, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	inject_euid(geteuid() + 1);
	assert_no_place(desk.from, EK_DENIED, "another user");
	inject_euid((unsigned)-1);
	/* the folder's name fits, its files' do not */
	len = (size_t)snprintf(path, sizeof(path), "%s", desk.top);
	while (len + 201 < sizeof(path) - 5)
		len += (size_t)snprintf(
		    path + len, sizeof(path) - len, "/%0200d", 0);
	while (len < sizeof(path) - 5)
		len += (size_t)snprintf(path + len, sizeof(path) - len, "/a");
	assert_no_place(path, EK_INVALID, ";");
	desk_done(&desk);
}

/* --- a home on the network --- */

#define LOCAL "/var/lib/evenkeel"

static void
test_network(void **state)
{
	static const unsigned long remote[] = {NFS_SUPER_MAGIC, SMB_SUPER_MAGIC,
	    CIFS_SUPER_MAGIC, SMB2_SUPER_MAGIC, AFS_SUPER_MAGIC, AFS_FS_MAGIC,
	    CODA_SUPER_MAGIC, CEPH_SUPER_MAGIC, V9FS_MAGIC, FUSE_SUPER_MAGIC,
	    0x01161970UL, 0x7461636FUL, 0x0BD00BD0UL};
	struct inject_plan plan = {INJECT_CALL, EIO, 1, false, "statfs"};
	struct desk desk;
	struct store *store = calloc(1, sizeof(*store));
	struct ek_why why = {""};
	size_t i;

	(void)state;
	assert_non_null(store);
	desk_init(&desk, KEY_FILE, false);
	assert_int_equal(mkdir(desk.home, 0700), 0);
	assert_false(store_is_network(desk.home));
	inject_elsewhere(LOCAL, desk.top);
	for (i = 0; i < sizeof(remote) / sizeof(remote[0]); i++) {
		inject_fs_type(remote[i]);
		assert_true(store_is_network(desk.home));
	}
	inject_arm(&plan); /* not known: as if it were local */
	assert_false(store_is_network(desk.home));
	assert_int_equal(inject_disarm(), 1);
	/* made, and there already */
	for (i = 0; i < 2; i++) {
		assert_ok(store_find_place(store, &desk.paths, &why));
		assert_string_equal(store_network(store), desk.home);
		assert_int_equal(strncmp(store_place(store), LOCAL "/", 18), 0);
	}
	plan.only = "mkdir";
	plan.nth = 6; /* after those of the home itself */
	for (i = 1; i < 30; i++) {
		plan.nth = (unsigned)i;
		inject_arm(&plan);
		if (store_find_place(store, &desk.paths, &why) != EK_OK &&
		    strstr(why.text, "install the package") != NULL)
			break;
		inject_disarm();
	}
	assert_int_equal(inject_disarm(), 1);
	assert_true(i < 30);
	inject_fs_type(0);
	inject_elsewhere(NULL, NULL);
	free(store);
	desk_done(&desk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_fault),
	    cmocka_unit_test(test_no_book),
	    cmocka_unit_test(test_rows_of_others),
	    cmocka_unit_test(test_key_files),
	    cmocka_unit_test(test_one_keeld_at_a_time),
	    cmocka_unit_test(test_folders),
	    cmocka_unit_test(test_network),
	};

	inject_init();
	if (seal_init() != EK_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
