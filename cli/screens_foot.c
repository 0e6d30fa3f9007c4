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
		return off ? "Enter: next  Esc: leave"
			   : "Enter: next  Ctrl-E: editor  Esc: leave, "
			     "nothing kept";
	if (screens->typed >= 0)
		return "a second digit completes it  Enter: keep it  b: undo";
	return "number: answer  Enter: skip or keep  -: clear  b: back  "
	       "q: leave, nothing kept";
}

static const char *
keys_hint(const struct screens *screens)
{
	bool hard = screens->given == NULL;

	switch (screens_now(screens)) {
	case SCREEN_ITEMS:
		return items_hint(screens);
	case SCREEN_SIGNS:
		return "number: a little, again: a lot  Enter: go on  "
		       "b: back  q: leave, nothing kept";
	case SCREEN_USED:
		return screens->asking
			   ? "0-3: how much it helped  Enter: rather not say"
			   : "number: did it  Enter: go on  b: back  q: leave, "
			     "nothing kept";
	case SCREEN_NOTE:
		if (hard)
			return "Enter: save  Ctrl-E: editor  Esc: leave them "
			       "out";
		return screens->given->off_record
			   ? "Enter: end it  Esc: leave"
			   : "Enter: save the check-in  Ctrl-E: editor  "
			     "Esc: leave, nothing kept";
	case SCREEN_HARD:
		return "Enter: write it down  w: only my words  q: leave";
	case SCREEN_WORDS:
		return hard && !screens->nothing
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
			   ? "Your words (Enter: skip, b: back, q: leave)"
			   : "Answer (Enter: skip, b: back, q: leave, nothing "
			     "kept)";
	case SCREEN_SIGNS:
		return "Numbers with spaces between, 2 a little, 2=2 a lot "
		       "(Enter: go on, b: back, q: leave)";
	case SCREEN_USED:
		return "Numbers with spaces between, 2=3 it helped 3 of 3 "
		       "(Enter: go on, b: back, q: leave)";
	case SCREEN_NOTE:
		return "Note (Enter: go on, b: back, q: leave)";
	case SCREEN_HARD:
		return "Enter: write it down, w: only my words, q: leave";
	case SCREEN_WORDS:
		return "";
	}
	return "";
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

void
screens_foot(const struct screens *screens, bool plain, struct page *page)
{
	bool first = screens->at == 0 && (!plain || screens->item == 0);
	bool words = screens_now(screens) == SCREEN_WORDS;
	const char *hint = plain ? line_hint(screens) : keys_hint(screens);

	page_gap(page, PAGE_FOOT);
	if ((first || words) && screens->nobody != NULL)
		page_add(page, PAGE_FOOT, OUT_DIM, 0, 0, "%s", screens->nobody);
	if (screens->leaving)
		hint = "Leave, and keep nothing of what you wrote? y leaves, "
		       "any other key stays";
	if (screens->message[0] != '\0')
		page_add(
		    page, PAGE_FOOT, OUT_STRONG, 0, 0, "%s", screens->message);
	draw_hint(page, hint);
}
