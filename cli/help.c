/*
 * help - the short help, one command's help, and the table as JSON.  All of
 * it is read from the table, so that it cannot differ from what runs.
 */
#include "help.h"

#include <string.h>

#include "cmds.h"
#include "out.h"

#define COLUMN 14 /* where summaries begin */

static const struct cmd_opt shared_opts[] = {
    {"--home", "DIR", "everything of one person lies in DIR", "dirs"},
    {"--json", NULL, "print one JSON object instead of text", NULL},
    {"--help", NULL, "say what a command does", NULL},
    {"--version", NULL, "print the version", NULL},
    {NULL, NULL, NULL, NULL},
};

static void
put_pair(struct out *out, const char *name, const char *text)
{
	int width = (int)strlen(name) < COLUMN - 1 ? COLUMN - 1 : 0;

	if (width > 0)
		out_text(
		    out, OUT_PLAIN, 2, COLUMN, "%-*s %s", width, name, text);
	else {
		out_text(out, OUT_PLAIN, 2, 2, "%s", name);
		out_text(out, OUT_PLAIN, 2 + COLUMN, 0, "%s", text);
	}
}

static void
put_opts(struct out *out, const struct cmd_opt *opts)
{
	for (; opts != NULL && opts->name != NULL; opts++) {
		char name[64];

		snprintf(name, sizeof(name), "%s%s%s", opts->name,
		    opts->value != NULL ? " " : "",
		    opts->value != NULL ? opts->value : "");
		put_pair(out, name, opts->help);
	}
}

void
help_all(struct out *out, const struct cmd *const *table)
{
	out_line(out, "keel - a wellness plan and check-ins that are yours");
	out_gap(out);
	out_line(out, "`keel` alone shows today.");
	out_gap(out);
	out_text(out, OUT_HEAD, 0, 0, "Commands");
	for (size_t i = 0; table[i] != NULL; i++)
		if ((table[i]->flags & CMD_HIDDEN) == 0)
			put_pair(out, table[i]->name, table[i]->summary);
	out_gap(out);
	out_text(out, OUT_HEAD, 0, 0, "Options of every command");
	put_opts(out, shared_opts);
	out_gap(out);
	out_line(out, "More about one: keel help COMMAND");
}

static void
put_usage(struct out *out, const struct cmd *const *path, int depth)
{
	struct buf line;

	buf_init(&line, 1024);
	buf_str(&line, "keel");
	for (int i = 0; i < depth; i++)
		buf_fmt(&line, " %s", path[i]->name);
	if (path[depth - 1]->args != NULL && path[depth - 1]->args[0] != '\0')
		buf_fmt(&line, " %s", path[depth - 1]->args);
	out_text(out, OUT_STRONG, 0, 8, "%s", buf_text(&line));
	buf_done(&line);
}

static void
put_subs(struct out *out, const struct cmd *const *subs)
{
	out_gap(out);
	out_text(out, OUT_HEAD, 0, 0, "Subcommands");
	for (size_t i = 0; subs[i] != NULL; i++) {
		char name[256];

		if ((subs[i]->flags & CMD_HIDDEN) != 0)
			continue;
		snprintf(name, sizeof(name), "%s%s%s", subs[i]->name,
		    subs[i]->args != NULL && subs[i]->args[0] ? " " : "",
		    subs[i]->args != NULL ? subs[i]->args : "");
		put_pair(out, name, subs[i]->summary);
	}
}

void
help_cmd(struct out *out, const struct cmd *const *path, int depth)
{
	const struct cmd *cmd = path[depth - 1];

	put_usage(out, path, depth);
	out_gap(out);
	out_line(out, "%s.", cmd->summary);
	if (cmd->help != NULL) {
		out_gap(out);
		out_line(out, "%s", cmd->help);
	}
	if (cmd->subs != NULL)
		put_subs(out, cmd->subs);
	if (cmd->opts != NULL && cmd->opts[0].name != NULL) {
		out_gap(out);
		out_text(out, OUT_HEAD, 0, 0, "Options");
		put_opts(out, cmd->opts);
	}
}

static json_t *
text_or_null(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

static json_t *
opts_json(const struct cmd_opt *opts)
{
	json_t *list = json_array();

	for (; opts != NULL && opts->name != NULL; opts++)
		json_array_append_new(list,
		    json_pack("{s:s,s:o,s:s,s:o}", "name", opts->name, "value",
			text_or_null(opts->value), "help", opts->help,
			"complete", text_or_null(opts->complete)));
	return list;
}

static json_t *cmds_json(const struct cmd *const *table);

static json_t *
flags_json(unsigned flags)
{
	json_t *list = json_array();

	if ((flags & CMD_DAEMON) != 0)
		json_array_append_new(list, json_string("daemon"));
	if ((flags & CMD_READS) != 0)
		json_array_append_new(list, json_string("reads"));
	if ((flags & CMD_HIDDEN) != 0)
		json_array_append_new(list, json_string("hidden"));
	if ((flags & CMD_WORDS) != 0)
		json_array_append_new(list, json_string("words"));
	return list;
}

static json_t *
cmd_json(const struct cmd *cmd)
{
	return json_pack("{s:s,s:s,s:s,s:o,s:o,s:o,s:o}", "name", cmd->name,
	    "args", cmd->args != NULL ? cmd->args : "", "summary", cmd->summary,
	    "help", text_or_null(cmd->help), "flags", flags_json(cmd->flags),
	    "opts", opts_json(cmd->opts), "subs", cmds_json(cmd->subs));
}

static json_t *
cmds_json(const struct cmd *const *table)
{
	json_t *list = json_array();

	for (size_t i = 0; table != NULL && table[i] != NULL; i++)
		json_array_append_new(list, cmd_json(table[i]));
	return list;
}

json_t *
help_table(const struct cmd *const *table)
{
	return json_pack("{s:o,s:o}", "commands", cmds_json(table), "opts",
	    opts_json(shared_opts));
}
