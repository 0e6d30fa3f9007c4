/*
 * inject - makes the nth allocation, system call or SQLite call fail.
 *
 * Linked into every program of tests/fault.  Allocations of our own code,
 * jansson's and libsodium's are counted together, SQLite's apart (there are
 * many), and the system calls of our code and SQLite's together.  Nothing fails
 * unless armed, but no sync waits for a disk and no busy wait sleeps: no power
 * is cut here.
 */
#ifndef TESTS_INJECT_H
#define TESTS_INJECT_H

#include <stdbool.h>
#include <stddef.h>

enum inject {
	INJECT_MEMORY, /* an allocation of ours, jansson's, sodium's: NULL */
	INJECT_SQLMEM, /* one of SQLite's gives NULL */
	INJECT_CALL,   /* a system call that can fail so fails with `code` */
	INJECT_SHORT,  /* a read or write does half of what it was asked */
	INJECT_SQL,    /* a call of SQLite's API returns `code` */
	INJECT_TEXT,   /* a column of text is "other"; with `code` it is NULL */
	INJECT_KINDS,
};

struct inject_plan {
	enum inject what;
	int code;         /* CALL: errno; SQL: SQLite's code */
	unsigned nth;     /* the first is 1 */
	bool lasting;     /* and every one after it */
	const char *only; /* NULL, or the one call that is meant */
};

/* Once, before anything else: SQLite and jansson must not have begun. */
void inject_init(void);
void inject_arm(const struct inject_plan *plan);
/* Ends it; how many calls were made to fail. */
unsigned inject_disarm(void);
/* The test itself looks at something meanwhile. */
void inject_pause(bool paused);
/* The first call that failed: "fdatasync", "malloc", … */
const char *inject_where(void);
/* Did this one fail at all? */
bool inject_failed(const char *name);

/* What libsodium draws is the same from here on as from any other such call:
 * an act done twice can be compared. */
void inject_draw_again(void);

/* What is held at this moment: allocations, bytes of SQLite's, open files.
 * Equal before and after: nothing leaked. */
struct inject_held {
	size_t blocks, sodium, sql, files;
};
struct inject_held inject_held(void);

/* statfs(2) says this type from now on; 0: what is true. */
void inject_fs_type(unsigned long type);
/* geteuid(2) says this; (unsigned)-1: what is true. */
void inject_euid(unsigned uid);
/* Paths below from are made, looked at and closed below to (NULL: as they
 * are): a test must not touch /var. */
void inject_elsewhere(const char *from, const char *to);

#endif
