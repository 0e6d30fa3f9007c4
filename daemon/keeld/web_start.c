/*
 * web_start - the first run: five questions and where the key is to lie, on
 * one page.
 *
 * The answers go to `keel start --answers -` by the pipe, so that the book is
 * the one that the command makes; what it refuses stands at its field, and
 * all that was typed stands there still.
 */
#include <string.h>

#include "keeld/html.h"
#include "keeld/web_in.h"

#define INPUT_MAX ((size_t)16 * 1024)

struct wrong { /* where it was refused, and why; field NULL: nowhere */
	const char *field;
	const char *text;
};

static const char *const days[][2] = {{"mon", "Monday"}, {"tue", "Tuesday"},
    {"wed", "Wednesday"}, {"thu", "Thursday"}, {"fri", "Friday"},
    {"sat", "Saturday"}, {"sun", "Sunday"}};
#define DAYS (sizeof(days) / sizeof(days[0]))

/* --- the form --- */

static bool
is_at(const struct wrong *wrong, const char *field)
{
	return wrong->field != NULL && strcmp(wrong->field, field) == 0;
}

static bool
is_chosen(struct web_req *wr, const char *field, const char *value,
    const char *otherwise)
{
	const char *given = web_field(wr, field);

	if (given == NULL)
		given = wr->form == NULL ? otherwise : "";
	return strcmp(given, value) == 0;
}

/* Which field, why; said at once to who hears the page. */
static void
put_alert(struct web_req *wr, const struct wrong *wrong, struct buf *out)
{
	if (web_reason(wr) == NULL)
		return;
	html_put(out, "<p role=\"alert\" class=\"why\">");
	if (wrong->field != NULL)
		html_put(
		    out, "<a href=\"#%s\">%s</a>", wrong->field, wrong->text);
	else
		html_put(out, "%s", web_reason(wr));
	html_put(out, "</p>");
}

/* The same once more where it is to be mended. */
static void
put_reason(const struct wrong *wrong, const char *field, struct buf *out)
{
	if (is_at(wrong, field))
		html_put(out, "<span class=\"why\" id=\"%s-why\">%s</span>",
		    field, wrong->text);
}

static void
put_described(const struct wrong *wrong, const char *field, struct buf *out)
{
	if (is_at(wrong, field))
		html_put(out, " aria-describedby=\"%s-why\"", field);
}

static void
put_legend(const struct wrong *wrong, const char *field, const char *legend,
    struct buf *out)
{
	html_put(out, "<fieldset id=\"%s\"", field);
	put_described(wrong, field, out);
	html_put(out, "><legend>%s</legend>", legend);
	put_reason(wrong, field, out);
}

/* type: "text", "password" or "time". */
static void
put_input(struct web_req *wr, const struct wrong *wrong, const char *field,
    const char *type, const char *label, struct buf *out)
{
	const char *value = web_field(wr, field);

	if (value == NULL && strcmp(type, "time") == 0)
		value = "16:30";
	html_put(out, "<p><label for=\"%s\">%s</label>", field, label);
	put_reason(wrong, field, out);
	html_put(out,
	    "<input id=\"%s\" name=\"%s\" type=\"%s\" value=\"%s\" "
	    "autocomplete=\"off\"",
	    field, field, type, value);
	if (strcmp(type, "text") == 0)
		html_put(out, " maxlength=\"300\"");
	if (is_at(wrong, field))
		html_put(out, " aria-invalid=\"true\"");
	put_described(wrong, field, out);
	html_put(out, "></p>");
}

static void
put_radio(struct web_req *wr, const char *field, const char *value,
    const char *otherwise, const char *label, struct buf *out)
{
	html_put(out,
	    "<p><label><input type=\"radio\" name=\"%s\" value=\"%s\"%s> "
	    "%s</label></p>",
	    field, value,
	    is_chosen(wr, field, value, otherwise) ? " checked" : "", label);
}

static void
put_when(struct web_req *wr, const struct wrong *wrong, struct buf *out)
{
	size_t i;

	put_legend(
	    wrong, "when", "5. When may you be asked how work is going?", out);
	put_radio(wr, "when", "suggested", "suggested",
	    "Monday, Wednesday and Friday at 16:30, as suggested", out);
	put_radio(
	    wr, "when", "own", "suggested", "On days that I choose here:", out);
	html_put(out, "<div class=\"days\">");
	for (i = 0; i < DAYS; i++)
		html_put(out,
		    "<label><input type=\"checkbox\" name=\"%s\" "
		    "value=\"1\"%s> %s</label> ",
		    days[i][0],
		    web_field(wr, days[i][0]) != NULL ? " checked" : "",
		    days[i][1]);
	html_put(out, "</div>");
	html_put(out, "<div class=\"inset\">");
	put_input(wr, wrong, "time", "time", "At what time?", out);
	html_put(out, "</div>");
	put_radio(wr, "when", "none", "suggested", "Not at all, for now", out);
	html_put(out,
	    "<p class=\"hint\">This is a short check-in, of less than a "
	    "minute. A longer one comes each month, and one each fourth "
	    "month. After 14 short ones, better 28, you can see what is usual "
	    "for you. You can always leave one out.</p></fieldset>");
}

