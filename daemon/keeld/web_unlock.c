/*
 * web_unlock - a locked book, opened by passphrase, keyring or recovery
 * words, and what to do with entries made while it was locked.
 *
 * `keel unlock` does it (web_keel): the words go there by the pipe.
 */
#include <stdio.h>
#include <string.h>

#include "keeld/html.h"
#include "keeld/web_in.h"

#define WORDS_MAX 2048

static const struct way {
	const char *how;
	const char *args[4];
	const char *missing; /* NULL: no words are needed */
} ways[] = {
    {"passphrase", {"unlock", "--passphrase", "-", NULL},
	"there is no passphrase; type it"},
    {"phrase", {"unlock", "--phrase", "-", NULL},
	"there are no recovery words; type all eight"},
    {"keyring", {"unlock", NULL}, NULL},
};

static const struct way *
find_way(const char *how)
{
	size_t i;

	for (i = 0; how != NULL && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].how, how) == 0)
			return &ways[i];
	return NULL;
}

/* Where she wanted to go: a page that is got, else today. */
static const char *
safe_back(const char *back)
{
	if (back == NULL || !web_target_ok(back) || !web_is_page(back) ||
	    strcmp(back, "unlock") == 0)
		return "today";
	return back;
}

/* --- the forms --- */

static void
put_begin(
    struct web_req *wr, const char *back, const char *how, struct buf *out)
{
	web_form_begin(wr, out, "unlock");
	html_put(out,
	    "<input type=\"hidden\" name=\"back\" value=\"%s\">"
	    "<input type=\"hidden\" name=\"how\" value=\"%s\">",
	    back, how);
}

/* With the reason, when it was this form that was refused. */
static void
put_words(struct web_req *wr, const char *back, const char *how,
    const char *label, struct buf *out)
{
	const char *tried = web_field(wr, "how");
	bool phrase = strcmp(how, "phrase") == 0, wrong;

	wrong =
	    web_reason(wr) != NULL && tried != NULL && strcmp(tried, how) == 0;
	put_begin(wr, back, how, out);
	html_put(out,
	    "<p><label for=\"%s\">%s</label><input id=\"%s\" name=\"words\" "
	    "type=\"%s\" autocomplete=\"off\" autocapitalize=\"none\" "
	    "spellcheck=\"false\"",
	    how, label, how, phrase ? "text" : "password");
	if (wrong && phrase) /* eight words: mended, not typed anew */
		html_put(out, " value=\"%s\"", web_field(wr, "words"));
	if (wrong)
		html_put(
		    out, " aria-invalid=\"true\" aria-describedby=\"why\"");
	html_put(out, "></p><button>%s</button></form>",
	    phrase ? "Open with these words" : "Open my book");
}

static void
put_ways(struct web_req *wr, const char *back, struct buf *out)
{
	json_t *key = NULL;
	const char *mode;
	struct ek_why why = {""};

	if (web_api(wr, "GET", "/v1/key", NULL, &key, &why) != EK_OK)
		return;
	mode = web_text(key, "mode");
	if (strcmp(mode, "passphrase") == 0)
		put_words(wr, back, mode, "Your passphrase", out);
	if (strcmp(mode, "keyring") == 0) {
		html_put(out, "<p>The key lies in your login keyring.</p>");
		put_begin(wr, back, mode, out);
		html_put(out, "<button>Open my book</button></form>");
	}
	if (strcmp(mode, "file") == 0)
		html_put(out, "<p>The file with the key is gone, or it does "
			      "not fit. Your recovery words still open the "
			      "book.</p>");
	if (json_is_object(json_object_get(key, "phrase"))) {
		html_put(out, "<h2>With your recovery words</h2>");
		put_words(wr, back, "phrase",
		    "The eight words, with spaces between them", out);
	}
	json_decref(key);
}

void
web_unlock_page(struct web_req *wr, const char *back, struct buf *out)
{
	struct store *store = wr->web->keeld->store;

	if (store_state(store) == STORE_OPEN) {
		html_put(out, "<h1>Your book is open</h1><p>");
		web_anchor(wr, out, safe_back(back), "Go on");
		html_put(out, "</p>");
		return;
	}
	html_put(out, "<h1>Your book is locked</h1>");
	if (web_reason(wr) != NULL)
		html_put(out,
		    "<p role=\"alert\" class=\"why\" id=\"why\">%s</p>",
		    web_reason(wr));
	html_put(out, "<p>Nothing is lost. To read it, open it here. You can "
		      "also ");
	web_anchor(wr, out, "checkin", "check in without opening it");
	html_put(out, ".</p>");
	put_ways(wr, safe_back(back), out);
}

