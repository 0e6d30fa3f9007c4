/*
 * plan_parse - reading the document: headings we know, their bullets, the
 * review date; and every reason to refuse one.
 *
 * cmark gives the tree; only the document's own children are looked at for
 * headings, so that what stands in quotes or code is left alone.  Reasons
 * name line and remedy and never hold a word of hers.  cmark itself ends the
 * process when memory runs out inside it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/plan_cmark.h"
#include "evenkeel/text.h"

#define TEXT_MAX (8 * EK_PLAN_MAX) /* entities can grow a little */

static size_t
line_at(const char *text, size_t at)
{
	size_t line = 1, i;

	for (i = 0; i < at; i++)
		if (text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n'))
			line++;
	return line;
}

static enum ek_err
check_controls(const char *text, size_t len, struct ek_why *why)
{
	size_t at, n;
	uint32_t c, clean;

	for (at = 0; at < len; at += n) {
		n = text_decode(text + at, len - at, &c);
		if (!plan_char_clean(c, &clean))
			return ek_why(why, EK_INVALID,
			    "line %zu of the plan holds the control character "
			    "U+%04X; delete it",
			    line_at(text, at), (unsigned)c);
	}
	return EK_OK;
}

static enum ek_err
check_bytes(const char *text, size_t len, struct ek_why *why)
{
	size_t at;

	if (len > EK_PLAN_MAX)
		return ek_why(why, EK_TOO_LARGE,
		    "the plan is longer than %d bytes; shorten it",
		    EK_PLAN_MAX);
	if (len >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 ||
			    memcmp(text, "\xFE\xFF", 2) == 0))
		return ek_why(why, EK_INVALID,
		    "line 1 of the plan is UTF-16 text; save it as UTF-8");
	if (text_utf8_ok(text, len, &at))
		return check_controls(text, len, why);
	if (text[at] == '\0')
		return ek_why(why, EK_INVALID,
		    "line %zu of the plan holds a NUL byte, so this is no "
		    "text; give a Markdown file",
		    line_at(text, at));
	return ek_why(why, EK_INVALID,
	    "line %zu of the plan is not UTF-8 text; save it as UTF-8",
	    line_at(text, at));
}

static enum ek_err
start_section(struct plan_reader *reader, cmark_node *node,
    enum plan_section section, size_t lang)
{
	struct plan_part *part = &reader->plan->parts[section];
	size_t line = (size_t)cmark_node_get_start_line(node);

	if (part->there)
		return ek_why(reader->why, EK_INVALID,
		    "line %zu of the plan has the heading \"%s\" again (first "
		    "on line %zu); put both parts under one heading",
		    line, plan_heading(section, plan_lang_code(lang)),
		    part->line);
	part->there = true;
	part->line = line;
	part->lang = lang;
	part->first = reader->plan->count;
	reader->part = part;
	return EK_OK;
}

static enum ek_err
read_item(struct plan_reader *reader, cmark_node *item, cmark_node *list)
{
	size_t before = reader->plan->count;
	enum ek_err err = EK_OK;

	if (reader->part != NULL)
		err = plan_read_bullet(reader, item);
	return err == EK_OK ? plan_note_item(reader, item, list, before) : err;
}

