/*
 * file - reading a file she names on the command line.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "evenkeel/text.h"

#define NAME_SHOWN_MAX 100 /* bytes: the remedy behind it must be seen too */

static bool
may_be_shown(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= NAME_SHOWN_MAX && text_plain_ok(name, len) &&
	       strpbrk(name, "\n\t") == NULL;
}

const char *
file_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL || slash[1] == '\0' ? path : slash + 1;

	if (strcmp(path, "-") == 0)
		return "standard input";
	return may_be_shown(name) ? name : "that file";
}

static enum ek_err
refuse(const char *path, int why_not, struct ek_why *reterr_why)
{
	const char *name = file_name(path);

	if (why_not == ENOENT || why_not == ENOTDIR)
		return ek_why(reterr_why, EK_NOT_FOUND,
		    "%s is not there; look at its name and folder", name);
	if (why_not == EACCES || why_not == EPERM)
		return ek_why(reterr_why, EK_DENIED,
		    "%s may not be read by you; ask its owner or copy it",
		    name);
	if (why_not == EISDIR)
		return ek_why(reterr_why, EK_INVALID,
		    "%s is a folder; name a file in it", name);
	return ek_why(reterr_why, EK_IO, "%s could not be read (%s); try again",
	    name, strerrordesc_np(why_not));
}

static enum ek_err
read_fd(int fd, const char *path, struct buf *ret, struct ek_why *reterr_why)
{
	char part[65536];
	enum ek_err err = EK_OK;
	ssize_t got = 1;

	while (err == EK_OK && got > 0 && ret->len < ret->max) {
		size_t wanted = ret->max - ret->len;

		got = read(
		    fd, part, wanted < sizeof(part) ? wanted : sizeof(part));
		if (got > 0)
			buf_add(ret, part, (size_t)got);
		else if (got < 0 && errno == EINTR)
			got = 1;
		else if (got < 0)
			err = refuse(path, errno, reterr_why);
		if (err == EK_OK)
			err = buf_err(ret);
	}
	explicit_bzero(part, sizeof(part));
	return err;
}

enum ek_err
file_read(const char *path, struct buf *ret, struct ek_why *reterr_why)
{
	bool from_stdin = strcmp(path, "-") == 0;
	enum ek_err err;
	int fd = STDIN_FILENO;

	if (!from_stdin)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return refuse(path, errno, reterr_why);
	err = read_fd(fd, path, ret, reterr_why);
	if (!from_stdin)
		close(fd);
	return err;
}
