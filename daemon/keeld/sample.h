/*
 * sample - one bubble that asks nothing, so that she knows what one looks like.
 *
 * A helper of its own shows it as it is: no buttons, and no record.  It goes
 * when she closes it, after a minute, or when a question is due.
 */
#ifndef KEELD_SAMPLE_H
#define KEELD_SAMPLE_H

#include "keeld/keeld.h"

struct sample;

enum sample_state {
	SAMPLE_SHOWN,
	SAMPLE_FREE, /* sample_look: one could be shown */
	SAMPLE_HELD, /* reason: as keel-notify says it; not trusted */
	SAMPLE_NONE, /* there is nothing that shows it */
};
typedef void (*sample_cb)(
    enum sample_state state, const char *reason, void *arg);

enum ek_err sample_new(struct keeld *keeld, struct sample **ret) EK_MUST_USE;
void sample_free(struct sample *sample);
/* cb comes once, never from within.  EK_BUSY: another waits for its own;
 * EK_UNREACHABLE: there is no session bus. */
enum ek_err sample_show(
    struct sample *sample, sample_cb cb, void *arg) EK_MUST_USE;
/* The same, but nothing is shown: could it be?  EK_BUSY: one is up, too. */
enum ek_err sample_look(
    struct sample *sample, sample_cb cb, void *arg) EK_MUST_USE;
/* Whoever asked has left: no cb. */
void sample_forget(struct sample *sample);
/* A question comes in its place.  One that is only asked for goes on. */
void sample_put_away(struct sample *sample);

#endif
