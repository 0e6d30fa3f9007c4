/*
 * keys - see keys.h.  Understands what xterm, VTE, the Linux console, screen
 * and tmux send: CSI and SS3 cursor keys with or without modifiers, and
 * bracketed paste.
 */
#include "keys.h"

#include <string.h>

#include "evenkeel/text.h"

#define ESC          0x1b
#define SEQUENCE_MAX 32 /* longer ones are noise: dropped as they stand */

static void
set(struct key *key, enum key_name name)
{
	key->name = name;
	key->text[0] = '\0';
}

static enum key_name
name_final(char final)
{
	switch (final) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'C':
		return KEY_RIGHT;
	case 'D':
		return KEY_LEFT;
	case 'H':
		return KEY_HOME;
	case 'F':
		return KEY_END;
	case 'M': /* keypad Enter in application mode (SS3) */
		return KEY_ENTER;
	default:
		return KEY_NONE;
	}
}

static enum key_name
name_tilde(int number)
{
	switch (number) {
	case 1:
	case 7:
		return KEY_HOME;
	case 4:
	case 8:
		return KEY_END;
	case 3:
		return KEY_DELETE;
	case 5:
		return KEY_PAGE_UP;
	case 6:
		return KEY_PAGE_DOWN;
	default:
		return KEY_NONE;
	}
}

/* Digits and operators of the keypad in application mode: SS3 j..y. */
static bool
keypad(char final, struct key *ret)
{
	static const char plain[] = "*+,-./0123456789";

	if (final < 'j' || final > 'y')
		return false;
	set(ret, KEY_CHAR);
	ret->text[0] = plain[final - 'j'];
	ret->text[1] = '\0';
	return true;
}

static void
csi_name(struct keys *keys, const char *params, size_t len, char final,
    struct key *ret)
{
	int number = 0;
	size_t i;

	set(ret, KEY_NONE);
	for (i = 0; i < len && params[i] >= '0' && params[i] <= '9'; i++)
		if (number < 1000)
			number = number * 10 + (params[i] - '0');
	if (final != '~') {
		/* a reply (CSI ? …) or mouse report is not a key */
		if (len == 0 || (params[0] >= '0' && params[0] <= '9'))
			if (final != 'M')
				set(ret, name_final(final));
		return;
	}
	if (number == 200 || number == 201)
		keys->pasting = number == 200;
	else
		set(ret, name_tilde(number));
}

/* ESC [ parameters intermediates final */
static size_t
take_csi(struct keys *keys, const char *bytes, size_t len, bool waited,
    struct key *ret)
{
	size_t i;

	for (i = 2; i < len && i < SEQUENCE_MAX; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c >= 0x40 && c <= 0x7e) {
			if (i == 2 && c == '[' && i + 1 < len) {
				set(ret, KEY_NONE); /* Linux console F keys */
				return i + 2;
			}
			csi_name(keys, bytes + 2, i - 2, (char)c, ret);
			return i + 1;
		}
		if (c < 0x20 || c > 0x7e)
			break; /* not a sequence after all */
	}
	if (i == len && i < SEQUENCE_MAX && !waited)
		return 0;
	set(ret, KEY_NONE);
	return i;
}

static size_t
take_escape(struct keys *keys, const char *bytes, size_t len, bool waited,
    struct key *ret)
{
	if (len == 1) {
		if (!waited)
			return 0;
		set(ret, KEY_ESC);
		return 1;
	}
	if (bytes[1] == '[')
		return take_csi(keys, bytes, len, waited, ret);
	if (bytes[1] == 'O') {
		if (len == 2 && !waited)
			return 0;
		set(ret, KEY_NONE);
		if (len == 2)
			return 2;
		if (!keypad(bytes[2], ret))
			set(ret, name_final(bytes[2]));
		return 3;
	}
	/* Esc, and then something else: two keys */
	set(ret, KEY_ESC);
	return 1;
}

static enum key_name
name_control(char c)
{
	switch (c) {
	case '\r':
	case '\n':
		return KEY_ENTER;
	case '\t':
		return KEY_TAB;
	case 0x7f:
	case 0x08:
		return KEY_BACKSPACE;
	case 0x01:
		return KEY_HOME;
	case 0x03:
		return KEY_INTERRUPT;
	case 0x05:
		return KEY_EDITOR;
	case 0x0c:
		return KEY_REDRAW;
	case 0x15:
		return KEY_RUBOUT;
	case 0x17:
		return KEY_WORD;
	case 0x1a:
		return KEY_SUSPEND;
	default:
		return KEY_NONE;
	}
}

static size_t
take_char(const char *bytes, size_t len, bool waited, struct key *ret)
{
	static const unsigned char lead[] = {0, 0xc2, 0xe0, 0xf0};
	unsigned char c = (unsigned char)bytes[0];
	size_t want = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	uint32_t ch;
	size_t n;

	set(ret, KEY_NONE);
	if (c >= 0x80 && (c < lead[want - 1] || c > 0xf4))
		return 1; /* cannot begin a character */
	n = text_decode(bytes, len < want ? len : want, &ch);
	if (n == 0)
		return len < want && !waited ? 0 : 1;
	if (!text_plain_ok(bytes, n))
		return n;
	ret->name = KEY_CHAR;
	memcpy(ret->text, bytes, n);
	ret->text[n] = '\0';
	return n;
}

size_t
keys_take(struct keys *keys, const char *bytes, size_t len, bool waited,
    struct key *ret)
{
	unsigned char c;

	set(ret, KEY_NONE);
	if (len == 0)
		return 0;
	c = (unsigned char)bytes[0];
	if (c == ESC)
		return take_escape(keys, bytes, len, waited, ret);
	if (keys->pasting && (c == '\r' || c == '\n' || c == '\t')) {
		set(ret, KEY_CHAR);
		ret->text[0] = c == '\t' ? ' ' : '\n';
		ret->text[1] = '\0';
		return c == '\r' && len > 1 && bytes[1] == '\n' ? 2 : 1;
	}
	if (c < 0x20 || c == 0x7f) {
		set(ret, keys->pasting ? KEY_NONE : name_control((char)c));
		return 1;
	}
	return take_char(bytes, len, waited, ret);
}
