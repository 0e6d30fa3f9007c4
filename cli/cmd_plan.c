/*
 * cmd_plan - the wellness action plan: reading it, its versions, who agreed.
 * Editing and importing are in cmd_plan_edit.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "cmds.h"
#include "evenkeel/limits.h"
#include "file.h"
#include "ops.h"
#include "out.h"
#include "plan_view.h"
#include "reply.h"
#include "steps.h"

static const struct cmd cmd_plan_show, cmd_plan_export, cmd_plan_history,
    cmd_plan_diff, cmd_plan_agree, cmd_plan_same; /* below */

#define NO_PLAN "there is no plan yet; `keel plan edit` begins one"

/* --- show --- */

static void
put_agreed(const json_t *agreed, struct buf *line)
{
	const json_t *one;
	size_t i;

	json_array_foreach(agreed, i, one)
	{
		buf_fmt(line, "%sagreed with %s on ", i == 0 ? "" : ", ",
		    ops_text(one, "with"));
		reply_when(reply_text(one, "day"), NULL, line);
	}
	if (json_array_size(agreed) == 0)
		buf_str(line, "a draft, agreed with nobody");
}

static void
put_about(const json_t *plan, struct out *out)
{
	struct buf line;

	buf_init(&line, 8192);
	buf_fmt(&line, "Version %.8s", ops_text(plan, "version"));
	if (reply_text(plan, "saved") != NULL) {
		buf_str(&line, ", saved ");
		reply_when(reply_text(plan, "saved"), NULL, &line);
	}
	buf_str(&line, "; ");
	put_agreed(json_object_get(plan, "agreed"), &line);
	buf_char(&line, '.');
	out_gap(out);
	out_text(out, OUT_DIM, 0, 0, "%s", buf_text(&line));
	buf_done(&line);
}

static enum ek_err
show_read(const struct cmd *cmd, int argc, char **argv, struct buf *path,
    bool *ret_ids, struct ek_why *reterr_why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	buf_str(path, "/v1/plan");
	args_init(&args, cmd, argc, argv);
	while ((err = args_next(&args, &opt, &value, reterr_why)) == EK_OK) {
		if (opt == NULL)
			return ek_why(reterr_why, EK_USAGE,
			    "show takes no words; `keel plan history` lists "
			    "the versions for --version");
		if (strcmp(opt->name, "--ids") == 0) {
			*ret_ids = true;
			continue;
		}
		buf_clear(path);
		buf_str(path, "/v1/plan/versions/");
		reply_url(value, path);
	}
	return err == EK_NOT_FOUND ? EK_OK : err;
}

static enum ek_err
show_run(struct cmd_env *env, int argc, char **argv)
{
	bool ids = env->tty_out;
	struct ek_why why = {""};
	json_t *plan = NULL;
	struct buf path;
	const char *text;
	enum ek_err err;

	buf_init(&path, EK_HTTP_PATH_MAX);
	err = show_read(&cmd_plan_show, argc, argv, &path, &ids, &why);
	if (err != EK_OK)
		out_fail(env->out, err, &why);
	else
		err = ops_call(env, "GET", buf_text(&path), NULL, &plan);
	buf_done(&path);
	if (err != EK_OK)
		return err;
	text = ops_text(plan, "text");
	if (text[0] == '\0') {
		out_line(env->out, "There is no plan yet; `keel plan edit` "
				   "begins one.");
	} else if (ids) {
		plan_print(env->out, plan);
		put_about(plan, env->out);
	} else {
		out_raw(env->out, text, strlen(text));
	}
	out_json(env->out, plan);
	json_decref(plan);
	return EK_OK;
}

/* --- export --- */

