/*
 * plan_bullet - from a list item to a bullet: its plain text and, for a sign,
 * the links behind the arrow.
 */
#include <stdlib.h>
#include <string.h>

#include "core/plan_cmark.h"

/* The plain text of node in reader->text. */
enum ek_err
plan_read_text(struct plan_reader *reader, cmark_node *node,
    const struct plan_text_how *how)
{
	buf_clear(&reader->text);
	if (!plan_text(node, how, &reader->text))
		return ek_why(reader->why, EK_INVALID,
		    "line %d of the plan writes a control character as "
		    "\"&…;\"; delete it",
		    cmark_node_get_start_line(node));
	return buf_err(&reader->text);
}

/* What the marks stand for, where they neither link nor separate. */
static size_t
unmark(const char *text, size_t len, char *out)
{
	size_t n = 0, i;

	for (i = 0; i < len; i++) {
		const char *was = text[i] == PLAN_MARK_ARROW  ? "->"
				  : text[i] == PLAN_MARK_SEMI ? ";"
				  : text[i] == PLAN_MARK_WIDE ? "\xEF\xBC\x9B"
							      : NULL;
		size_t was_len = was == NULL ? 1 : strlen(was);

		if (out != NULL)
			memcpy(out + n, was == NULL ? text + i : was, was_len);
		n += was_len;
	}
	return n;
}

static enum ek_err
own_text(struct plan *plan, const char *text, size_t len, const char **ret)
{
	size_t size = unmark(text, len, NULL);
	char *copy = malloc(size + 1);
	enum ek_err err;

	if (copy != NULL) {
		unmark(text, len, copy);
		copy[size] = '\0';
	}
	err = plan_own_take(plan, copy);
	if (err == EK_OK)
		*ret = copy;
	return err;
}

static bool
is_mark(char c)
{
	return c == PLAN_MARK_ARROW || c == PLAN_MARK_SEMI ||
	       c == PLAN_MARK_WIDE;
}

/* Walks the links behind a sign's arrow: false at the end. */
static bool
next_link(const char **text, size_t *len, const char **ret, size_t *ret_len)
{
	size_t n;

	while (*len > 0) {
		for (n = 0; n < *len && !is_mark((*text)[n]); n++)
			;
		*ret_len = n;
		*ret = plan_text_trim(*text, ret_len);
		n += n < *len;
		*text += n;
		*len -= n;
		if (*ret_len > 0)
			return true;
	}
	return false;
}

static enum ek_err
read_links(struct plan_reader *reader, struct plan_bullet *bullet,
    const char *text, size_t len)
{
	const char *rest = text, *link;
	size_t rest_len = len, link_len, count = 0;
	const char **links;
	enum ek_err err;

	while (next_link(&rest, &rest_len, &link, &link_len))
		count++;
	if (count > EK_PLAN_LINKS_MAX)
		return ek_why(reader->why, EK_TOO_LARGE,
		    "line %zu of the plan links a sign to more than %d "
		    "strategies; keep those that help most",
		    bullet->line, EK_PLAN_LINKS_MAX);
	if (count == 0)
		return EK_OK;
	links = calloc(count, sizeof(*links));
	err = plan_own_take(reader->plan, links);
	bullet->links = links;
	while (err == EK_OK && next_link(&text, &len, &link, &link_len))
		err = own_text(
		    reader->plan, link, link_len, &links[bullet->link_count++]);
	return err;
}

/* A sign and its links, parted at the first arrow. */
static enum ek_err
read_sign(struct plan_reader *reader, struct plan_bullet *bullet,
    const char *text, size_t len)
{
	const char *arrow = memchr(text, PLAN_MARK_ARROW, len);
	size_t sign_len;
	enum ek_err err;

	if (arrow == NULL)
		return own_text(reader->plan, text, len, &bullet->text);
	sign_len = (size_t)(arrow - text);
	err = read_links(reader, bullet, arrow + 1, len - sign_len - 1);
	if (err != EK_OK)
		return err;
	text = plan_text_trim(text, &sign_len);
	if (sign_len == 0)
		return ek_why(reader->why, EK_INVALID,
		    "line %zu of the plan has an arrow with no sign before "
		    "it; write the sign, then the arrow and what helps",
		    bullet->line);
	return own_text(reader->plan, text, sign_len, &bullet->text);
}

enum ek_err
plan_read_bullet(struct plan_reader *reader, cmark_node *item)
{
	struct plan *plan = reader->plan;
	bool sign = reader->part == &plan->parts[PLAN_SIGNS];
	struct plan_bullet bullet = {
	    .line = (size_t)cmark_node_get_start_line(item)};
	const char *text;
	size_t len;
	enum ek_err err;

	err = plan_read_text(
	    reader, item, &(struct plan_text_how){.marks = sign});
	if (err != EK_OK)
		return err;
	len = reader->text.len;
	text = plan_text_trim(buf_text(&reader->text), &len);
	if (len == 0)
		return EK_OK;
	if (unmark(text, len, NULL) > EK_BULLET_MAX)
		return ek_why(reader->why, EK_TOO_LARGE,
		    "line %zu of the plan has a bullet of %zu bytes and %d "
		    "are taken; shorten it or make two of it",
		    bullet.line, unmark(text, len, NULL), EK_BULLET_MAX);
	if (plan->count == EK_PLAN_BULLETS_MAX)
		return ek_why(reader->why, EK_TOO_LARGE,
		    "line %zu is past the %d bullets a plan may have; keep "
		    "the ones you use",
		    bullet.line, EK_PLAN_BULLETS_MAX);
	err = sign ? read_sign(reader, &bullet, text, len)
		   : own_text(plan, text, len, &bullet.text);
	if (err != EK_OK)
		return err;
	plan->bullets[plan->count++] = bullet;
	reader->part->count++;
	return EK_OK;
}
