/*
 * hard - what a process that holds the book does before anything else: no
 * core, not dumpable, files for the owner only, no fds it does not know,
 * freed memory of libraries wiped.
 *
 * Test builds stay dumpable (debuggers, LeakSanitizer).
 */
#ifndef EVENKEEL_BASE_HARD_H
#define EVENKEEL_BASE_HARD_H

#include <stddef.h>

#include "evenkeel/err.h"

/* Once, first thing in main.  EK_IO with the reason when the kernel refuses;
 * do not go on then. */
enum ek_err hard_start(struct ek_why *reterr_why) EK_MUST_USE;

/* free() and realloc() that wipe what they let go; for libraries that hold a
 * person's words in buffers of their own. */
void hard_free(void *memory);
void *hard_realloc(void *memory, size_t size);

#endif
