/*
 * cmd_export - `keel export FILE.tar`: everything of hers, in open formats.
 */
#include <string.h>

#include "archive.h"
#include "client.h"
#include "cmds.h"
#include "evenkeel/limits.h"
#include "export_text.h"
#include "input.h"
#include "ops.h"
#include "out.h"
#include "save.h"

static const struct cmd_opt opts[] = {
    {"--notes", "yes|no",
	"whether notes, reflective answers and hard days go in too", "yes no"},
    {"--force", NULL, "replace a file of that name", NULL},
    {NULL, NULL, NULL, NULL},
};

struct export
{
	const char *file;
	const char *notes; /* "yes", "no"; NULL: not said */
	bool force;
};

static enum ek_err
read_args(int argc, char **argv, struct export *export, struct ek_why *why)
{
	const struct cmd_opt *opt;
	const char *value;
	struct args args;
	enum ek_err err;

	args_init(&args, &cmd_export, argc, argv);
	while ((err = args_next(&args, &opt, &value, why)) == EK_OK) {
		if (opt == NULL && export->file != NULL)
			return ek_why(why, EK_USAGE,
			    "export takes one file; put quotes around a name "
			    "with spaces");
		if (opt == NULL)
			export->file = value;
		else if (strcmp(opt->name, "--force") == 0)
			export->force = true;
		else
			export->notes = value;
	}
	if (err != EK_NOT_FOUND)
		return err;
	if (export->file == NULL)
		return ek_why(why, EK_USAGE,
		    "export needs a file; give keel export FILE.tar");
	if (export->notes != NULL && strcmp(export->notes, "yes") != 0 &&
	    strcmp(export->notes, "no") != 0)
		return ek_why(
		    why, EK_USAGE, "--notes is yes or no; give one of them");
	return EK_OK;
}

static enum ek_err
ask_notes(struct cmd_env *env, const struct export *export, bool *ret,
    struct ek_why *why)
{
	const struct ask ask = {
	    "Shall your notes, reflective answers and hard days go in too? "
	    "Without them the file does not bring back the whole book",
	    "y", "give --notes yes or --notes no", 64};

	if (export->notes == NULL)
		return input_yes(env, &ask, ret, why);
	*ret = strcmp(export->notes, "yes") == 0;
	return EK_OK;
}

static enum ek_err
get(struct cmd_env *env, const char *path, json_t **ret, struct ek_why *why)
{
	return client_call(env->client, "GET", path, NULL, NULL, ret, why);
}

/* The parts for people. */
static enum ek_err
readable_parts(
    struct cmd_env *env, bool notes, struct bundle *bundle, struct ek_why *why)
{
	json_t *plan = NULL;
	json_t *diary = NULL;
	json_t *schedules = NULL;
	enum ek_err err;

	err = get(env, "/v1/plan", &plan, why);
	if (err == EK_OK)
		err = get(env, "/v1/diary", &diary, why);
	if (err == EK_OK)
		err = get(env, "/v1/schedules", &schedules, why);
	if (err == EK_OK) {
		export_readme(notes, &bundle->parts[BUNDLE_README]);
		bundle->has[BUNDLE_README] = true;
		bundle->has[BUNDLE_PLAN] = ops_true(plan, "exists");
		if (bundle->has[BUNDLE_PLAN])
			buf_str(&bundle->parts[BUNDLE_PLAN],
			    ops_text(plan, "text"));
		export_diary(json_object_get(diary, "entries"), notes,
		    &bundle->parts[BUNDLE_DIARY]);
		bundle->has[BUNDLE_DIARY] = true;
		bundle->has[BUNDLE_SCHEDULE] = true;
		err = export_schedule(json_object_get(schedules, "schedules"),
		    &bundle->parts[BUNDLE_SCHEDULE]);
	}
	for (int i = 0; i < BUNDLE_PARTS && err == EK_OK; i++)
		err = buf_err(&bundle->parts[i]);
	json_decref(schedules);
	json_decref(diary);
	json_decref(plan);
	return err;
}

