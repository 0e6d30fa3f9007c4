/*
 * keyring - the login keyring through secret-tool, with a time limit.
 *
 * Secrets go by pipe, never as arguments; what stands in the arguments is
 * neutral ("application evenkeel item 3f…").
 */
#ifndef KEELD_KEYRING_H
#define KEELD_KEYRING_H

#include "base/loop.h"
#include "evenkeel/err.h"

#define KEYRING_SECRET_LEN 32
#define KEYRING_LIMIT_MS   20000

struct keyring_job;

/* secret is NULL unless a look-up succeeded; wiped after the call. */
typedef void (*keyring_cb)(enum ek_err err, const struct ek_why *why,
    const unsigned char *secret, void *arg);

/* A new random item name: 16 hex and NUL. */
void keyring_new_item(char *out);
/* Each starts one child; cb runs in a later turn.  The job frees itself after
 * cb; keyring_cancel ends it without cb. */
enum ek_err keyring_store(struct loop *loop, const char *item,
    const unsigned char *secret, keyring_cb cb, void *arg,
    struct keyring_job **ret) EK_MUST_USE;
enum ek_err keyring_lookup(struct loop *loop, const char *item, keyring_cb cb,
    void *arg, struct keyring_job **ret) EK_MUST_USE;
enum ek_err keyring_clear(struct loop *loop, const char *item, keyring_cb cb,
    void *arg, struct keyring_job **ret) EK_MUST_USE;
void keyring_cancel(struct keyring_job *job);

#endif
