/*
 * cmd - finding a command by name, and walking its arguments by its table.
 */
#include "cmd.h"

#include <string.h>

#include "cmds.h"

#define NAME_MAX_SHOWN 24
#define WORDS_MAX      100 /* "schedule add" */

/* A name may be repeated in a reason only if it looks like one: words she
 * typed by mistake are not. */
static bool
is_name(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return len > 0 && len <= NAME_MAX_SHOWN && text[len] == '\0';
}

/* Edits (insert, drop, change, swap of neighbours) from a to b, for names of
 * up to NAME_MAX_SHOWN letters. */
static size_t
distance(const char *a, const char *b)
{
	size_t rows[3][NAME_MAX_SHOWN + 1];
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);

	if (a_len > NAME_MAX_SHOWN || b_len > NAME_MAX_SHOWN)
		return NAME_MAX_SHOWN;
	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] &&
			    rows[(i + 1) % 3][j - 2] + 1 < best)
				best = rows[(i + 1) % 3][j - 2] + 1;
			row[j] = best;
		}
	}
	return rows[a_len % 3][b_len];
}

static void
list_add(struct buf *list, const char *name)
{
	if (list->len > 0)
		buf_str(list, ", ");
	buf_str(list, name);
}

/* Names worth proposing for one we do not know. */
static void
near_names(const struct cmd *const *table, const char *name, struct buf *list)
{
	size_t best = 3; /* further away is no typing slip */

	for (size_t i = 0; table[i] != NULL; i++) {
		size_t far = distance(name, table[i]->name);

		if ((table[i]->flags & CMD_HIDDEN) == 0 && far < best)
			best = far;
	}
	for (size_t i = 0; table[i] != NULL; i++) {
		const struct cmd *cmd = table[i];
		bool begins =
		    strncmp(cmd->name, name, strlen(name)) == 0 && name[0];

		if ((cmd->flags & CMD_HIDDEN) != 0)
			continue;
		if (begins || (best < 3 && distance(name, cmd->name) == best))
			list_add(list, cmd->name);
	}
}

static void
why_unknown(
    const struct cmd *const *table, const char *name, struct ek_why *reterr_why)
{
	struct buf list;

	buf_init(&list, 160);
	if (is_name(name))
		near_names(table, name, &list);
	if (!is_name(name))
		ek_why(reterr_why, EK_USAGE,
		    "no such command; `keel help` lists them");
	else if (list.len == 0 || list.err != EK_OK)
		ek_why(reterr_why, EK_USAGE,
		    "no command is called %s; `keel help` lists them", name);
	else
		ek_why(reterr_why, EK_USAGE,
		    "no command is called %s; did you mean %s?", name,
		    buf_text(&list));
	buf_done(&list);
}

static void
why_ambiguous(
    const struct cmd *const *table, const char *name, struct ek_why *reterr_why)
{
	struct buf list;

	buf_init(&list, 240);
	for (size_t i = 0; table[i] != NULL; i++)
		if ((table[i]->flags & CMD_HIDDEN) == 0 &&
		    strncmp(table[i]->name, name, strlen(name)) == 0)
			list_add(&list, table[i]->name);
	ek_why(reterr_why, EK_USAGE, "%s may mean %s; type more of it",
	    is_name(name) ? name : "this", buf_text(&list));
	buf_done(&list);
}

/* The one meant; how many could be meant goes into *ret_count. */
static const struct cmd *
look_up(const struct cmd *const *table, const char *name, bool at_terminal,
    size_t *ret_count)
{
	const struct cmd *found = NULL;
	size_t count = 0;

	*ret_count = 1;
	for (size_t i = 0; table[i] != NULL; i++)
		if (strcmp(table[i]->name, name) == 0)
			return table[i];
	for (size_t i = 0; at_terminal && table[i] != NULL; i++) {
		if (name[0] == '\0' || (table[i]->flags & CMD_HIDDEN) != 0 ||
		    strncmp(table[i]->name, name, strlen(name)) != 0)
			continue;
		found = table[i];
		count++;
	}
	*ret_count = count;
	return count == 1 ? found : NULL;
}

const struct cmd *
cmd_find(const struct cmd *const *table, const char *name, bool at_terminal,
    struct ek_why *reterr_why)
{
	size_t count;
	const struct cmd *found = look_up(table, name, at_terminal, &count);

	if (count > 1)
		why_ambiguous(table, name, reterr_why);
	else if (found == NULL)
		why_unknown(table, name, reterr_why);
	return found;
}

void
cmd_words(const struct cmd *cmd, struct buf *ret)
{
	for (size_t i = 0; cmds[i] != NULL; i++) {
		const struct cmd *const *subs = cmds[i]->subs;

		for (size_t j = 0; subs != NULL && subs[j] != NULL; j++)
			if (subs[j] == cmd)
				buf_fmt(ret, "%s ", cmds[i]->name);
	}
	buf_str(ret, cmd->name);
}