static enum ek_err
write_file(const char *path, const char *text, struct ek_why *reterr_why)
{
	size_t len = strlen(text), at = 0;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int bad = 0;

	if (fd < 0)
		return ek_why(reterr_why, errno == EEXIST ? EK_CONFLICT : EK_IO,
		    errno == EEXIST ? "%s is there already; name another file"
				    : "%s cannot be written; name another "
				      "place",
		    file_name(path));
	while (at < len && bad == 0) {
		ssize_t n = write(fd, text + at, len - at);

		if (n < 0 && errno != EINTR)
			bad = errno;
		at += n > 0 ? (size_t)n : 0;
	}
	if (bad == 0 && fsync(fd) != 0)
		bad = errno;
	if (close(fd) != 0 && bad == 0)
		bad = errno;
	if (bad == 0)
		return EK_OK;
	unlink(path);
	return ek_why(reterr_why, bad == ENOSPC ? EK_NO_SPACE : EK_IO,
	    "%s could not be written whole (%s), so nothing was left there; "
	    "name another place",
	    file_name(path), strerror(bad));
}

static enum ek_err
export_run(struct cmd_env *env, int argc, char **argv)
{
	struct ek_why why = {""};
	json_t *plan = NULL;
	const char *path, *text;
	enum ek_err err;

	err = steps_one_arg(env, &cmd_plan_export, argc, argv,
	    "the file to write, or -", &path);
	if (err == EK_OK)
		err = ops_call(env, "GET", "/v1/plan", NULL, &plan);
	if (err != EK_OK)
		return err;
	text = ops_text(plan, "text");
	if (text[0] == '\0') {
		err = ops_fail(env, EK_NOT_FOUND, NO_PLAN);
	} else if (strcmp(path, "-") == 0) {
		out_raw(env->out, text, strlen(text));
	} else {
		err = write_file(path, text, &why);
		if (err != EK_OK)
			out_fail(env->out, err, &why);
		else
			out_line(env->out,
			    "Written. Anyone with this file can read it.");
	}
	json_decref(plan);
	return err;
}

/* --- versions --- */

static enum ek_err
history_run(struct cmd_env *env, int argc, char **argv)
{
	const json_t *versions, *version;
	json_t *reply = NULL;
	struct buf line;
	size_t i;
	enum ek_err err;

	err = ops_none(env, &cmd_plan_history, argc, argv);
	if (err == EK_OK)
		err = ops_call(env, "GET", "/v1/plan/history", NULL, &reply);
	if (err != EK_OK)
		return err;
	versions = json_object_get(reply, "versions");
	if (json_array_size(versions) == 0)
		out_line(env->out, "There is no plan yet; `keel plan edit` "
				   "begins one.");
	buf_init(&line, 8192);
	json_array_foreach(versions, i, version)
	{
		buf_clear(&line);
		buf_fmt(&line, "%.8s  ", ops_text(version, "version"));
		reply_when(reply_text(version, "saved"), NULL, &line);
		buf_fmt(&line, "  %lld bullets  ", ops_int(version, "bullets"));
		put_agreed(json_object_get(version, "agreed"), &line);
		out_text(env->out, OUT_PLAIN, 0, 10, "%s", buf_text(&line));
	}
	buf_done(&line);
	out_json(env->out, reply);
	json_decref(reply);
	return EK_OK;
}

static enum ek_err
diff_read(int argc, char **argv, struct buf *path, struct ek_why *reterr_why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	size_t count = 0;
	enum ek_err err;

	buf_str(path, "/v1/plan/diff");
	args_init(&args, &cmd_plan_diff, argc, argv);
	while ((err = args_next(&args, &opt, &value, reterr_why)) == EK_OK) {
		if (count == 2)
			return ek_why(reterr_why, EK_USAGE,
			    "diff takes two versions, the older first; "
			    "`keel plan history` lists them");
		buf_str(path, count++ == 0 ? "?from=" : "&to=");
		reply_url(value, path);
	}
	return err == EK_NOT_FOUND ? EK_OK : err;
}

static enum ek_err
diff_run(struct cmd_env *env, int argc, char **argv)
{
	struct ek_why why = {""};
	json_t *reply = NULL;
	struct buf path;
	enum ek_err err;

	buf_init(&path, EK_HTTP_PATH_MAX);
	err = diff_read(argc, argv, &path, &why);
	if (err != EK_OK)
		out_fail(env->out, err, &why);
	else
		err = ops_call(env, "GET", buf_text(&path), NULL, &reply);
	buf_done(&path);
	if (err != EK_OK)
		return err;
	if (ops_text(reply, "diff")[0] == '\0')
		out_line(env->out, "No difference.");
	plan_print_diff(env->out, ops_text(reply, "diff"));
	out_json(env->out, reply);
	json_decref(reply);
	return EK_OK;
}

