/*
 * web_names - addresses that say nothing.
 *
 * A browser keeps the addresses of what was looked at, and with them when: an
 * address with a page's name in it would say that it was a hard day.  So a
 * session draws a name for each target it shows, and keeps the list itself.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keeld/html.h"
#include "keeld/web_in.h"

#define FIRST_ROOM 32

static const struct web_name *
find_target(const struct web_session *session, const char *target)
{
	size_t i;

	for (i = 0; i < session->names_n; i++)
		if (strcmp(session->names[i].target, target) == 0)
			return &session->names[i];
	return NULL;
}

/* Room for one more: the list grows, and once it is full the oldest of the
 * targets with a query goes (an entry of the diary seen a thousand links ago);
 * NULL: no memory. */
static struct web_name *
next_name(struct web_session *session)
{
	struct web_name *names = session->names;
	size_t room = session->names_room, i;

	if (session->names_n == WEB_NAMES_MAX) {
		for (i = 0; strchr(names[i].target, '?') == NULL; i++)
			assert(i + 1 < WEB_NAMES_MAX);
		memmove(&names[i], &names[i + 1],
		    (WEB_NAMES_MAX - i - 1) * sizeof(*names));
		return &names[WEB_NAMES_MAX - 1];
	}
	if (session->names_n == room) {
		room = room == 0 ? FIRST_ROOM : 2 * room;
		names = reallocarray(names, room, sizeof(*names));
		if (names == NULL)
			return NULL;
		session->names = names;
		session->names_room = room;
	}
	return &names[session->names_n++];
}

const char *
web_name_of(struct web_session *session, const char *target)
{
	const struct web_name *known = find_target(session, target);
	char hex[WEB_HEX_LEN + 1];
	struct web_name *name;

	if (known != NULL)
		return known->hex;
	assert(web_target_ok(target));
	name = next_name(session);
	if (name == NULL)
		return NULL;
	web_draw_hex(hex);
	hex[WEB_NAME_LEN] = '\0';
	memcpy(name->hex, hex, sizeof(name->hex));
	snprintf(name->target, sizeof(name->target), "%s", target);
	return name->hex;
}

const char *
web_target_of(const struct web_session *session, const char *hex)
{
	size_t i;

	for (i = 0; hex != NULL && i < session->names_n; i++)
		if (strcmp(session->names[i].hex, hex) == 0)
			return session->names[i].target;
	return NULL;
}

void
web_put_to(struct web_req *wr, struct buf *out, const char *target)
{
	const char *name = web_name_of(wr->session, target);

	if (name == NULL)
		out->err = EK_NOMEM;
	else
		html_put(out, "/%s/%s", wr->session->path, name);
}

void
web_anchor(
    struct web_req *wr, struct buf *out, const char *target, const char *text)
{
	html_put(out, "<a href=\"");
	web_put_to(wr, out, target);
	html_put(out, "\">%s</a>", text);
}

void
web_see(struct web_req *wr, const char *target)
{
	assert(strlen(target) < sizeof(wr->see));
	snprintf(wr->see, sizeof(wr->see), "%s", target);
}

/* --- a target taken apart --- */

void
web_take_target(struct web_req *wr, const char *target)
{
	size_t i, len = strlen(target);

	assert(len < sizeof(wr->target));
	for (i = 0; i <= len; i++)
		wr->target[i] =
		    strchr("?&=", target[i]) == NULL ? target[i] : '\0';
	wr->target_len = len;
	memcpy(wr->whole, target, len + 1);
}

const char *
web_query(const struct web_req *wr, const char *name)
{
	const char *at = wr->target + strlen(wr->target) + 1, *value;
	const char *end = wr->target + wr->target_len;

	for (; at < end; at = value + strlen(value) + 1) {
		value = at + strlen(at) + 1;
		if (value > end)
			return NULL;
		if (strcmp(at, name) == 0)
			return value;
	}
	return NULL;
}

bool
web_target_ok(const char *target)
{
	return strlen(target) < WEB_TARGET_MAX &&
	       target[strspn(target, WEB_TARGET_CHARS)] == '\0';
}
