/*
 * inject - the calls themselves.
 *
 * System calls are defined here, so that libsqlite3 finds these too; memory,
 * libsodium's and SQLite's functions are wrapped by the linker (the Makefile's
 * FAULT_WRAP), so that the sanitizers keep their own malloc.
 */
#include "inject.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <search.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define NAMES 64 /* more than there are kinds of calls */

static struct {
	struct inject_plan plan;
	bool armed, paused;
	unsigned seen, failed;
	const char *where[NAMES]; /* in the order of their first failing */
	unsigned long fs_type;
	unsigned euid;
	unsigned within; /* SQLite's allocations since its API was called */
	uint64_t drawn;  /* 0: as libsodium draws */
	const char *from, *to;
	void *live; /* tsearch(3)'s tree of our allocations */
	size_t blocks, sodium;
	sqlite3_mem_methods sql;
} now = {.euid = (unsigned)-1};

static void
note(const char *name)
{
	size_t i;

	for (i = 0; i < NAMES && now.where[i] != NULL; i++)
		if (strcmp(now.where[i], name) == 0)
			return;
	if (i < NAMES)
		now.where[i] = name;
}

/* Is it this one's turn? */
static bool
due(enum inject what, const char *name)
{
	const struct inject_plan *plan = &now.plan;

	if (!now.armed || now.paused || plan->what != what ||
	    (plan->only != NULL && strcmp(plan->only, name) != 0))
		return false;
	now.seen++;
	if (now.seen != plan->nth && !(plan->lasting && now.seen > plan->nth))
		return false;
	now.failed++;
	note(name);
	return true;
}

void
inject_arm(const struct inject_plan *plan)
{
	now.plan = *plan;
	now.seen = now.failed = 0;
	memset(now.where, 0, sizeof(now.where));
	now.armed = true;
	now.paused = false;
}

unsigned
inject_disarm(void)
{
	now.armed = false;
	return now.failed;
}

void
inject_pause(bool paused)
{
	now.paused = paused;
}

const char *
inject_where(void)
{
	return now.where[0] == NULL ? "nowhere" : now.where[0];
}

bool
inject_failed(const char *name)
{
	size_t i;

	for (i = 0; i < NAMES && now.where[i] != NULL; i++)
		if (strcmp(now.where[i], name) == 0)
			return true;
	return false;
}

/* --- memory --- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
void __real_free(void *block);
void *__real_sodium_malloc(size_t size);
void __real_sodium_free(void *block);
int __real_sodium_init(void);
void __real_randombytes_buf(void *out, size_t len);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);
void __wrap_free(void *block);
void *__wrap_sodium_malloc(size_t size);
void __wrap_sodium_free(void *block);
int __wrap_sodium_init(void);
void __wrap_randombytes_buf(void *out, size_t len);

static int
by_address(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t)a, y = (uintptr_t)b;

	return x < y ? -1 : x > y;
}

static void *
came(void *block)
{
	if (block != NULL && tsearch(block, &now.live, by_address) != NULL)
		now.blocks++;
	return block;
}

/* What a library gave us is not in the tree, and is none of ours. */
static void
went(void *block)
{
	if (block != NULL && tfind(block, &now.live, by_address) != NULL) {
		tdelete(block, &now.live, by_address);
		now.blocks--;
	}
}

void *
__wrap_malloc(size_t size)
{
	return due(INJECT_MEMORY, "malloc") ? NULL : came(__real_malloc(size));
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return due(INJECT_MEMORY, "calloc") ? NULL
					    : came(__real_calloc(count, size));
}

void *
__wrap_realloc(void *old, size_t size)
{
	void *block;

	if (due(INJECT_MEMORY, "realloc"))
		return NULL;
	went(old);
	block = __real_realloc(old, size);
	came(block == NULL ? old : block);
	return block;
}

char *
__wrap_strdup(const char *text)
{
	return due(INJECT_MEMORY, "strdup") ? NULL : came(__real_strdup(text));
}

char *
__wrap_strndup(const char *text, size_t len)
{
	return due(INJECT_MEMORY, "strndup") ? NULL
					     : came(__real_strndup(text, len));
}

void
__wrap_free(void *block)
{
	went(block);
	__real_free(block);
}

void *
__wrap_sodium_malloc(size_t size)
{
	void *block;

	if (due(INJECT_MEMORY, "sodium_malloc"))
		return NULL;
	block = __real_sodium_malloc(size);
	now.sodium += block != NULL;
	return block;
}

