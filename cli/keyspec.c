/*
 * keyspec - KEYSPEC objects: modes, salts, stretched words.  See keyspec.h.
 */
#include "keyspec.h"

#include <string.h>

#include "evenkeel/text.h"
#include "input.h"
#include "out.h"
#include "phrase.h"

#define HEX_ROOM (2 * PHRASE_KEK_LEN + 1)

const char *
keyspec_mode_name(enum keyspec_mode mode)
{
	switch (mode) {
	case KEYSPEC_FILE:
		return "file";
	case KEYSPEC_KEYRING:
		return "keyring";
	case KEYSPEC_PASSPHRASE:
		return "passphrase";
	}
	return "file";
}

enum ek_err
keyspec_mode_from(
    const char *name, enum keyspec_mode *ret, struct ek_why *reterr_why)
{
	if (strcmp(name, "file") == 0)
		*ret = KEYSPEC_FILE;
	else if (strcmp(name, "keyring") == 0)
		*ret = KEYSPEC_KEYRING;
	else if (strcmp(name, "passphrase") == 0)
		*ret = KEYSPEC_PASSPHRASE;
	else
		return ek_why(reterr_why, EK_USAGE,
		    "a key is kept in the keyring, under a passphrase or in a "
		    "file; say keyring, passphrase or file");
	return EK_OK;
}

enum ek_err
keyspec_check_passphrase(
    const struct buf *passphrase, struct ek_why *reterr_why)
{
	if (passphrase->len < PHRASE_PASS_MIN)
		return ek_why(reterr_why, EK_INVALID,
		    "a passphrase needs at least %d characters; a few words "
		    "are easy to keep in mind",
		    PHRASE_PASS_MIN);
	if (passphrase->len > PHRASE_PASS_MAX)
		return ek_why(reterr_why, EK_INVALID,
		    "a passphrase has at most %d bytes; use a shorter one",
		    PHRASE_PASS_MAX);
	return EK_OK;
}

/* --- objects --- */

/* The texts of an object are keys in hex: jansson frees without wiping. */
static void
wipe_text(const json_t *json)
{
	union {
		const char *given;
		char *mine;
	} text = {.given = json_string_value(json)};

	if (text.given != NULL)
		explicit_bzero(text.mine, json_string_length(json));
}

void
keyspec_free(json_t *json)
{
	const char *key;
	json_t *value;

	if (json_is_object(json)) {
		json_object_foreach(json, key, value)
		{
			if (strstr(key, "kek") != NULL)
				wipe_text(value);
		}
	}
	json_decref(json);
}

static json_t *
kdf_json(const struct phrase_kdf *kdf)
{
	char salt[2 * PHRASE_SALT_LEN + 1];

	text_hex(kdf->salt, sizeof(kdf->salt), salt);
	return json_pack("{s:s,s:I,s:I}", "salt", salt, "ops",
	    (json_int_t)kdf->ops, "mem_kib", (json_int_t)kdf->mem_kib);
}

static enum ek_err
kdf_from_json(const json_t *json, struct phrase_kdf *ret)
{
	const char *salt = json_string_value(json_object_get(json, "salt"));
	json_int_t ops = json_integer_value(json_object_get(json, "ops"));
	json_int_t mem = json_integer_value(json_object_get(json, "mem_kib"));

	if (salt == NULL || !text_unhex(salt, ret->salt, PHRASE_SALT_LEN) ||
	    ops < 1 || ops > PHRASE_OPS_MAX || mem < 8 ||
	    mem > PHRASE_MEM_KIB_MAX)
		return EK_CORRUPT;
	ret->ops = (uint32_t)ops;
	ret->mem_kib = (uint32_t)mem;
	return EK_OK;
}

/* Puts words, stretched, under `kek` and how under `how`. */
static enum ek_err
put_stretched(
    json_t *spec, const char *kek, const char *how, const struct buf *words)
{
	struct phrase_kdf kdf;
	struct phrase_key key;
	char hex[HEX_ROOM];
	enum ek_err err;

	err = phrase_kdf_new(&kdf);
	if (err == EK_OK)
		err = phrase_stretch(buf_text(words), words->len, &kdf, &key);
	if (err != EK_OK)
		return err;
	text_hex(key.kek, sizeof(key.kek), hex);
	if (json_object_set_new(spec, kek, json_string(hex)) != 0 ||
	    json_object_set_new(spec, how, kdf_json(&kdf)) != 0)
		err = EK_NOMEM;
	explicit_bzero(hex, sizeof(hex));
	phrase_key_done(&key);
	return err;
}

enum ek_err
keyspec_make(enum keyspec_mode mode, const struct buf *passphrase,
    struct buf *phrase, json_t **ret, struct ek_why *reterr_why)
{
	json_t *spec = NULL;
	enum ek_err err = EK_OK;

	if (mode == KEYSPEC_PASSPHRASE)
		err = keyspec_check_passphrase(passphrase, reterr_why);
	if (err == EK_OK && phrase->len == 0)
		err = phrase_new(phrase);
	if (err != EK_OK)
		return err;
	spec = json_pack("{s:s}", "mode", keyspec_mode_name(mode));
	if (spec == NULL)
		err = EK_NOMEM;
	if (err == EK_OK && mode == KEYSPEC_PASSPHRASE)
		err = put_stretched(spec, "kek", "kdf", passphrase);
	if (err == EK_OK)
		err = put_stretched(spec, "phrase_kek", "phrase_kdf", phrase);
	if (err == EK_OK)
		*ret = spec;
	else
		keyspec_free(spec);
	return err;
}

/* The phrase as it was made, or the passphrase as typed. */
static enum ek_err
plain_words(const char *with, const struct buf *words, struct buf *ret,
    struct ek_why *reterr_why)
{
	if (strcmp(with, "phrase") == 0)
		return phrase_normal(
		    buf_text(words), words->len, ret, reterr_why);
	buf_add(ret, buf_text(words), words->len);
	return buf_err(ret);
}

enum ek_err
keyspec_open(const char *with, const struct buf *words, const json_t *kdf,
    json_t **ret, struct ek_why *reterr_why)
{
	struct phrase_kdf cost;
	struct phrase_key key;
	struct buf plain;
	char hex[HEX_ROOM];
	json_t *body;
	enum ek_err err;

	if (strcmp(with, "keyring") == 0) {
		body = json_pack("{s:s}", "with", with);
		if (body != NULL)
			*ret = body;
		return body != NULL ? EK_OK : EK_NOMEM;
	}
	buf_init(&plain, PHRASE_PASS_MAX);
	err = kdf_from_json(kdf, &cost);
	if (err != EK_OK)
		ek_why(reterr_why, err,
		    "how the key was made cannot be read; run: keel doctor");
	if (err == EK_OK)
		err = plain_words(with, words, &plain, reterr_why);
	if (err == EK_OK)
		err = phrase_stretch(buf_text(&plain), plain.len, &cost, &key);
	if (err == EK_OK) {
		text_hex(key.kek, sizeof(key.kek), hex);
		body = json_pack("{s:s,s:s}", "with", with, "kek", hex);
		if (body != NULL)
			*ret = body;
		else
			err = EK_NOMEM;
		explicit_bzero(hex, sizeof(hex));
		phrase_key_done(&key);
	}
	buf_done(&plain);
	return err;
}
