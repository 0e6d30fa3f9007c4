/*
 * instruments - finding and loading questionnaire files.
 */
#include "keeld/instruments.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evenkeel/paths.h"
#include "evenkeel/text.h"
#include "keeld/conf.h"
#include "keeld/share.h"

struct instruments {
	const struct conf *conf;
	struct instrument *list[INSTRUMENTS_MAX];
	size_t count;
	struct ek_why faults[INSTRUMENTS_FAULTS_MAX];
	size_t fault_count;
	char place[EK_PATH_MAX];
};

/* A file's name as a reason may hold it. */
static const char *
what(const char *file)
{
	return text_is_name(file) ? file : "an instrument";
}

static void
fault(struct instruments *all, const char *file, const char *reason)
{
	if (all->fault_count < INSTRUMENTS_FAULTS_MAX)
		ek_why(&all->faults[all->fault_count++], EK_INVALID, "%s: %s",
		    what(file), reason);
}

static enum ek_err
read_file(int dir, const char *name, struct buf *ret)
{
	char part[16384];
	struct stat st;
	ssize_t got = -1;
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return EK_IO;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		while ((got = read(fd, part, sizeof(part))) > 0)
			buf_add(ret, part, (size_t)got);
	close(fd);
	return got < 0 ? EK_IO : buf_err(ret);
}

static enum ek_err
load_file(struct instruments *all, int dir, const char *name)
{
	struct instrument *one = NULL;
	struct ek_why why = {""};
	struct buf text;
	const char *is;
	enum ek_err err;

	buf_init(&text, EK_INSTRUMENT_MAX);
	err = read_file(dir, name, &text);
	if (err == EK_TOO_LARGE)
		fault(all, name, "it is too large; shorten it");
	else if (err == EK_IO)
		fault(all, name,
		    "it cannot be read; check what it is and its permissions");
	if (err == EK_OK) {
		err = instrument_parse(
		    buf_text(&text), text.len, what(name), &one, &why);
		if (err != EK_OK && err != EK_NOMEM &&
		    all->fault_count < INSTRUMENTS_FAULTS_MAX)
			all->faults[all->fault_count++] = why;
	}
	buf_done(&text);
	if (err != EK_OK)
		return err == EK_NOMEM ? err : EK_OK;
	is = instrument_name(one);
	if (instruments_find(all, is, strlen(is)) != NULL)
		fault(all, name,
		    "another instrument has this name already; give it another "
		    "id");
	else if (all->count == INSTRUMENTS_MAX)
		fault(all, name, "there are too many instruments; remove some");
	else {
		all->list[all->count++] = one;
		return EK_OK;
	}
	instrument_free(one);
	return EK_OK;
}

static int
wanted(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 5 && entry->d_name[0] != '.' &&
	       strcmp(entry->d_name + len - 5, ".json") == 0;
}

static enum ek_err
load_dir(struct instruments *all, const char *path, bool *ret_found)
{
	struct dirent **names = NULL;
	enum ek_err err = EK_OK;
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int count, i;

	*ret_found = dir >= 0;
	if (dir < 0)
		return EK_OK;
	count = scandirat(dir, ".", &names, wanted, alphasort);
	for (i = 0; i < count; i++) {
		if (err == EK_OK)
			err = load_file(all, dir, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	close(dir);
	return err;
}

static int
order_cb(const void *a, const void *b)
{
	return strcmp(instrument_name(*(struct instrument *const *)a),
	    instrument_name(*(struct instrument *const *)b));
}

enum ek_err
instruments_load_from(
    const struct conf *conf, const char *const dirs[], struct instruments **ret)
{
	struct instruments *all = calloc(1, sizeof(*all));
	enum ek_err err = EK_OK;
	bool found;
	size_t i;

	if (all == NULL)
		return EK_NOMEM;
	all->conf = conf;
	for (i = 0; err == EK_OK && dirs[i] != NULL; i++) {
		err = load_dir(all, dirs[i], &found);
		if (found && i == 0)
			snprintf(all->place, sizeof(all->place), "%s", dirs[i]);
	}
	if (err != EK_OK) {
		instruments_free(all);
		return err;
	}
	if (all->count > 1)
		qsort(all->list, all->count, sizeof(all->list[0]), order_cb);
	*ret = all;
	return EK_OK;
}

enum ek_err
instruments_load(
    const struct conf *conf, const char *own_dir, struct instruments **ret)
{
	char shipped[EK_PATH_MAX + 64], own[EK_PATH_MAX + 32];
	const char *dirs[3] = {shipped, NULL, NULL};

	share_find("instruments", shipped, sizeof(shipped));
	if (own_dir != NULL) {
		snprintf(own, sizeof(own), "%s/instruments", own_dir);
		dirs[1] = own;
	}
	return instruments_load_from(conf, dirs, ret);
}

void
instruments_free(struct instruments *instruments)
{
	size_t i;

	if (instruments == NULL)
		return;
	for (i = 0; i < instruments->count; i++)
		instrument_free(instruments->list[i]);
	free(instruments);
}

size_t
instruments_count(const struct instruments *instruments)
{
	return instruments->count;
}

const struct instrument *
instruments_at(const struct instruments *instruments, size_t index)
{
	return instruments->list[index];
}

const struct instrument *
instruments_find(
    const struct instruments *instruments, const char *name, size_t len)
{
	const char *is;
	size_t i;

	for (i = 0; i < instruments->count; i++) {
		is = instrument_name(instruments->list[i]);
		if (strlen(is) == len && memcmp(is, name, len) == 0)
			return instruments->list[i];
	}
	return NULL;
}

bool
instruments_on(
    const struct instruments *instruments, const struct instrument *instrument)
{
	return instrument_on(instrument) ||
	       conf_is_on(instruments->conf, instrument_name(instrument));
}

const struct measure *
instruments_measure(
    const struct instruments *instruments, const char *name, size_t len)
{
	const struct measure *measures;
	size_t count, i, k;

	for (i = 0; i < instruments->count; i++) {
		measures = instrument_measures(instruments->list[i], &count);
		for (k = 0; k < count; k++)
			if (strlen(measures[k].name) == len &&
			    memcmp(measures[k].name, name, len) == 0)
				return &measures[k];
	}
	return NULL;
}

size_t
instruments_faults(const struct instruments *instruments)
{
	return instruments->fault_count;
}

const char *
instruments_fault(const struct instruments *instruments, size_t index)
{
	return instruments->faults[index].text;
}

const char *
instruments_place(const struct instruments *instruments)
{
	return instruments->place;
}
