/*
 * api_key - reading keys, and waiting for the keyring.
 */
#include "keeld/api_key.h"

#include <stdlib.h>
#include <string.h>

#include "base/seal.h"
#include "evenkeel/text.h"

#define KDF_OPS_MAX     64
#define KDF_MEM_KIB_MIN 8
#define KDF_MEM_KIB_MAX (4 * 1024 * 1024)

/* --- KEYSPEC --- */

static enum ek_err
read_kek(const json_t *object, const char *key, unsigned char *ret,
    struct ek_why *why)
{
	const char *hex = json_string_value(json_object_get(object, key));

	if (hex == NULL || !text_unhex(hex, ret, STORE_KEK_LEN))
		return ek_why(why, EK_INVALID,
		    "%s is not 64 hexadecimal digits; give the stretched key",
		    key);
	return EK_OK;
}

static enum ek_err
read_kdf(
    const json_t *object, const char *key, struct kdf *ret, struct ek_why *why)
{
	const json_t *kdf = json_object_get(object, key);
	const char *salt = json_string_value(json_object_get(kdf, "salt"));
	json_int_t ops = json_integer_value(json_object_get(kdf, "ops"));
	json_int_t mem = json_integer_value(json_object_get(kdf, "mem_kib"));
	enum ek_err err;

	err = json_only(kdf, key, why, "salt", "ops", "mem_kib", NULL);
	if (err != EK_OK)
		return err;
	if (salt == NULL || !text_unhex(salt, ret->salt, sizeof(ret->salt)) ||
	    ops < 1 || ops > KDF_OPS_MAX || mem < KDF_MEM_KIB_MIN ||
	    mem > KDF_MEM_KIB_MAX)
		return ek_why(why, EK_INVALID,
		    "%s needs a salt of 32 hexadecimal digits, ops of 1 to %d "
		    "and mem_kib of %d to %d; correct it",
		    key, KDF_OPS_MAX, KDF_MEM_KIB_MIN, KDF_MEM_KIB_MAX);
	ret->ops = (uint32_t)ops;
	ret->mem_kib = (uint32_t)mem;
	return EK_OK;
}

static enum ek_err
read_mode(const json_t *spec, enum key_mode *ret, struct ek_why *why)
{
	const char *mode = json_string_value(json_object_get(spec, "mode"));

	if (mode != NULL && strcmp(mode, "file") == 0)
		*ret = KEY_FILE;
	else if (mode != NULL && strcmp(mode, "keyring") == 0)
		*ret = KEY_KEYRING;
	else if (mode != NULL && strcmp(mode, "passphrase") == 0)
		*ret = KEY_PASSPHRASE;
	else
		return ek_why(why, EK_INVALID,
		    "mode is not one of file, keyring and passphrase; give one "
		    "of them");
	return EK_OK;
}

enum ek_err
key_job_spec(struct key_job *job, const json_t *spec, struct ek_why *why)
{
	struct key_spec *into = &job->spec;
	enum ek_err err;

	err = json_only(spec, "key", why, "mode", "kek", "kdf", "phrase_kek",
	    "phrase_kdf", NULL);
	if (err == EK_OK)
		err = read_mode(spec, &into->mode, why);
	if (err == EK_OK && into->mode == KEY_PASSPHRASE)
		err = read_kek(spec, "kek", into->kek, why);
	if (err == EK_OK && into->mode == KEY_PASSPHRASE)
		err = read_kdf(spec, "kdf", &into->kdf, why);
	if (err == EK_OK && into->mode != KEY_PASSPHRASE &&
	    (json_object_get(spec, "kek") != NULL ||
		json_object_get(spec, "kdf") != NULL))
		err = ek_why(why, EK_INVALID,
		    "kek and kdf go with a passphrase only; leave them out");
	if (err == EK_OK)
		err = read_kek(spec, "phrase_kek", into->phrase_kek, why);
	if (err == EK_OK)
		err = read_kdf(spec, "phrase_kdf", &into->phrase_kdf, why);
	if (err != EK_OK)
		return err;
	if (into->mode == KEY_KEYRING) {
		seal_random(into->kek, sizeof(into->kek));
		keyring_new_item(into->item);
	}
	job->has_spec = true;
	return EK_OK;
}

enum ek_err
key_job_with(struct key_job *job, const char *item, struct ek_why *why)
{
	static const char *const ways[] = {"phrase", "passphrase", "keyring"};
	const char *with =
	    json_string_value(json_object_get(job->body, "with"));
	size_t i;

	for (i = 0; with != NULL && i < 3; i++)
		if (strcmp(with, ways[i]) == 0)
			job->with = ways[i];
	if (job->with == NULL)
		return ek_why(why, EK_INVALID,
		    "with is not one of phrase, passphrase and keyring; give "
		    "one of them");
	if (strcmp(job->with, "keyring") != 0)
		return read_kek(job->body, "kek", job->kek, why);
	if (json_object_get(job->body, "kek") != NULL)
		return ek_why(why, EK_INVALID,
		    "kek does not go with the keyring; leave it out");
	if (item == NULL || item[0] == '\0')
		return ek_why(why, EK_NOT_FOUND,
		    "this does not open by a keyring; use the passphrase or "
		    "the recovery phrase");
	memcpy(job->look_item, item, sizeof(job->look_item));
	job->look = true;
	return EK_OK;
}

