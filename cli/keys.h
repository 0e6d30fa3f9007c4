/*
 * keys - bytes of a terminal into keys.  Pure: no terminal, no clock; the
 * caller says when no more bytes came in time, which is what tells a lone Esc
 * from the start of a sequence.
 *
 * Unknown sequences are swallowed whole; bytes that are not UTF-8 are
 * dropped.  Inside a bracketed paste every character is a KEY_CHAR, line ends
 * included, so that pasted text can never press Enter.
 */
#ifndef EVENKEEL_CLI_KEYS_H
#define EVENKEEL_CLI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

enum key_name {
	KEY_NONE, /* swallowed: nothing to do */
	KEY_CHAR, /* text holds one character, NUL-terminated */
	KEY_ENTER,
	KEY_ESC,
	KEY_UP,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_HOME,
	KEY_END,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_BACKSPACE,
	KEY_DELETE,
	KEY_TAB,
	KEY_INTERRUPT, /* Ctrl-C */
	KEY_EDITOR,    /* Ctrl-E */
	KEY_RUBOUT,    /* Ctrl-U: what was typed before the cursor */
	KEY_WORD,      /* Ctrl-W: the word before the cursor */
	KEY_REDRAW,    /* Ctrl-L */
	KEY_SUSPEND,   /* Ctrl-Z */
	KEY_RESIZE,    /* made by tui */
	KEY_GONE,      /* made by tui: end of input */
};

struct key {
	enum key_name name;
	char text[5];
};

struct keys {
	bool pasting;
};

/* How many bytes of the run make the next key (into *ret); 0 when more are
 * needed, which never happens once `waited` is true and len > 0. */
size_t keys_take(struct keys *keys, const char *bytes, size_t len, bool waited,
    struct key *ret);

#endif
