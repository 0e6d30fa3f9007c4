/*
 * share - beside the program first, so that a build tree serves its own files.
 */
#include "keeld/share.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evenkeel/paths.h"

void
share_find(const char *name, char *out, size_t room)
{
	static const char *const places[] = {
	    "../share/evenkeel", "../share", "../../share"};
	char exe[EK_PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;
	size_t i;

	exe[len < 0 ? 0 : len] = '\0';
	slash = strrchr(exe, '/');
	for (i = 0; slash != NULL && i < sizeof(places) / sizeof(places[0]);
	     i++) {
		*slash = '\0';
		if (snprintf(out, room, "%s/%s/%s", exe, places[i], name) <
			(int)room &&
		    access(out, X_OK) == 0)
			return;
		*slash = '/';
	}
	snprintf(out, room, "%s/%s", EK_PREFIX "/share/evenkeel", name);
}

void
share_program(const char *name, const char *dir, char *out, size_t room)
{
	ssize_t len = readlink("/proc/self/exe", out, room - 1);
	char *slash;

	out[len < 0 ? 0 : len] = '\0';
	slash = strrchr(out, '/');
	if (slash != NULL) {
		snprintf(
		    slash + 1, room - (size_t)(slash + 1 - out), "%s", name);
		if (access(out, X_OK) == 0)
			return;
	}
	snprintf(out, room, "%s/%s/%s", EK_PREFIX, dir, name);
}