static void
why_unknown_sub(
    const struct cmd *parent, const char *name, struct ek_why *reterr_why)
{
	const struct cmd *const *subs = parent->subs;
	struct buf words, list;

	buf_init(&words, WORDS_MAX);
	buf_init(&list, 240);
	cmd_words(parent, &words);
	for (size_t i = 0; subs[i] != NULL; i++) {
		if ((subs[i]->flags & CMD_HIDDEN) != 0)
			continue;
		if (list.len > 0)
			buf_str(&list, subs[i + 1] == NULL ? " and " : ", ");
		buf_str(&list, subs[i]->name);
	}
	ek_why(reterr_why, EK_USAGE,
	    "%s has no subcommand %s%s; it has %s, and `keel help %s` says "
	    "what they do",
	    buf_text(&words),
	    is_name(name) ? "called "
			  : "of this name, and words of yours are never "
			    "arguments",
	    is_name(name) ? name : "", buf_text(&list), buf_text(&words));
	buf_done(&list);
	buf_done(&words);
}

const struct cmd *
cmd_find_sub(const struct cmd *parent, const char *name, bool at_terminal,
    struct ek_why *reterr_why)
{
	size_t count;
	const struct cmd *found =
	    look_up(parent->subs, name, at_terminal, &count);

	if (count > 1)
		why_ambiguous(parent->subs, name, reterr_why);
	else if (found == NULL)
		why_unknown_sub(parent, name, reterr_why);
	return found;
}

void
args_init(struct args *args, const struct cmd *cmd, int argc, char **argv)
{
	memset(args, 0, sizeof(*args));
	args->cmd = cmd;
	args->argc = argc;
	args->argv = argv;
	args->at = 1;
}

static const struct cmd_opt *
find_opt(const struct cmd *cmd, const char *arg, size_t len)
{
	for (const struct cmd_opt *opt = cmd->opts;
	     opt != NULL && opt->name != NULL; opt++)
		if (strlen(opt->name) == len &&
		    strncmp(opt->name, arg, len) == 0)
			return opt;
	return NULL;
}

static enum ek_err
unknown_opt(const struct args *args, const char *arg, size_t len,
    struct ek_why *reterr_why)
{
	char name[NAME_MAX_SHOWN + 1] = "";
	struct buf words;
	enum ek_err err;

	if (len > 2 && len - 2 < sizeof(name) && arg[1] == '-') {
		memcpy(name, arg + 2, len - 2);
		name[len - 2] = '\0';
	}
	buf_init(&words, WORDS_MAX);
	cmd_words(args->cmd, &words);
	if (is_name(name))
		err = ek_why(reterr_why, EK_USAGE,
		    "%s has no option --%s; `keel help %s` lists them",
		    buf_text(&words), name, buf_text(&words));
	else
		err = ek_why(reterr_why, EK_USAGE,
		    "%s has no such option; `keel help %s` lists them, and "
		    "words of yours are never arguments",
		    buf_text(&words), buf_text(&words));
	buf_done(&words);
	return err;
}

/* The value in the next argument, where the option takes one. */
static enum ek_err
next_value(struct args *args, const struct cmd_opt *opt, const char **ret_value,
    struct ek_why *reterr_why)
{
	const char *next = args->at < args->argc ? args->argv[args->at] : NULL;

	if (opt->value[0] == '[') {
		if (next == NULL || strcmp(next, "-") != 0)
			return EK_OK;
	} else if (next == NULL) {
		return ek_why(reterr_why, EK_USAGE,
		    "%s needs a value; give %s %s", opt->name, opt->name,
		    opt->value);
	}
	*ret_value = next;
	args->at++;
	return EK_OK;
}

enum ek_err
args_next(struct args *args, const struct cmd_opt **ret_opt,
    const char **ret_value, struct ek_why *reterr_why)
{
	const struct cmd_opt *opt;
	const char *value = NULL;
	const char *arg;
	size_t len;
	enum ek_err err;

	if (args->at < args->argc && !args->only_words &&
	    strcmp(args->argv[args->at], "--") == 0) {
		args->only_words = true;
		args->at++;
	}
	if (args->at >= args->argc)
		return EK_NOT_FOUND;
	arg = args->argv[args->at];
	if (args->only_words || arg[0] != '-' || arg[1] == '\0') {
		args->at++;
		*ret_opt = NULL;
		*ret_value = arg;
		return EK_OK;
	}
	len = strcspn(arg, "=");
	opt = find_opt(args->cmd, arg, len);
	if (opt == NULL)
		return unknown_opt(args, arg, len, reterr_why);
	if (arg[len] == '=' && opt->value == NULL)
		return ek_why(reterr_why, EK_USAGE,
		    "%s takes no value; leave out what follows it", opt->name);
	args->at++;
	if (arg[len] == '=') {
		value = arg + len + 1;
	} else if (opt->value != NULL) {
		err = next_value(args, opt, &value, reterr_why);
		if (err != EK_OK)
			return err;
	}
	*ret_opt = opt;
	*ret_value = value;
	return EK_OK;
}

enum ek_err
args_none(
    const struct cmd *cmd, int argc, char **argv, struct ek_why *reterr_why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	struct buf words;
	enum ek_err err;

	args_init(&args, cmd, argc, argv);
	err = args_next(&args, &opt, &value, reterr_why);
	if (err == EK_NOT_FOUND)
		return EK_OK;
	if (err != EK_OK)
		return err;
	buf_init(&words, WORDS_MAX);
	cmd_words(cmd, &words);
	err = ek_why(reterr_why, EK_USAGE,
	    "%s takes no more words; `keel help %s` says what it takes",
	    buf_text(&words), buf_text(&words));
	buf_done(&words);
	return err;
}
