/*
 * keeld - the tour.  One function per phase, in the order in which a daemon
 * comes up; going down is the same list backwards.
 *
 * One thread, one loop.  Requests of a turn are run as they come, committed
 * together at its tail, and only then answered: see tail_cb.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hard.h"
#include "base/log.h"
#include "base/seal.h"
#include "base/unit.h"
#include "keeld/autostart.h"
#include "keeld/draft.h"
#include "keeld/keeld.h"
#include "keeld/prompt.h"
#include "keeld/serve.h"
#include "keeld/web.h"

static const char usage[] =
    "usage: keeld [--home DIR]\n"
    "Keeps one person's book and answers keel on a Unix socket.\n"
    "Runs in the foreground; see keeld(8).\n";

/* The end of a turn: first what was added is kept, then it is called kept. */
static void
tail_cb(void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	enum ek_err err = store_turn_end(keeld->store, &why);

	if (err != EK_OK) {
		log_fault("commit: %s", ek_err_code(err));
		keeld->armed_known = false; /* what it armed was undone, too */
	}
	http_release(keeld->http, err, why.text);
	prompt_turn_end(keeld->prompt, err);
	draft_turn_end(keeld, err);
	autostart_turn_end(keeld->autostart, err);
	web_release(keeld->web, err, why.text);
	/* a disk that was full may have room by the next request */
	if (store_again(keeld->store, &keeld->paths))
		(void)!keeld_opened(keeld, NULL);
}

static int
say(const char *text)
{
	return fputs(text, stdout) >= 0 && fflush(stdout) == 0 ? 0 : 1;
}

static int
refuse(enum ek_err err, const struct ek_why *why)
{
	fprintf(stderr, "keeld: %s\n",
	    why->text[0] == '\0' ? ek_err_text(err) : why->text);
	return ek_err_exit(err);
}

/* What was asked for: one option, and the folders. */
static enum ek_err
read_options(int argc, char **argv, struct paths *ret, struct ek_why *why)
{
	struct paths_env env = {NULL, getenv("EVENKEEL_HOME"), getenv("HOME"),
	    getenv("XDG_DATA_HOME"), getenv("XDG_CONFIG_HOME"),
	    getenv("XDG_RUNTIME_DIR")};
	int i;

	for (i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--home=", 7) == 0)
			env.home_opt = argv[i] + 7;
		else if (strcmp(argv[i], "--home") != 0)
			return ek_why(why, EK_USAGE,
			    "this option is not known; run: keeld --help");
		else if (++i < argc)
			env.home_opt = argv[i];
		else
			return ek_why(why, EK_USAGE,
			    "--home needs a folder; give --home DIR");
	}
	/* not taken for absent: another book would be opened */
	if (env.home_opt != NULL && env.home_opt[0] == '\0')
		return ek_why(
		    why, EK_USAGE, "--home is empty; give --home DIR");
	return paths_find(&env, ret, why);
}

/* The parts, from what knows least to what knows most. */
static enum ek_err
make_parts(struct keeld *keeld)
{
	static struct conf conf;
	const char *place;
	enum ek_err err;

	err = loop_new(tail_cb, keeld, &keeld->loop);
	if (err != EK_OK)
		return err;
	/* a bad file is told by status and doctor; the rest stands */
	err = conf_read(
	    CONF_SITE_FILE, keeld->paths.config, &conf, &keeld->conf_why);
	if (err == EK_NOMEM)
		return err;
	keeld->conf = &conf;
	err = instruments_load(&conf, keeld->paths.data, &keeld->instruments);
	if (err == EK_OK)
		err = zones_new(getenv("TZ"), &keeld->zones);
	if (err == EK_OK)
		err = store_open(&keeld->paths, &keeld->store);
	if (err != EK_OK)
		return err;
	/* a home on the network holds the copy unless she chose otherwise */
	place = conf.copy_place[0] != '\0' ? conf.copy_place
					   : store_network(keeld->store);
	err = copy_new(place, &keeld->copy);
	if (err == EK_OK)
		err = http_new(loop_base(keeld->loop), NULL, &keeld->http);
	return err == EK_OK ? web_new(keeld, &keeld->web) : err;
}

static enum ek_err
run(struct keeld *keeld, struct ek_why *why)
{
	int lock_fd = -1;
	enum ek_err err;

	err = make_parts(keeld);
	if (err == EK_OK && store_state(keeld->store) == STORE_BROKEN &&
	    store_err(keeld->store) == EK_BUSY)
		err = ek_why(why, EK_BUSY, "%s", store_why(keeld->store));
	if (err == EK_OK)
		err = keeld_start(keeld);
	if (err == EK_OK)
		err = serve_start(keeld, &lock_fd, why);
	if (err != EK_OK)
		return err;
	tail_cb(keeld); /* what joining the copy brought is kept now */
	log_note("started");
	unit_notify("READY=1");
	err = loop_run(keeld->loop);
	unit_notify("STOPPING=1");
	if (err == EK_OK && keeld_copy(keeld, why) != EK_OK)
		log_fault("the sealed copy was not written");
	serve_stop(keeld, lock_fd);
	log_note("stopped");
	return err;
}

static void
free_parts(struct keeld *keeld)
{
	web_free(keeld->web);
	keeld_done(keeld);
	http_free(keeld->http);
	copy_free(keeld->copy);
	store_close(keeld->store);
	zones_free(keeld->zones);
	instruments_free(keeld->instruments);
	loop_free(keeld->loop);
}

int
main(int argc, char **argv)
{
	struct keeld keeld = {.copy_day = 0};
	struct ek_why why = {""};
	enum ek_err err;

	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return say("keeld " EK_VERSION "\n");
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return say(usage);
	err = hard_start(&why);
	if (err == EK_OK)
		err = seal_init();
	if (err == EK_OK)
		err = read_options(argc, argv, &keeld.paths, &why);
	if (err == EK_OK)
		err = run(&keeld, &why);
	free_parts(&keeld);
	return err == EK_OK ? 0 : refuse(err, &why);
}