void
__wrap_sodium_free(void *block)
{
	now.sodium -= block != NULL;
	__real_sodium_free(block);
}

int
__wrap_sodium_init(void)
{
	return due(INJECT_MEMORY, "sodium_init") ? -1 : __real_sodium_init();
}

void
inject_draw_again(void)
{
	now.drawn = 1;
}

void
__wrap_randombytes_buf(void *out, size_t len)
{
	unsigned char *bytes = out;

	if (now.drawn == 0)
		__real_randombytes_buf(out, len);
	for (; now.drawn != 0 && len > 0; len--) {
		now.drawn = now.drawn * UINT64_C(6364136223846793005) + 1;
		*bytes++ = (unsigned char)(now.drawn >> 56);
	}
}

/* Of the allocations within one call of SQLite's API the first fails, the
 * second, the fourth, …: it is our side of the call that is looked at, and a
 * VACUUM makes a thousand. */
static bool
sql_due(const char *name)
{
	now.within++;
	return (now.within & (now.within - 1)) == 0 && due(INJECT_SQLMEM, name);
}

static void *
sql_malloc(int size)
{
	return sql_due("SQLite's malloc") ? NULL : now.sql.xMalloc(size);
}

static void *
sql_realloc(void *old, int size)
{
	return sql_due("SQLite's realloc") ? NULL : now.sql.xRealloc(old, size);
}

void
inject_init(void)
{
	sqlite3_mem_methods ours;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &now.sql);
	ours = now.sql;
	ours.xMalloc = sql_malloc;
	ours.xRealloc = sql_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
	sqlite3_initialize();
	json_set_alloc_funcs(__wrap_malloc, __wrap_free);
}

static size_t
open_files(void)
{
	size_t count = 0;
	DIR *dir = opendir("/proc/self/fd");

	while (dir != NULL && readdir(dir) != NULL)
		count++;
	if (dir != NULL)
		closedir(dir);
	return count;
}

struct inject_held
inject_held(void)
{
	struct inject_held held = {now.blocks, now.sodium,
	    (size_t)sqlite3_memory_used(), open_files()};

	return held;
}

/* --- system calls --- */

enum {             /* what a call may do: which errors are natural to it */
	WAITS = 1, /* a signal may end it before it is done */
	OPENS = 2, /* permissions are asked */
	FILLS = 4, /* it may need room */
	LOCKS = 8,
};

static bool
natural(int code, int may)
{
	switch (code) {
	case EIO:
		return true;
	case ENOSPC:
	case EDQUOT:
		return (may & FILLS) != 0;
	case EACCES:
	case EPERM:
	case EROFS:
		return (may & OPENS) != 0;
	case EAGAIN:
		return (may & LOCKS) != 0;
	case EINTR:
		return (may & WAITS) != 0;
	}
	return false;
}

/* Sets errno when this call is to fail. */
static bool
fails(const char *name, int may)
{
	/* a lock that fails otherwise says nothing that EAGAIN does not */
	if (((may & LOCKS) != 0) != (now.plan.code == EAGAIN) ||
	    !natural(now.plan.code, may) || !due(INJECT_CALL, name))
		return false;
	errno = now.plan.code;
	return true;
}

static size_t
shortened(const char *name, size_t len)
{
	return len > 1 && due(INJECT_SHORT, name) ? len / 2 : len;
}

