/*
 * screens_line - the same screens for terminals that only know lines: a line
 * is an answer, a list of numbers, words, or one of b, q, w and n.
 */
#include <string.h>

#include "screens_in.h"

/* A typed line of words, in place of what was there; empty leaves it. */
static void
text_line(struct screens *screens, const char *line)
{
	struct buf *text = screens_note(screens);

	if (line[0] == '\0' || strlen(line) > text->max)
		return;
	buf_clear(text);
	buf_str(text, line);
}

enum screens_do
screens_line(struct screens *screens, const char *line)
{
	static const struct key enter_key = {KEY_ENTER, ""};
	static const struct key quit_key = {KEY_ESC, ""};
	struct key key = {KEY_CHAR, ""};
	bool one = line[0] != '\0' && line[1] == '\0';
	enum screens_do what = SCREENS_GO_ON;

	key.text[0] = line[0];
	if (screens->leaving ||
	    (one && screens_is_char(&key, "wWnN") && !screens_at_text(screens)))
		return screens_key(screens, &key);
	screens->message[0] = '\0';
	if (one && screens_is_char(&key, "qQ"))
		return screens_key(screens, &quit_key);
	if (one && screens_is_char(&key, "bB")) {
		if (screens_now(screens) != SCREEN_ITEMS ||
		    !items_line(screens, "b"))
			screens_back(screens);
		return SCREENS_GO_ON;
	}
	if (screens_at_text(screens)) {
		text_line(screens, line);
		if (screens_now(screens) == SCREEN_NOTE)
			return screens_next(screens);
		items_next(screens, &what);
		return what;
	}
	if (line[0] == '\0' || screens_now(screens) == SCREEN_WORDS ||
	    screens_now(screens) == SCREEN_HARD)
		return screens_key(screens, &enter_key);
	if (screens_now(screens) == SCREEN_ITEMS) {
		if (items_line(screens, line))
			items_next(screens, &what);
		return what;
	}
	if (lists_line(screens, line))
		return screens_next(screens);
	return SCREENS_GO_ON;
}
