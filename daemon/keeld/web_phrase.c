/*
 * web_phrase - the recovery words: shown once, one of them asked for to see
 * that they were written down, and new ones when they were not.
 *
 * They lie in the session from the moment keel gave them to the one page that
 * shows them; then only the word that is asked for does, until it was given.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/seal.h"
#include "keeld/html.h"
#include "keeld/web_in.h"

#define WORDS     8
#define INPUT_MAX ((size_t)2048)

/* --- in the session --- */

void
web_phrase_take(
    struct web_session *session, const json_t *said, const char *next)
{
	unsigned char drawn;

	explicit_bzero(session->word, sizeof(session->word));
	snprintf(session->phrase, sizeof(session->phrase), "%s",
	    web_text(said, "phrase"));
	seal_random(&drawn, sizeof(drawn));
	session->word_at = drawn % WORDS;
	session->next = next;
}

/* The word that is asked for stays, the others go. */
static void
keep_one(struct web_session *session)
{
	const char *at = session->phrase;
	size_t len;
	int i;

	for (i = 0; i < session->word_at; i++) {
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	len = strcspn(at, " ");
	if (len >= sizeof(session->word))
		len = 0;
	memcpy(session->word, at, len);
	session->word[len] = '\0';
	explicit_bzero(session->phrase, sizeof(session->phrase));
}

/* --- shown once --- */

static void
put_list(const char *phrase, struct buf *out)
{
	char word[32];
	size_t len;

	html_put(out, "<ol class=\"words\">");
	for (; *phrase != '\0'; phrase += strspn(phrase, " ")) {
		len = strcspn(phrase, " ");
		snprintf(word, sizeof(word), "%.*s", (int)len, phrase);
		html_put(out, "<li>%s</li>", word);
		phrase += len;
	}
	html_put(out, "</ol>");
	explicit_bzero(word, sizeof(word));
}

/* One of the words, typed from paper. */
static void
put_check(struct web_req *wr, struct buf *out)
{
	html_put(out, "<h2>Did you write them down?</h2>");
	web_form_begin(wr, out, "phrase");
	html_put(out,
	    "<p><label for=\"word\">Type word number %d from your paper"
	    "</label><input id=\"word\" name=\"word\" type=\"text\" "
	    "autocomplete=\"off\" autocapitalize=\"none\" "
	    "spellcheck=\"false\"",
	    wr->session->word_at + 1);
	if (web_reason(wr) != NULL)
		html_put(
		    out, " aria-invalid=\"true\" aria-describedby=\"why\"");
	html_put(out, "></p><button>I wrote them down</button></form>");
}

static enum ek_err
phrase_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	struct web_session *session = wr->session;

	(void)why;
	if (session->phrase[0] != '\0') {
		html_put(out, "<h1>Your recovery words</h1>");
		put_list(session->phrase, out);
		html_put(out,
		    "<p>Write these eight words on paper now, and keep them "
		    "where only you look. You see them this once: they are "
		    "kept nowhere, and Back does not bring them again.</p>"
		    "<p>They open your book on another computer, or here "
		    "when nothing else does. Whoever has them and a copy of "
		    "your book can read it.</p>");
		keep_one(session);
		put_check(wr, out);
		return EK_OK;
	}
	html_put(out, "<h1>Your recovery words</h1><p>They are to be seen "
		      "once only, and cannot be shown again.</p>");
	if (session->word[0] != '\0')
		put_check(wr, out);
	html_put(out, "<p>If you do not have them on paper, ");
	web_anchor(wr, out, "rewords", "make new ones");
	html_put(out, ".</p>");
	return EK_OK;
}

static bool
is_word(const char *typed, const char *word)
{
	size_t len;

	if (typed == NULL || word[0] == '\0')
		return false;
	typed += strspn(typed, " \t\n");
	len = strcspn(typed, " \t\n");
	return len == strlen(word) && strncasecmp(typed, word, len) == 0 &&
	       typed[len + strspn(typed + len, " \t\n")] == '\0';
}

static enum ek_err
phrase_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	struct web_session *session = wr->session;
	struct ek_why wrong = {""};

	if (session->word[0] == '\0' || /* sent again */
	    is_word(web_field(wr, "word"), session->word)) {
		explicit_bzero(session->word, sizeof(session->word));
		web_see(wr, session->next == NULL ? "kept" : session->next);
		return EK_OK;
	}
	ek_why(&wrong, EK_INVALID,
	    "that is not word number %d; look at what you wrote",
	    session->word_at + 1);
	web_refused(wr, EK_INVALID, &wrong);
	html_put(out, "<p role=\"alert\" class=\"why\" id=\"why\">%s</p>",
	    web_reason(wr));
	return phrase_get(wr, out, why);
}

/* --- new ones --- */

static bool
needs_passphrase(struct web_req *wr)
{
	return store_key_mode(wr->web->keeld->store) == KEY_PASSPHRASE;
}

static void
put_secret(const char *field, const char *label, struct buf *out)
{
	html_put(out,
	    "<p><label for=\"%s\">%s</label><input id=\"%s\" name=\"%s\" "
	    "type=\"password\" autocomplete=\"off\"></p>",
	    field, label, field, field);
}

static enum ek_err
rewords_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	if (store_state(wr->web->keeld->store) != STORE_OPEN)
		return ek_why(why, EK_LOCKED, "%s", ek_err_text(EK_LOCKED));
	html_put(out, "<h1>New recovery words</h1>");
	if (web_reason(wr) != NULL)
		html_put(out, "<p role=\"alert\" class=\"why\">%s</p>",
		    web_reason(wr));
	html_put(out,
	    "<p>Your book gets a new key and is written anew. The words you "
	    "have now then open it no more. Old copies still open with "
	    "them.</p>");
	web_form_begin(wr, out, "rewords");
	if (needs_passphrase(wr)) {
		put_secret("passphrase",
		    "The passphrase from now on (the same as now, if you like)",
		    out);
		put_secret("again", "The same once more", out);
	}
	html_put(out, "<button>Make new words</button></form>");
	return EK_OK;
}

static enum ek_err
renewed(struct web_req *wr, const struct web_said *said, struct buf *out,
    struct ek_why *why)
{
	if (said->err == EK_OK) {
		web_phrase_take(wr->session, said->json, "kept");
		web_see(wr, "phrase");
		return EK_OK;
	}
	web_refused(wr, said->err, &said->why);
	return rewords_get(wr, out, why);
}

static enum ek_err
rewords_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	static const char *const plain[] = {"key", "phrase", "--yes", NULL};
	static const char *const piped[] = {
	    "key", "phrase", "--yes", "--passphrase", "-", NULL};
	const char *one = web_field(wr, "passphrase");
	const char *two = web_field(wr, "again");
	struct ek_why wrong = {""};
	struct buf input;
	enum ek_err err;

	if (!needs_passphrase(wr))
		return web_keel(wr, plain, NULL, renewed, why);
	if (one == NULL || two == NULL || strcmp(one, two) != 0) {
		ek_why(&wrong, EK_INVALID,
		    "the two passphrases are not alike; type the same twice");
		web_refused(wr, EK_INVALID, &wrong);
		return rewords_get(wr, out, why);
	}
	buf_init(&input, INPUT_MAX);
	buf_str(&input, one);
	err = web_keel(wr, piped, &input, renewed, why);
	buf_done(&input);
	return err;
}

const struct web_row web_phrase_rows[] = {
    {"GET", "phrase", phrase_get},
    {"POST", "phrase", phrase_post},
    {"GET", "rewords", rewords_get},
    {"POST", "rewords", rewords_post},
    {NULL, NULL, NULL},
};
