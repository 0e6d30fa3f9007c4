/*
 * doctor_site - what lies around the book: whom to call, the settings, the
 * instruments, the time zone, the clock.
 *
 * Settings and instruments are read once at start; here they are read anew,
 * so that a mended file is seen, and what keeld runs with is compared.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keeld/doctor.h"

#define AHEAD_MS (5 * 60 * INT64_C(1000))

static void
check_help(struct doctor *doctor)
{
	const char *path = doctor->keeld->conf->help_file;
	struct ek_why why = {""};
	struct help help;
	enum ek_err err = help_read(path, &help, &why);

	help_done(&help);
	if (err == EK_OK) {
		buf_str(&doctor->words, "Your site says whom to call.");
	} else {
		doctor_why(doctor, why.text);
		buf_str(&doctor->remedy, ": sudo nano ");
		doctor_path(&doctor->remedy, path);
		buf_str(&doctor->remedy,
		    " (a line for each: who, and how to reach them)");
	}
	doctor_end(doctor, "help-lines");
}

static bool
same_conf(const struct conf *a, const struct conf *b)
{
	size_t i;

	if (strcmp(a->help_file, b->help_file) != 0 ||
	    a->on_count != b->on_count)
		return false;
	for (i = 0; i < a->on_count; i++)
		if (strcmp(a->on[i], b->on[i]) != 0)
			return false;
	return true;
}

static void
check_config(struct doctor *doctor)
{
	const struct keeld *keeld = doctor->keeld;
	struct ek_why why = {""};
	struct conf conf;
	enum ek_err err;

	err = conf_read(CONF_SITE_FILE, keeld->paths.config, &conf, &why);
	if (err != EK_OK) {
		buf_str(&doctor->words, "The settings cannot be used: ");
		doctor_why(
		    doctor, why.text[0] == '\0' ? ek_err_text(err) : why.text);
		buf_str(&doctor->remedy,
		    "; mend that line, then run: " DOCTOR_RESTART);
	} else if (keeld->conf_why.text[0] != '\0' ||
		   !same_conf(&conf, keeld->conf)) {
		buf_str(&doctor->words,
		    "The settings are well, but keeld still runs with those "
		    "it read at its start.");
		buf_str(&doctor->remedy, "run: " DOCTOR_RESTART);
	} else {
		buf_str(&doctor->words, "The settings are well.");
	}
	doctor_end(doctor, "config");
}

/* "FILE: what is wrong": hers can be mended here, a shipped one not. */
static void
say_fault(struct doctor *doctor, const char *fault)
{
	char path[EK_PATH_MAX + 128];

	snprintf(path, sizeof(path), "%s/instruments/%.*s",
	    doctor->keeld->paths.data, (int)strcspn(fault, ":"), fault);
	buf_fmt(&doctor->words, "An instrument cannot be used: %s", fault);
	if (access(path, F_OK) == 0) {
		buf_str(&doctor->remedy, "mend this file, or run: rm ");
		doctor_path(&doctor->remedy, path);
		buf_str(&doctor->remedy, "; then run: " DOCTOR_RESTART);
	} else {
		buf_str(&doctor->remedy,
		    "run: sudo apt reinstall evenkeel; then "
		    "run: " DOCTOR_RESTART);
	}
}

/* One that the settings turn on and that is not here, or NULL. */
static const char *
unknown_on(const struct keeld *keeld, const struct instruments *all)
{
	const struct conf *conf = keeld->conf;
	size_t i;

	for (i = 0; i < conf->on_count; i++)
		if (instruments_find(all, conf->on[i], strlen(conf->on[i])) ==
		    NULL)
			return conf->on[i];
	return NULL;
}