static void
put_key(struct web_req *wr, const struct wrong *wrong, struct buf *out)
{
	put_legend(wrong, "place", "Last: how is your book to be locked?", out);
	put_radio(wr, "place", "keyring", "keyring",
	    "With my login (as suggested). It opens by itself when you log "
	    "in. Whoever knows your login password, or can set a new one, "
	    "could read it.",
	    out);
	put_radio(wr, "place", "passphrase", "keyring",
	    "Under a passphrase that I type each time. It is kept nowhere. A "
	    "stolen disk does not open without it.",
	    out);
	html_put(out, "<div class=\"inset\">");
	put_input(wr, wrong, "passphrase", "password",
	    "A passphrase (8 characters or more; a few words are best)", out);
	put_input(wr, wrong, "again", "password", "The same once more", out);
	html_put(out, "</div>");
	put_radio(wr, "place", "file", "keyring",
	    "In a file that only my login opens. Whoever has this disk, or "
	    "a backup of your files, could read it.",
	    out);
	html_put(out,
	    "<p class=\"hint\">In each case, whoever runs this computer could "
	    "read the book while it is open.</p></fieldset>");
}

static void
put_form(struct web_req *wr, const struct wrong *wrong, struct buf *out)
{
	html_put(out, "<h1>Begin</h1>");
	put_alert(wr, wrong, out);
	html_put(out,
	    "<p>Now and then Evenkeel asks you how work is going; it takes "
	    "half a minute. It keeps your plan of what helps, and on a hard "
	    "day it gives you your own words back. Nobody else is told any "
	    "of it.</p>"
	    "<p>To begin, five short questions. Then your book is made and "
	    "your plan is begun. What you type stays yours: it is kept on "
	    "this computer, sealed. You can leave questions 2, 3 and 4 empty "
	    "and go on later.</p>");
	web_form_begin(wr, out, "start");
	put_legend(wrong, "shared", "1. Does anyone else use this login?", out);
	put_radio(wr, "shared", "no", "", "No, only I do", out);
	put_radio(wr, "shared", "yes", "", "Yes, others do", out);
	html_put(out, "</fieldset>");
	put_input(wr, wrong, "sign", "text",
	    "2. What is one early sign that work is wearing on you?", out);
	put_input(wr, wrong, "helps", "text",
	    "3. What is one thing that helps you then?", out);
	put_input(wr, wrong, "person", "text",
	    "4. Who is one person you can call?", out);
	put_when(wr, wrong, out);
	put_key(wr, wrong, out);
	html_put(out,
	    "<button>Make my book</button></form>"
	    "<h2>Do you have a book already?</h2><p>If it is on another "
	    "computer, or in a sealed copy, do not begin a new one. Ask the "
	    "person who looks after your computer to run keel restore with "
	    "you. You will need your eight recovery words.</p>");
}

/* --- what was refused --- */

/* The page's own words for what keel says to who types commands. */
static const char *
own_words(const struct web_said *said, const char *field)
{
	if (strcmp(field, "shared") == 0)
		return "A login that several people use is not supported: each "
		       "of them could read your book. Nothing was made. Ask "
		       "your IT people for a login of your own.";
	if (strcmp(field, "when") == 0)
		return "Tick at least one day, and give a time such as 16:30.";
	if (strcmp(field, "place") == 0)
		return "Your login cannot keep the key here. Choose a "
		       "passphrase, or a file.";
	if (said->err == EK_TOO_LARGE)
		return "This is too long. Please say it in fewer words.";
	return NULL;
}

static const char *
field_of(struct web_req *wr, const char *answer)
{
	static const char *const fields[] = {
	    "shared", "sign", "helps", "person", "when", "place", "passphrase"};
	size_t i;

	if (strcmp(answer, "key") == 0) /* a form's key is another thing */
		answer = is_chosen(wr, "place", "passphrase", "") ? "passphrase"
								  : "place";
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(fields[i], answer) == 0)
			return fields[i];
	return NULL;
}

static enum ek_err
refuse(struct web_req *wr, const char *field, const char *text, struct buf *out)
{
	const struct wrong wrong = {field, text};
	struct ek_why why = {""};

	ek_why(&why, EK_INVALID, "%s", text);
	web_refused(wr, EK_INVALID, &why);
	put_form(wr, &wrong, out);
	return EK_OK;
}

