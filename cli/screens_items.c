/*
 * screens_items - the first screen: one answer after the other.
 *
 * A digit answers and moves on at once.  Where a second digit could follow
 * ("1" on a scale to 10) the answer waits on the item: that digit completes
 * it, any other key keeps it.  Who presses Enter after every number is not
 * led past the next question: right after a number moved on, Enter waits.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "screens_in.h"

static struct given_item *
answer_of(struct screens *screens)
{
	return &screens->given->items[screens->item];
}

static const struct item *
item_of(const struct screens *screens)
{
	return &screens->form->items[screens->item];
}

/* Options are called by their values where these are small numbers, else by
 * their place, from 1. */
static bool
named_by_value(const struct item *item)
{
	for (size_t i = 0; i < item->option_count; i++) {
		double value = item->options[i].value;

		if (value < 0 || value > 99 || value != floor(value))
			return false;
		for (size_t j = 0; j < i; j++)
			if (item->options[j].value == value)
				return false;
	}
	return true;
}

int
items_number(const struct item *item, size_t i)
{
	return named_by_value(item) ? (int)item->options[i].value : (int)i + 1;
}

static int
max_number(const struct item *item)
{
	int max = 0;

	if (item->type == ITEM_SCALE)
		return (int)item->max;
	for (size_t i = 0; i < item->option_count; i++)
		if (items_number(item, i) > max)
			max = items_number(item, i);
	return max;
}

static bool
number_value(const struct item *item, int number, double *ret)
{
	if (item->type == ITEM_SCALE) {
		*ret = number;
		return number >= item->min && number <= item->max;
	}
	for (size_t i = 0; i < item->option_count; i++) {
		if (items_number(item, i) != number)
			continue;
		*ret = item->options[i].value;
		return true;
	}
	return false;
}

static void
go_to(struct screens *screens, size_t item)
{
	screens->item = item;
	screens->typed = -1;
	screens->cursor = SIZE_MAX;
}

void
items_next(struct screens *screens, enum screens_do *ret)
{
	size_t missing;

	screens->typed = -1;
	if (screens->item + 1 < screens->form->item_count) {
		go_to(screens, screens->item + 1);
		return;
	}
	missing = given_missing(screens->given);
	if (missing < screens->form->item_count) {
		go_to(screens, missing);
		screens_say(screens, "This one needs an answer to go on.");
		return;
	}
	*ret = screens_next(screens);
}

static bool
items_back(struct screens *screens)
{
	if (screens->typed >= 0) {
		screens->typed = -1;
		answer_of(screens)->has = false;
	} else if (screens->item > 0) {
		go_to(screens, screens->item - 1);
	} else {
		return false;
	}
	return true;
}

/* Sets the number as the answer; false, and says the range, when it is
 * none. */
static bool
set_number(struct screens *screens, int number)
{
	const struct item *item = item_of(screens);
	double value;

	if (!number_value(item, number, &value)) {
		if (item->type == ITEM_SCALE)
			screens_say(screens, "The answers here are %g to %g.",
			    item->min, item->max);
		else
			screens_say(screens,
			    "The answers here have the numbers shown.");
		return false;
	}
	answer_of(screens)->has = true;
	answer_of(screens)->value = value;
	return true;
}

static void
digit_key(struct screens *screens, int digit)
{
	enum screens_do ignored;
	int number;

	if (screens->typed >= 0 &&
	    screens->typed * 10 + digit > max_number(item_of(screens))) {
		size_t at = screens->at, item = screens->item;

		/* the one that waited stands; this belongs to the next */
		items_next(screens, &ignored);
		if (screens->at != at || screens->item <= item)
			return; /* one digit too many marks no sign */
	}
	if (item_of(screens)->type == ITEM_TEXT)
		return;
	if (!screens_digit(
		screens, digit, max_number(item_of(screens)), &number)) {
		if (!set_number(screens, number))
			answer_of(screens)->has = false; /* 1 of 10..20 */
		return;
	}
	if (set_number(screens, number)) {
		items_next(screens, &ignored);
		/* a new screen is seen to be new: Enter is meant for it */
		screens->moved = screens_now(screens) == SCREEN_ITEMS;
	}
}

/* The answer one step up or down; false when there is nothing below. */
static bool
step(struct screens *screens, int by)
{
	const struct item *item = item_of(screens);
	struct given_item *answer = answer_of(screens);
	size_t i;

	screens->typed = -1;
	if (!answer->has && by < 0)
		return false;
	if (item->type == ITEM_SCALE) {
		double value = answer->has ? answer->value + by : item->min;

		if (value >= item->min && value <= item->max)
			answer->value = value;
	} else if (answer->has) {
		for (i = 0; item->options[i].value != answer->value;)
			i++;
		if (by < 0 ? i > 0 : i + 1 < item->option_count)
			answer->value =
			    item->options[by < 0 ? i - 1 : i + 1].value;
	} else {
		answer->value = item->options[0].value;
	}
	answer->has = true;
	return true;
}

static bool
char_key(struct screens *screens, char c)
{
	enum screens_do ignored;

	if (c >= '0' && c <= '9') {
		digit_key(screens, c - '0');
		return true;
	}
	if (c == 'b' || c == 'B')
		return items_back(screens);
	if (c == '-') {
		screens->typed = -1;
		answer_of(screens)->has = false;
		return true;
	}
	if (c == ' ' && screens->item + 1 < screens->form->item_count) {
		items_next(screens, &ignored);
		return true;
	}
	return false;
}

bool
items_key(struct screens *screens, const struct key *key)
{
	size_t count = screens->form->item_count;

	if (key->name == KEY_CHAR && key->text[1] == '\0')
		return char_key(screens, key->text[0]);
	if (key->name == KEY_BACKSPACE)
		return items_back(screens);
	if (key->name == KEY_UP && screens->item > 0)
		go_to(screens, screens->item - 1);
	else if ((key->name == KEY_DOWN || key->name == KEY_TAB) &&
		 screens->item + 1 < count)
		go_to(screens, screens->item + 1);
	else if (item_of(screens)->type == ITEM_TEXT)
		return key->name == KEY_LEFT && items_back(screens);
	else if (key->name == KEY_RIGHT)
		step(screens, 1);
	else if (key->name == KEY_LEFT)
		return step(screens, -1) || items_back(screens);
	else if (key->name == KEY_DELETE)
		char_key(screens, '-');
	else
		return false;
	return true;
}

bool
items_line(struct screens *screens, const char *line)
{
	size_t digits = strspn(line, "0123456789");

	if (strcmp(line, "b") == 0)
		return items_back(screens);
	if (strcmp(line, "-") == 0) {
		answer_of(screens)->has = false;
		return true;
	}
	if (digits == 0 || digits > 4 || line[digits] != '\0') {
		set_number(screens, -1); /* says what the answers are */
		return false;
	}
	return set_number(screens, (int)strtol(line, NULL, 10));
}
