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
