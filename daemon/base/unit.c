/*
 * unit - sd_listen_fds(3) and sd_notify(3) by their documented environment.
 *
 * Nothing here fails loudly: outside systemd both calls do nothing, and a
 * malformed environment is treated like none.
 */
#include "base/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_FD 3
#define FDS_MAX  64

/* A whole decimal number, or -1. */
static long
env_number(const char *name)
{
	const char *text = getenv(name);
	char *end;
	long value;

	if (text == NULL || text[0] < '0' || text[0] > '9')
		return -1;
	errno = 0;
	value = strtol(text, &end, 10);
	return *end == '\0' && errno == 0 ? value : -1;
}

int
unit_socket_count(void)
{
	long count = env_number("LISTEN_FDS");

	if (env_number("LISTEN_PID") != (long)getpid() || count < 0 ||
	    count > FDS_MAX)
		return 0;
	return (int)count;
}

static bool
is_listening_socket(int fd)
{
	struct stat st;
	int listening = 0;
	socklen_t len = sizeof(listening);

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode) &&
	       getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) ==
		   0 &&
	       listening != 0;
}

int
unit_socket(const char *name)
{
	const char *at = getenv("LISTEN_FDNAMES");
	int count = unit_socket_count(), i;
	size_t len;

	if (at == NULL)
		return -1;
	for (i = 0; i < count; i++) {
		len = strcspn(at, ":");
		if (len == strlen(name) && memcmp(at, name, len) == 0) {
			int fd = FIRST_FD + i;

			if (!is_listening_socket(fd) ||
			    fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
				return -1;
			return fd;
		}
		if (at[len] == '\0')
			return -1;
		at += len + 1;
	}
	return -1;
}

bool
unit_started(void)
{
	return env_number("SYSTEMD_EXEC_PID") == (long)getpid();
}

bool
unit_replaced(void)
{
	static const char gone[] = " (deleted)"; /* proc(5), /proc/pid/exe */
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path));

	return len > (ssize_t)sizeof(gone) - 1 &&
	       memcmp(path + len - (sizeof(gone) - 1), gone,
		   sizeof(gone) - 1) == 0;
}

void
unit_notify(const char *state)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len;
	int fd;

	if (path == NULL || (path[0] != '/' && path[0] != '@'))
		return;
	len = strlen(path);
	if (len < 2 || len >= sizeof(addr.sun_path))
		return;
	memcpy(addr.sun_path, path, len);
	if (path[0] == '@')
		addr.sun_path[0] = '\0'; /* the abstract namespace */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	/* A manager that does not read must not stall us. */
	(void)sendto(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
	    (const struct sockaddr *)&addr,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	close(fd);
}
