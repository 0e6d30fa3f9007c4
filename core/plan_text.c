/*
 * plan_text - from Markdown to plain text: markup resolved, one line, and
 * nothing in it that a terminal or a page would obey.
 *
 * Spaces within a line stay as they are, so that what was typed comes back;
 * line breaks and tabs become single spaces.
 */
#include <string.h>
#include <strings.h>

#include "core/plan_cmark.h"
#include "evenkeel/text.h"

static bool
is_bidi(uint32_t c)
{
	return c == 0x061C || c == 0x200E || c == 0x200F ||
	       (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/* Bidi controls come along unseen with what is pasted from a telephone: they
 * are dropped, not refused.  So is the byte order mark. */
bool
plan_char_clean(uint32_t c, uint32_t *ret)
{
	if (c == '\t' || c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029)
		c = ' ';
	if (c < 0x20 || (c >= 0x7F && c <= 0x9F))
		return false;
	*ret = is_bidi(c) || c == 0xFEFF ? 0 : c;
	return true;
}

bool
plan_text_clean(const char *text, size_t len, struct buf *ret)
{
	size_t at = 0, n;
	uint32_t c, clean;

	while (at < len) {
		n = text_decode(text + at, len - at, &c);
		if (n == 0 || !plan_char_clean(c, &clean))
			return false;
		if (clean == c)
			buf_add(ret, text + at, n);
		else if (clean != 0)
			buf_char(ret, ' ');
		at += n;
	}
	return true;
}

/* Bytes of a space at text: 0 when there is none.  Those without width come
 * along with what is pasted; a bullet of them alone would be one nobody sees.
 * Joiners are none: they shape letters and emoji. */
static size_t
space_len(const char *text, size_t len)
{
	uint32_t c = 0;
	size_t n = text_decode(text, len, &c);

	return c == ' ' || c == 0x00A0 || c == 0x1680 ||
		       (c >= 0x2000 && c <= 0x200B) || c == 0x202F ||
		       c == 0x205F || c == 0x2060 || c == 0x3000
		   ? n
		   : 0;
}

const char *
plan_text_trim(const char *text, size_t *len)
{
	size_t n, i;

	while ((n = space_len(text, *len)) > 0) {
		text += n;
		*len -= n;
	}
	for (i = 1; i <= 3; i++) {
		if (*len >= i && space_len(text + *len - i, i) == i) {
			*len -= i;
			i = 0;
		}
	}
	return text;
}

/* "->", or longer, at text: its length. */
static size_t
arrow_len(const char *text)
{
	size_t n = strspn(text, "-");

	if (n > 0 && text[n] == '>')
		return n + 1;
	return strncmp(text, "\xE2\x86\x92", 3) == 0 ? 3 : 0;
}

/* Text as cmark read it, its arrows and semicolons marked.  The marks cannot
 * be in it: clean refuses them. */
static bool
add_marked(const char *text, struct buf *ret)
{
	const char *from = text;
	size_t n = 0;
	char mark = 0;

	for (; *text != '\0'; text += n > 0 ? n : 1) {
		n = arrow_len(text);
		if (n > 0)
			mark = PLAN_MARK_ARROW;
		else if ((n = *text == ';') > 0)
			mark = PLAN_MARK_SEMI;
		else if (strncmp(text, "\xEF\xBC\x9B", 3) == 0 && (n = 3) > 0)
			mark = PLAN_MARK_WIDE;
		else
			continue;
		if (!plan_text_clean(from, (size_t)(text - from), ret))
			return false;
		buf_char(ret, mark);
		from = text + n;
	}
	return plan_text_clean(from, (size_t)(text - from), ret);
}

/* Tags that are markup; others, "<Jia>", are what someone wrote. */
static bool
is_markup(const char *tag)
{
	static const char *const names[] = {"a", "abbr", "b", "big", "br",
	    "center", "code", "del", "div", "em", "font", "i", "img", "ins",
	    "kbd", "li", "mark", "ol", "p", "q", "s", "small", "span", "strike",
	    "strong", "sub", "sup", "u", "ul"};
	size_t len, i;

	if (tag[0] != '<' || tag[1] == '!' || tag[1] == '?')
		return true;
	tag += tag[1] == '/' ? 2 : 1;
	len = strcspn(tag, " \t\n/>");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len &&
		    strncasecmp(tag, names[i], len) == 0)
			return true;
	return false;
}

/* As text is read; or, where it is only shown, without what may not be. */
static bool
put(const struct plan_text_how *how, const char *text, struct buf *ret)
{
	size_t len = strlen(text), n;
	uint32_t c;

	if (!how->drop)
		return plan_text_clean(text, len, ret);
	for (; len > 0; text += n, len -= n) {
		n = text_decode(text, len, &c);
		n = n == 0 ? 1 : n;
		(void)!plan_text_clean(text, n, ret);
	}
	return true;
}

static bool
add_html(const struct plan_text_how *how, const char *tag, struct buf *ret)
{
	if (strncasecmp(tag, "<br", 3) == 0)
		buf_char(ret, ' ');
	return is_markup(tag) || put(how, tag, ret);
}

/* What one node itself says; its children speak for themselves. */
static bool
add_node(cmark_node *node, const struct plan_text_how *how, struct buf *ret)
{
	const char *text = cmark_node_get_literal(node);
	cmark_node_type type = cmark_node_get_type(node);

	if (type == CMARK_NODE_TEXT)
		return how->marks ? add_marked(text, ret) : put(how, text, ret);
	if (type == CMARK_NODE_CODE)
		return put(how, text, ret);
	if (type == CMARK_NODE_HTML_INLINE)
		return add_html(how, text, ret);
	if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
		buf_char(ret, ' ');
		return true;
	}
	/* Blocks within a bullet are joined by a space. */
	if (type <= CMARK_NODE_LAST_BLOCK && ret->len > 0 &&
	    ret->data[ret->len - 1] != ' ')
		buf_char(ret, ' ');
	if (type == CMARK_NODE_CODE_BLOCK)
		return put(how, text, ret);
	return true;
}

static cmark_node *
next_node(cmark_node *node, cmark_node *root, bool inside)
{
	cmark_node *next = inside ? cmark_node_first_child(node) : NULL;

	while (next == NULL && node != root) {
		next = cmark_node_next(node);
		node = cmark_node_parent(node);
	}
	return next;
}

bool
plan_text(cmark_node *root, const struct plan_text_how *how, struct buf *ret)
{
	cmark_node *node = root;
	bool leave;

	while (node != NULL) {
		leave = !how->lists && node != root &&
			cmark_node_get_type(node) == CMARK_NODE_LIST;
		if (!leave && !add_node(node, how, ret))
			return false;
		node = next_node(node, root, !leave);
	}
	return true;
}
