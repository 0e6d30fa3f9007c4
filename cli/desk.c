/*
 * desk - programs of the desktop and of the session, told constants only.
 */
#include "desk.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Without a word of its own; 0: it could not be started. */
static pid_t
start(const char *const argv[])
{
	posix_spawn_file_actions_t files;
	pid_t pid = 0;

	if (posix_spawn_file_actions_init(&files) != 0)
		return 0;
	if (posix_spawn_file_actions_addopen(
		&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0) != 0 ||
	    posix_spawn_file_actions_addopen(
		&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) != 0 ||
	    posix_spawn_file_actions_addopen(
		&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0) != 0 ||
	    posix_spawnp(&pid, argv[0], &files, NULL,
		(char *const *)(uintptr_t)argv, environ) != 0)
		pid = 0;
	posix_spawn_file_actions_destroy(&files);
	return pid;
}

static bool
answers(const char *sock)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	bool ok;
	int fd;

	if (strlen(sock) >= sizeof(addr.sun_path))
		return true; /* not ours to mend */
	memcpy(addr.sun_path, sock, strlen(sock) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ok = fd < 0 ||
	     connect(fd, (const struct sockaddr *)&addr, sizeof(addr)) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

void
desk_wake(const char *sock)
{
	static const char *const argv[] = {
	    "systemctl", "--user", "--quiet", "start", "keeld.socket", NULL};
	pid_t pid = answers(sock) ? 0 : start(argv);

	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
}

static const char *
remedy(enum ek_err err)
{
	if (err == EK_UNREACHABLE)
		return "Log out and in again, then try once more. If that does "
		       "not help, tell your IT people: keeld does not answer. "
		       "Nothing you saved is lost.";
	if (err == EK_NOT_FOUND)
		return "No browser could be started. Tell your IT people: keel "
		       "open finds no browser. Nothing you saved is lost.";
	return "Try once more. If that does not help, tell your IT people: "
	       "keel doctor says what is wrong. Nothing you saved is lost.";
}

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

void
desk_tell(enum ek_err err)
{
	const char *const argv[] = {"notify-send", "--app-name=Evenkeel",
	    "--icon=evenkeel", "--hint=string:desktop-entry:evenkeel",
	    "Evenkeel could not be opened", remedy(err), NULL};

	if (isatty(STDERR_FILENO) == 1 || isatty(STDIN_FILENO) == 1 ||
	    (!is_set("WAYLAND_DISPLAY") && !is_set("DISPLAY")))
		return;
	(void)start(argv); /* it may wait for its server; we do not for it */
}
