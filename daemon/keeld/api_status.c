/*
 * api_status - what state the book is in, where it and its key lie, and who
 * could therefore read it.
 */
#include <string.h>

#include "base/unit.h"
#include "keeld/api.h"
#include "keeld/aside.h"

/* What a bubble says, in one line. */
#define SAMPLE "Evenkeel: a short question is waiting. Whenever it suits you."

#define COPY_LATE_MS (3 * 24 * 3600 * INT64_C(1000))

static const char *
state_name(enum store_state state)
{
	switch (state) {
	case STORE_NONE:
		return "none";
	case STORE_LOCKED:
		return "locked";
	case STORE_OPEN:
		return "open";
	case STORE_BROKEN:
		return "broken";
	}
	return "broken";
}

const char *
api_mode_name(enum key_mode mode)
{
	switch (mode) {
	case KEY_FILE:
		return "file";
	case KEY_KEYRING:
		return "keyring";
	case KEY_PASSPHRASE:
		return "passphrase";
	}
	return "file";
}

static const char *
mode_words(enum key_mode mode)
{
	switch (mode) {
	case KEY_FILE:
		return "The key lies in a file beside the book (book.key) that "
		       "only your login can open. Whoever administers this "
		       "computer, and whoever gets hold of this disk or of a "
		       "backup of your files, could read the book. A "
		       "passphrase would keep a stolen disk or backup shut. To "
		       "set one: keel key passphrase.";
	case KEY_KEYRING:
		return "The key lies in your login keyring. Whoever knows or "
		       "can set your login password, and whoever administers "
		       "this computer while you are logged in, could read the "
		       "book. A stolen disk or backup alone does not open it.";
	case KEY_PASSPHRASE:
		return "The key opens by your passphrase, which is kept "
		       "nowhere. While the book is open, whoever administers "
		       "this computer could read it. A stolen disk or backup "
		       "does not open it without the passphrase.";
	}
	return "";
}

static json_t *
key_json(const struct keeld *keeld)
{
	const struct store *store = keeld->store;
	enum store_state state = store_state(store);
	struct kdf kdf;
	struct buf words;
	json_t *json;
	bool phrase;

	if (state != STORE_OPEN && state != STORE_LOCKED)
		return json_null();
	phrase = store_kdf(store, true, &kdf) == EK_OK;
	buf_init(&words, 2048);
	buf_str(&words, mode_words(store_key_mode(store)));
	if (phrase)
		buf_str(&words,
		    " Whoever has your eight-word recovery phrase and the book "
		    "or its copy can read it, too.");
	json = json_pack("{s:s,s:s,s:b}", "mode",
	    api_mode_name(store_key_mode(store)), "words", buf_text(&words),
	    "phrase", (int)phrase);
	buf_done(&words);
	return json;
}

/* --- the sealed copy --- */

static const char *
copy_state(const struct copy_info *info, int64_t now_ms)
{
	switch (info->state) {
	case COPY_NONE:
		return "none";
	case COPY_FAILED:
		return "failed";
	case COPY_FOREIGN:
		return "foreign";
	case COPY_UNTRIED:
		return "late";
	case COPY_OK:
		return info->written_ms == 0 ||
			       now_ms - info->written_ms > COPY_LATE_MS
			   ? "late"
			   : "ok";
	}
	return "none";
}

static void
copy_words(const struct copy_info *info, const char *state, struct buf *ret)
{
	if (strcmp(state, "none") == 0)
		buf_str(ret,
		    "No sealed copy is kept: if this disk is lost, so is the "
		    "book. Choose a folder on another disk or in your network "
		    "home: keel copy set DIR.");
	else if (strcmp(state, "ok") == 0)
		buf_str(ret,
		    "The sealed copy is up to date. It opens with your "
		    "recovery phrase, or with this book's key.");
	else if (strcmp(state, "late") == 0)
		buf_str(ret,
		    "The sealed copy has not been written for some days, or "
		    "not yet. It is written once a day and when keeld stops; "
		    "to write it now: keel copy now.");
	else
		buf_str(ret, info->why.text);
}

