/*
 * own_dir - see own_dir.h.
 *
 * Someone may name / or /tmp as the home, and be root: a folder is closed
 * only if it is not sticky and holds no folder but those that we make.
 */
#include "keeld/own_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_ours(const char *name)
{
	static const char *const names[] = {".", "..", "run", "instruments"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* errno as an error of ours. */
static enum ek_err
refused(void)
{
	return errno == EIO ? EK_IO : EK_READ_ONLY;
}

static enum ek_err
holds_others(const char *path, bool *ret)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool found = false;
	struct stat st;

	if (dir == NULL)
		return refused();
	while (!found && (entry = readdir(dir)) != NULL)
		found = !is_ours(entry->d_name) &&
			fstatat(dirfd(dir), entry->d_name, &st,
			    AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISDIR(st.st_mode);
	closedir(dir);
	*ret = found;
	return EK_OK;
}

enum ek_err
own_dir(const char *path, const char *what, struct ek_why *reterr_why)
{
	struct stat st;
	bool others = false;
	enum ek_err err;

	if (lstat(path, &st) != 0)
		return ek_why(reterr_why, EK_IO,
		    "%s cannot be looked at; run: keel doctor", what);
	if (!S_ISDIR(st.st_mode))
		return ek_why(reterr_why, EK_DENIED,
		    "%s is a link or a file; make it a folder", what);
	if (st.st_uid != geteuid())
		return ek_why(reterr_why, EK_DENIED,
		    "%s belongs to another user; use a folder of your own",
		    what);
	if ((st.st_mode & 077) == 0)
		return EK_OK;
	err = holds_others(path, &others);
	if (err != EK_OK)
		return ek_why(reterr_why, err,
		    "%s is open to others and cannot be looked into; run: "
		    "keel doctor",
		    what);
	if ((st.st_mode & S_ISVTX) != 0 || others)
		return ek_why(reterr_why, EK_DENIED,
		    "%s is open to others and holds what is not ours; give "
		    "one of its own with --home",
		    what);
	if (chmod(path, 0700) != 0)
		return ek_why(reterr_why, refused(),
		    "%s is open to others and cannot be closed; run: chmod "
		    "700 on it",
		    what);
	return EK_OK;
}
