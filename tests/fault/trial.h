/*
 * trial - one act done again and again, each time with the next call failing,
 * until it is done with nothing failing.
 */
#ifndef TESTS_TRIAL_H
#define TESTS_TRIAL_H

#include "../unit/check.h"
#include "evenkeel/err.h"
#include "inject.h"

/* What is tested. */
typedef enum ek_err (*trial_act)(void *arg);

/* Each allocation of act in turn gives NULL, alone and with all after it:
 * EK_NOMEM each time, and nothing is held that was not before. */
void each_allocation(trial_act act, void *arg);
void assert_held(const struct inject_held *before);

/* What failed, for those who judge. */
struct trial_fault {
	const char *name;
	enum inject what;
	int code;
	enum ek_err
	    err;      /* what it is to be called; EK_OK: it must not matter */
	bool lasting; /* and everything after it */
};

struct trial {
	void (*before)(void *arg); /* nothing fails: makes what act needs */
	trial_act act;
	/* nothing fails any more: is what act left as it should be? Frees. */
	void (*after)(
	    void *arg, enum ek_err err, const struct trial_fault *fault);
	void *arg;
};

/* Every call of act fails in turn: for want of memory, with every errno that
 * is natural to it, half done, and in SQLite.  act then either says the one
 * right error or is done all the same; after() looks; nothing leaks. */
void each_fault(const struct trial *trial);

/* A folder of our own that is gone at the end, and its file of this name. */
void folder_make(char *dir, size_t room);
void folder_remove(const char *dir);
void folder_copy(const char *from, const char *to); /* plain files */
/* How many of the files are not named in this list, which NULL ends. */
size_t folder_others(const char *dir, ...);

#endif
