/*
 * conf - reading evenkeel.ini by inih, and writing one line of it.
 *
 * inih cuts a line at its buffer and reads on as if the rest were another:
 * the reader below refuses such lines and counts, so that every reason has
 * the right line.
 */
#include "keeld/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evenkeel/buf.h"
#include "evenkeel/text.h"

#define SEEN_PLACE 1U
#define SEEN_HELP  2U
#define SEEN_ON    4U

struct reading {
	struct conf *conf;
	const char *at; /* what inih has not been given yet */
	int line;
	int bad_line; /* 0: none yet */
	unsigned seen;
	struct ek_why why;
};

static int
refuse(struct reading *reading, const char *reason)
{
	if (reading->bad_line == 0) {
		reading->bad_line = reading->line;
		ek_why(&reading->why, EK_INVALID, "%s", reason);
	}
	return 0;
}

static char *
reader_cb(char *out, int room, void *stream)
{
	struct reading *reading = stream;
	size_t len = strcspn(reading->at, "\n");

	if (reading->at[0] == '\0')
		return NULL;
	reading->line++;
	if (len > CONF_LINE_MAX || len + 2 > (size_t)room) {
		refuse(reading, "the line is too long; shorten it");
		return NULL;
	}
	memcpy(out, reading->at, len);
	out[len] = '\n';
	out[len + 1] = '\0';
	reading->at += len + (reading->at[len] == '\n');
	return out;
}

static bool
is_path(const char *value, size_t room)
{
	return value[0] == '/' && strlen(value) < room;
}

static int
take_on(struct reading *reading, const char *value)
{
	struct conf *conf = reading->conf;
	size_t len;

	conf->on_count = 0;
	for (;;) {
		value += strspn(value, ", \t");
		len = strcspn(value, ", \t");
		if (len == 0)
			return 1;
		if (len > EK_NAME_MAX || conf->on_count == CONF_ON_MAX)
			return refuse(reading,
			    "too many or too long names of instruments; list "
			    "fewer");
		memcpy(conf->on[conf->on_count], value, len);
		conf->on[conf->on_count][len] = '\0';
		if (!text_is_name(conf->on[conf->on_count++]))
			return refuse(reading,
			    "an instrument's name has letters, digits, \"-\", "
			    "\"_\" and \".\" only; correct it");
		value += len;
	}
}

static int
take(struct reading *reading, const char *key, const char *value)
{
	struct conf *conf = reading->conf;

	if (strcmp(key, "copy.place") == 0) {
		if (value[0] != '\0' &&
		    !is_path(value, sizeof(conf->copy_place)))
			return refuse(
			    reading, "place takes a path that begins with /");
		snprintf(
		    conf->copy_place, sizeof(conf->copy_place), "%s", value);
		return 1;
	}
	if (strcmp(key, "site.help") == 0) {
		if (!is_path(value, sizeof(conf->help_file)))
			return refuse(
			    reading, "help takes a path that begins with /");
		snprintf(conf->help_file, sizeof(conf->help_file), "%s", value);
		return 1;
	}
	return take_on(reading, value);
}

static int
key_cb(void *arg, const char *section, const char *name, const char *value)
{
	static const struct {
		const char *key;
		unsigned bit;
	} keys[] = {{"copy.place", SEEN_PLACE}, {"site.help", SEEN_HELP},
	    {"instruments.on", SEEN_ON}};
	struct reading *reading = arg;
	char key[EK_NAME_MAX];
	size_t i;

	if (snprintf(key, sizeof(key), "%s.%s", section, name) >=
	    (int)sizeof(key))
		key[0] = '\0';
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(key, keys[i].key) != 0)
			continue;
		if ((reading->seen & keys[i].bit) != 0)
			return refuse(
			    reading, "this key stands twice; keep one");
		reading->seen |= keys[i].bit;
		return take(reading, key, value);
	}
	return refuse(reading,
	    "there is no such key; [copy] place, [site] help and [instruments] "
	    "on are known");
}

