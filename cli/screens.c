/*
 * screens - the flow: which screen comes next, and the keys that mean the
 * same everywhere.  What is particular to a screen is in screens_items.c and
 * screens_lists.c, what it looks like in screens_draw.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/limits.h"
#include "screens_in.h"

#define SCROLL_PAGE 10
#define SUM_BASIS   0xcbf29ce484222325U /* FNV-1a */
#define SUM_PRIME   0x100000001b3U

static uint64_t words_sum(const struct screens *screens);

static void
enter(struct screens *screens, size_t at)
{
	screens->at = at;
	screens->typed = -1;
	screens->asking = false;
	screens->message[0] = '\0';
	screens->cursor = SIZE_MAX; /* the end of what is written there */
}

static void
add(struct screens *screens, enum screen screen)
{
	screens->flow[screens->count++] = screen;
}

struct screens *
screens_new(struct given *given)
{
	struct screens *screens = calloc(1, sizeof(*screens));
	const struct form *form = given->form;
	bool pulse = strcmp(form->name, "pulse") == 0;

	if (screens == NULL)
		return NULL;
	screens->given = given;
	screens->form = form;
	screens->nobody = form->nobody;
	screens->locked = form->locked;
	buf_init(&screens->extra, EK_NOTE_MAX);
	add(screens, SCREEN_ITEMS);
	if (pulse && form->sign_count > 0)
		add(screens, SCREEN_SIGNS);
	if (pulse && form->strategy_count > 0)
		add(screens, SCREEN_USED);
	add(screens, SCREEN_NOTE);
	add(screens, SCREEN_WORDS);
	screens->words_before = words_sum(screens);
	enter(screens, 0);
	return screens;
}

struct screens *
screens_new_hard(const char *nobody, bool locked)
{
	struct screens *screens = calloc(1, sizeof(*screens));

	if (screens == NULL)
		return NULL;
	screens->nobody = nobody;
	screens->locked = locked;
	buf_init(&screens->extra, EK_NOTE_MAX);
	add(screens, SCREEN_HARD);
	add(screens, SCREEN_WORDS);
	add(screens, SCREEN_NOTE);
	screens->words_before = words_sum(screens);
	enter(screens, 0);
	return screens;
}

void
screens_free(struct screens *screens)
{
	if (screens == NULL)
		return;
	buf_done(&screens->extra);
	json_decref(screens->reply);
	explicit_bzero(screens, sizeof(*screens));
	free(screens);
}

enum screen
screens_now(const struct screens *screens)
{
	return screens->flow[screens->at];
}

size_t
screens_number(const struct screens *screens)
{
	return screens->at + 1;
}

size_t
screens_count(const struct screens *screens)
{
	return screens->count;
}

size_t
screens_scroll(const struct screens *screens)
{
	return screens_now(screens) == SCREEN_WORDS ? screens->scroll : 0;
}

void
screens_scrolled(struct screens *screens, size_t from)
{
	if (screens_now(screens) == SCREEN_WORDS)
		screens->scroll = from;
}

void
screens_edited(struct screens *screens)
{
	screens->cursor = SIZE_MAX;
}

bool
screens_at_end(const struct screens *screens)
{
	return screens_now(screens) == SCREEN_WORDS &&
	       (screens->given != NULL || screens->nothing);
}

void
screens_say(struct screens *screens, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(screens->message, sizeof(screens->message), fmt, ap);
	va_end(ap);
}

static bool
is_hard(const struct screens *screens)
{
	return screens->given == NULL;
}

static bool
at_text_item(const struct screens *screens)
{
	return screens_now(screens) == SCREEN_ITEMS &&
	       screens->form->items[screens->item].type == ITEM_TEXT;
}

bool
screens_at_text(const struct screens *screens)
{
	return screens_now(screens) == SCREEN_NOTE || at_text_item(screens);
}

struct buf *
screens_note(struct screens *screens)
{
	if (at_text_item(screens))
		return &screens->given->items[screens->item].text;
	return is_hard(screens) ? &screens->extra : &screens->given->note;
}