/* --- the job --- */

enum ek_err
key_job_new(struct keeld *keeld, struct http_req *req, struct key_job **ret,
    struct ek_why *why)
{
	struct key_job *job;
	const json_t *body;
	struct api_key key;
	enum ek_err err;

	err = api_key(req, &key, why);
	if (err == EK_OK)
		err = http_body_json(req, &body, why);
	if (err != EK_OK)
		return err;
	job = calloc(1, sizeof(*job));
	if (job == NULL)
		return EK_NOMEM;
	job->keeld = keeld;
	job->req = req;
	job->key = key;
	job->status = 200;
	job->body = json_incref((json_t *)(uintptr_t)body);
	LIST_INSERT_HEAD(&keeld->jobs, job, link);
	*ret = job;
	return EK_OK;
}

void
key_job_free(struct key_job *job)
{
	if (job == NULL)
		return;
	LIST_REMOVE(job, link);
	keyring_cancel(job->running);
	json_decref(job->body);
	seal_wipe(job, sizeof(*job));
	free(job);
}

static void
forgotten_cb(enum ek_err err, const struct ek_why *why,
    const unsigned char *secret, void *arg)
{
	struct key_job *job = arg;

	(void)err;
	(void)why;
	(void)secret;
	job->running = NULL;
	key_job_free(job);
}

void
key_forget(struct keeld *keeld, const char *item)
{
	struct key_job *job;

	if (item[0] == '\0')
		return;
	job = calloc(1, sizeof(*job));
	if (job == NULL)
		return;
	LIST_INSERT_HEAD(&keeld->jobs, job, link);
	if (keyring_clear(
		keeld->loop, item, forgotten_cb, job, &job->running) != EK_OK)
		key_job_free(job);
}

static const struct http_token *
act(struct key_job *job)
{
	struct ek_why why = {""};
	json_t *json = NULL;
	enum ek_err err = job->act(job, &json, &why);

	if (err == EK_OK)
		return api_reply(job->req, job->status, json);
	if (job->stored)
		key_forget(job->keeld, job->spec.item);
	return http_fail(job->req, err, &why);
}

static enum ek_err step(struct key_job *job, struct ek_why *why);

/* A later turn: the keyring answered. */
static void
answered(struct key_job *job, enum ek_err err, const struct ek_why *why)
{
	struct ek_why next = {""};

	job->running = NULL; /* it frees itself */
	if (err == EK_OK) {
		err = step(job, &next);
		why = &next;
	}
	if (err == EK_OK && job->running != NULL)
		return; /* one more thing to wait for */
	if (err == EK_OK)
		(void)act(job);
	else
		(void)http_fail(job->req, err, why);
	key_job_free(job);
}

static void
looked_cb(enum ek_err err, const struct ek_why *why,
    const unsigned char *secret, void *arg)
{
	struct key_job *job = arg;

	job->look = false;
	if (err == EK_OK)
		memcpy(job->kek, secret, sizeof(job->kek));
	answered(job, err, why);
}

static void
stored_cb(enum ek_err err, const struct ek_why *why,
    const unsigned char *secret, void *arg)
{
	struct key_job *job = arg;

	(void)secret;
	answered(job, err, why);
}

/* Starts what is to be waited for next: job->running says whether. */
static enum ek_err
step(struct key_job *job, struct ek_why *why)
{
	struct loop *loop = job->keeld->loop;
	enum ek_err err = EK_OK;

	if (job->look)
		err = keyring_lookup(
		    loop, job->look_item, looked_cb, job, &job->running);
	else if (job->has_spec && job->spec.mode == KEY_KEYRING &&
		 !job->stored) {
		job->stored = true;
		err = keyring_store(loop, job->spec.item, job->spec.kek,
		    stored_cb, job, &job->running);
	}
	if (err != EK_OK && err != EK_NOMEM)
		err = ek_why(why, EK_UNREACHABLE,
		    "secret-tool, which speaks to the login keyring, cannot be "
		    "started; install libsecret-tools, or choose a passphrase");
	return err;
}

static void
gone_cb(void *arg)
{
	struct key_job *job = arg;

	if (job->stored)
		key_forget(job->keeld, job->spec.item);
	key_job_free(job);
}

const struct http_token *
key_job_run_take(struct key_job *job)
{
	const struct http_token *token;
	struct ek_why why = {""};
	enum ek_err err;

	err = step(job, &why);
	if (err == EK_OK && job->running != NULL)
		return http_later(job->req, gone_cb, job);
	token = err == EK_OK ? act(job) : http_fail(job->req, err, &why);
	key_job_free(job);
	return token;
}

void
key_jobs_done(struct keeld *keeld)
{
	struct key_job *job;

	while ((job = LIST_FIRST(&keeld->jobs)) != NULL) {
		/* key_job_free takes it off the list, which the analyzer cannot
		 * follow. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		if (job->req != NULL)
			(void)http_fail(job->req, EK_UNREACHABLE, NULL);
		key_job_free(job);
	}
}
