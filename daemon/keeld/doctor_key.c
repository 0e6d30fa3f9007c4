/*
 * doctor_key - does what opens the book still open it: the key file, or the
 * login keyring's tool; and what the chosen way of keeping the key means.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeld/doctor.h"

static bool
has_book(const struct store *store)
{
	return store_state(store) == STORE_OPEN ||
	       store_state(store) == STORE_LOCKED;
}

/* The key file is gone or another's: a new key, once the book is open. */
static void
say_lost(struct doctor *doctor)
{
	const struct store *store = doctor->keeld->store;

	if (store_state(store) == STORE_OPEN) {
		buf_str(&doctor->remedy, "while the book is open, make a new "
					 "one: keel key file --yes");
		return;
	}
	buf_str(&doctor->remedy, "put book.key back from a backup into ");
	doctor_path(&doctor->remedy, store_place(store));
	buf_str(&doctor->remedy,
	    " and run: " DOCTOR_RESTART
	    "; or open the book by your eight words: "
	    "keel unlock --phrase, then keel key file --yes");
}

static void
look_at_file(struct doctor *doctor)
{
	const struct store *store = doctor->keeld->store;
	char path[EK_PATH_MAX + 32];
	struct stat st;

	snprintf(path, sizeof(path), "%s/book.key", store_place(store));
	if (lstat(path, &st) != 0) {
		buf_str(&doctor->words, "The key file (book.key) is missing: "
					"the book will not open again by "
					"itself.");
		say_lost(doctor);
	} else if (!S_ISREG(st.st_mode) || st.st_size == 0) {
		buf_str(&doctor->words, "The key file (book.key) is damaged.");
		say_lost(doctor);
	} else if (st.st_uid != geteuid()) {
		buf_str(&doctor->words,
		    "The key file (book.key) belongs to another user.");
		buf_fmt(&doctor->remedy, "run: sudo chown %u ",
		    (unsigned)geteuid());
		doctor_path(&doctor->remedy, path);
	} else if ((st.st_mode & 0777) != 0600) {
		buf_str(&doctor->words,
		    (st.st_mode & 077) != 0
			? "The key file (book.key) is open to other users."
			: "The key file (book.key) has the wrong rights.");
		buf_str(&doctor->remedy, "run: chmod 600 ");
		doctor_path(&doctor->remedy, path);
	} else if (store_state(store) == STORE_LOCKED) {
		buf_str(&doctor->words,
		    "The key file (book.key) does not open this book.");
		say_lost(doctor);
	} else {
		buf_str(&doctor->words, "The key file is yours alone.");
	}
}

static void
check_file(struct doctor *doctor)
{
	const struct store *store = doctor->keeld->store;

	if (!has_book(store))
		buf_str(&doctor->words, "There is no book that has a key.");
	else if (store_key_mode(store) != KEY_FILE)
		buf_str(&doctor->words, "Your book does not use a key file.");
	else
		look_at_file(doctor);
	doctor_end(doctor, "key-file");
}

static bool
in_path(const char *program)
{
	char path[EK_PATH_MAX];
	const char *at = getenv("PATH");
	size_t len;

	for (; at != NULL && *at != '\0'; at += len + (at[len] == ':')) {
		len = strcspn(at, ":");
		if (len > 0 &&
		    snprintf(path, sizeof(path), "%.*s/%s", (int)len, at,
			program) < (int)sizeof(path) &&
		    access(path, X_OK) == 0)
			return true;
	}
	return false;
}

static void
check_keyring(struct doctor *doctor)
{
	const struct store *store = doctor->keeld->store;

	if (!has_book(store) || store_key_mode(store) != KEY_KEYRING) {
		buf_str(&doctor->words,
		    "Your book does not use the login keyring.");
	} else if (!in_path("secret-tool")) {
		buf_str(&doctor->words,
		    "The tool that asks your login keyring (secret-tool) is "
		    "not installed.");
		buf_str(&doctor->remedy,
		    "run: sudo apt install libsecret-tools; or, while the "
		    "book is open, keep the key another way: keel key "
		    "passphrase");
	} else if (store_state(store) == STORE_LOCKED) {
		buf_str(&doctor->words,
		    "The book is locked: your login keyring did not give the "
		    "key, or you locked it.");
		buf_str(&doctor->remedy,
		    "unlock your login keyring, then run: keel unlock (or "
		    "keel unlock --phrase)");
	} else {
		buf_str(&doctor->words, "The login keyring can be asked.");
	}
	doctor_end(doctor, "keyring");
}

/* Advice, never a fault: how the key is kept is hers to choose. */
static void
check_mode(struct doctor *doctor)
{
	const struct store *store = doctor->keeld->store;

	if (!has_book(store)) {
		buf_str(&doctor->words, "There is no book that has a key.");
		doctor_end(doctor, "key-mode");
		return;
	}
	switch (store_key_mode(store)) {
	case KEY_FILE:
		buf_str(&doctor->words,
		    "The key lies in a file beside the book. A stolen disk or "
		    "backup could be read; a passphrase would keep it shut: "
		    "keel key passphrase");
		break;
	case KEY_KEYRING:
		buf_str(&doctor->words,
		    "The key lies in your login keyring. A stolen disk alone "
		    "cannot be read.");
		break;
	case KEY_PASSPHRASE:
		buf_str(&doctor->words,
		    "The key opens by your passphrase. A stolen disk alone "
		    "cannot be read.");
		break;
	}
	doctor_end(doctor, "key-mode");
}

void
doctor_key(struct doctor *doctor)
{
	check_file(doctor);
	check_keyring(doctor);
	check_mode(doctor);
}
