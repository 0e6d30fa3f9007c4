/*
 * api_key - KEYSPEC objects, and requests that wait for the login keyring.
 *
 * A job reads its keys, asks the keyring for one (lookup) and gives it
 * another (store) as its request needs, then acts.  Without a keyring it acts
 * at once.  What was put into the keyring for an act that failed is taken out
 * again.
 */
#ifndef KEELD_API_KEY_H
#define KEELD_API_KEY_H

#include "keeld/api.h"

struct key_job {
	LIST_ENTRY(key_job) link; /* keeld->jobs */
	struct keeld *keeld;
	struct http_req *req; /* NULL: nobody waits for it */
	json_t *body;         /* the request's, kept */
	struct api_key key;   /* its Idempotency-Key */

	/* filled in by key_job_spec and key_job_with */
	bool has_spec;
	struct key_spec spec;
	bool look; /* the keyring is to say kek */
	char look_item[17];
	const char *with; /* "phrase", "passphrase", "keyring": a literal */
	unsigned char kek[STORE_KEK_LEN];

	/* What to do with the keys; *ret is the reply's new reference. */
	enum ek_err (*act)(
	    struct key_job *job, json_t **ret, struct ek_why *why);
	int status;  /* of the reply */
	bool stored; /* spec.item is in the keyring, or on its way */
	struct keyring_job *running;
};

/* A job for req with its body; keys are wiped when it is freed. */
enum ek_err key_job_new(struct keeld *keeld, struct http_req *req,
    struct key_job **ret, struct ek_why *why) EK_MUST_USE;
/* KEYSPEC from a member of the body; a keyring's secret is drawn here. */
enum ek_err key_job_spec(
    struct key_job *job, const json_t *spec, struct ek_why *why) EK_MUST_USE;
/* "with" and "kek" of the body; item is the keyring's for "keyring". */
enum ek_err key_job_with(
    struct key_job *job, const char *item, struct ek_why *why) EK_MUST_USE;
/* Runs and frees the job; the handler returns its token. */
const struct http_token *key_job_run_take(struct key_job *job);
/* For a job that was not run. */
void key_job_free(struct key_job *job);

/* Takes an item out of the login keyring, whether it answers or not. */
void key_forget(struct keeld *keeld, const char *item);

#endif
