/*
 * zones - reading zone files, once each.
 */
#include "keeld/zones.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evenkeel/buf.h"
#include "evenkeel/limits.h"

#define ZONE_DIR      "/usr/share/zoneinfo"
#define ZONE_LOCAL    "/etc/localtime"
#define ZONE_PATH_MAX 1024
#define ZONES_MAX     600 /* the database has some 420 and their old names */

struct known {
	LIST_ENTRY(known) next; /* struct zones.known */
	struct zone *zone;      /* NULL: there is none of this name */
	char name[EK_NAME_MAX + 1];
};

struct zones {
	char tz[ZONE_PATH_MAX];
	char path[ZONE_PATH_MAX]; /* "": TZ is a rule, not a file */
	struct zone *local;
	struct stat seen;
	struct ek_why why;
	size_t count;
	LIST_HEAD(, known) known;
};

static enum ek_err
read_file(const char *path, struct buf *ret, struct stat *ret_stat)
{
	char part[16384];
	ssize_t got = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return EK_NOT_FOUND;
	if (fstat(fd, ret_stat) == 0 && S_ISREG(ret_stat->st_mode))
		while ((got = read(fd, part, sizeof(part))) > 0)
			buf_add(ret, part, (size_t)got);
	close(fd);
	return got < 0 ? EK_IO : buf_err(ret);
}

static enum ek_err
read_zone(const char *path, struct zone **ret, struct stat *ret_stat)
{
	struct buf bytes;
	enum ek_err err;

	buf_init(&bytes, ZONE_FILE_MAX);
	err = read_file(path, &bytes, ret_stat);
	if (err == EK_OK)
		err = zone_parse(bytes.data, bytes.len, "zone file", ret, NULL);
	buf_done(&bytes);
	return err;
}

/* A POSIX rule as the zone file that says nothing else (RFC 8536 §3.3). */
static enum ek_err
read_rule(const char *rule, struct zone **ret)
{
	static const char zeros[32];
	struct buf bytes;
	enum ek_err err;
	int block;

	buf_init(&bytes, ZONE_FILE_MAX);
	for (block = 0; block < 2; block++) {
		buf_str(&bytes, "TZif2");
		buf_add(&bytes, zeros, 15 + 16); /* no leaps, no transitions */
		buf_u32(&bytes, 1);              /* one type of local time */
		buf_u32(&bytes, 4);              /* its name's bytes */
		buf_add(&bytes, zeros, 6);
		buf_add(&bytes, "UTC", 4);
	}
	buf_fmt(&bytes, "\n%s\n", rule);
	err = buf_err(&bytes);
	if (err == EK_OK)
		err = zone_parse(bytes.data, bytes.len, "TZ", ret, NULL);
	buf_done(&bytes);
	return err;
}

/* Where the workstation's zone lies: "" for a rule. */
static void
find_path(struct zones *zones)
{
	const char *tz = zones->tz[0] == ':' ? zones->tz + 1 : zones->tz;
	struct stat st;

	zones->path[0] = '\0';
	if (tz[0] == '\0')
		snprintf(zones->path, sizeof(zones->path), "%s", ZONE_LOCAL);
	else if (tz[0] == '/')
		snprintf(zones->path, sizeof(zones->path), "%s", tz);
	else if (zone_name_ok(tz) &&
		 snprintf(zones->path, sizeof(zones->path), ZONE_DIR "/%s",
		     tz) > 0 &&
		 stat(zones->path, &st) != 0)
		zones->path[0] = '\0';
}

static enum ek_err
read_local(struct zones *zones)
{
	struct zone *zone = NULL;
	enum ek_err err;

	find_path(zones);
	if (zones->path[0] != '\0')
		err = read_zone(zones->path, &zone, &zones->seen);
	else
		err = read_rule(zones->tz, &zone);
	if (err == EK_OK) {
		zones->why.text[0] = '\0';
	} else {
		ek_why(&zones->why, err,
		    "the time zone of this computer cannot be read, so times "
		    "are taken as UTC; set the zone (%s)",
		    zones->tz[0] == '\0' ? "timedatectl set-timezone"
					 : "the variable TZ");
		err = zone_utc(&zone);
	}
	if (err != EK_OK)
		return err;
	zone_free(zones->local);
	zones->local = zone;
	return EK_OK;
}

enum ek_err
zones_new(const char *tz, struct zones **ret)
{
	struct zones *zones = calloc(1, sizeof(*zones));
	enum ek_err err;

	if (zones == NULL)
		return EK_NOMEM;
	LIST_INIT(&zones->known);
	if (tz != NULL)
		snprintf(zones->tz, sizeof(zones->tz), "%s", tz);
	err = read_local(zones);
	if (err != EK_OK) {
		zones_free(zones);
		return err;
	}
	*ret = zones;
	return EK_OK;
}

void
zones_free(struct zones *zones)
{
	struct known *known;

	if (zones == NULL)
		return;
	while ((known = LIST_FIRST(&zones->known)) != NULL) {
		LIST_REMOVE(known, next);
		zone_free(known->zone);
		free(known);
	}
	zone_free(zones->local);
	free(zones);
}

const struct zone *
zones_local(const struct zones *zones)
{
	return zones->local;
}

const char *
zones_why(const struct zones *zones)
{
	return zones->why.text;
}

bool
zones_look(struct zones *zones)
{
	struct stat st;

	if (zones->path[0] == '\0')
		return false;
	if (stat(zones->path, &st) != 0)
		memset(&st, 0, sizeof(st));
	if (st.st_ino == zones->seen.st_ino &&
	    st.st_dev == zones->seen.st_dev &&
	    st.st_size == zones->seen.st_size &&
	    st.st_mtim.tv_sec == zones->seen.st_mtim.tv_sec &&
	    st.st_mtim.tv_nsec == zones->seen.st_mtim.tv_nsec)
		return false;
	zones->seen = st;
	return read_local(zones) == EK_OK;
}

const struct zone *
zones_get(struct zones *zones, const char *name)
{
	char path[ZONE_PATH_MAX];
	struct known *known;
	struct stat st;

	if (!zone_name_ok(name))
		return NULL;
	LIST_FOREACH (known, &zones->known, next)
		if (strcmp(known->name, name) == 0)
			return known->zone;
	if (zones->count >= ZONES_MAX)
		return NULL;
	known = calloc(1, sizeof(*known));
	if (known == NULL)
		return NULL;
	snprintf(known->name, sizeof(known->name), "%s", name);
	snprintf(path, sizeof(path), ZONE_DIR "/%s", name);
	if (read_zone(path, &known->zone, &st) != EK_OK) {
		free(known); /* it may be installed later */
		return NULL;
	}
	LIST_INSERT_HEAD(&zones->known, known, next);
	zones->count++;
	return known->zone;
}

const struct zone *
zones_cb(const char *name, void *arg)
{
	struct zones *zones = arg;

	return name == NULL ? zones->local : zones_get(zones, name);
}
