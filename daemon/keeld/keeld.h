/*
 * keeld - what one running daemon holds, and what is done whenever its book
 * opens, its schedule changes, an armed instant comes or it stops.
 *
 * main.c makes the parts in this order and hands them over in struct keeld:
 * loop, conf, instruments, zones, store, copy, http, web; then keeld_start,
 * which registers the routes.  keeld_done gives back only what keeld_start
 * made.
 */
#ifndef KEELD_KEELD_H
#define KEELD_KEELD_H

#include <sys/queue.h>

#include "base/http.h"
#include "base/loop.h"
#include "evenkeel/paths.h"
#include "keeld/conf.h"
#include "keeld/copy.h"
#include "keeld/instruments.h"
#include "keeld/keyring.h"
#include "keeld/said.h"
#include "keeld/store.h"
#include "keeld/zones.h"

struct autostart;
struct autostart_wait; /* api_autostart.c */
struct drafts;
struct prompt;
struct sample;
struct web;
struct key_job; /* api_key.c: a request that waits for the login keyring */
LIST_HEAD(key_jobs, key_job);
LIST_HEAD(autostart_waits, autostart_wait);

struct keeld {
	struct loop *loop;
	struct http *http;
	struct web *web;
	struct store *store;
	struct copy *copy;
	struct paths paths;
	const struct conf *conf;
	struct ek_why conf_why; /* "": the files were read; else why not */
	struct instruments *instruments;
	struct zones *zones;

	/* keeld_start's own */
	struct loop_timer *timer;
	struct key_jobs jobs;
	struct keyring_job *opening; /* looks for the key at start */
	struct said *said;           /* NULL: repeats are not compared */
	int64_t *armed;              /* what the armed table holds */
	size_t armed_count;
	bool armed_known;
	struct prompt *prompt;
	struct autostart *autostart;
	struct autostart_waits autostart_waits;
	struct sample *sample;
	struct drafts *drafts; /* those in memory only */
	int64_t copy_day; /* local day of the drawn minute awaited; 0: none */
};

/* The routes, the timer, and keeld_opened when the book is open. */
enum ek_err keeld_start(struct keeld *keeld) EK_MUST_USE;
/* Cancels what waits; the copy is main's to write before this. */
void keeld_done(struct keeld *keeld);

/* After the book opened (start, unlock, restore): takes in what the sealed
 * copy has, then keeld_tick.  EK_ERASED: the owner erased this book on
 * another desk, and it was destroyed here as well.  A copy that is away or
 * damaged is no error: status and doctor say it. */
enum ek_err keeld_opened(
    struct keeld *keeld, struct ek_why *reterr_why) EK_MUST_USE;
/* Arms the due instants of the next 14 days and the timer; writes the copy
 * when today's drawn minute came.  After every change of a schedule, from the
 * timer, and when the zone changed. */
void keeld_tick(struct keeld *keeld);
/* The sealed copy, written now.  EK_ERASED as in keeld_opened. */
enum ek_err keeld_copy(
    struct keeld *keeld, struct ek_why *reterr_why) EK_MUST_USE;

#endif