struct textbox
screens_box(struct screens *screens)
{
	struct textbox box = {screens_note(screens), screens->cursor};

	if (box.cursor > box.text->len)
		box.cursor = box.text->len;
	return box;
}

bool
screens_digit(struct screens *screens, int digit, int max, int *ret)
{
	int number = screens->typed < 0 ? digit : screens->typed * 10 + digit;

	*ret = number;
	screens->typed = -1;
	if (number > 0 && number * 10 <= max) {
		screens->typed = number;
		return false;
	}
	return true;
}

enum screens_do
screens_next(struct screens *screens)
{
	enum screen now = screens_now(screens);

	if (now == SCREEN_NOTE)
		return is_hard(screens) ? SCREENS_NOTE : SCREENS_SAVE;
	if (now == SCREEN_HARD)
		return SCREENS_SAVE;
	if (now == SCREEN_WORDS)
		return SCREENS_DONE;
	enter(screens, screens->at + 1);
	return SCREENS_GO_ON;
}

void
screens_back(struct screens *screens)
{
	if (screens->at > 0)
		enter(screens, screens->at - 1);
}

static uint64_t
sum_words(uint64_t sum, const struct buf *text)
{
	for (size_t i = 0; i <= text->len; i++)
		sum = (sum ^ (unsigned char)buf_text(text)[i]) * SUM_PRIME;
	return sum;
}

/* Tells whether any of her words changed since. */
static uint64_t
words_sum(const struct screens *screens)
{
	const struct given *given = screens->given;
	uint64_t sum = sum_words(SUM_BASIS, &screens->extra);

	if (given == NULL)
		return sum;
	for (size_t i = 0; i < screens->form->item_count; i++)
		sum = sum_words(sum, &given->items[i].text);
	return sum_words(sum, &given->note);
}

static bool
wrote_words(const struct screens *screens)
{
	return words_sum(screens) != screens->words_before;
}

static enum screens_do
leave_now(const struct screens *screens)
{
	return screens->reply != NULL ? SCREENS_DONE : SCREENS_QUIT;
}

static enum screens_do
leave(struct screens *screens)
{
	if (!wrote_words(screens)) /* a hard day was written down before */
		return leave_now(screens);
	screens->leaving = true;
	return SCREENS_GO_ON;
}

bool
screens_is_char(const struct key *key, const char *any)
{
	return key->name == KEY_CHAR && key->text[1] == '\0' &&
	       strchr(any, key->text[0]) != NULL;
}

static enum screens_do
words_key(struct screens *screens, const struct key *key)
{
	if (key->name == KEY_ENTER || key->name == KEY_ESC ||
	    screens_is_char(key, "qQ")) /* she may have come back to read */
		return is_hard(screens) ? leave(screens) : SCREENS_DONE;
	if (key->name == KEY_UP && screens->scroll > 0)
		screens->scroll--;
	else if (key->name == KEY_DOWN)
		screens->scroll++;
	else if (key->name == KEY_PAGE_DOWN || screens_is_char(key, " "))
		screens->scroll += SCROLL_PAGE;
	else if (key->name == KEY_PAGE_UP)
		screens->scroll -= screens->scroll < SCROLL_PAGE
				       ? screens->scroll
				       : SCROLL_PAGE;
	else if (is_hard(screens) && !screens->nothing &&
		 screens_is_char(key, "nN"))
		enter(screens, screens->at + 1);
	return SCREENS_GO_ON;
}

static enum screens_do
hard_key(struct screens *screens, const struct key *key)
{
	if (key->name == KEY_ENTER)
		return SCREENS_SAVE;
	if (screens_is_char(key, "wW"))
		return SCREENS_WORDS;
	if (key->name == KEY_ESC || screens_is_char(key, "qQ"))
		return leave(screens);
	return SCREENS_GO_ON;
}

