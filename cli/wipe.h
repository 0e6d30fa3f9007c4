/*
 * wipe - folders that held her words, overwritten and removed.
 */
#ifndef EVENKEEL_CLI_WIPE_H
#define EVENKEEL_CLI_WIPE_H

/* What an open file holds. */
void wipe_fd(int fd);
/* Everything in it, and the folder; links are removed, not followed. */
void wipe_folder(const char *path);
/* Folders in run whose names begin so and whose lock (flock) nobody holds:
 * what a keel that was killed left. */
void wipe_left(const char *run, const char *begins);

#endif
