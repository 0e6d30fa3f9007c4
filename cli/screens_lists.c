/*
 * screens_lists - her signs and her strategies: one list each, none marked,
 * Enter goes on.
 *
 * A number marks its row; lists of ten and more are numbered 01, 02 … and
 * take two digits, so that no key means two things.  A strategy just ticked
 * asks how much it helped: 0 to 3, Enter rather not.
 */
#include <stdlib.h>
#include <string.h>

#include "screens_in.h"

static bool
is_signs(const struct screens *screens)
{
	return screens_now(screens) == SCREEN_SIGNS;
}

size_t
lists_count(const struct screens *screens)
{
	return is_signs(screens) ? screens->form->sign_count
				 : screens->form->strategy_count;
}

static size_t *
row_of(struct screens *screens)
{
	return &screens->row[is_signs(screens) ? 0 : 1];
}

static void
mark(struct screens *screens)
{
	size_t row = *row_of(screens);
	signed char *used;

	if (is_signs(screens)) {
		signed char *sign = &screens->given->signs[row];

		*sign = *sign == SIGN_LOT ? 0 : (signed char)(*sign + 1);
		return;
	}
	used = &screens->given->used[row];
	*used = *used == USED_NOT ? USED_SAID : USED_NOT;
	screens->asking = *used != USED_NOT;
}

static void
mark_number(struct screens *screens, int number)
{
	screens->typed = -1;
	screens->asking = false;
	if (number < 1 || (size_t)number > lists_count(screens)) {
		screens_say(screens, "The list goes from 1 to %zu.",
		    lists_count(screens));
		return;
	}
	*row_of(screens) = (size_t)number - 1;
	mark(screens);
}

static void
digit_key(struct screens *screens, int digit)
{
	int count = (int)lists_count(screens);

	if (screens->asking && digit <= HELPED_MAX) {
		screens->given->used[*row_of(screens)] = (signed char)digit;
		screens->asking = false;
		return;
	}
	if (screens->typed >= 0)
		mark_number(screens, screens->typed * 10 + digit);
	else if (count >= 10 && digit * 10 <= count)
		screens->typed = digit; /* the second digit is to come */
	else
		mark_number(screens, digit);
}

static void
move(struct screens *screens, bool down)
{
	size_t *row = row_of(screens);

	screens->typed = -1;
	screens->asking = false;
	if (down && *row + 1 < lists_count(screens))
		(*row)++;
	else if (!down && *row > 0)
		(*row)--;
}

/* Enter and "back" first end what is half said. */
static bool
half_said(struct screens *screens, const struct key *key)
{
	if (screens->typed > 0 && key->name == KEY_ENTER)
		mark_number(screens, screens->typed);
	else if (screens->typed >= 0)
		screens->typed = -1;
	else if (screens->asking)
		screens->asking = false;
	else
		return false;
	return true;
}

bool
lists_key(struct screens *screens, const struct key *key)
{
	char c = key->name == KEY_CHAR ? key->text[0] : '\0';

	if (c >= '0' && c <= '9') {
		digit_key(screens, c - '0');
		return true;
	}
	if (key->name == KEY_UP || key->name == KEY_DOWN ||
	    key->name == KEY_TAB) {
		move(screens, key->name != KEY_UP);
		return true;
	}
	if (c == ' ' || key->name == KEY_RIGHT) {
		screens->typed = -1;
		mark(screens);
		return true;
	}
	if (c == '-' || key->name == KEY_DELETE) {
		size_t row = *row_of(screens);

		screens->typed = -1;
		screens->asking = false;
		if (is_signs(screens))
			screens->given->signs[row] = 0;
		else
			screens->given->used[row] = USED_NOT;
		return true;
	}
	if (key->name == KEY_ENTER || key->name == KEY_BACKSPACE || c == 'b' ||
	    c == 'B')
		return half_said(screens, key);
	return false;
}

/* "3" or "3=2": *at moves behind it. */
static bool
read_mark(const char **at, long *ret_number, long *ret_level)
{
	char *end;

	*ret_number = strtol(*at, &end, 10);
	*ret_level = -1;
	if (end == *at)
		return false;
	if (*end == '=') {
		const char *level = end + 1;

		*ret_level = strtol(level, &end, 10);
		if (end == level || *ret_level < 0)
			return false;
	}
	*at = end + strspn(end, " ,\t");
	return *end == '\0' || *at > end;
}

static bool
set_mark(struct screens *screens, long number, long level)
{
	signed char *signs = screens->given->signs;
	signed char *used = screens->given->used;

	if (number < 1 || (size_t)number > lists_count(screens))
		return false;
	if (is_signs(screens)) {
		if (level > SIGN_LOT)
			return false;
		signs[number - 1] =
		    (signed char)(level < 0 ? SIGN_LITTLE : level);
		return true;
	}
	if (level > HELPED_MAX)
		return false;
	used[number - 1] = (signed char)(level < 0 ? USED_SAID : level);
	return true;
}

bool
lists_line(struct screens *screens, const char *line)
{
	const char *at = line + strspn(line, " ,\t");
	long number, level;

	while (*at != '\0') {
		if (read_mark(&at, &number, &level) &&
		    set_mark(screens, number, level))
			continue;
		screens_say(screens,
		    "Type numbers from 1 to %zu, with spaces between, or "
		    "Enter for none.",
		    lists_count(screens));
		return false;
	}
	return true;
}
