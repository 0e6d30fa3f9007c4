/*
 * save - temp file, fsync, rename, fsync of the folder.  See save.h.
 *
 * Signals wait meanwhile, so that no half of her book is left lying about.
 */
#include "save.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evenkeel/paths.h"

#define TEMP ".keel-XXXXXX"

static enum ek_err
why_errno(int code, const char *doing, struct ek_why *why)
{
	enum ek_err err = EK_IO;

	if (code == ENOSPC || code == EDQUOT || code == EFBIG)
		err = EK_NO_SPACE;
	else if (code == EROFS || code == EACCES || code == EPERM)
		err = EK_READ_ONLY;
	else if (code == ENOENT || code == ENOTDIR)
		err = EK_NOT_FOUND;
	return ek_why(why, err,
	    "%s (%s), and nothing was written; give another place, or mend it",
	    doing, strerror(code));
}

/* The folder of path, and a temp name in it. */
static enum ek_err
make_names(const char *path, char *folder, char *temp, struct ek_why *why)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path) + 1;

	if (path[0] == '\0' || (slash != NULL && slash[1] == '\0'))
		return ek_why(why, EK_USAGE,
		    "this names a folder, not a file; give a file name");
	if (strlen(path) >= EK_PATH_MAX)
		return ek_why(why, EK_INVALID,
		    "the path is longer than %d bytes; use a shorter one",
		    EK_PATH_MAX - 1);
	snprintf(folder, EK_PATH_MAX + 2, "%.*s", slash == NULL ? 1 : (int)len,
	    slash == NULL ? "." : path);
	snprintf(temp, EK_PATH_MAX + 32, "%.*s" TEMP, (int)len, path);
	return EK_OK;
}

static bool
write_all(int fd, const struct buf *bytes)
{
	size_t done = 0;

	while (done < bytes->len) {
		ssize_t n = write(fd, bytes->data + done, bytes->len - done);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			done += (size_t)n;
	}
	return true;
}

/* What the disk has is what was meant. */
static bool
same_back(int fd, const struct buf *bytes)
{
	char chunk[65536];
	size_t at = 0;
	bool same = true;
	ssize_t n;

	while (same && (n = pread(fd, chunk, sizeof(chunk), (off_t)at)) > 0) {
		same = (size_t)n <= bytes->len - at &&
		       memcmp(chunk, bytes->data + at, (size_t)n) == 0;
		at += (size_t)n;
	}
	explicit_bzero(chunk, sizeof(chunk));
	return same && at == bytes->len;
}

/* The name goes in last; one that is there stays unless force is given. */
static enum ek_err
put_name(const char *temp, const char *path, bool force, struct ek_why *why)
{
	if (force) {
		if (rename(temp, path) == 0)
			return EK_OK;
		return why_errno(errno, "the file cannot take its name", why);
	}
	if (renameat2(AT_FDCWD, temp, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return EK_OK;
	/* A file system without it: a link never replaces either. */
	if ((errno == EINVAL || errno == ENOSYS) && link(temp, path) == 0) {
		(void)unlink(temp);
		return EK_OK;
	}
	if (errno == EEXIST)
		return ek_why(why, EK_CONFLICT,
		    "there is a file of that name already; give another, or "
		    "--force to replace it");
	return why_errno(errno, "the file cannot take its name", why);
}

static void
sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)fsync(fd); /* the bytes are safe; FAT cannot sync a folder */
	close(fd);
}

static enum ek_err
save(const char *path, const struct buf *bytes, bool force, struct ek_why *why)
{
	char folder[EK_PATH_MAX + 2];
	char temp[EK_PATH_MAX + 32];
	enum ek_err err;
	int fd;

	err = make_names(path, folder, temp, why);
	if (err != EK_OK)
		return err;
	fd = mkostemp(temp, O_CLOEXEC); /* 0600 */
	if (fd < 0)
		return why_errno(
		    errno, "no file can be made in that folder", why);
	if (!write_all(fd, bytes) || fsync(fd) != 0)
		err = why_errno(errno, "the file cannot be written", why);
	else if (!same_back(fd, bytes))
		err = ek_why(why, EK_IO,
		    "what was written does not read back the same; use "
		    "another disk");
	if (close(fd) != 0 && err == EK_OK)
		err = why_errno(errno, "the file cannot be written", why);
	if (err == EK_OK)
		err = put_name(temp, path, force, why);
	if (err != EK_OK)
		(void)unlink(temp);
	else
		sync_folder(folder);
	return err;
}

enum ek_err
save_file(const char *path, const struct buf *bytes, bool force,
    struct ek_why *reterr_why)
{
	sigset_t held;
	sigset_t before;
	struct stat st;
	enum ek_err err;

	if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return ek_why(reterr_why, EK_USAGE,
		    "this names a folder, not a file; give a file name");
	if (!force && lstat(path, &st) == 0)
		return ek_why(reterr_why, EK_CONFLICT,
		    "there is a file of that name already; give another, or "
		    "--force to replace it");
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigaddset(&held, SIGQUIT);
	sigprocmask(SIG_BLOCK, &held, &before);
	err = save(path, bytes, force, reterr_why);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

static enum ek_err
read_file(int fd, struct buf *ret, struct ek_why *why)
{
	char chunk[65536];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return ek_why(
		    why, EK_INVALID, "this is not a plain file; give a file");
	if (st.st_size > 0 && (size_t)st.st_size > ret->max)
		ret->err = EK_TOO_LARGE; /* not even begun */
	do {
		n = ret->err == EK_OK ? read(fd, chunk, sizeof(chunk)) : 0;
		if (n > 0)
			buf_add(ret, chunk, (size_t)n);
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0)
		return ek_why(why, EK_IO,
		    "the file cannot be read (%s); try another copy",
		    strerror(errno));
	explicit_bzero(chunk, sizeof(chunk));
	if (ret->err == EK_TOO_LARGE)
		return ek_why(why, EK_TOO_LARGE,
		    "the file is larger than %zu bytes; it cannot be what is "
		    "wanted here",
		    ret->max);
	return buf_err(ret);
}

enum ek_err
save_load(const char *path, struct buf *ret, struct ek_why *reterr_why)
{
	struct buf bytes;
	enum ek_err err;
	int fd;

	/* NONBLOCK: a pipe without a writer must not hold us. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return ek_why(reterr_why,
		    errno == ENOENT ? EK_NOT_FOUND : EK_IO,
		    "the file cannot be opened (%s); look at its name",
		    strerror(errno));
	buf_init(&bytes, ret->max);
	err = read_file(fd, &bytes, reterr_why);
	close(fd);
	if (err == EK_OK) {
		buf_clear(ret);
		buf_add(ret, buf_text(&bytes), bytes.len);
		err = buf_err(ret);
	}
	buf_done(&bytes);
	return err;
}
