/*
 * wipe - overwritten, synced, removed: folders that held her words.
 *
 * In place, so that what stood on the disk does not stand there still (as far
 * as a disk that moves blocks about allows; the runtime folder is in memory).
 */
#include "wipe.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evenkeel/paths.h"

void
wipe_fd(int fd)
{
	char zeros[4096] = {0};
	struct stat st;
	off_t at = 0;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	while (at < st.st_size) {
		off_t left = st.st_size - at;
		size_t want =
		    left < (off_t)sizeof(zeros) ? (size_t)left : sizeof(zeros);
		ssize_t n = pwrite(fd, zeros, want, at);

		if (n <= 0)
			break;
		at += n;
	}
	(void)fsync(fd);
}

static void
wipe_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return;
	wipe_fd(fd);
	close(fd);
}

static int
wipe_cb(const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)where;
	if (flag == FTW_F && S_ISREG(st->st_mode))
		wipe_file(path);
	(void)remove(path);
	return 0;
}

void
wipe_folder(const char *path)
{
	(void)nftw(path, wipe_cb, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

void
wipe_left(const char *run, const char *begins)
{
	char path[EK_PATH_MAX + 300];
	struct dirent *entry;
	DIR *dir = opendir(run);

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		int fd;

		if (strncmp(entry->d_name, begins, strlen(begins)) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", run, entry->d_name);
		fd =
		    open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			wipe_folder(path);
		close(fd);
	}
	if (dir != NULL)
		closedir(dir);
}
