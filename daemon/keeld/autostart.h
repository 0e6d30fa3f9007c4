/*
 * autostart - whether keeld starts when she logs in: her own links to the
 * units, made and taken away by `systemctl --user`.
 *
 * Only where a user manager started this keeld; one that was started by hand,
 * perhaps for another home, has no unit to speak of.  A child of the loop: a
 * manager that hangs holds nobody up.
 */
#ifndef KEELD_AUTOSTART_H
#define KEELD_AUTOSTART_H

#include <stdbool.h>

#include "base/loop.h"

struct autostart;

/* state: "on", "off", "failed" (systemctl did); a literal.  Never from within
 * a call of autostart_. */
typedef void (*autostart_cb)(const char *state, void *arg);

enum ek_err autostart_new(struct loop *loop, autostart_cb cb, void *arg,
    struct autostart **ret) EK_MUST_USE;
void autostart_free(struct autostart *autostart); /* cb is not called */

/* Did a user manager start this keeld? */
bool autostart_here(void);
/* A book was made (on), or erased; done once this turn was kept. */
void autostart_want(struct autostart *autostart, bool on);
void autostart_turn_end(struct autostart *autostart, enum ek_err err);
/* Asks how it stands, after what is wanted was done; cb tells.  EK_IO: there
 * is no asking now. */
enum ek_err autostart_ask(struct autostart *autostart) EK_MUST_USE;

#endif