/* An editor works on a file, and what is off the record is in none. */
static bool
may_edit(struct screens *screens)
{
	if (is_hard(screens) || !screens->given->off_record)
		return true;
	screens_say(screens, "No editor off the record: it would write a "
			     "file. Type it here, or leave it out.");
	return false;
}

static enum screens_do
text_key(struct screens *screens, const struct key *key)
{
	struct textbox box = screens_box(screens);
	size_t before = box.text->len;

	if (key->name == KEY_EDITOR && may_edit(screens))
		return SCREENS_EDIT;
	if (key->name == KEY_ESC)
		return leave(screens);
	if (textbox_key(&box, key)) {
		screens->cursor = box.cursor;
		if (key->name == KEY_CHAR && box.text->len == before)
			screens_say(screens, "This is as long as it can be; "
					     "nothing more is taken.");
		return SCREENS_GO_ON;
	}
	if (at_text_item(screens)) {
		enum screens_do what = SCREENS_GO_ON;

		if (key->name == KEY_ENTER)
			items_next(screens, &what);
		else
			items_key(screens, key);
		return what;
	}
	if (key->name == KEY_ENTER)
		return screens_next(screens);
	if (key->name == KEY_UP || key->name == KEY_LEFT ||
	    key->name == KEY_BACKSPACE)
		screens_back(screens);
	return SCREENS_GO_ON;
}

static enum screens_do
plain_key(struct screens *screens, const struct key *key)
{
	bool items = screens_now(screens) == SCREEN_ITEMS;
	enum screens_do what = SCREENS_GO_ON;

	if (items && key->name == KEY_ENTER) {
		items_next(screens, &what);
		return what;
	}
	if (items ? items_key(screens, key) : lists_key(screens, key))
		return SCREENS_GO_ON;
	if (key->name == KEY_ENTER)
		return screens_next(screens);
	if (key->name == KEY_ESC || screens_is_char(key, "qQ"))
		return leave(screens);
	if (key->name == KEY_LEFT || key->name == KEY_BACKSPACE ||
	    screens_is_char(key, "bB"))
		screens_back(screens);
	return SCREENS_GO_ON;
}

enum screens_do
screens_key(struct screens *screens, const struct key *key)
{
	if (key->name == KEY_INTERRUPT || key->name == KEY_GONE)
		return leave_now(screens);
	if (key->name == KEY_NONE || key->name == KEY_REDRAW ||
	    key->name == KEY_RESIZE)
		return SCREENS_GO_ON;
	if (screens->leaving) {
		screens->leaving = false;
		return screens_is_char(key, "yY") ? leave_now(screens)
						  : SCREENS_GO_ON;
	}
	screens->message[0] = '\0';
	if (screens->moved) {
		screens->moved = false;
		if (key->name == KEY_ENTER) {
			screens_say(screens, "That number was taken already. "
					     "Enter again leaves this out.");
			return SCREENS_GO_ON;
		}
	}
	switch (screens_now(screens)) {
	case SCREEN_ITEMS:
		return screens_at_text(screens) ? text_key(screens, key)
						: plain_key(screens, key);
	case SCREEN_SIGNS:
	case SCREEN_USED:
		return plain_key(screens, key);
	case SCREEN_NOTE:
		return text_key(screens, key);
	case SCREEN_HARD:
		return hard_key(screens, key);
	case SCREEN_WORDS:
		return words_key(screens, key);
	}
	return SCREENS_GO_ON;
}

void
screens_saved(struct screens *screens, json_t *reply, bool nothing)
{
	size_t at = 0;

	json_decref(screens->reply);
	screens->reply = json_incref(reply);
	screens->nothing = nothing;
	screens->scroll = 0;
	while (screens->flow[at] != SCREEN_WORDS)
		at++;
	enter(screens, at);
}

void
screens_failed(struct screens *screens, const char *why)
{
	screens_say(screens,
	    "Not saved: %s. Nothing is lost yet: Enter tries "
	    "again.",
	    why);
}
