/*
 * doctor_book - is the book's file whole, its folder hers alone, its disk
 * near and not full; does anything wait to be let in, or lie aside.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "keeld/aside.h"
#include "keeld/doctor.h"

#define FREE_MIN_BYTES (10 * 1024 * 1024)
#define LOCAL_ROOT     "/var/lib/evenkeel"

static bool
is_there(const char *dir, const char *name)
{
	char path[EK_PATH_MAX + 32];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return lstat(path, &st) == 0;
}

/* Is there a sealed copy to bring the book back from? */
static bool
has_copy(const struct keeld *keeld)
{
	struct copy_found found[1];
	const char *place = copy_info(keeld->copy)->place;
	size_t count = 0;

	return place[0] != '\0' &&
	       copy_look(place, found, 1, &count, NULL) == EK_OK && count > 0;
}

static void
put_back(struct doctor *doctor)
{
	const struct keeld *keeld = doctor->keeld;

	if (has_copy(keeld)) {
		buf_str(&doctor->remedy, "run: keel restore --from ");
		doctor_path(&doctor->remedy, copy_info(keeld->copy)->place);
		return;
	}
	buf_str(&doctor->remedy,
	    "with a sealed copy, run: keel restore --from DIR; else put "
	    "book.db and book.key back from a backup into ");
	doctor_path(&doctor->remedy, store_place(keeld->store));
	buf_str(&doctor->remedy, " and run: " DOCTOR_RESTART);
}

/* The book does not open: which way, and the way out. */
static void
say_broken(struct doctor *doctor)
{
	const struct store *store = doctor->keeld->store;

	if (store_err(store) == EK_CORRUPT) {
		buf_str(&doctor->words,
		    "The book's file is damaged. Nothing was changed.");
		put_back(doctor);
	} else if (store_err(store) == EK_NEWER) {
		buf_str(&doctor->words,
		    "A newer Evenkeel wrote this book. Nothing was changed.");
		buf_str(&doctor->remedy,
		    "have the newer one installed (sudo apt install "
		    "--only-upgrade evenkeel), then run: " DOCTOR_RESTART);
	} else {
		doctor_why(doctor, store_why(store));
		buf_str(&doctor->remedy, "; then run: " DOCTOR_RESTART);
	}
}

static void
say_none(struct doctor *doctor)
{
	const struct store *store = doctor->keeld->store;

	if (is_there(store_place(store), "book.key")) {
		buf_str(&doctor->words,
		    "The key is here, but the book (book.db) is gone.");
		put_back(doctor);
	} else if (has_copy(doctor->keeld)) {
		buf_str(&doctor->words,
		    "There is no book here, but there is a sealed copy.");
		put_back(doctor);
	} else {
		buf_str(&doctor->words, "No book was started here yet.");
		buf_str(&doctor->remedy, "run: keel start");
	}
}

static void
check_file(struct doctor *doctor)
{
	struct store *store = doctor->keeld->store;
	struct ek_why why = {""};

	switch (store_state(store)) {
	case STORE_NONE:
		say_none(doctor);
		break;
	case STORE_BROKEN:
		say_broken(doctor);
		break;
	case STORE_LOCKED:
	case STORE_OPEN:
		if (!is_there(store_place(store), "book.db")) {
			buf_str(&doctor->words,
			    "The book's file (book.db) was taken away while "
			    "keeld had it open.");
			put_back(doctor);
		} else if (store_check(store, &why) != EK_OK) {
			buf_str(&doctor->words, "The book's file is damaged.");
			buf_str(&doctor->remedy,
			    "save what is there: keel export FILE; then "
			    "run: " DOCTOR_RESTART " and keel doctor again");
		} else {
			buf_str(&doctor->words, "The book's file is whole.");
		}
		break;
	}
	doctor_end(doctor, "book-file");
}

static void
check_folder(struct doctor *doctor)
{
	const char *place = store_place(doctor->keeld->store);
	struct statvfs fs;
	struct stat st;

	buf_str(&doctor->words, "The book's folder ");
	if (lstat(place, &st) != 0 || !S_ISDIR(st.st_mode)) {
		buf_str(&doctor->words, "is not there.");
		buf_str(&doctor->remedy, "run: " DOCTOR_RESTART);
	} else if (st.st_uid != geteuid()) {
		buf_str(&doctor->words, "belongs to another user.");
		buf_fmt(&doctor->remedy, "run: sudo chown -R %u ",
		    (unsigned)geteuid());
		doctor_path(&doctor->remedy, place);
	} else if ((st.st_mode & 0777) != 0700) {
		buf_str(
		    &doctor->words, (st.st_mode & 077) != 0
					? "is open to other users."
					: "does not let you read and write.");
		buf_str(&doctor->remedy, "run: chmod 700 ");
		doctor_path(&doctor->remedy, place);
	} else if (statvfs(place, &fs) == 0 && (fs.f_flag & ST_RDONLY) != 0) {
		buf_str(&doctor->words,
		    "lies on a disk that cannot be written now.");
		buf_str(&doctor->remedy,
		    "have its disk made writable (sudo mount -o remount,rw "
		    "on it), then run: " DOCTOR_RESTART);
	} else {
		buf_str(&doctor->words, "is yours alone.");
	}
	doctor_end(doctor, "folder");
}