/* --- agree, same --- */

static enum ek_err
agree_run(struct cmd_env *env, int argc, char **argv)
{
	const char *name;
	enum ek_err err;

	err = steps_one_arg(env, &cmd_plan_agree, argc, argv,
	    "the name of whom you agreed it with", &name);
	if (err == EK_OK)
		err = steps_post_take(env, "/v1/plan/agree",
		    json_pack("{s:s}", "with", name), NULL);
	if (err == EK_OK)
		out_line(env->out,
		    "Noted, for this version and today. Nothing was sent to "
		    "anyone.");
	return err;
}

static enum ek_err
same_run(struct cmd_env *env, int argc, char **argv)
{
	const char *ids[2] = {NULL, NULL}, *value;
	struct ek_why why = {""};
	const struct cmd_opt *opt;
	struct args args;
	size_t count = 0;
	enum ek_err err;

	args_init(&args, &cmd_plan_same, argc, argv);
	while ((err = args_next(&args, &opt, &value, &why)) == EK_OK)
		if (count++ < 2)
			ids[count - 1] = value;
	if (err != EK_NOT_FOUND)
		return out_fail(env->out, err, &why);
	if (count != 2)
		return ops_fail(env, EK_USAGE,
		    "same wants two ids; give what it was and what it is "
		    "now, as in `keel plan same s3 s7`");
	err = steps_post_take(env, "/v1/plan/same",
	    json_pack("{s:s,s:s}", "was", ids[0], "now", ids[1]), NULL);
	if (err == EK_OK)
		out_line(env->out,
		    "Done: what was %.8s and what is now there count as one.",
		    ids[0]);
	return err;
}

/* --- the table --- */

static const struct cmd_opt show_opts[] = {
    {"--ids", NULL, "ids in the margin, also when it is no terminal", NULL},
    {"--version", "VERSION", "an earlier one, from plan history", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct cmd cmd_plan_show = {
    .name = "show",
    .args = "[--version VERSION]",
    .summary = "the plan, with the id of each line beside it",
    .flags = CMD_DAEMON | CMD_READS,
    .opts = show_opts,
    .run = show_run,
};
static const struct cmd cmd_plan_export = {
    .name = "export",
    .args = "FILE",
    .summary = "write the plan's Markdown to a new file, - for stdout",
    .flags = CMD_DAEMON,
    .run = export_run,
};
static const struct cmd cmd_plan_history = {
    .name = "history",
    .args = "",
    .summary = "its versions",
    .flags = CMD_DAEMON | CMD_READS,
    .run = history_run,
};
static const struct cmd cmd_plan_diff = {
    .name = "diff",
    .args = "[FROM [TO]]",
    .summary = "what changed, by default last time",
    .flags = CMD_DAEMON | CMD_READS,
    .run = diff_run,
};
static const struct cmd cmd_plan_agree = {
    .name = "agree",
    .args = "WITH",
    .summary = "note that this version was agreed with somebody",
    .flags = CMD_DAEMON,
    .run = agree_run,
};
static const struct cmd cmd_plan_same = {
    .name = "same",
    .args = "WAS NOW",
    .summary = "two ids are one sign or strategy: mend a wrong guess",
    .flags = CMD_DAEMON,
    .run = same_run,
};

static const struct cmd *const subs[] = {
    &cmd_plan_agree,
    &cmd_plan_diff,
    &cmd_plan_edit,
    &cmd_plan_export,
    &cmd_plan_history,
    &cmd_plan_import,
    &cmd_plan_same,
    &cmd_plan_show,
    NULL,
};

const struct cmd cmd_plan = {
    .name = "plan",
    .args = "",
    .summary = "your wellness action plan: show it, edit it, its versions",
    .help = "A Markdown document of your own. Known headings hold bullets; "
	    "what you write besides is kept as it is. Every version stays. "
	    "`keel plan` alone shows it.",
    .flags = CMD_DAEMON | CMD_READS,
    .opts = show_opts,
    .subs = subs,
    .run = show_run,
};
