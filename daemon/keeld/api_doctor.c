/*
 * api_doctor - GET /v1/doctor: every check of keeld's side, in words, with
 * the remedy of what is not well.  It answers in every state of the book: a
 * book that does not open is what doctor is for.
 */
#include <string.h>

#include "evenkeel/text.h"
#include "keeld/doctor.h"

/* A home may have bytes in its name that are no text; the answer is JSON. */
static void
make_plain(struct buf *buf)
{
	unsigned char c;
	size_t i;

	if (buf->len == 0 || text_plain_ok(buf->data, buf->len))
		return;
	for (i = 0; i < buf->len; i++) {
		c = (unsigned char)buf->data[i];
		if (c < 0x20 || c >= 0x7f)
			buf->data[i] = '?';
	}
}

/* Reasons begin small, for a program's name stands before them. */
static void
begin_large(struct buf *buf)
{
	if (buf->len > 0 && buf->data[0] >= 'a' && buf->data[0] <= 'z')
		buf->data[0] = (char)(buf->data[0] - 'a' + 'A');
}

void
doctor_end(struct doctor *doctor, const char *name)
{
	bool ok = doctor->remedy.len == 0;
	enum ek_err err = buf_err(&doctor->words);
	json_t *line;

	if (err == EK_OK)
		err = buf_err(&doctor->remedy);
	if (err == EK_OK) {
		begin_large(&doctor->words);
		make_plain(&doctor->words);
		make_plain(&doctor->remedy);
		line = json_pack("{s:s,s:b,s:s,s:s?}", "name", name, "ok",
		    (int)ok, "words", buf_text(&doctor->words), "remedy",
		    ok ? NULL : buf_text(&doctor->remedy));
		if (json_array_append_new(doctor->list, line) != 0)
			err = EK_NOMEM;
	}
	if (doctor->err == EK_OK)
		doctor->err = err;
	buf_clear(&doctor->words);
	buf_clear(&doctor->remedy);
}

bool
doctor_open(struct doctor *doctor, const char *name)
{
	switch (store_state(doctor->keeld->store)) {
	case STORE_OPEN:
		return true;
	case STORE_NONE:
		buf_str(&doctor->words, "There is no book yet to look at.");
		break;
	case STORE_LOCKED:
		buf_str(&doctor->words,
		    "Not looked at: the book is locked. To look, run: keel "
		    "unlock");
		break;
	case STORE_BROKEN:
		buf_str(&doctor->words,
		    "Not looked at: the book does not open (see book-file).");
		break;
	}
	doctor_end(doctor, name);
	return false;
}

void
doctor_why(struct doctor *doctor, const char *why)
{
	const char *at, *cut = NULL;

	for (at = why; (at = strstr(at, "; ")) != NULL; at += 2)
		cut = at;
	if (cut == NULL) {
		buf_str(&doctor->words, why);
		buf_str(&doctor->remedy, "mend this, then run: keel doctor");
		return;
	}
	buf_add(&doctor->words, why, (size_t)(cut - why));
	buf_str(&doctor->remedy, cut + 2);
}

void
doctor_path(struct buf *buf, const char *path)
{
	buf_char(buf, '\'');
	for (; *path != '\0'; path++)
		if (*path == '\'')
			buf_str(buf, "'\\''");
		else
			buf_char(buf, *path);
	buf_char(buf, '\'');
}

static json_t *
doctor_json(struct keeld *keeld)
{
	struct doctor doctor = {.keeld = keeld, .err = EK_OK};

	moment_now(keeld, &doctor.now);
	doctor.list = json_array();
	buf_init(&doctor.words, DOCTOR_TEXT_MAX);
	buf_init(&doctor.remedy, DOCTOR_TEXT_MAX);
	doctor_book(&doctor);
	doctor_key(&doctor);
	doctor_copy(&doctor);
	doctor_site(&doctor);
	doctor_plan(&doctor);
	buf_done(&doctor.words);
	buf_done(&doctor.remedy);
	if (doctor.err != EK_OK) {
		json_decref(doctor.list);
		return NULL;
	}
	return json_pack("{s:o}", "checks", doctor.list);
}

static const struct http_token *
doctor_get(struct http_req *req, void *arg)
{
	struct ek_why why = {""};
	enum ek_err err = http_query_only(req, &why, NULL);

	return err == EK_OK ? api_reply(req, 200, doctor_json(arg))
			    : http_fail(req, err, &why);
}

const struct http_route api_doctor_routes[] = {
    {"GET", "/v1/doctor", doctor_get, 0, NULL,
	"checks: name, ok, words, remedy",
	"looks at all that can go wrong here, and says what to do"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
