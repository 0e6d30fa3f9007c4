/*
 * api_erase - the end of a book: keys first, then files, then the copy that
 * tells her other desks.  The answer lists what this cannot reach.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/seal.h"
#include "evenkeel/text.h"
#include "keeld/api.h"
#include "keeld/api_key.h"
#include "keeld/aside.h"
#include "keeld/autostart.h"

static bool
say(json_t *left, const char *text)
{
	return json_array_append_new(left, json_string(text)) == 0;
}

/* What the copy's file at the place of now has become. */
static bool
say_copy(json_t *left, const struct copy_info *info, bool written)
{
	struct buf text;
	bool ok;

	buf_init(&text, 4096);
	if (written)
		buf_fmt(&text,
		    "%s: a file that holds only the word \"erased\", so that "
		    "your other computers erase the book when they next start "
		    "and see it",
		    info->file);
	else
		buf_fmt(&text,
		    "%s: the sealed copy could not be reached; it still opens "
		    "with the recovery phrase: delete it by hand",
		    info->file[0] != '\0' ? info->file : info->place);
	ok = say(left, buf_text(&text));
	buf_done(&text);
	return ok;
}

/* What was set aside and is there still goes from that list to left. */
static bool
say_aside(json_t *left, json_t *aside)
{
	size_t i = json_array_size(aside);
	struct buf text;
	bool ok = true;

	while (i-- > 0) {
		const char *path = json_string_value(json_array_get(aside, i));

		if (path == NULL || access(path, F_OK) != 0)
			continue;
		buf_init(&text, 4096);
		buf_fmt(&text,
		    "%s: set aside as damaged, it could not be removed; delete "
		    "it by hand",
		    path);
		ok = ok && say(left, buf_text(&text)) &&
		     json_array_remove(aside, i) == 0;
		buf_done(&text);
	}
	return ok;
}

/* aside is consumed. */
static json_t *
what_is_left(
    const struct copy_info *info, const char *name, bool written, json_t *aside)
{
	json_t *left = json_array();
	struct buf text;
	bool ok = say_aside(left, aside);

	if (info->place[0] != '\0')
		ok = ok && say_copy(left, info, written);
	buf_init(&text, 4096);
	if (name[0] != '\0')
		buf_fmt(&text,
		    "a sealed copy in any other folder you once chose: it "
		    "still opens with the recovery phrase; delete %s there",
		    name);
	if (text.len > 0)
		ok = ok && say(left, buf_text(&text));
	buf_done(&text);
	ok = ok &&
	     say(left,
		 "archives you exported, pages you printed, and backups that "
		 "others made of this disk: nobody can call these back");
	if (!ok) {
		json_decref(left);
		json_decref(aside);
		return NULL;
	}
	return json_pack(
	    "{s:b,s:o,s:o}", "erased", 1, "left", left, "aside", aside);
}

/* The name every copy of this book bears; "" while its id is not known. */
static void
copy_name(const struct store *store, char *out, size_t room)
{
	char hex[17];

	out[0] = '\0';
	if (store_key(store) == NULL)
		return;
	text_hex(book_key_id(store_key(store)), 8, hex);
	snprintf(out, room, "evenkeel-%s.copy", hex);
}

static enum ek_err
erase(struct keeld *keeld, bool *ret_written, struct ek_why *why)
{
	char item[17];
	enum ek_err err;

	memcpy(item, store_item(keeld->store), sizeof(item));
	if (store_state(keeld->store) == STORE_NONE &&
	    aside_of_book(keeld->store, NULL, NULL) == 0)
		return ek_why(why, EK_NO_BOOK,
		    "there is no book here; nothing is to be erased");
	err = copy_erase(keeld->copy, keeld->store, loop_now_ms(keeld->loop),
	    ret_written, why);
	if (err != EK_OK)
		return err;
	key_forget(keeld, item);
	autostart_want(keeld->autostart, false);
	keeld->armed_known = false;
	keeld_tick(keeld);
	return EK_OK;
}

static const struct http_token *
erase_post(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	const json_t *body;
	const char *confirm;
	json_t *aside;
	char name[64];
	bool written = false;
	enum ek_err err;

	err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = json_only(body, "the request", &why, "confirm", NULL);
	if (err != EK_OK)
		return http_fail(req, err, &why);
	confirm = json_string_value(json_object_get(body, "confirm"));
	if (confirm == NULL || strcmp(confirm, "erase") != 0) {
		ek_why(&why, EK_INVALID,
		    "confirm is not the word erase; give it if you mean it");
		return http_fail(req, EK_INVALID, &why);
	}
	copy_name(keeld->store, name, sizeof(name));
	aside = aside_json(keeld->store, keeld->copy);
	err = erase(keeld, &written, &why);
	if (err != EK_OK) {
		json_decref(aside);
		return http_fail(req, err, &why);
	}
	return api_reply(req, 200,
	    what_is_left(copy_info(keeld->copy), name, written, aside));
}

const struct http_route api_erase_routes[] = {
    {"POST", "/v1/erase", erase_post, 0, "confirm: \"erase\"",
	"erased, left, aside: damaged files that went with it",
	"destroys the keys, then the book and what was set aside as damaged; "
	"says what remains and where"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
