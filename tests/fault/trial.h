/*
 * trial - one act done again and again, each time with the next call failing,
 * until it is done with nothing failing.
 */
#ifndef TESTS_TRIAL_H
#define TESTS_TRIAL_H

#include "../unit/check.h"
#include "evenkeel/err.h"
#include "inject.h"

/* Does what is tested; what it makes it also frees. */
typedef enum ek_err (*trial_act)(void *arg);

/* Each allocation of act in turn gives NULL, alone and with all after it:
 * EK_NOMEM each time, and nothing is held that was not before. */
void assert_held(const struct inject_held *before);
void each_allocation(trial_act act, void *arg);

#endif
