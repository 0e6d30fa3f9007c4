/*
 * store_file - small files whole: read, written by rename, overwritten before
 * they go.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeld/store_in.h"

long
store_read_file(const char *path, void *out, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t len = 0;
	ssize_t got = 1;
	int error;

	if (fd < 0)
		return -1;
	while (len < room && got != 0) {
		got = read(fd, (char *)out + len, room - len);
		if (got < 0 && errno != EINTR)
			break;
		if (got > 0)
			len += (size_t)got;
	}
	error = errno;
	close(fd);
	errno = error;
	return got < 0 ? -1 : (long)len;
}

enum ek_err
store_io_error(const char *what, struct ek_why *why)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return ek_why(why, EK_NO_SPACE,
		    "the disk is full, %s was not written; free some room",
		    what);
	if (errno == EACCES || errno == EROFS || errno == EPERM)
		return ek_why(why, EK_READ_ONLY,
		    "%s cannot be written (%s); check the folder's permissions",
		    what, strerror(errno));
	return ek_why(why, EK_IO, "%s could not be written (%s); try again",
	    what, strerror(errno));
}

static bool
write_all(int fd, const char *bytes, size_t len)
{
	ssize_t put;

	while (len > 0) {
		put = write(fd, bytes, len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		bytes += put;
		len -= (size_t)put;
	}
	return true;
}

bool
store_sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

enum ek_err
store_unmark(const struct store *store, const char *name, struct ek_why *why)
{
	char path[EK_PATH_MAX];
	enum ek_err err = store_path(store, name, path);

	if (err == EK_OK && unlink(path) != 0 && errno != ENOENT)
		err = store_io_error(name, why);
	if (err == EK_OK && !store_sync_dir(store->place))
		err = store_io_error(name, why);
	return err;
}

enum ek_err
store_write_file(const char *dir, const char *name, const void *bytes,
    size_t len, struct ek_why *why)
{
	char path[EK_PATH_MAX + 64], temp[EK_PATH_MAX + 64];
	enum ek_err err = EK_OK;
	bool ok;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	snprintf(temp, sizeof(temp), "%s/%s.tmp", dir, name);
	unlink(temp); /* left by a crash */
	fd = open(
	    temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return store_io_error(name, why);
	ok = write_all(fd, bytes, len) && fsync(fd) == 0;
	if (!ok)
		err = store_io_error(name, why);
	if (close(fd) != 0 && err == EK_OK)
		err = store_io_error(name, why);
	if (err == EK_OK && rename(temp, path) != 0)
		err = store_io_error(name, why);
	if (err == EK_OK && !store_sync_dir(dir))
		err = store_io_error(name, why);
	if (err != EK_OK)
		unlink(temp);
	return err;
}

/* Overwrites, then removes: the file held a key. */
bool
store_shred(const char *path)
{
	struct stat st;
	char zeros[4096] = {0};
	off_t left;
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0 && fstat(fd, &st) == 0) {
		for (left = st.st_size; left > 0; left -= (off_t)sizeof(zeros))
			if (!write_all(fd, zeros,
				left < (off_t)sizeof(zeros) ? (size_t)left
							    : sizeof(zeros)))
				break;
		fsync(fd);
	}
	if (fd >= 0)
		close(fd);
	return unlink(path) == 0 || errno == ENOENT;
}
