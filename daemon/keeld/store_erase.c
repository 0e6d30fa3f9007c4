/*
 * store_erase - the end of a book, also when killed in the middle.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "keeld/aside.h"
#include "keeld/store_in.h"

/* What lies in the folder of this or of a book once set aside.  errno of the
 * first file that does not go, 0: all are gone. */
static int
remove_files(struct store *store)
{
	static const char *const names[] = {STORE_KEY_FILE, STORE_KEY_NEW,
	    STORE_DB_FILE, STORE_DB_FILE "-wal", STORE_DB_FILE "-shm",
	    STORE_ASIDE};
	char path[EK_PATH_MAX];
	struct dirent *entry;
	int failed = 0;
	size_t i;
	DIR *dir;

	db_close(store->db);
	store->db = NULL;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (store_path(store, names[i], path) == EK_OK &&
		    !store_shred(path) && failed == 0)
			failed = errno;
	dir = opendir(store->place);
	if (dir == NULL)
		return failed == 0 ? errno : failed;
	while ((entry = readdir(dir)) != NULL)
		if (strncmp(entry->d_name, "book.", 5) == 0 &&
		    strstr(entry->d_name, ASIDE_MARK) != NULL &&
		    store_path(store, entry->d_name, path) == EK_OK &&
		    !store_shred(path) && failed == 0)
			failed = errno;
	closedir(dir);
	store_sync_dir(store->place);
	return failed;
}

enum ek_err
store_erase_resume(struct store *store, struct ek_why *why)
{
	char path[EK_PATH_MAX];

	if (store_path(store, STORE_ERASING, path) != EK_OK)
		return EK_INVALID;
	/* not known whether it is to be erased is not "no" */
	if (access(path, F_OK) != 0)
		return errno == ENOENT ? EK_OK
				       : store_io_error(STORE_ERASING, why);
	/* the promise stays until all of it is gone */
	errno = remove_files(store);
	if (errno != 0)
		return store_io_error("the book that is to be erased", why);
	return store_unmark(store, STORE_ERASING, why);
}

/* Takes the promise back that could not be made whole; false: it stands, and
 * the next start would keep it. */
static bool
take_back(const struct store *store)
{
	char path[EK_PATH_MAX];

	if (store_path(store, STORE_ERASING, path) != EK_OK)
		return true;
	return unlink(path) == 0 || access(path, F_OK) != 0;
}

enum ek_err
store_destroy(struct store *store, struct ek_why *reterr_why)
{
	enum ek_err err;

	/* first the promise to end it, so that a kill in the middle cannot
	 * leave half a book */
	err = store_write_file(
	    store->place, STORE_ERASING, "erase\n", 6, reterr_why);
	if (err != EK_OK && take_back(store))
		return err;
	book_key_free(store->key);
	store->key = NULL;
	book_free(store->book);
	store->book = NULL;
	store->state = STORE_NONE;
	store->why.text[0] = '\0';
	store->turn_err = EK_OK;
	store->fresh = false;
	store->scrub = store->scrub_draft = false;
	return store_erase_resume(store, reterr_why);
}