static void
check_disk(struct doctor *doctor)
{
	const char *place = store_place(doctor->keeld->store);
	struct statvfs fs;
	uint64_t bytes;

	if (statvfs(place, &fs) != 0) {
		buf_str(&doctor->words,
		    "The free room on the disk cannot be told.");
		buf_str(&doctor->remedy, "see that this works: df ");
		doctor_path(&doctor->remedy, place);
		doctor_end(doctor, "free-disk");
		return;
	}
	bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (bytes < FREE_MIN_BYTES)
		buf_fmt(&doctor->words,
		    "The book's disk is nearly full: %u KB are free.",
		    (unsigned)(bytes / 1024));
	else if (fs.f_files > 0 && fs.f_favail == 0)
		buf_str(&doctor->words,
		    "The book's disk has room for no more files.");
	else
		buf_str(&doctor->words, "The book's disk has room.");
	if (bytes < FREE_MIN_BYTES || (fs.f_files > 0 && fs.f_favail == 0)) {
		buf_str(&doctor->remedy,
		    "remove what you need no more; this disk: df ");
		doctor_path(&doctor->remedy, place);
	}
	doctor_end(doctor, "free-disk");
}

/* SQLite never runs over a network; a home there needs a place here. */
static void
check_network(struct doctor *doctor)
{
	const struct store *store = doctor->keeld->store;
	const char *place = store_place(store), *home = store_network(store);

	if (home[0] == '\0' && !store_is_network(place)) {
		buf_str(&doctor->words, "The book lies on a disk of this "
					"computer.");
	} else if (home[0] == '\0') {
		buf_str(&doctor->words,
		    "The book now lies on a network disk, where it is not "
		    "safe.");
		buf_str(&doctor->remedy,
		    "keep a sealed copy (keel copy now), then "
		    "run: " DOCTOR_RESTART " and keel doctor again");
	} else if (!is_there(place, ".")) {
		buf_str(&doctor->words,
		    "Your home is on the network, and this computer has no "
		    "place of its own for the book.");
		buf_str(&doctor->remedy,
		    "run: sudo install -d -m 1777 " LOCAL_ROOT
		    " and then: " DOCTOR_RESTART);
	} else if (store_state(store) == STORE_NONE &&
		   is_there(home, "book.db")) {
		buf_str(&doctor->words,
		    "Your home is on the network, and a book still lies "
		    "there.");
		buf_str(&doctor->remedy,
		    "run: systemctl --user stop keeld.service; cp -p ");
		doctor_path(&doctor->remedy, home);
		buf_str(&doctor->remedy, "/book.* ");
		doctor_path(&doctor->remedy, place);
		buf_str(&doctor->remedy, "; " DOCTOR_RESTART);
	} else {
		buf_str(&doctor->words,
		    "Your home is on the network; the book lies on a disk of "
		    "this computer, as it should.");
	}
	doctor_end(doctor, "network-home");
}

static void
check_pending(struct doctor *doctor)
{
	struct store *store = doctor->keeld->store;
	size_t count = store_pending(store);

	if (count == 0) {
		buf_str(&doctor->words, "Nothing waits to be let in.");
	} else {
		buf_fmt(&doctor->words,
		    "%zu %s made while the book was locked and %s for your "
		    "yes or no.",
		    count, count == 1 ? "entry was" : "entries were",
		    count == 1 ? "waits" : "wait");
		buf_str(&doctor->remedy, "run: keel unlock --keep yes");
		buf_str(&doctor->remedy, " (or no, if you did not make ");
		buf_str(&doctor->remedy, count == 1 ? "it)" : "them)");
	}
	doctor_end(doctor, "pending");
}

/* Nothing of ours reads them: what is to be said is what they may hold. */
static void
check_aside(struct doctor *doctor)
{
	const struct store *store = doctor->keeld->store;

	if (aside_of_book(store, NULL, NULL) == 0) {
		buf_str(&doctor->words, "No damaged book lies aside.");
	} else {
		buf_str(&doctor->words,
		    "A damaged book was set aside. What you delete from the "
		    "book may still lie in it, sealed.");
		buf_str(&doctor->remedy,
		    "when you miss nothing in your book, run: shred -u ");
		doctor_path(&doctor->remedy, store_place(store));
		buf_str(&doctor->remedy, "/book.*" ASIDE_MARK "*");
	}
	doctor_end(doctor, "set-aside");
}

void
doctor_book(struct doctor *doctor)
{
	check_file(doctor);
	check_folder(doctor);
	check_disk(doctor);
	check_network(doctor);
	check_pending(doctor);
	check_aside(doctor);
}