/* What would be read from it is what went in. */
static enum ek_err
check_tar(
    const struct buf *tar, const struct bundle *bundle, struct ek_why *why)
{
	struct bundle back;
	enum ek_err err;

	bundle_init(&back);
	err = bundle_unpack(buf_text(tar), tar->len, &back, why);
	for (int i = 0; i < BUNDLE_PARTS && err == EK_OK; i++) {
		const struct buf *a = &bundle->parts[i];
		const struct buf *b = &back.parts[i];

		if (bundle->has[i] != back.has[i] || a->len != b->len ||
		    memcmp(buf_text(a), buf_text(b), a->len) != 0)
			err = ek_why(why, EK_BUG,
			    "the archive does not read back the same, so it "
			    "was not kept; report this, please");
	}
	bundle_done(&back);
	return err;
}

static size_t
count_lines(const struct buf *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->len; i++)
		count += text->data[i] == '\n';
	return count;
}

static enum ek_err
make(struct cmd_env *env, const struct export *export, bool notes,
    size_t *ret_records, struct ek_why *why)
{
	struct bundle bundle;
	struct buf tar;
	enum ek_err err;

	bundle_init(&bundle);
	buf_init(&tar, EK_IMPORT_MAX);
	err = client_get_raw(env->client,
	    notes ? "/v1/export" : "/v1/export?notes=0",
	    &bundle.parts[BUNDLE_RECORDS], why);
	bundle.has[BUNDLE_RECORDS] = true;
	if (err == EK_OK)
		err = readable_parts(env, notes, &bundle, why);
	if (err == EK_OK)
		err = bundle_pack(&bundle, &tar);
	if (err == EK_OK)
		err = check_tar(&tar, &bundle, why);
	if (err == EK_OK)
		err = save_file(export->file, &tar, export->force, why);
	if (err == EK_OK)
		*ret_records = count_lines(&bundle.parts[BUNDLE_RECORDS]);
	if (err == EK_TOO_LARGE && why->text[0] == '\0')
		ek_why(why, err,
		    "the book is larger than %d MiB; export it without notes",
		    EK_IMPORT_MAX >> 20);
	buf_done(&tar);
	bundle_done(&bundle);
	return err;
}

static enum ek_err
run(struct cmd_env *env, int argc, char **argv)
{
	struct export export = {NULL, NULL, false};
	struct ek_why why = {""};
	size_t records = 0;
	json_t *done;
	bool notes = false;
	enum ek_err err;

	err = read_args(argc, argv, &export, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	err = ops_need_book(env);
	if (err != EK_OK)
		return err;
	err = ask_notes(env, &export, &notes, &why);
	if (err == EK_OK)
		err = make(env, &export, notes, &records, &why);
	if (err != EK_OK)
		return out_fail(env->out, err, &why);
	done = json_pack(
	    "{s:I,s:b}", "records", (json_int_t)records, "notes", notes);
	if (done != NULL)
		out_json(env->out, done);
	json_decref(done);
	out_line(env->out, "%zu record%s written and read back.", records,
	    records == 1 ? "" : "s");
	out_line(env->out,
	    "Anyone who has this file can read all of it: keep it where only "
	    "you look. It holds no keys.");
	return EK_OK;
}

const struct cmd cmd_export = {
    .name = "export",
    .args = "FILE.tar [--notes yes|no] [--force]",
    .summary = "write everything of yours into one file",
    .help = "The archive holds every record (records.jsonl), your plan "
	    "(Markdown), your diary (CSV) and your times (iCalendar); "
	    "`keel import` brings back the same book. It is not sealed: "
	    "anyone who has the file can read it. Keys are never in it.",
    .flags = CMD_DAEMON,
    .opts = opts,
    .run = run,
};