static void
look_at_instruments(struct doctor *doctor, const struct instruments *all)
{
	const struct instruments *held = doctor->keeld->instruments;
	const char *on = unknown_on(doctor->keeld, all);

	if (instruments_faults(all) > 0) {
		say_fault(doctor, instruments_fault(all, 0));
		if (instruments_faults(all) > 1)
			buf_fmt(&doctor->words, " (and %zu more)",
			    instruments_faults(all) - 1);
	} else if (instruments_count(all) == 0) {
		buf_str(&doctor->words, "No instrument is installed.");
		buf_str(&doctor->remedy,
		    "run: sudo apt reinstall evenkeel; then "
		    "run: " DOCTOR_RESTART);
	} else if (on != NULL) {
		buf_fmt(&doctor->words,
		    "The settings turn on an instrument that is not here: %s",
		    on);
		buf_str(&doctor->remedy, "take it out of evenkeel.ini under "
					 "[instruments], then "
					 "run: " DOCTOR_RESTART);
	} else if (instruments_faults(held) > 0 ||
		   instruments_count(held) != instruments_count(all)) {
		buf_str(&doctor->words,
		    "The instruments are well, but keeld still runs with "
		    "those it read at its start.");
		buf_str(&doctor->remedy, "run: " DOCTOR_RESTART);
	} else {
		buf_fmt(&doctor->words, "All %zu instruments can be used.",
		    instruments_count(all));
	}
}

static void
check_instruments(struct doctor *doctor)
{
	const struct keeld *keeld = doctor->keeld;
	struct instruments *all = NULL;

	if (instruments_load(keeld->conf, keeld->paths.data, &all) != EK_OK) {
		doctor->err = EK_NOMEM;
		return;
	}
	look_at_instruments(doctor, all);
	instruments_free(all);
	doctor_end(doctor, "instruments");
}

/* How many schedules name a zone that this computer does not know? */
static size_t
lost_zones(struct doctor *doctor)
{
	const struct schedule *schedule;
	struct schedules *schedules = NULL;
	size_t at = 0, count = 0;

	if (!api_is_open(doctor->keeld) ||
	    api_schedules(doctor->keeld, &schedules) != EK_OK)
		return 0;
	while ((schedule = schedules_next(
		    schedules, doctor->now.day, SCHEDULE_NO_DAY, &at)) != NULL)
		count += schedule->zone_known ? 0 : 1;
	schedules_free(schedules);
	return count;
}

static void
check_zone(struct doctor *doctor)
{
	const char *tz = getenv("TZ");
	size_t lost;

	if (zones_why(doctor->keeld->zones)[0] != '\0') {
		buf_str(&doctor->words,
		    "The time zone of this computer cannot be read, so times "
		    "are taken as UTC.");
		buf_str(&doctor->remedy,
		    tz == NULL || *tz == '\0'
			? "find yours by timedatectl list-timezones, then "
			  "run: sudo timedatectl set-timezone NAME"
			: "take the variable TZ away, or set it to a name of "
			  "timedatectl list-timezones; then "
			  "run: " DOCTOR_RESTART);
	} else if ((lost = lost_zones(doctor)) > 0) {
		buf_fmt(&doctor->words,
		    "%zu of your schedules %s a time zone that this computer "
		    "does not know, and %s its own instead.",
		    lost, lost == 1 ? "names" : "name",
		    lost == 1 ? "follows" : "follow");
		buf_str(&doctor->remedy,
		    "run: sudo apt reinstall tzdata; or look at keel schedule "
		    "list and give it another zone");
	} else {
		buf_str(&doctor->words, "The time zone is known.");
	}
	doctor_end(doctor, "zone");
}

/* Time only grows in a book: an entry from the future tells a wrong clock. */
static void
check_clock(struct doctor *doctor)
{
	int64_t newest;

	if (!doctor_open(doctor, "clock"))
		return;
	newest = book_next_ms(store_book(doctor->keeld->store), 0) - 1;
	if (newest > doctor->now.ms + AHEAD_MS) {
		buf_str(&doctor->words,
		    "The book's newest entry is later than this computer's "
		    "clock: the clock is behind, or was ahead then.");
		buf_str(&doctor->remedy,
		    "look at the clock: date; if it is wrong, "
		    "run: sudo timedatectl set-ntp true; if it is right, this "
		    "ends by itself when that time comes");
	} else {
		buf_str(&doctor->words, "The clock fits the book.");
	}
	doctor_end(doctor, "clock");
}

void
doctor_site(struct doctor *doctor)
{
	check_help(doctor);
	check_config(doctor);
	check_instruments(doctor);
	check_zone(doctor);
	check_clock(doctor);
}
