/*
 * screens_foot - what stands at the end of each screen: that nobody is
 * watching, a message, and which keys there are.
 */
#include <string.h>

#include "screens_in.h"

static const char *
items_hint(const struct screens *screens)
{
	const struct item *item = &screens->form->items[screens->item];
	bool off = screens->given != NULL && screens->given->off_record;

	if (item->type == ITEM_TEXT)
		return off ? "Enter: next or skip  Up: back"
			   : "Enter: next or skip  Up: back  Ctrl-E: editor";
	if (screens->typed >= 0)
		return "a second digit completes it  Enter: keep it  b: undo";
	return "number: answer  Enter: skip or keep  -: clear  b: back";
}

static const char *
lists_hint(const struct screens *screens)
{
	if (screens->typed >= 0)
		return "a second digit completes it  b: undo";
	if (screens->asking)
		return "0-3: how much it helped  Enter: rather not say  "
		       "-: not done  b: back";
	return screens_now(screens) == SCREEN_SIGNS
		   ? "number: a little, again: a lot  Enter: go on or skip  "
		     "b: back"
		   : "number: did it  Enter: go on or skip  b: back";
}

static const char *
note_hint(const struct screens *screens)
{
	if (screens->given == NULL)
		return "Enter: save  Up: back  Ctrl-E: editor  Esc: leave them "
		       "out";
	if (screens->given->off_record)
		return "Enter: end it  Up: back";
	return screens->given->mending
		   ? "Enter: save the change  Up: back  Ctrl-E: editor"
		   : "Enter: save the check-in  Up: back  Ctrl-E: editor";
}

static const char *
keys_hint(const struct screens *screens)
{
	switch (screens_now(screens)) {
	case SCREEN_ITEMS:
		return items_hint(screens);
	case SCREEN_SIGNS:
	case SCREEN_USED:
		return lists_hint(screens);
	case SCREEN_NOTE:
		return note_hint(screens);
	case SCREEN_HARD:
		return "Enter: write it down  w: only my words  q: leave";
	case SCREEN_WORDS:
		return screens->given == NULL && !screens->nothing
			   ? "Enter: close  n: add words of your own"
			   : "Enter: close; the screen is then cleared";
	}
	return "";
}

static const char *
line_hint(const struct screens *screens)
{
	switch (screens_now(screens)) {
	case SCREEN_ITEMS:
		return screens->form->items[screens->item].type == ITEM_TEXT
			   ? "Your words  Enter: skip or keep  b: back"
			   : "Answer  Enter: skip or keep  -: clear  b: back";
	case SCREEN_SIGNS:
		return "Numbers with spaces between, 2 a little, 2=2 a lot  "
		       "Enter: go on  b: back";
	case SCREEN_USED:
		return "Numbers with spaces between, 2=3 it helped 3 of 3  "
		       "Enter: go on  b: back";
	case SCREEN_NOTE:
		return screens->given == NULL ? "Words  Enter: save  b: back"
					      : "Note  Enter: go on  b: back";
	case SCREEN_HARD:
		return "Enter: write it down  w: only my words  q: leave";
	case SCREEN_WORDS:
		return "";
	}
	return "";
}

/* What leaving does; NULL where that stands in the hint itself. */
static const char *
leave_hint(const struct screens *screens)
{
	if (screens->given == NULL || screens_now(screens) == SCREEN_WORDS)
		return NULL;
	if (screens->given->off_record)
		return "leave";
	return screens->given->mending ? "leave it as it was"
				       : "leave, nothing kept";
}

/* "key: meaning  key: meaning", broken between pairs only. */
static void
draw_hint(struct page *page, const char *hint)
{
	struct buf line;

	buf_init(&line, 400);
	while (hint[0] != '\0') {
		const char *end = strstr(hint, "  ");
		size_t len = end == NULL ? strlen(hint) : (size_t)(end - hint);

		if (line.len > 0 && line.len + 2 + len > (size_t)page->width) {
			page_add(page, PAGE_FOOT, OUT_PLAIN, 0, 2, "%s",
			    buf_text(&line));
			buf_clear(&line);
		}
		buf_str(&line, line.len > 0 ? "  " : "");
		buf_add(&line, hint, len);
		hint += len + (end == NULL ? 0 : 2);
	}
	if (line.len > 0)
		page_add(
		    page, PAGE_FOOT, OUT_PLAIN, 0, 2, "%s", buf_text(&line));
	buf_done(&line);
}

static void
draw_keys(const struct screens *screens, bool plain, struct page *page)
{
	const char *leave = leave_hint(screens);
	struct buf hint;

	buf_init(&hint, 400);
	buf_str(&hint, plain ? line_hint(screens) : keys_hint(screens));
	if (leave != NULL)
		buf_fmt(&hint, "  %s: %s",
		    !plain && screens_at_text(screens) ? "Esc" : "q", leave);
	draw_hint(page, buf_text(&hint));
	buf_done(&hint);
}

void
screens_foot(const struct screens *screens, bool plain, struct page *page)
{
	bool first = screens->at == 0 && (!plain || screens->item == 0);
	bool words = screens_now(screens) == SCREEN_WORDS;
	bool mending = screens->given != NULL && screens->given->mending;

	page_gap(page, PAGE_FOOT);
	if ((first || words) && screens->nobody != NULL)
		page_add(page, PAGE_FOOT, OUT_DIM, 0, 0, "%s", screens->nobody);
	if (screens->message[0] != '\0')
		page_add(
		    page, PAGE_FOOT, OUT_STRONG, 0, 0, "%s", screens->message);
	if (!screens->leaving)
		draw_keys(screens, plain, page);
	else if (mending)
		draw_hint(page, "Leave the entry as it was, and keep nothing "
				"of what you changed? y leaves, any other key "
				"stays");
	else
		draw_hint(page, "Leave, and keep nothing of what you wrote? y "
				"leaves, any other key stays");
}