json_t *
api_copy_json(struct keeld *keeld)
{
	const struct copy_info *info = copy_info(keeld->copy);
	const char *state = copy_state(info, loop_now_ms(keeld->loop));
	struct buf words;
	json_t *json;

	buf_init(&words, 1024);
	copy_words(info, state, &words);
	json = json_pack("{s:s?,s:s?,s:o,s:s,s:s}", "place",
	    info->place[0] == '\0' ? NULL : info->place, "file",
	    info->file[0] == '\0' ? NULL : info->file, "written",
	    api_utc(info->written_ms), "state", state, "words",
	    buf_text(&words));
	buf_done(&words);
	return json;
}

/* --- the reply --- */

static json_t *
help_json(const struct keeld *keeld)
{
	struct help help;
	json_t *lines = json_array();
	bool site;
	size_t i;

	site = help_read(keeld->conf->help_file, &help, NULL) == EK_OK;
	for (i = 0; i < help.count; i++)
		if (json_array_append_new(lines, json_string(help.lines[i])) !=
		    0)
			break;
	help_done(&help);
	return json_pack("{s:b,s:o}", "site", (int)site, "lines", lines);
}

static json_t *
shared_login(const struct keeld *keeld)
{
	const char *value;
	size_t len;

	if (!api_is_open(keeld))
		return json_null();
	value = book_setting(store_book(keeld->store), "shared-login", &len);
	if (value == NULL)
		return json_null();
	return json_boolean(len == 3 && memcmp(value, "yes", 3) == 0);
}

/* The first of the four sentences a first run ends with. */
static json_t *
kept_json(const struct keeld *keeld)
{
	const char *copy = copy_info(keeld->copy)->place;
	enum store_state state = store_state(keeld->store);
	struct buf text;
	json_t *json;

	if (state != STORE_OPEN && state != STORE_LOCKED)
		return json_null();
	buf_init(&text, 3 * EK_PATH_MAX);
	buf_fmt(&text, "Your book is kept in %s, sealed, and ",
	    store_place(keeld->store));
	if (copy[0] == '\0')
		buf_str(&text, "nowhere else until you say so.");
	else
		buf_fmt(&text, "besides only as the sealed copy in %s.", copy);
	json = buf_err(&text) == EK_OK ? json_string(buf_text(&text)) : NULL;
	buf_done(&text);
	return json;
}

static json_t *
status_json(struct keeld *keeld)
{
	const struct store *store = keeld->store;
	enum store_state state = store_state(store);
	bool broken = state == STORE_BROKEN;
	const char *message = store_why(store);
	size_t records = api_is_open(keeld) ? book_count(store_book(store)) : 0;

	if (message[0] == '\0')
		message = NULL;
	return json_pack("{s:s,s:b,s:s,s:s?,s:s?,s:I,s:I,s:s,s:b,s:b,s:o,s:o,"
			 "s:o,s:o,s:o,s:o,s:o,s:s}",
	    "version", EK_VERSION, "replaced", (int)unit_replaced(), "state",
	    state_name(state), "code",
	    broken ? ek_err_code(store_err(store)) : NULL, "message", message,
	    "records", (json_int_t)records, "pending",
	    (json_int_t)store_pending(keeld->store), "place",
	    store_place(store), "one_home", (int)keeld->paths.one_home,
	    "network_home", (int)(store_network(store)[0] != '\0'),
	    "shared_login", shared_login(keeld), "key", key_json(keeld), "copy",
	    api_copy_json(keeld), "help", help_json(keeld), "nobody",
	    api_nobody(keeld), "aside", aside_json(store, keeld->copy), "kept",
	    kept_json(keeld), "bubble", SAMPLE);
}

static const struct http_token *
status_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	enum ek_err err = http_query_only(req, &why, NULL);

	if (err != EK_OK)
		return http_fail(req, err, &why);
	return api_reply(req, 200, status_json(keeld));
}

const struct http_route api_status_routes[] = {
    {"GET", "/v1/status", status_get, 0, NULL,
	"version, replaced: its program's file was, since; state, code, "
	"message, records, pending, place, one_home, "
	"network_home, shared_login, key, copy, help, nobody, aside: "
	"damaged files, kept: where the book lies, in words, bubble: all that "
	"a notification says",
	"the state of the book, where it and its key lie, who could read it"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
