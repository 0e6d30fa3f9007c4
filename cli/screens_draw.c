/*
 * screens_draw - what each screen looks like.  Nothing is said by colour or
 * style alone: the place of the keys has a ">", marks are words.
 */
#include <stdio.h>
#include <string.h>

#include "evenkeel/text.h"
#include "screens_in.h"
#include "words_page.h"

struct draw {
	const struct screens *screens;
	struct page *page;
	bool plain;
};

static void
body(struct draw *draw, int indent, const char *text)
{
	page_add(draw->page, PAGE_BODY, OUT_PLAIN, indent, 0, "%s", text);
}

static void
draw_title(struct draw *draw, const char *title)
{
	const struct screens *screens = draw->screens;
	struct page_pair pair = {.style = OUT_HEAD, .left = title};
	char number[32] = "";

	if (screens->given != NULL)
		snprintf(number, sizeof(number), "%zu of %zu",
		    screens_number(screens), screens_count(screens));
	pair.right = number;
	page_pair(draw->page, PAGE_HEAD, &pair);
	if (screens->given != NULL && screens->given->off_record)
		page_add(draw->page, PAGE_HEAD, OUT_PLAIN, 0, 0,
		    screens->given->took_place
			? "Off the record: only that it took place is kept."
			: "Off the record: nothing of this is written down.");
	page_gap(draw->page, PAGE_HEAD);
}

/* --- the items --- */

static void
draw_value(const struct draw *draw, size_t i, char *out, size_t size)
{
	const struct screens *screens = draw->screens;
	const struct given_item *given = &screens->given->items[i];

	out[0] = '\0';
	if (screens->form->items[i].type == ITEM_TEXT)
		return;
	if (i == screens->item && screens->typed >= 0)
		snprintf(out, size, "[%d_]", screens->typed);
	else if (given->has)
		snprintf(out, size, "[%2g]", given->value);
	else
		snprintf(out, size, "[  ]");
}

static void
draw_ends(struct draw *draw, const struct item *item)
{
	if (item->low_text == NULL && item->high_text == NULL) {
		if (draw->plain)
			page_add(draw->page, PAGE_BODY, OUT_DIM, 5, 2,
			    "%g to %g", item->min, item->max);
		return;
	}
	page_add(draw->page, PAGE_BODY, OUT_DIM, 5, 2, "%g %s – %g %s",
	    item->min, item->low_text == NULL ? "" : item->low_text, item->max,
	    item->high_text == NULL ? "" : item->high_text);
}

static void
draw_options(struct draw *draw, size_t i)
{
	const struct item *item = &draw->screens->form->items[i];
	const struct given_item *given = &draw->screens->given->items[i];
	bool here = i == draw->screens->item;

	for (size_t j = 0; j < item->option_count; j++) {
		const struct item_option *option = &item->options[j];
		bool chosen = given->has && given->value == option->value;

		if (here)
			page_add(draw->page, PAGE_BODY,
			    chosen ? OUT_STRONG : OUT_PLAIN, 4, 4, "%s %d %s",
			    chosen ? "*" : " ", items_number(item, j),
			    option->text);
		else if (chosen)
			page_add(draw->page, PAGE_BODY, OUT_DIM, 5, 2, "%s",
			    option->text);
	}
}

/* What was written for an item the keys are not at: its beginning. */
static void
draw_written(struct draw *draw, size_t i)
{
	const struct buf *text = &draw->screens->given->items[i].text;
	const char *words = buf_text(text);
	size_t room = (size_t)draw->page->width - 10;
	size_t n = strcspn(words, "\n");
	bool cut = n < text->len;
	uint32_t c;

	if (text->len == 0)
		return;
	for (size_t at = 0; at < n; at += text_decode(words + at, n - at, &c))
		if (text_columns(words, at) > room) {
			n = at;
			cut = true;
			break;
		}
	page_add(draw->page, PAGE_BODY, OUT_DIM, 5, 0, "%.*s%s", (int)n, words,
	    cut ? " …" : "");
}

static void
draw_item(struct draw *draw, size_t i)
{
	const struct screens *screens = draw->screens;
	const struct item *item = &screens->form->items[i];
	bool here = i == screens->item;
	struct page_pair pair = {
	    here ? OUT_STRONG : OUT_PLAIN, 1, 2, NULL, NULL};
	char value[24];
	struct buf left;

	buf_init(&left, EK_ITEM_TEXT_MAX + 8);
	buf_fmt(&left, "%s%s", here ? "> " : "  ", item->text);
	draw_value(draw, i, value, sizeof(value));
	pair.left = buf_text(&left);
	pair.right = value;
	if (here)
		page_focus_begin(draw->page);
	page_pair(draw->page, PAGE_BODY, &pair);
	if (item->type == ITEM_SCALE)
		draw_ends(draw, item);
	else if (item->type == ITEM_CHOICE)
		draw_options(draw, i);
	else if (here && !draw->plain)
		textbox_draw(&screens->given->items[i].text, screens->cursor,
		    draw->page, 4);
	else
		draw_written(draw, i);
	if (here)
		page_focus_end(draw->page);
	buf_done(&left);
}

