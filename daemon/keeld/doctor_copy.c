/*
 * doctor_copy - the sealed copy: is there a place, can it be reached and
 * written, is the copy fresh, and does it open.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeld/aside.h"
#include "keeld/doctor.h"

#define FRESH_MS (2 * 24 * 3600 * INT64_C(1000))

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool
same_disk(const char *one, const char *other)
{
	struct stat a, b;

	return stat(one, &a) == 0 && stat(other, &b) == 0 &&
	       a.st_dev == b.st_dev;
}

static void
check_place(struct doctor *doctor)
{
	const char *place = copy_info(doctor->keeld->copy)->place;

	if (place[0] == '\0') {
		buf_str(&doctor->words,
		    "No sealed copy is kept: if this disk is lost, so is the "
		    "book.");
		buf_str(&doctor->remedy,
		    "choose a folder on another disk: keel copy set DIR");
	} else if (!is_folder(place)) {
		buf_str(&doctor->words,
		    "The folder of the sealed copy cannot be reached.");
		buf_str(&doctor->remedy, "plug in its disk, or make it (mkdir "
					 "-p ");
		doctor_path(&doctor->remedy, place);
		buf_str(&doctor->remedy,
		    "), or choose another folder: keel copy set DIR");
	} else if (access(place, W_OK) != 0 && errno == EROFS) {
		buf_str(&doctor->words,
		    "The disk of the sealed copy cannot be written now.");
		buf_str(&doctor->remedy, "run: sudo mount -o remount,rw ");
		doctor_path(&doctor->remedy, place);
		buf_str(&doctor->remedy,
		    "; or choose another folder: keel copy set DIR");
	} else if (access(place, R_OK | W_OK | X_OK) != 0) {
		buf_str(&doctor->words,
		    "The folder of the sealed copy cannot be written.");
		buf_str(&doctor->remedy, "run: chmod u+rwx ");
		doctor_path(&doctor->remedy, place);
		buf_str(&doctor->remedy,
		    "; or choose another folder: keel copy set DIR");
	} else if (same_disk(place, store_place(doctor->keeld->store))) {
		buf_str(&doctor->words,
		    "The sealed copy has a place, but on the disk the book is "
		    "on. Another disk would be safer: keel copy set DIR");
	} else {
		buf_str(&doctor->words,
		    "The sealed copy has a place on another disk.");
	}
	doctor_end(doctor, "copy-place");
}

static void
check_fresh(struct doctor *doctor)
{
	const struct copy_info *info = copy_info(doctor->keeld->copy);

	if (info->place[0] == '\0') {
		buf_str(
		    &doctor->words, "No sealed copy is kept (see copy-place).");
		doctor_end(doctor, "copy-fresh");
		return;
	}
	if (!doctor_open(doctor, "copy-fresh"))
		return;
	if (info->written_ms == 0)
		buf_str(&doctor->words, "The sealed copy is not written yet.");
	else if (access(info->file, F_OK) != 0)
		buf_str(&doctor->words,
		    "The sealed copy is not where it was written.");
	else if (doctor->now.ms - info->written_ms > FRESH_MS)
		buf_fmt(&doctor->words, "The sealed copy is %u days old.",
		    (unsigned)((doctor->now.ms - info->written_ms) /
			       (24 * 3600 * INT64_C(1000))));
	else {
		buf_str(&doctor->words, "The sealed copy is fresh.");
		doctor_end(doctor, "copy-fresh");
		return;
	}
	buf_str(&doctor->remedy, "run: keel copy now");
	doctor_end(doctor, "copy-fresh");
}

/* Is the file at least a sealed copy by its head? */
static bool
looks_whole(const struct copy_info *info)
{
	struct copy_found found[16];
	size_t count = 0, i;

	if (info->file[0] == '\0' || access(info->file, F_OK) != 0)
		return true; /* nothing there: copy-fresh says it */
	if (copy_look(info->place, found, 16, &count, NULL) != EK_OK)
		return true;
	for (i = 0; i < count; i++)
		if (strcmp(found[i].file, info->file) == 0)
			return true;
	return count == 16;
}

/* What does not fit is said when these are gone. */
static void
put_path_cb(const char *path, void *arg)
{
	struct buf *buf = arg;

	if (buf->len > DOCTOR_TEXT_MAX / 4)
		return;
	buf_char(buf, ' ');
	doctor_path(buf, path);
}

static void
say_aside(struct doctor *doctor, const char *place)
{
	buf_str(&doctor->words,
	    "A damaged copy was set aside. A good one is written in its stead. "
	    "What you delete from the book may still lie in the damaged one, "
	    "sealed.");
	buf_str(&doctor->remedy,
	    "look after the disk it lies on; when the copy is fresh again, "
	    "run: rm");
	aside_each(place, "evenkeel-", put_path_cb, &doctor->remedy);
}

static void
check_opens(struct doctor *doctor)
{
	const struct copy_info *info = copy_info(doctor->keeld->copy);
	bool aside = info->place[0] != '\0' &&
		     aside_each(info->place, "evenkeel-", NULL, NULL) > 0;

	if (info->state == COPY_NONE) {
		buf_str(
		    &doctor->words, "No sealed copy is kept (see copy-place).");
	} else if (info->state == COPY_FOREIGN) {
		buf_str(&doctor->words,
		    "The sealed copy does not open here: it has another key "
		    "of this book, from another desk or from before the key "
		    "was changed.");
		buf_str(&doctor->remedy,
		    "join it by the eight words of that key: keel restore "
		    "--from ");
		doctor_path(&doctor->remedy, info->place);
	} else if (!looks_whole(info)) {
		buf_str(&doctor->words, "The sealed copy is damaged.");
		buf_str(&doctor->remedy,
		    "set it aside and write a good one: keel copy now");
	} else if (info->state == COPY_FAILED) {
		buf_str(&doctor->words, "The last try went wrong: ");
		doctor_why(doctor, info->why.text);
		buf_str(&doctor->remedy, "; then run: keel copy now");
	} else if (aside) {
		say_aside(doctor, info->place);
	} else {
		buf_str(
		    &doctor->words, info->state == COPY_OK
					? "The sealed copy opens."
					: "The sealed copy was not tried yet.");
	}
	doctor_end(doctor, "copy-opens");
}

void
doctor_copy(struct doctor *doctor)
{
	check_place(doctor);
	check_fresh(doctor);
	check_opens(doctor);
}