/* --- opening --- */

static enum ek_err
opened(struct web_req *wr, const struct web_said *said, struct buf *out,
    struct ek_why *why)
{
	struct store *store = wr->web->keeld->store;
	const char *back = safe_back(web_field(wr, "back"));

	(void)why;
	if (said->err == EK_OK) {
		snprintf(
		    wr->session->back, sizeof(wr->session->back), "%s", back);
		web_see(wr, store_pending(store) > 0 ? "pending" : back);
		return EK_OK;
	}
	web_refused(wr, said->err, &said->why);
	if (store_state(store) == STORE_NONE) { /* as another desk said */
		html_put(out, "<h1>This book was erased</h1><p>You erased it "
			      "on another computer, so it was erased here, "
			      "too.</p><p>");
		web_anchor(wr, out, "start", "Begin a new book");
		html_put(out, "</p>");
		return EK_OK;
	}
	web_unlock_page(wr, back, out);
	return EK_OK;
}

static enum ek_err
unlock_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const struct keeld *keeld = wr->web->keeld;

	if (store_state(keeld->store) == STORE_BROKEN)
		return ek_why(why, store_err(keeld->store), "%s",
		    store_why(keeld->store));
	web_unlock_page(wr, wr->session->back, out);
	return EK_OK;
}

static enum ek_err
unlock_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const struct way *way = find_way(web_field(wr, "how"));
	const char *words = web_field(wr, "words");
	struct ek_why missing = {""};
	struct buf input;
	enum ek_err err;

	if (way == NULL)
		return ek_why(why, EK_INVALID,
		    "the form does not say how to open the book; open the page "
		    "anew");
	if (way->missing != NULL && (words == NULL || words[0] == '\0')) {
		ek_why(&missing, EK_INVALID, "%s", way->missing);
		web_refused(wr, EK_INVALID, &missing);
		web_unlock_page(wr, web_field(wr, "back"), out);
		return EK_OK;
	}
	buf_init(&input, WORDS_MAX);
	if (way->missing != NULL)
		buf_str(&input, words);
	err = web_keel(wr, way->args, &input, opened, why);
	buf_done(&input);
	return err;
}

/* --- what was added while it was locked --- */

static enum ek_err
pending_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	size_t n = store_pending(wr->web->keeld->store);

	(void)why;
	if (n == 0) {
		web_see(wr, safe_back(wr->session->back));
		return EK_OK;
	}
	html_put(out,
	    "<h1>Added while it was locked</h1>"
	    "<p>%d %s made while your book was locked. If it was you, keep "
	    "%s.</p>",
	    (int)n, n == 1 ? "entry was" : "entries were",
	    n == 1 ? "it" : "them");
	web_form_begin(wr, out, "pending");
	html_put(out, "<button name=\"keep\" value=\"yes\">Keep</button> "
		      "<button name=\"keep\" value=\"no\">Not mine: delete"
		      "</button></form>");
	return EK_OK;
}

static enum ek_err
pending_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *keep = web_field(wr, "keep");
	json_t *json = NULL;
	enum ek_err err;

	(void)out;
	if (keep == NULL ||
	    (strcmp(keep, "yes") != 0 && strcmp(keep, "no") != 0))
		return ek_why(why, EK_INVALID,
		    "the form does not say whether to keep them; press one of "
		    "the buttons");
	err = web_api(wr, "POST", "/v1/pending",
	    json_pack("{s:b}", "keep", strcmp(keep, "yes") == 0), &json, why);
	json_decref(json);
	if (err == EK_OK)
		web_see(wr, safe_back(wr->session->back));
	return err;
}

const struct web_row web_unlock_rows[] = {
    {"GET", "unlock", unlock_get},
    {"POST", "unlock", unlock_post},
    {"GET", "pending", pending_get},
    {"POST", "pending", pending_post},
    {NULL, NULL, NULL},
};