static void
draw_items(struct draw *draw)
{
	const struct screens *screens = draw->screens;
	const struct form *form = screens->form;
	bool texts = false;

	if (!draw->plain || screens->item == 0) {
		draw_title(draw, form->title);
		if (form->intro != NULL)
			body(draw, 0, form->intro);
		if (form->locked)
			body(draw, 0,
			    "The book is locked: this is added to it, and "
			    "your signs and strategies are not asked. "
			    "`keel unlock` opens it.");
		if (draw->page->parts[PAGE_BODY].count > 0)
			page_gap(draw->page, PAGE_BODY);
	}
	for (size_t i = 0; i < form->item_count; i++) {
		texts = texts || form->items[i].type == ITEM_TEXT;
		if (i > 0 && texts)
			page_gap(draw->page, PAGE_BODY);
		if (!draw->plain || i == screens->item)
			draw_item(draw, i);
	}
	if (form->validated && form->copyright != NULL && !draw->plain) {
		page_gap(draw->page, PAGE_BODY);
		page_add(draw->page, PAGE_BODY, OUT_DIM, 0, 0, "%s",
		    form->copyright);
	}
}

/* --- her signs, her strategies --- */

static void
draw_row(struct draw *draw, size_t row, const char *mark, const char *text,
    const char *said)
{
	const struct screens *screens = draw->screens;
	bool signs = screens_now(screens) == SCREEN_SIGNS;
	bool here = row == screens->row[signs ? 0 : 1] && !draw->plain;
	int digits = lists_count(screens) >= 10 ? 2 : 1;

	if (here)
		page_focus_begin(draw->page);
	page_add(draw->page, PAGE_BODY, here ? OUT_STRONG : OUT_PLAIN, 1,
	    digits + 4 + (int)strlen(mark), "%s%0*zu %s %s%s%s",
	    here ? "> " : "  ", digits, row + 1, mark, text,
	    said[0] == '\0' ? "" : " — ", said);
	if (here && screens->asking)
		page_add(draw->page, PAGE_BODY, OUT_STRONG,
		    digits + 5 + (int)strlen(mark), 0,
		    "How much did it help? 0 not, 1 a little, 2 quite, 3 a "
		    "lot; Enter: rather not say");
	if (here)
		page_focus_end(draw->page);
}

static void
draw_signs(struct draw *draw)
{
	static const char *const marks[] = {"[  ]", "[+ ]", "[++]"};
	static const char *const said[] = {"", "a little", "a lot"};
	const struct screens *screens = draw->screens;
	const struct form *form = screens->form;

	draw_title(draw, "Your early warning signs");
	body(draw, 0, "Have you noticed any of these lately? If none, Enter.");
	page_gap(draw->page, PAGE_BODY);
	for (size_t i = 0; i < form->sign_count; i++) {
		signed char sign = screens->given->signs[i];

		draw_row(draw, i, marks[sign], form->signs[i].text, said[sign]);
	}
}

static void
draw_used(struct draw *draw)
{
	static const char *const said[] = {
	    "did not help", "helped a little", "helped quite", "helped a lot"};
	const struct screens *screens = draw->screens;
	const struct form *form = screens->form;

	draw_title(draw, "What helps you");
	body(draw, 0, "Did you do any of these? If none, Enter.");
	page_gap(draw->page, PAGE_BODY);
	for (size_t i = 0; i < form->strategy_count; i++) {
		signed char used = screens->given->used[i];

		draw_row(draw, i, used == USED_NOT ? "[ ]" : "[x]",
		    form->strategies[i].text, used < 0 ? "" : said[used]);
	}
}

/* --- a note, a hard day, her words --- */

static void
draw_note(struct draw *draw)
{
	const struct screens *screens = draw->screens;
	bool hard = screens->given == NULL;
	const char *question = hard ? NULL : screens->form->question;

	draw_title(draw, hard ? "Words of your own" : "A note, if you like");
	if (question != NULL)
		body(draw, 0, question);
	body(draw, 0,
	    "For you alone, unless you choose to show it. Type here; Enter "
	    "alone leaves it out.");
	page_gap(draw->page, PAGE_BODY);
	if (draw->plain)
		return;
	page_focus_begin(draw->page);
	textbox_draw(hard ? &screens->extra : &screens->given->note,
	    screens->cursor, draw->page, 2);
	page_focus_end(draw->page);
}

static void
draw_hard(struct draw *draw)
{
	draw_title(draw, "A hard day");
	body(draw, 0,
	    "This sends nothing to anyone. It writes into your own book that "
	    "today is hard, and hands you your own words.");
}

static void
draw_words(struct draw *draw)
{
	const struct screens *screens = draw->screens;
	const char *sends =
	    json_string_value(json_object_get(screens->reply, "sends"));
	bool off = screens->given != NULL && screens->given->off_record;

	draw_title(draw, "Your own words");
	if (screens->nothing && screens->given == NULL)
		body(draw, 0, "Nothing was written down.");
	else if (screens->nothing)
		body(draw, 0,
		    screens->given->mending
			? "Nothing was changed; the entry is as it was."
			: "Nothing was answered, so nothing was kept.");
	else if (off)
		body(draw, 0, "Off the record: none of it was kept.");
	else
		body(draw, 0, "Saved.");
	if (sends != NULL && !screens->nothing)
		body(draw, 0, sends);
	page_gap(draw->page, PAGE_BODY);
	words_page(json_object_get(screens->reply, "words"),
	    screens->given == NULL ? WORDS_HARD : WORDS_CHECKIN,
	    screens->locked, draw->page);
}

void
screens_draw(const struct screens *screens, bool plain, struct page *page)
{
	struct draw draw = {screens, page, plain};

	switch (screens_now(screens)) {
	case SCREEN_ITEMS:
		draw_items(&draw);
		break;
	case SCREEN_SIGNS:
		draw_signs(&draw);
		break;
	case SCREEN_USED:
		draw_used(&draw);
		break;
	case SCREEN_NOTE:
		draw_note(&draw);
		break;
	case SCREEN_HARD:
		draw_hard(&draw);
		break;
	case SCREEN_WORDS:
		draw_words(&draw);
		break;
	}
	screens_foot(screens, plain, page);
}
