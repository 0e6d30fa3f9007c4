/*
 * log - start, stop and faults, to stderr; one line a call.
 *
 * Never a body, a query, a path's parameter or anything a person wrote
 * (PROTOCOL.md): callers pass our own words, names of files and numbers.
 * Under systemd's journal lines begin with their priority ("<3>").
 */
#ifndef EVENKEEL_BASE_LOG_H
#define EVENKEEL_BASE_LOG_H

enum log_level { LOG_LEVEL_FAULT, LOG_LEVEL_NOTE, LOG_LEVEL_DEBUG };

/* Lines above max are dropped; NOTE before the first call. */
void log_start(enum log_level max);
void log_fault(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
