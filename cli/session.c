/*
 * session - see session.h.
 */
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "editor.h"
#include "evenkeel/text.h"
#include "input.h"
#include "ops.h"
#include "out.h"
#include "reply.h"
#include "screens.h"
#include "tui.h"

#define WIDTH_MAX 80 /* longer lines are harder to read */
#define WIDTH_MIN 20

struct session {
	struct cmd_env *env;
	struct given *given; /* borrowed; NULL on a hard day */
	const char *path;    /* where the one request goes */
	json_t *before;      /* mending: what the entry said; else NULL */
	struct screens *screens;
	struct tui *tui;   /* NULL line by line */
	char key[33];      /* of the one request */
	char note_key[33]; /* of a hard day's words */
	char id[40];       /* of the hard day written down */
	bool nothing;      /* nothing was given, so nothing was sent */
	bool sent;         /* a hard day's words */
	bool left_out;     /* of a hard day: words written and not sent */
};

/* --- what the screens ask to be done --- */

/* Her words without anything being sent; of a locked book, none. */
static enum ek_err
get_words(struct session *session, bool nothing, struct ek_why *reterr_why)
{
	json_t *reply = NULL;
	enum ek_err err;

	err = client_call(session->env->client, "GET", "/v1/words", NULL, NULL,
	    &reply, reterr_why);
	if (err == EK_LOCKED) {
		reply = json_object();
		err = reply == NULL ? EK_NOMEM : EK_OK;
	}
	if (err == EK_OK) {
		session->nothing = nothing;
		screens_saved(session->screens, reply, nothing);
	}
	json_decref(reply);
	return err;
}

static json_t *
make_body(const struct session *session)
{
	if (session->given == NULL)
		return json_object();
	if (session->before != NULL)
		return given_change(session->given, session->before);
	return given_body(session->given);
}

static enum ek_err
post(struct session *session, struct ek_why *reterr_why)
{
	json_t *body = make_body(session);
	json_t *reply = NULL;
	enum ek_err err = EK_NOMEM;

	if (body != NULL)
		err = client_call(session->env->client, "POST", session->path,
		    body, session->key, &reply, reterr_why);
	if (err == EK_OK) {
		snprintf(session->id, sizeof(session->id), "%s",
		    ops_text(reply, "id"));
		screens_saved(session->screens, reply, false);
	}
	json_decref(body);
	json_decref(reply);
	/* it is mended, whether or not her words can be had after it */
	if (err == EK_OK && session->before != NULL)
		(void)!get_words(session, false, NULL);
	return err;
}

static enum ek_err
save(struct session *session, struct ek_why *reterr_why)
{
	const struct given *given = session->given;

	if (session->before != NULL) {
		json_t *body = make_body(session);
		bool same = body != NULL && json_object_size(body) == 0;

		json_decref(body);
		if (same)
			return get_words(session, true, reterr_why);
	} else if (given != NULL && given_is_empty(given)) {
		return get_words(session, true, reterr_why);
	}
	return post(session, reterr_why);
}

static enum ek_err
send_note(struct session *session, struct ek_why *reterr_why)
{
	const struct buf *note = screens_note(session->screens);
	json_t *body;
	enum ek_err err = EK_NOMEM;

	if (note->len == 0)
		return EK_OK;
	body = json_pack(
	    "{s:s,s:s%}", "of", session->id, "text", buf_text(note), note->len);
	if (body != NULL)
		err = client_call(session->env->client, "POST", "/v1/notes",
		    body, session->note_key, NULL, reterr_why);
	json_decref(body);
	session->sent = err == EK_OK;
	return err;
}

static enum ek_err
edit(struct session *session, struct ek_why *reterr_why)
{
	struct buf *note = screens_note(session->screens);
	enum ek_err err;

	if (session->tui != NULL)
		tui_leave(session->tui);
	err = editor_run(session->env, ".txt", note, reterr_why);
	if (session->tui != NULL)
		tui_enter(session->tui);
	while (note->len > 0 && strchr(" \t\n", note->data[note->len - 1]))
		note->data[--note->len] = '\0';
	screens_edited(session->screens);
	return err;
}

/* Does it; *ret turns into what comes of it. */
static void
carry_out(struct session *session, enum screens_do *what)
{
	struct ek_why why = {""};
	enum ek_err err = EK_OK;
	const char *text;

	switch (*what) {
	case SCREENS_GO_ON:
	case SCREENS_QUIT:
	case SCREENS_DONE:
		return;
	case SCREENS_SAVE:
		err = save(session, &why);
		break;
	case SCREENS_WORDS:
		err = get_words(session, true, &why);
		break;
	case SCREENS_NOTE:
		err = send_note(session, &why);
		break;
	case SCREENS_EDIT:
		err = edit(session, &why);
		break;
	}
	text = why.text[0] != '\0' ? why.text : ek_err_text(err);
	if (err != EK_OK && *what == SCREENS_EDIT)
		screens_say(session->screens, "%s.", text);
	else if (err != EK_OK)
		screens_failed(session->screens, text);
	*what = err == EK_OK && *what == SCREENS_NOTE ? SCREENS_DONE
						      : SCREENS_GO_ON;
}

/* --- on a screen --- */

