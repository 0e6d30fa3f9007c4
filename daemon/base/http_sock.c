/*
 * http_sock - the socket recipe: one daemon a path, no window in which another
 * user could connect, nothing removed that is not a dead socket of ours.
 *
 * The lock file stays when we stop: removing it would let two daemons hold
 * "the" lock, one of them on a file that is gone.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/http.h"
#include "evenkeel/paths.h"

#define BACKLOG 64
/* As many as the kernel keeps: past that, a knock is heard a second later. */
#define BACKLOG_LOOPBACK 4096

static enum ek_err
why_errno(const char *what, const char *path, struct ek_why *reterr_why)
{
	int saved = errno;

	switch (saved) {
	case EACCES:
	case EPERM:
	case EROFS:
		return ek_why(reterr_why, EK_READ_ONLY,
		    "%s %s cannot be made: %s; check who owns its folder", what,
		    path, strerror(saved));
	case ENOENT:
	case ENOTDIR:
		return ek_why(reterr_why, EK_NOT_FOUND,
		    "%s %s cannot be made: its folder is not there; make it",
		    what, path);
	case ENOSPC:
	case EDQUOT:
		return ek_why(reterr_why, EK_NO_SPACE,
		    "%s %s cannot be made: the disk is full; free some room",
		    what, path);
	case ELOOP:
		return ek_why(reterr_why, EK_CONFLICT,
		    "%s %s is a symbolic link; remove it and start again", what,
		    path);
	}
	return ek_why(reterr_why, EK_IO, "%s %s: %s; run: keel doctor", what,
	    path, strerror(saved));
}

static enum ek_err
take_lock(const char *path, int *ret_fd, struct ek_why *reterr_why)
{
	char lock_path[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 8];
	int fd, saved;

	snprintf(lock_path, sizeof(lock_path), "%s.lock", path);
	fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return why_errno("the lock", lock_path, reterr_why);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		*ret_fd = fd;
		return EK_OK;
	}
	saved = errno;
	close(fd);
	errno = saved;
	if (saved == EWOULDBLOCK)
		return ek_why(reterr_why, EK_BUSY,
		    "another keeld is already serving %s; stop it first", path);
	return why_errno("the lock", lock_path, reterr_why);
}

/* Someone may serve without our lock: systemd, or another program. */
static bool
is_alive(const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool alive;

	if (fd < 0)
		return true; /* cannot tell: leave it alone */
	alive =
	    connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) == 0 ||
	    errno == EAGAIN;
	close(fd);
	return alive;
}

static enum ek_err
remove_stale(const struct sockaddr_un *addr, struct ek_why *reterr_why)
{
	const char *path = addr->sun_path;
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT
			   ? EK_OK
			   : why_errno("the socket", path, reterr_why);
	if (!S_ISSOCK(st.st_mode))
		return ek_why(reterr_why, EK_CONFLICT,
		    "%s is there and is no socket; move it away and start "
		    "again",
		    path);
	if (is_alive(addr))
		return ek_why(reterr_why, EK_BUSY,
		    "another program is already serving %s; stop it first",
		    path);
	if (unlink(path) != 0)
		return why_errno("the old socket", path, reterr_why);
	return EK_OK;
}

static enum ek_err
bind_private(int fd, const struct sockaddr_un *addr, struct ek_why *reterr_why)
{
	mode_t old = umask(0177);
	int rc = bind(fd, (const struct sockaddr *)addr, sizeof(*addr));
	int saved = errno;

	umask(old);
	errno = saved;
	if (rc != 0)
		return why_errno("the socket", addr->sun_path, reterr_why);
	if (listen(fd, BACKLOG) == 0)
		return EK_OK;
	saved = errno;
	unlink(addr->sun_path);
	errno = saved;
	return why_errno("the socket", addr->sun_path, reterr_why);
}

enum ek_err
http_listen_unix(
    const char *path, int *ret_fd, int *ret_lock_fd, struct ek_why *reterr_why)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = -1, lock_fd = -1;
	enum ek_err err;

	_Static_assert(EK_SOCK_MAX < sizeof(addr.sun_path), "room for the NUL");
	if (path[0] == '\0' || strlen(path) > EK_SOCK_MAX)
		return ek_why(reterr_why, EK_INVALID,
		    "the socket's path is too long; use a home whose path has "
		    "fewer bytes (a socket's path has at most %d)",
		    EK_SOCK_MAX);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	err = take_lock(path, &lock_fd, reterr_why);
	if (err == EK_OK)
		err = remove_stale(&addr, reterr_why);
	if (err != EK_OK)
		goto out;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		err = why_errno("the socket", path, reterr_why);
		goto out;
	}
	err = bind_private(fd, &addr, reterr_why);
	if (err != EK_OK)
		goto out;
	*ret_fd = fd;
	*ret_lock_fd = lock_fd;
	fd = lock_fd = -1; /* handed over */
out:
	if (fd >= 0)
		close(fd);
	if (lock_fd >= 0)
		close(lock_fd);
	return err;
}

enum ek_err
http_listen_loopback(int *ret_fd, uint16_t *ret_port, struct ek_why *reterr_why)
{
	struct sockaddr_in addr = {.sin_family = AF_INET};
	socklen_t len = sizeof(addr);
	int fd, on = 1, saved;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* No SO_REUSEADDR: a port that others left is not wanted.  What is
	 * accepted takes TCP_NODELAY from its listener. */
	if (fd >= 0 &&
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
	    bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0 &&
	    listen(fd, BACKLOG_LOOPBACK) == 0 &&
	    getsockname(fd, (struct sockaddr *)&addr, &len) == 0) {
		*ret_fd = fd;
		*ret_port = ntohs(addr.sin_port);
		return EK_OK;
	}
	saved = errno;
	if (fd >= 0)
		close(fd);
	return ek_why(reterr_why, EK_IO,
	    "no port can be had on 127.0.0.1: %s; use the program keel "
	    "instead",
	    strerror(saved));
}
