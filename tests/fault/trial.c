/*
 * trial - the loops over faults, and folders to do it in.
 */
#include "trial.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST 100000 /* more calls than any act makes */

static const struct trial_fault faults[] = {
    {"no memory", INJECT_MEMORY, 0, EK_NOMEM, false},
    {"no memory", INJECT_MEMORY, 0, EK_NOMEM, true},
    {"no memory for SQLite", INJECT_SQLMEM, 0, EK_NOMEM, false},
    {"no memory for SQLite", INJECT_SQLMEM, 0, EK_NOMEM, true},
    {"EIO", INJECT_CALL, EIO, EK_IO, false},
    {"EIO", INJECT_CALL, EIO, EK_IO, true},
    {"ENOSPC", INJECT_CALL, ENOSPC, EK_NO_SPACE, false},
    {"ENOSPC", INJECT_CALL, ENOSPC, EK_NO_SPACE, true},
    {"EDQUOT", INJECT_CALL, EDQUOT, EK_NO_SPACE, true},
    {"EACCES", INJECT_CALL, EACCES, EK_READ_ONLY, false},
    {"EACCES", INJECT_CALL, EACCES, EK_READ_ONLY, true},
    {"EPERM", INJECT_CALL, EPERM, EK_READ_ONLY, true},
    {"EROFS", INJECT_CALL, EROFS, EK_READ_ONLY, true},
    {"EAGAIN", INJECT_CALL, EAGAIN, EK_BUSY, true},
    {"EINTR", INJECT_CALL, EINTR, EK_OK, false},
    {"half", INJECT_SHORT, 0, EK_OK, false},
    {"half", INJECT_SHORT, 0, EK_OK, true},
    {"SQLite", INJECT_SQL, SQLITE_IOERR, EK_IO, false},
    {"SQLite", INJECT_SQL, SQLITE_NOMEM, EK_NOMEM, true},
};

void
assert_held(const struct inject_held *before)
{
	struct inject_held held = inject_held();

	assert_int_equal(held.blocks, before->blocks);
	assert_int_equal(held.sodium, before->sodium);
	assert_int_equal(held.sql, before->sql);
	assert_int_equal(held.files, before->files);
}

static void
allocations(trial_act act, void *arg, bool lasting)
{
	struct inject_plan plan = {INJECT_MEMORY, 0, 1, lasting, NULL};
	struct inject_held before = inject_held();
	enum ek_err err;
	unsigned failed;

	for (; plan.nth < MOST; plan.nth++) {
		inject_arm(&plan);
		err = act(arg);
		failed = inject_disarm();
		if (failed == 0)
			break;
		if (err != EK_NOMEM)
			print_error("%u: %s: %s\n", plan.nth, inject_where(),
			    ek_err_code(err));
		assert_int_equal(err, EK_NOMEM);
		assert_held(&before);
	}
	assert_ok(err);
	assert_held(&before);
	assert_true(plan.nth > 1);
}

void
each_allocation(trial_act act, void *arg)
{
	allocations(act, arg, false);
	allocations(act, arg, true);
}

/* --- every fault --- */

static struct { /* for the line that says where a test failed */
	const struct trial_fault *fault;
	unsigned nth;
	enum ek_err err;
} now;

/* A failed assertion leaves the trial without a word of which it was. */
static void
tell(void)
{
	if (now.fault != NULL)
		fprintf(stderr, "# %s%s, call %u (%s): %s\n", now.fault->name,
		    now.fault->lasting ? " from now on" : "", now.nth,
		    inject_where(), ek_err_code(now.err));
}

/* Is this what the fault is to be called?  Three are SQLite's doing: it opens
 * a file read-only when it cannot be opened for writing, whyever that was; a
 * sector that does not read is a damaged file (SQLITE_IOERR_CORRUPTFS); and
 * why a sync failed it has forgotten by the time one can ask. */
static bool
is_called(enum ek_err err, const struct trial_fault *fault)
{
	if (err == fault->err)
		return true;
	if (fault->what != INJECT_CALL)
		return false;
	return (err == EK_READ_ONLY && inject_failed("open")) ||
	       (err == EK_CORRUPT && fault->code == EIO &&
		   inject_failed("pread")) ||
	       (err == EK_IO && fault->err == EK_NO_SPACE &&
		   (inject_failed("fdatasync") || fault->code == EDQUOT));
}

/* One try; false when nothing was left to fail. */
static bool
try(const struct trial *trial, const struct trial_fault *fault, unsigned nth)
{
	struct inject_plan plan = {
	    fault->what, fault->code, nth, fault->lasting, NULL};
	struct inject_held held = inject_held();
	unsigned failed;

	trial->before(trial->arg);
	inject_arm(&plan);
	now.fault = fault;
	now.nth = nth;
	now.err = trial->act(trial->arg);
	failed = inject_disarm();
	if (now.err != EK_OK)
		assert_true(failed > 0 && is_called(now.err, fault));
	trial->after(trial->arg, now.err, fault);
	assert_held(&held);
	now.fault = NULL;
	return failed > 0;
}

void
each_fault(const struct trial *trial)
{
	static bool told;
	size_t i;
	unsigned nth;

	if (!told)
		atexit(tell);
	told = true;
	tell(); /* of the test before */
	now.fault = NULL;
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		for (nth = 1; try(trial, &faults[i], nth); nth++)
			assert_true(nth < MOST);
	}
}

/* --- folders --- */

void
folder_make(char *dir, size_t room)
{
	const char *top = getenv("TMPDIR");

	inject_disarm(); /* a test before this one may have failed half-way */
	snprintf(dir, room, "%s/ek-XXXXXX", top == NULL ? "/tmp" : top);
	assert_non_null(mkdtemp(dir));
}

void
folder_remove(const char *dir)
{
	char path[4096];
	struct dirent *entry;
	DIR *open = opendir(dir);

	while (open != NULL && (entry = readdir(open)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (unlink(path) != 0)
			folder_remove(path);
	}
	if (open != NULL)
		closedir(open);
	rmdir(dir);
}

static void
file_copy(const char *from, const char *to)
{
	char part[65536];
	ssize_t got;
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(in >= 0 && out >= 0);
	while ((got = read(in, part, sizeof(part))) > 0)
		assert_int_equal(write(out, part, (size_t)got), got);
	assert_int_equal(got, 0);
	close(in);
	close(out);
}

void
folder_copy(const char *from, const char *to)
{
	char path[4096], copy[4096];
	struct dirent *entry;
	DIR *open = opendir(from);

	assert_non_null(open);
	mkdir(to, 0700);
	while ((entry = readdir(open)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", from, entry->d_name);
		snprintf(copy, sizeof(copy), "%s/%s", to, entry->d_name);
		file_copy(path, copy);
	}
	closedir(open);
}

size_t
folder_others(const char *dir, ...)
{
	struct dirent *entry;
	const char *name;
	DIR *open = opendir(dir);
	size_t others = 0;
	va_list ap;

	while (open != NULL && (entry = readdir(open)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		va_start(ap, dir);
		while ((name = va_arg(ap, const char *)) != NULL)
			if (strcmp(name, entry->d_name) == 0)
				break;
		va_end(ap);
		if (name == NULL)
			print_error("%s\n", entry->d_name);
		others += name == NULL;
	}
	if (open != NULL)
		closedir(open);
	return others;
}
