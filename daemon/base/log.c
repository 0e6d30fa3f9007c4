/*
 * log - one write(2) a line, so that lines of two processes never mix.
 *
 * The level and the journal's mark are the only globals of the daemons: a log
 * that had to be handed to everyone would be left out where it is needed.
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_BYTES 600

static enum log_level level_max = LOG_LEVEL_NOTE;
static bool to_journal;

/* JOURNAL_STREAM is "device:inode" of the journal's socket; a shell inherits
 * the variable, so it must be our stderr that it names (systemd.exec(5)). */
static bool
stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat st;
	char want[64];

	if (stream == NULL || fstat(STDERR_FILENO, &st) != 0)
		return false;
	snprintf(want, sizeof(want), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return strcmp(stream, want) == 0;
}

void
log_start(enum log_level max)
{
	level_max = max;
	to_journal = stderr_is_journal();
}

static int
priority(enum log_level level)
{
	switch (level) { /* syslog(3)'s numbers */
	case LOG_LEVEL_FAULT:
		return 3;
	case LOG_LEVEL_NOTE:
		return 6;
	case LOG_LEVEL_DEBUG:
		return 7;
	}
	return 3;
}

static void __attribute__((format(printf, 2, 0)))
put(enum log_level level, const char *fmt, va_list args)
{
	char line[LINE_MAX_BYTES];
	int saved = errno;
	size_t len, i, start;
	ssize_t rc;

	if (level > level_max)
		return;
	if (to_journal)
		snprintf(line, sizeof(line), "<%d>", priority(level));
	else
		snprintf(line, sizeof(line), "keeld: ");
	start = strlen(line);
	vsnprintf(line + start, sizeof(line) - start - 1, fmt, args);
	len = strlen(line);
	for (i = start; i < len; i++) /* one call, one line, no escapes */
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = ' ';
	line[len++] = '\n';
	do
		rc = write(STDERR_FILENO, line, len);
	while (rc < 0 && errno == EINTR);
	errno = saved;
}

void
log_fault(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put(LOG_LEVEL_FAULT, fmt, args);
	va_end(args);
}

void
log_note(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put(LOG_LEVEL_NOTE, fmt, args);
	va_end(args);
}

void
log_debug(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	put(LOG_LEVEL_DEBUG, fmt, args);
	va_end(args);
}
