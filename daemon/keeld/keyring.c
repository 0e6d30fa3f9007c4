/*
 * keyring - secret-tool as a child of the loop: store, look up, clear.
 */
#include "keeld/keyring.h"

#include <stdlib.h>
#include <string.h>

#include "base/seal.h"
#include "evenkeel/text.h"

enum verb { VERB_STORE, VERB_LOOKUP, VERB_CLEAR };

struct keyring_job {
	struct loop_child *child;
	enum verb verb;
	keyring_cb cb;
	void *arg;
};

void
keyring_new_item(char *out)
{
	unsigned char bytes[8];

	seal_random(bytes, sizeof(bytes));
	text_hex(bytes, sizeof(bytes), out);
}

static bool
read_secret(const char *out, size_t len, unsigned char *ret)
{
	char hex[2 * KEYRING_SECRET_LEN + 1];
	bool ok;

	if (len > 0 && out[len - 1] == '\n')
		len--;
	if (len != 2 * KEYRING_SECRET_LEN)
		return false;
	memcpy(hex, out, len);
	hex[len] = '\0';
	ok = text_unhex(hex, ret, KEYRING_SECRET_LEN);
	seal_wipe(hex, sizeof(hex));
	return ok;
}

static enum ek_err
outcome(enum verb verb, int status, bool secret_ok, struct ek_why *why)
{
	if (status == -1)
		return ek_why(why, EK_UNREACHABLE,
		    "the login keyring did not answer (secret-tool was not "
		    "found or took too long); unlock your keyring, or choose a "
		    "passphrase: keel key passphrase");
	switch (verb) {
	case VERB_STORE:
		if (status != 0)
			return ek_why(why, EK_UNREACHABLE,
			    "the login keyring did not take the key; unlock "
			    "your keyring, or choose a passphrase");
		return EK_OK;
	case VERB_LOOKUP:
		if (status != 0 || !secret_ok)
			return ek_why(why, EK_WRONG_KEY,
			    "the login keyring holds no key for this book; "
			    "unlock your keyring, or open the book with the "
			    "recovery phrase: keel unlock --phrase");
		return EK_OK;
	case VERB_CLEAR:
		return EK_OK; /* not there is as good as cleared */
	}
	return EK_BUG;
}

static void
done_cb(int status, const char *out, size_t len, void *arg)
{
	struct keyring_job *job = arg;
	unsigned char secret[KEYRING_SECRET_LEN];
	struct ek_why why = {""};
	enum ek_err err;
	bool ok;

	ok = job->verb == VERB_LOOKUP && read_secret(out, len, secret);
	err = outcome(job->verb, status, ok, &why);
	job->cb(err, &why, ok && err == EK_OK ? secret : NULL, job->arg);
	seal_wipe(secret, sizeof(secret));
	loop_child_free(job->child);
	free(job);
}

static enum ek_err
start(struct loop *loop, enum verb verb, const char *const argv[],
    const char *input, keyring_cb cb, void *arg, struct keyring_job **ret)
{
	struct keyring_job *job = calloc(1, sizeof(*job));
	enum ek_err err;

	if (job == NULL)
		return EK_NOMEM;
	job->verb = verb;
	job->cb = cb;
	job->arg = arg;
	err =
	    loop_child_run(loop, argv, input, input == NULL ? 0 : strlen(input),
		256, KEYRING_LIMIT_MS, done_cb, job, &job->child);
	if (err != EK_OK) {
		free(job);
		return err;
	}
	*ret = job;
	return EK_OK;
}

enum ek_err
keyring_store(struct loop *loop, const char *item, const unsigned char *secret,
    keyring_cb cb, void *arg, struct keyring_job **ret)
{
	const char *const argv[] = {"secret-tool", "store", "--label=Evenkeel",
	    "application", "evenkeel", "item", item, NULL};
	char hex[2 * KEYRING_SECRET_LEN + 1];
	enum ek_err err;

	text_hex(secret, KEYRING_SECRET_LEN, hex);
	err = start(loop, VERB_STORE, argv, hex, cb, arg, ret);
	seal_wipe(hex, sizeof(hex));
	return err;
}

enum ek_err
keyring_lookup(struct loop *loop, const char *item, keyring_cb cb, void *arg,
    struct keyring_job **ret)
{
	const char *const argv[] = {"secret-tool", "lookup", "application",
	    "evenkeel", "item", item, NULL};

	return start(loop, VERB_LOOKUP, argv, NULL, cb, arg, ret);
}

enum ek_err
keyring_clear(struct loop *loop, const char *item, keyring_cb cb, void *arg,
    struct keyring_job **ret)
{
	const char *const argv[] = {"secret-tool", "clear", "application",
	    "evenkeel", "item", item, NULL};

	return start(loop, VERB_CLEAR, argv, NULL, cb, arg, ret);
}

void
keyring_cancel(struct keyring_job *job)
{
	if (job == NULL)
		return;
	loop_child_free(job->child);
	free(job);
}