/* Items of lists in lists are bullets of their own. */
static enum ek_err
read_list(struct plan_reader *reader, cmark_node *list)
{
	cmark_iter *iter = cmark_iter_new(list);
	enum ek_err err = EK_OK;
	cmark_event_type event;
	cmark_node *node;

	plan_note_list(reader);
	while (err == EK_OK &&
	       (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		node = cmark_iter_get_node(iter);
		if (event == CMARK_EVENT_ENTER &&
		    cmark_node_get_type(node) == CMARK_NODE_ITEM)
			err = read_item(reader, node, list);
	}
	cmark_iter_free(iter);
	return err;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The first "dddd-dd-dd" that is not part of a longer number, or NULL. */
static const char *
find_date(const char *text)
{
	static const char shape[] = "dddd-dd-dd";
	size_t i;

	for (; *text != '\0'; text++) {
		for (i = 0; i < CIVIL_DATE_LEN; i++)
			if (shape[i] == 'd' ? !is_digit(text[i])
					    : text[i] != '-')
				break;
		if (i == CIVIL_DATE_LEN && !is_digit(text[i]))
			return text;
		while (is_digit(text[0]) && is_digit(text[1]))
			text++;
	}
	return NULL;
}

/* Looks for the day in reader->text, which stands on line. */
static enum ek_err
read_day(struct plan_reader *reader, size_t line)
{
	struct plan *plan = reader->plan;
	const char *date = find_date(buf_text(&reader->text));
	char day[CIVIL_DATE_LEN + 1];
	struct civil civil;

	if (plan->review[0] != '\0' || date == NULL)
		return EK_OK;
	memcpy(day, date, CIVIL_DATE_LEN);
	day[CIVIL_DATE_LEN] = '\0';
	if (!civil_parse_date(day, &civil))
		return ek_why(reader->why, EK_INVALID,
		    "line %zu of the plan has a review date that is in no "
		    "calendar; write it as 2026-12-01",
		    line);
	memcpy(plan->review, day, sizeof(day));
	return EK_OK;
}

static enum ek_err
read_review(struct plan_reader *reader, cmark_node *node)
{
	size_t line = (size_t)cmark_node_get_start_line(node), len;
	enum ek_err err;

	err = plan_read_text(
	    reader, node, &(struct plan_text_how){.lists = true});
	if (err != EK_OK)
		return err;
	len = reader->text.len;
	plan_text_trim(buf_text(&reader->text), &len);
	if (len > 0 && reader->review_line == 0)
		reader->review_line = line;
	return read_day(reader, line);
}

/* A heading, or a paragraph "##What helps me" that was meant as one. */
static enum ek_err
read_heading(
    struct plan_reader *reader, cmark_node *node, int level, const char *text)
{
	enum plan_section section;
	size_t lang;
	enum ek_err err;

	if (!plan_heading_match(text, strlen(text), &section, &lang)) {
		/* A smaller heading parts a section, it does not end it. */
		if (reader->part != NULL && level <= reader->level)
			reader->part = NULL;
		return plan_note_heading(reader, node, level, text);
	}
	err = start_section(reader, node, section, lang);
	reader->level = level;
	if (err == EK_OK && section == PLAN_REVIEW)
		err = read_day(reader, (size_t)cmark_node_get_start_line(node));
	return err == EK_OK ? plan_note_heading(reader, node, level, text)
			    : err;
}

static enum ek_err
read_paragraph(struct plan_reader *reader, cmark_node *node, bool *ret_heading)
{
	enum plan_section section;
	const char *text;
	size_t hashes, lang;
	enum ek_err err;

	err = plan_read_text(
	    reader, node, &(struct plan_text_how){.marks = false});
	if (err != EK_OK)
		return err;
	text = buf_text(&reader->text);
	hashes = strspn(text, "#");
	*ret_heading = hashes > 0 && hashes <= 6 &&
		       plan_heading_match(text + hashes, strlen(text + hashes),
			   &section, &lang);
	if (!*ret_heading)
		return EK_OK;
	return read_heading(reader, node, (int)hashes, text + hashes);
}

static enum ek_err
read_block(struct plan_reader *reader, cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);
	bool heading = false;
	enum ek_err err;

	if (type == CMARK_NODE_HEADING) {
		err = plan_read_text(
		    reader, node, &(struct plan_text_how){.marks = false});
		if (err != EK_OK)
			return err;
		return read_heading(reader, node,
		    cmark_node_get_heading_level(node),
		    buf_text(&reader->text));
	}
	if (type == CMARK_NODE_PARAGRAPH) {
		err = read_paragraph(reader, node, &heading);
		if (err != EK_OK || heading)
			return err;
	}
	if (reader->part == &reader->plan->parts[PLAN_REVIEW]) {
		err = read_review(reader, node);
		if (err != EK_OK)
			return err;
	}
	if (type == CMARK_NODE_LIST)
		return read_list(reader, node);
	return plan_note_text(reader, node);
}

/* The language of most headings; of two, the one met first. */
static size_t
most_used_lang(const struct plan *plan)
{
	size_t best = 0, best_votes = 0, best_line = 0, votes, line, lang;
	const struct plan_part *part;

	for (lang = 0; plan_langs()[lang] != NULL; lang++) {
		votes = line = 0;
		for (part = plan->parts; part < plan->parts + PLAN_SECTIONS;
		     part++) {
			if (!part->there || part->lang != lang)
				continue;
			votes++;
			if (line == 0 || part->line < line)
				line = part->line;
		}
		if (votes > best_votes ||
		    (votes == best_votes && line < best_line)) {
			best = lang;
			best_votes = votes;
			best_line = line;
		}
	}
	return best;
}

/* What can only be said of the whole. */
static enum ek_err
check_whole(struct plan_reader *reader)
{
	struct plan *plan = reader->plan;
	size_t i;

	for (i = 0; i < PLAN_SECTIONS; i++)
		if (plan->parts[i].there)
			break;
	if (i == PLAN_SECTIONS)
		return ek_why(reader->why, EK_INVALID,
		    "the plan has none of the headings this program knows; "
		    "begin a part with \"## %s\" or another of them",
		    plan_heading(PLAN_HELPS, "en"));
	if (reader->review_line > 0 && plan->review[0] == '\0')
		return ek_why(reader->why, EK_INVALID,
		    "line %zu of the plan, under \"%s\", holds no date; write "
		    "it as 2026-12-01",
		    reader->review_line,
		    plan_heading(PLAN_REVIEW,
			plan_lang_code(plan->parts[PLAN_REVIEW].lang)));
	plan->lang = most_used_lang(plan);
	return EK_OK;
}

static enum ek_err
read_document(struct plan_reader *reader, const char *text, size_t len)
{
	cmark_node *root, *node;
	enum ek_err err = EK_OK;

	root = cmark_parse_document(text, len, CMARK_OPT_DEFAULT);
	if (root == NULL)
		return EK_NOMEM;
	for (node = cmark_node_first_child(root); node != NULL && err == EK_OK;
	     node = cmark_node_next(node))
		err = read_block(reader, node);
	cmark_node_free(root);
	return err == EK_OK ? check_whole(reader) : err;
}

enum ek_err
plan_read(const char *text, size_t len, struct plan_layout *layout,
    struct plan **ret, struct ek_why *reterr_why)
{
	struct plan_reader reader = {.layout = layout, .why = reterr_why};
	enum ek_err err;

	err = check_bytes(text, len, reterr_why);
	if (err != EK_OK)
		return err;
	if (len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
		text += 3; /* byte order mark */
		len -= 3;
	}
	buf_init(&reader.text, TEXT_MAX);
	reader.plan = calloc(1, sizeof(*reader.plan));
	err = EK_NOMEM;
	if (reader.plan == NULL)
		goto out;
	reader.plan->bullets =
	    calloc(EK_PLAN_BULLETS_MAX, sizeof(*reader.plan->bullets));
	if (reader.plan->bullets == NULL)
		goto out;
	err = read_document(&reader, text, len);
	if (err != EK_OK)
		goto out;
	*ret = reader.plan;
	reader.plan = NULL;
out:
	buf_done(&reader.text);
	plan_free(reader.plan);
	return err;
}

enum ek_err
plan_parse(
    const char *text, size_t len, struct plan **ret, struct ek_why *reterr_why)
{
	return plan_read(text, len, NULL, ret, reterr_why);
}