/* EK_NOT_FOUND when there is none. */
static enum ek_err
read_file(const char *path, struct buf *ret, struct ek_why *why)
{
	char part[4096];
	struct stat st;
	ssize_t got = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return EK_NOT_FOUND;
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		while ((got = read(fd, part, sizeof(part))) > 0)
			buf_add(ret, part, (size_t)got);
	if (fd >= 0)
		close(fd);
	if (got < 0)
		return ek_why(why, EK_IO,
		    "%s cannot be read; check what it is and its permissions",
		    path);
	if (buf_err(ret) != EK_OK)
		return ek_why(why, EK_TOO_LARGE,
		    "%s is larger than %d bytes; shorten it", path,
		    CONF_FILE_MAX);
	if (!text_plain_ok(buf_text(ret), ret->len))
		return ek_why(why, EK_INVALID,
		    "%s is not plain text; write it anew", path);
	return EK_OK;
}

static enum ek_err
read_one(const char *path, struct conf *conf, struct ek_why *why)
{
	struct reading reading = {NULL, NULL, 0, 0, 0, {""}};
	struct conf next = *conf;
	struct buf text;
	enum ek_err err;
	int line;

	buf_init(&text, CONF_FILE_MAX);
	err = read_file(path, &text, why);
	if (err != EK_OK)
		goto out;
	reading.conf = &next;
	reading.at = buf_text(&text);
	line = ini_parse_stream(reader_cb, &reading, key_cb, &reading);
	if (line > 0 && (reading.bad_line == 0 || line < reading.bad_line)) {
		reading.bad_line = line;
		ek_why(&reading.why, EK_INVALID,
		    "the line is neither [section] nor key = value");
	}
	if (reading.bad_line != 0)
		err = ek_why(why, EK_INVALID, "%s line %d: %s", path,
		    reading.bad_line, reading.why.text);
	else if (line < 0)
		err = EK_NOMEM;
	else
		*conf = next;
out:
	buf_done(&text);
	return err == EK_NOT_FOUND ? EK_OK : err;
}

enum ek_err
conf_read(const char *site, const char *dir, struct conf *ret,
    struct ek_why *reterr_why)
{
	struct conf conf;
	char path[EK_PATH_MAX + 32];
	struct ek_why *why = reterr_why;
	enum ek_err err = EK_OK, own = EK_OK;

	memset(&conf, 0, sizeof(conf));
	snprintf(conf.help_file, sizeof(conf.help_file), "%s", CONF_HELP_FILE);
	if (site != NULL)
		err = read_one(site, &conf, why);
	if (dir != NULL) {
		snprintf(path, sizeof(path), "%s/%s", dir, CONF_OWN_NAME);
		own = read_one(path, &conf, err == EK_OK ? why : NULL);
	}
	*ret = conf;
	return err != EK_OK ? err : own;
}

bool
conf_is_on(const struct conf *conf, const char *instrument)
{
	size_t i;

	for (i = 0; i < conf->on_count; i++)
		if (strcmp(conf->on[i], instrument) == 0)
			return true;
	return false;
}

/* --- writing --- */

static enum ek_err
place_ok(const char *place, struct ek_why *why)
{
	size_t len = strlen(place);

	if (place[0] != '/' || len > CONF_LINE_MAX - 8)
		return ek_why(why, EK_INVALID,
		    "the copy's folder must be a path that begins with /, of "
		    "at most %d bytes; choose a shorter one",
		    CONF_LINE_MAX - 8);
	if (!text_plain_ok(place, len) || strpbrk(place, ";\n\t") != NULL ||
	    place[len - 1] == ' ')
		return ek_why(why, EK_INVALID,
		    "the path of the copy's folder has characters that the "
		    "configuration cannot hold; choose another name");
	return EK_OK;
}

/* The name of the section that this line begins, or NULL. */
static bool
is_section(const char *line, size_t len, const char *name)
{
	size_t want = strlen(name);

	while (len > 0 && (*line == ' ' || *line == '\t'))
		line++, len--;
	return len > want + 1 && line[0] == '[' &&
	       memcmp(line + 1, name, want) == 0 && line[1 + want] == ']';
}