static int
clamp_width(int columns)
{
	if (columns > WIDTH_MAX)
		return WIDTH_MAX;
	return columns < WIDTH_MIN ? WIDTH_MIN : columns;
}

static void
paint(struct session *session)
{
	struct page page;
	size_t from;

	page_init(&page, clamp_width(tui_columns(session->tui)),
	    !out_is_utf8(session->env->out));
	screens_draw(session->screens, false, &page);
	tui_paint(session->tui, &page, screens_scroll(session->screens), &from);
	screens_scrolled(session->screens, from);
	page_done(&page);
}

static enum ek_err
run_screens(struct session *session, enum screens_do *ret)
{
	struct ek_why why = {""};
	enum screens_do what = SCREENS_GO_ON;
	enum ek_err err;

	err = tui_open(out_is_colour(session->env->out), &session->tui, &why);
	if (err != EK_OK)
		return out_fail(session->env->out, err, &why);
	while (what != SCREENS_QUIT && what != SCREENS_DONE) {
		struct key key;

		paint(session);
		key = tui_key(session->tui);
		what = screens_key(session->screens, &key);
		carry_out(session, &what);
	}
	tui_close(session->tui);
	session->tui = NULL;
	*ret = what;
	return EK_OK;
}

/* --- line by line --- */

static void
print(struct session *session)
{
	struct out *out = session->env->out;
	struct page page;

	out_gap(out);
	page_init(&page, clamp_width(out_width(out)), !out_is_utf8(out));
	screens_draw(session->screens, true, &page);
	page_out(&page, out);
	page_done(&page);
}

static void
run_lines(struct session *session, enum screens_do *ret)
{
	enum screens_do what = SCREENS_GO_ON;
	size_t size = 0;
	char *line = NULL;

	out_line(session->env->out,
	    "What you type stays on this terminal until you clear it.");
	while (what != SCREENS_QUIT && what != SCREENS_DONE) {
		ssize_t len;

		print(session);
		if (screens_at_end(session->screens)) {
			what = SCREENS_DONE;
			break;
		}
		out_prompt(session->env->out, "> ");
		len = input_wait() ? getline(&line, &size, stdin) : -1;
		if (len < 0) {
			out_gap(session->env->out);
			what = SCREENS_QUIT;
			break;
		}
		line[strcspn(line, "\r\n")] = '\0';
		what = text_plain_ok(line, strlen(line))
			   ? screens_line(session->screens, line)
			   : SCREENS_GO_ON;
		carry_out(session, &what);
	}
	if (line != NULL)
		explicit_bzero(line, size);
	free(line);
	*ret = what;
}

static enum ek_err
run(struct session *session, bool plain)
{
	enum screens_do what = SCREENS_QUIT;
	enum ek_err err = EK_OK;

	if (session->screens == NULL)
		return out_fail(session->env->out, EK_NOMEM, NULL);
	client_new_key(session->key);
	client_new_key(session->note_key);
	if (plain || !tui_able())
		run_lines(session, &what);
	else
		err = run_screens(session, &what);
	session->left_out =
	    !session->sent && screens_note(session->screens)->len > 0;
	screens_free(session->screens);
	if (err != EK_OK)
		return err;
	if (what == SCREENS_QUIT) {
		out_line(session->env->out,
		    session->before != NULL ? "Left; the entry is as it was."
					    : "Left; nothing was kept.");
		return EK_INVALID;
	}
	return EK_OK;
}

enum ek_err
session_checkin(struct cmd_env *env, struct given *given, bool plain)
{
	struct session session = {.env = env,
	    .given = given,
	    .path = "/v1/checkins",
	    .screens = screens_new(given)};
	enum ek_err err = run(&session, plain);

	if (err != EK_OK)
		return err;
	if (session.nothing)
		out_line(env->out, "Nothing was answered, nothing was kept.");
	else if (given->off_record && !given->took_place)
		out_line(env->out, "Off the record; nothing of it was kept.");
	else if (given->off_record)
		out_line(env->out, "Off the record; only that it took place.");
	else
		out_line(env->out, "Saved.");
	return EK_OK;
}

enum ek_err
session_fix(struct cmd_env *env, struct given *given, const char *path,
    json_t *before, bool plain)
{
	struct session session = {
	    .env = env, .given = given, .path = path, .before = before};
	enum ek_err err;

	given->mending = true;
	session.screens = screens_new(given);
	err = run(&session, plain);
	if (err == EK_OK)
		out_line(env->out,
		    session.nothing
			? "Nothing was changed; the entry is as it was."
			: "Mended.");
	return err;
}

enum ek_err
session_hard(struct cmd_env *env, const json_t *status, bool plain)
{
	struct session session = {.env = env,
	    .path = "/v1/hard",
	    .screens = screens_new_hard(ops_text(status, "nobody"),
		strcmp(ops_text(status, "state"), "locked") == 0)};
	enum ek_err err = run(&session, plain);

	if (err != EK_OK)
		return err;
	out_line(env->out, "%s",
	    session.nothing ? "Nothing was written down."
	    : session.left_out
		? "Written down, in your own book only; your words were left "
		  "out."
		: "Written down, in your own book only.");
	return EK_OK;
}