static int
real_open(const char *path, int flags, mode_t mode)
{
	int may = OPENS | ((flags & O_CREAT) != 0 ? FILLS : 0);

	if (fails("open", may))
		return -1;
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int
open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if ((flags & O_CREAT) != 0)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	return real_open(path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if ((flags & O_CREAT) != 0)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	return real_open(path, flags, mode);
}

DIR *
opendir(const char *path)
{
	int fd;

	if (fails("opendir", OPENS))
		return NULL;
	fd = (int)syscall(
	    SYS_openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	return fd < 0 ? NULL : fdopendir(fd);
}

ssize_t
read(int fd, void *bytes, size_t len)
{
	if (fails("read", WAITS))
		return -1;
	return syscall(SYS_read, fd, bytes, shortened("read", len));
}

ssize_t
pread64(int fd, void *bytes, size_t len, off64_t at)
{
	if (fails("pread", WAITS))
		return -1;
	return syscall(SYS_pread64, fd, bytes, shortened("pread", len), at);
}

ssize_t
write(int fd, const void *bytes, size_t len)
{
	if (fails("write", WAITS | FILLS))
		return -1;
	return syscall(SYS_write, fd, bytes, shortened("write", len));
}

ssize_t
pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
	if (fails("pwrite", WAITS | FILLS))
		return -1;
	return syscall(SYS_pwrite64, fd, bytes, shortened("pwrite", len), at);
}

int
fsync(int fd)
{
	(void)fd;
	return fails("fsync", FILLS) ? -1 : 0;
}

int
fdatasync(int fd)
{
	(void)fd;
	return fails("fdatasync", FILLS) ? -1 : 0;
}

int
ftruncate64(int fd, off64_t len)
{
	if (fails("ftruncate", FILLS))
		return -1;
	return (int)syscall(SYS_ftruncate, fd, len);
}

/* The file is closed whatever is said of it. */
int
close(int fd)
{
	int rc = (int)syscall(SYS_close, fd);

	return rc == 0 && fails("close", FILLS) ? -1 : rc;
}

int
rename(const char *from, const char *to)
{
	if (fails("rename", OPENS | FILLS))
		return -1;
	return (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}

int
unlink(const char *path)
{
	if (fails("unlink", OPENS))
		return -1;
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

void
inject_elsewhere(const char *from, const char *to)
{
	now.from = from;
	now.to = to;
}

/* The path itself, or the one it is moved to, in out. */
static const char *
elsewhere(const char *path, char *out, size_t room)
{
	size_t len = now.to == NULL ? 0 : strlen(now.from);

	if (now.to == NULL || strncmp(path, now.from, len) != 0)
		return path;
	snprintf(out, room, "%s%s", now.to, path + len);
	return out;
}

int
mkdir(const char *path, mode_t mode)
{
	char moved[PATH_MAX];

	if (fails("mkdir", OPENS | FILLS))
		return -1;
	path = elsewhere(path, moved, sizeof(moved));
	return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int
chmod(const char *path, mode_t mode)
{
	if (fails("chmod", OPENS))
		return -1;
	return (int)syscall(SYS_fchmodat, AT_FDCWD, path, mode);
}

int
fstat(int fd, struct stat *st)
{
	if (fails("fstat", 0))
		return -1;
	return (int)syscall(SYS_fstat, fd, st);
}

int
fstat64(int fd, struct stat64 *st)
{
	if (fails("fstat", 0))
		return -1;
	return (int)syscall(SYS_fstat, fd, st);
}

int
lstat(const char *path, struct stat *st)
{
	char moved[PATH_MAX];

	path = elsewhere(path, moved, sizeof(moved));
	if (fails("lstat", 0))
		return -1;
	return (int)syscall(
	    SYS_newfstatat, AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

int
access(const char *path, int how)
{
	if (fails("access", 0))
		return -1;
	return (int)syscall(SYS_faccessat, AT_FDCWD, path, how);
}

int
statfs(const char *path, struct statfs *fs)
{
	int rc = fails("statfs", 0) ? -1 : (int)syscall(SYS_statfs, path, fs);

	if (rc == 0 && now.fs_type != 0)
		memcpy(&fs->f_type, &now.fs_type, sizeof(fs->f_type));
	return rc;
}

uid_t
geteuid(void)
{
	return now.euid == (unsigned)-1 ? (uid_t)syscall(SYS_geteuid)
					: now.euid;
}

void
inject_euid(unsigned uid)
{
	now.euid = uid;
}

void
inject_fs_type(unsigned long type)
{
	now.fs_type = type;
}

int
flock(int fd, int how)
{
	if (fails("flock", LOCKS) || fails("flock", 0))
		return -1;
	return (int)syscall(SYS_flock, fd, how);
}

int
fcntl64(int fd, int what, ...)
{
	va_list ap;
	long arg;

	va_start(ap, what);
	arg = va_arg(ap, long);
	va_end(ap);
	if (what == F_SETLK && ((const struct flock *)arg)->l_type != F_UNLCK &&
	    fails("fcntl", LOCKS))
		return -1;
	return (int)syscall(SYS_fcntl, fd, what, arg);
}

/* How SQLite waits for a lock. */
int
usleep(useconds_t us)
{
	(void)us;
	return 0;
}

/* --- SQLite's API --- */

int __real_sqlite3_open_v2(
    const char *path, sqlite3 **ret, int flags, const char *vfs);
int __real_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int len,
    sqlite3_stmt **ret, const char **tail);
int __real_sqlite3_step(sqlite3_stmt *stmt);
int __real_sqlite3_reset(sqlite3_stmt *stmt);
int __real_sqlite3_exec(sqlite3 *db, const char *sql,
    int (*cb)(void *, int, char **, char **), void *arg, char **why);
int __real_sqlite3_bind_blob(sqlite3_stmt *stmt, int at, const void *bytes,
    int len, void (*done)(void *));
int __real_sqlite3_bind_text(sqlite3_stmt *stmt, int at, const char *text,
    int len, void (*done)(void *));
int __real_sqlite3_bind_int64(sqlite3_stmt *stmt, int at, sqlite3_int64 value);
const unsigned char *__real_sqlite3_column_text(sqlite3_stmt *stmt, int at);

int __wrap_sqlite3_open_v2(
    const char *path, sqlite3 **ret, int flags, const char *vfs);
int __wrap_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int len,
    sqlite3_stmt **ret, const char **tail);
int __wrap_sqlite3_step(sqlite3_stmt *stmt);
int __wrap_sqlite3_reset(sqlite3_stmt *stmt);
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql,
    int (*cb)(void *, int, char **, char **), void *arg, char **why);
int __wrap_sqlite3_bind_blob(sqlite3_stmt *stmt, int at, const void *bytes,
    int len, void (*done)(void *));
int __wrap_sqlite3_bind_text(sqlite3_stmt *stmt, int at, const char *text,
    int len, void (*done)(void *));
int __wrap_sqlite3_bind_int64(sqlite3_stmt *stmt, int at, sqlite3_int64 value);
const unsigned char *__wrap_sqlite3_column_text(sqlite3_stmt *stmt, int at);

static bool
sql_call(const char *name)
{
	now.within = 0;
	return due(INJECT_SQL, name);
}

int
__wrap_sqlite3_open_v2(
    const char *path, sqlite3 **ret, int flags, const char *vfs)
{
	if (sql_call("sqlite3_open_v2")) {
		*ret = NULL; /* as when there was no memory for it */
		return now.plan.code;
	}
	return __real_sqlite3_open_v2(path, ret, flags, vfs);
}

int
__wrap_sqlite3_prepare_v2(sqlite3 *db, const char *sql, int len,
    sqlite3_stmt **ret, const char **tail)
{
	if (sql_call("sqlite3_prepare_v2")) {
		*ret = NULL;
		return now.plan.code;
	}
	return __real_sqlite3_prepare_v2(db, sql, len, ret, tail);
}

int
__wrap_sqlite3_step(sqlite3_stmt *stmt)
{
	return sql_call("sqlite3_step") ? now.plan.code
					: __real_sqlite3_step(stmt);
}

/* It is reset whatever it says. */
int
__wrap_sqlite3_reset(sqlite3_stmt *stmt)
{
	int rc = __real_sqlite3_reset(stmt);

	return sql_call("sqlite3_reset") ? now.plan.code : rc;
}

/* A rollback fails only for want of memory, which is another plan. */
int
__wrap_sqlite3_exec(sqlite3 *db, const char *sql,
    int (*cb)(void *, int, char **, char **), void *arg, char **why)
{
	if (strcmp(sql, "ROLLBACK") != 0 && sql_call("sqlite3_exec"))
		return now.plan.code;
	now.within = 0;
	return __real_sqlite3_exec(db, sql, cb, arg, why);
}

int
__wrap_sqlite3_bind_blob(sqlite3_stmt *stmt, int at, const void *bytes, int len,
    void (*done)(void *))
{
	return sql_call("sqlite3_bind_blob")
		   ? now.plan.code
		   : __real_sqlite3_bind_blob(stmt, at, bytes, len, done);
}

int
__wrap_sqlite3_bind_text(
    sqlite3_stmt *stmt, int at, const char *text, int len, void (*done)(void *))
{
	return sql_call("sqlite3_bind_text")
		   ? now.plan.code
		   : __real_sqlite3_bind_text(stmt, at, text, len, done);
}

int
__wrap_sqlite3_bind_int64(sqlite3_stmt *stmt, int at, sqlite3_int64 value)
{
	return sql_call("sqlite3_bind_int64")
		   ? now.plan.code
		   : __real_sqlite3_bind_int64(stmt, at, value);
}

const unsigned char *
__wrap_sqlite3_column_text(sqlite3_stmt *stmt, int at)
{
	if (!due(INJECT_TEXT, "sqlite3_column_text"))
		return __real_sqlite3_column_text(stmt, at);
	return now.plan.code == 0 ? (const unsigned char *)"other" : NULL;
}