static bool
is_any_section(const char *line, size_t len)
{
	while (len > 0 && (*line == ' ' || *line == '\t'))
		line++, len--;
	return len > 0 && line[0] == '[';
}

static bool
is_place(const char *line, size_t len)
{
	size_t at = 0;

	while (at < len && (line[at] == ' ' || line[at] == '\t'))
		at++;
	if (len - at < 5 || memcmp(line + at, "place", 5) != 0)
		return false;
	at += 5;
	while (at < len && (line[at] == ' ' || line[at] == '\t'))
		at++;
	return at < len && (line[at] == '=' || line[at] == ':');
}

/* old with [copy] place set; every other line stays. */
static void
edit(const char *old, const char *place, struct buf *ret)
{
	bool inside = false, done = place == NULL;
	size_t len;

	while (*old != '\0') {
		len = strcspn(old, "\n");
		if (is_any_section(old, len))
			inside = is_section(old, len, "copy");
		if (!(inside && is_place(old, len))) {
			buf_add(ret, old, len);
			buf_char(ret, '\n');
		}
		if (inside && !done) {
			buf_fmt(ret, "place = %s\n", place);
			done = true;
		}
		old += len + (old[len] == '\n');
	}
	if (!done)
		buf_fmt(ret, "[copy]\nplace = %s\n", place);
}

static enum ek_err
io_why(struct ek_why *why)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return ek_why(why, EK_NO_SPACE,
		    "the disk is full, the configuration was not saved; free "
		    "some room");
	return ek_why(why, EK_READ_ONLY,
	    "the configuration cannot be written (%s); check the permissions "
	    "of its folder",
	    strerror(errno));
}

static bool
write_all(int fd, const char *bytes, size_t len)
{
	ssize_t put;

	while (len > 0) {
		put = write(fd, bytes, len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		bytes += put;
		len -= (size_t)put;
	}
	return true;
}

static enum ek_err
put_file(const char *dir, const struct buf *text, struct ek_why *why)
{
	char path[EK_PATH_MAX + 32], temp[EK_PATH_MAX + 32];
	enum ek_err err = EK_OK;
	bool ok;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, CONF_OWN_NAME);
	snprintf(temp, sizeof(temp), "%s/.%s.new", dir, CONF_OWN_NAME);
	fd = open(
	    temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return io_why(why);
	ok = write_all(fd, buf_text(text), text->len) && fsync(fd) == 0;
	if (!ok)
		err = io_why(why);
	close(fd);
	if (ok && rename(temp, path) != 0) {
		err = io_why(why);
		ok = false;
	}
	if (!ok)
		unlink(temp);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd); /* the new name is there either way */
		close(fd);
	}
	return err;
}

static enum ek_err
make_dir(const char *dir, struct ek_why *why)
{
	char path[EK_PATH_MAX];
	char *slash;

	snprintf(path, sizeof(path), "%s", dir);
	for (slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return io_why(why);
	return EK_OK;
}

enum ek_err
conf_write_place(const char *dir, const char *place, struct ek_why *reterr_why)
{
	char path[EK_PATH_MAX + 32];
	struct buf old, text;
	enum ek_err err = EK_OK;

	buf_init(&old, CONF_FILE_MAX);
	buf_init(&text, CONF_FILE_MAX + EK_PATH_MAX);
	if (place != NULL)
		err = place_ok(place, reterr_why);
	snprintf(path, sizeof(path), "%s/%s", dir, CONF_OWN_NAME);
	if (err == EK_OK)
		err = read_file(path, &old, reterr_why);
	if (err == EK_NOT_FOUND)
		err = place == NULL ? EK_NOT_FOUND : make_dir(dir, reterr_why);
	if (err == EK_NOT_FOUND) { /* nothing to take away */
		err = EK_OK;
		goto out;
	}
	if (err == EK_OK) {
		edit(buf_text(&old), place, &text);
		err = buf_err(&text);
	}
	if (err == EK_OK)
		err = put_file(dir, &text, reterr_why);
out:
	buf_done(&old);
	buf_done(&text);
	return err;
}
