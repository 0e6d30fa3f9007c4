/*
 * hard - process hardening, in the order that leaves no window: the dump
 * switch before any secret, fds before any file is opened.
 *
 * systemd-coredump ignores RLIMIT_CORE (PROTOCOL.md fact 5), so not being
 * dumpable is what counts; the limit is for plain core files.
 */
#include "base/hard.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/unit.h"
#include "evenkeel/json.h"

void
hard_free(void *memory)
{
	if (memory == NULL)
		return;
	explicit_bzero(memory, malloc_usable_size(memory));
	free(memory);
}

void *
hard_realloc(void *memory, size_t size)
{
	size_t old;
	void *grown;

	if (memory == NULL)
		return malloc(size);
	old = malloc_usable_size(memory);
	grown = malloc(size);
	if (grown == NULL)
		return NULL;
	memcpy(grown, memory, old < size ? old : size);
	hard_free(memory);
	return grown;
}

/* 0, 1 and 2 must be taken, or the database could become "stderr". */
static enum ek_err
fill_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return EK_IO;
	close(fd);
	return EK_OK;
}

enum ek_err
hard_start(struct ek_why *reterr_why)
{
	const struct rlimit none = {0, 0};

#ifndef EK_TEST_BUILD
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		goto fail;
#endif
	if (setrlimit(RLIMIT_CORE, &none) != 0)
		goto fail;
	umask(077);
	if (fill_standard_fds() != EK_OK)
		goto fail;
	/* What systemd handed us stays; the rest was left open by whoever
	 * started us. */
	closefrom(STDERR_FILENO + 1 + unit_socket_count());
	json_set_alloc_funcs(malloc, hard_free);
	return EK_OK;
fail:
	return ek_why(reterr_why, EK_IO,
	    "the process cannot be protected: %s; check the limits it is "
	    "started with",
	    strerror(errno));
}
