/*
 * said - what was said under a request's key in this run, told from what is
 * said under it now.
 *
 * A locked book cannot read what it holds, so it cannot compare a repeat with
 * it.  Here lies, in memory only, one keyed hash of each of the last requests,
 * under a secret of this run: nothing on the disk lets anybody test a guess at
 * what was written, and nothing here does who has not the request's key.
 * After a restart, or about SAID_MAX requests later, a key that comes again is
 * a repeat unseen.
 */
#ifndef KEELD_SAID_H
#define KEELD_SAID_H

#include "evenkeel/err.h"
#include "evenkeel/json.h"
#include "evenkeel/limits.h"

#define SAID_MAX     1024
#define SAID_TAG_LEN 16

struct said;

enum ek_err said_new(struct said **ret) EK_MUST_USE;
void said_free(struct said *said);

/* The hash of a request's body (borrowed), its members in any order. */
enum ek_err said_tag(const struct said *said, const unsigned char *key16,
    const json_t *body, unsigned char *ret_tag) EK_MUST_USE;
/* rid: the first record of the request.  An old one makes room. */
void said_note(
    struct said *said, const unsigned char *rid, const unsigned char *tag);
/* True when something else was said under it in this run. */
bool said_other(const struct said *said, const unsigned char *rid,
    const unsigned char *tag);

#endif