/* keel ended. */
static enum ek_err
made(struct web_req *wr, const struct web_said *said, struct buf *out,
    struct ek_why *why)
{
	struct wrong wrong = {NULL, NULL};

	(void)why;
	if (said->err == EK_OK) {
		web_phrase_take(wr->session, said->json, "begun");
		web_see(wr, "phrase");
		return EK_OK;
	}
	/* made by another tab; or just before keel was stopped */
	if (store_state(wr->web->keeld->store) != STORE_NONE) {
		web_see(wr, "phrase");
		return EK_OK;
	}
	web_refused(wr, said->err, &said->why);
	wrong.field = field_of(wr, said->answer);
	if (wrong.field != NULL)
		wrong.text = own_words(said, wrong.field);
	if (wrong.text == NULL)
		wrong.text = web_reason(wr);
	put_form(wr, &wrong, out);
	return EK_OK;
}

/* --- what is sent to keel --- */

/* One line, whatever was typed. */
static void
put_line(struct buf *input, const char *key, const char *value)
{
	buf_fmt(input, "%s=", key);
	for (; value != NULL && *value != '\0'; value++)
		buf_char(input, *value == '\n' ? ' ' : *value);
	buf_char(input, '\n');
}

/* "Mon Wed 16:30"; never empty, which would be the suggestion. */
static void
put_when_line(struct web_req *wr, struct buf *input)
{
	const char *time = web_field(wr, "time");
	struct buf when;
	size_t i;

	if (!is_chosen(wr, "when", "own", "")) {
		put_line(input, "when",
		    is_chosen(wr, "when", "none", "") ? "none" : "suggested");
		return;
	}
	buf_init(&when, 256);
	buf_str(&when, "at");
	for (i = 0; i < DAYS; i++)
		if (web_field(wr, days[i][0]) != NULL)
			buf_fmt(&when, " %s", days[i][0]);
	buf_fmt(&when, " %s", time == NULL ? "" : time);
	put_line(input, "when", buf_text(&when));
	buf_done(&when);
}

static void
put_answers(struct web_req *wr, struct buf *input)
{
	put_line(input, "sign", web_field(wr, "sign"));
	put_line(input, "helps", web_field(wr, "helps"));
	put_line(input, "person", web_field(wr, "person"));
	put_when_line(wr, input);
	put_line(input, "shared", web_field(wr, "shared"));
	put_line(input, "key", web_field(wr, "place"));
	if (is_chosen(wr, "place", "passphrase", ""))
		put_line(input, "passphrase", web_field(wr, "passphrase"));
}

static enum ek_err
start_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	static const char *const args[] = {"start", "--answers", "-", NULL};
	const char *one = web_field(wr, "passphrase");
	const char *two = web_field(wr, "again");
	struct buf input;
	enum ek_err err;

	if (store_state(wr->web->keeld->store) != STORE_NONE) {
		web_see(wr, "start");
		return EK_OK;
	}
	if (web_field(wr, "shared") == NULL)
		return refuse(wr, "shared",
		    "Please say if anyone else uses this login.", out);
	if (is_chosen(wr, "place", "passphrase", "") &&
	    (one == NULL || two == NULL || strcmp(one, two) != 0))
		return refuse(wr, "again",
		    "The two passphrases are not alike. Type the same twice.",
		    out);
	buf_init(&input, INPUT_MAX);
	put_answers(wr, &input);
	err = web_keel(wr, args, &input, made, why);
	buf_done(&input);
	if (err != EK_TOO_LARGE)
		return err;
	return refuse(wr, NULL,
	    "This is too long. Please say it in fewer "
	    "words",
	    out);
}

static enum ek_err
start_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const struct wrong wrong = {NULL, NULL};
	const struct store *store = wr->web->keeld->store;

	if (store_state(store) == STORE_BROKEN)
		return ek_why(why, store_err(store), "%s", store_why(store));
	if (store_state(store) == STORE_NONE) {
		put_form(wr, &wrong, out);
		return EK_OK;
	}
	if (wr->session->phrase[0] != '\0') {
		web_see(wr, "phrase");
		return EK_OK;
	}
	html_put(out, "<h1>You have begun already</h1><p>Your book is "
		      "here.</p><p>");
	web_anchor(wr, out, "today", "Go to today");
	html_put(out, "</p><p>");
	web_anchor(wr, out, "rewords", "I never saw my recovery words");
	html_put(out, "</p>");
	return EK_OK;
}

const struct web_row web_start_rows[] = {
    {"GET", "start", start_get},
    {"POST", "start", start_post},
    {NULL, NULL, NULL},
};
