/*
 * store_erase - the end of a book, also when killed in the middle.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "keeld/aside.h"
#include "keeld/store_in.h"

static void
remove_files(struct store *store)
{
	static const char *const names[] = {STORE_KEY_FILE, STORE_KEY_NEW,
	    STORE_DB_FILE, STORE_DB_FILE "-wal", STORE_DB_FILE "-shm",
	    STORE_ASIDE};
	char path[EK_PATH_MAX];
	struct dirent *entry;
	size_t i;
	DIR *dir;

	db_close(store->db);
	store->db = NULL;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (store_path(store, names[i], path) == EK_OK)
			store_shred(path);
	dir = opendir(store->place); /* and what was once set aside */
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (strncmp(entry->d_name, "book.", 5) == 0 &&
		    strstr(entry->d_name, ASIDE_MARK) != NULL &&
		    store_path(store, entry->d_name, path) == EK_OK)
			store_shred(path);
	if (dir != NULL)
		closedir(dir);
	store_sync_dir(store->place);
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
	remove_files(store);
	return store_unmark(store, STORE_ERASING, why);
}

enum ek_err
store_destroy(struct store *store, struct ek_why *reterr_why)
{
	enum ek_err err;

	/* first the promise to end it, so that a kill in the middle cannot
	 * leave half a book */
	err = store_write_file(
	    store->place, STORE_ERASING, "erase\n", 6, reterr_why);
	if (err != EK_OK)
		return err;
	book_key_free(store->key);
	store->key = NULL;
	book_free(store->book);
	store->book = NULL;
	store->state = STORE_NONE;
	store->why.text[0] = '\0';
	store->turn_err = EK_OK;
	store->fresh = false;
	store->scrub = false;
	return store_erase_resume(store, reterr_why);
}
