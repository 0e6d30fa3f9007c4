/*
 * test_archive - the export's tar: the same bytes each time, what goes in
 * comes out, hostile ones refused; its readable parts; saving and loading.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../cli/archive.h"
#include "../../cli/export_text.h"
#include "../../cli/save.h"
#include "check.h"
#include "evenkeel/limits.h"

#define BLOCK 512

static void
fill(struct bundle *bundle)
{
	bundle_init(bundle);
	for (int i = 0; i < BUNDLE_PARTS; i++) {
		bundle->has[i] = true;
		buf_fmt(&bundle->parts[i], "part %d\n", i);
	}
}

static void
test_round(void **state)
{
	struct bundle bundle;
	struct bundle back;
	struct buf one;
	struct buf two;
	struct ek_why why = {""};

	(void)state;
	fill(&bundle);
	bundle.has[BUNDLE_PLAN] = false;
	for (int i = 0; i < 5000; i++)
		buf_fmt(&bundle.parts[BUNDLE_RECORDS], "{\"n\":%d}\n", i);
	buf_init(&one, EK_IMPORT_MAX);
	buf_init(&two, EK_IMPORT_MAX);
	assert_ok(bundle_pack(&bundle, &one));
	assert_ok(bundle_pack(&bundle, &two));
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.data, two.data, one.len);
	assert_int_equal(one.len % BLOCK, 0);
	bundle_init(&back);
	assert_ok(bundle_unpack(one.data, one.len, &back, &why));
	for (int i = 0; i < BUNDLE_PARTS; i++) {
		assert_int_equal(back.has[i], bundle.has[i]);
		if (back.has[i])
			assert_string_equal(buf_text(&back.parts[i]),
			    buf_text(&bundle.parts[i]));
	}
	buf_done(&one);
	buf_done(&two);
	bundle_done(&bundle);
	bundle_done(&back);
}

/* --- hostile ones, made by hand: one block a header --- */

static void
put_octal(char *field, size_t room, unsigned long long value)
{
	snprintf(field, room, "%0*llo", (int)room - 1, value);
}

static void
put_member(struct buf *tar, const char *name, char type,
    unsigned long long said, const char *text)
{
	char head[BLOCK] = {0};
	unsigned sum = 0;
	size_t len = strlen(text);

	snprintf(head, 100, "%s", name);
	put_octal(head + 100, 8, 0600);
	put_octal(head + 108, 8, 0);
	put_octal(head + 116, 8, 0);
	put_octal(head + 124, 12, said);
	put_octal(head + 136, 12, 0);
	memset(head + 148, ' ', 8);
	head[156] = type;
	if (type == '1' || type == '2')
		snprintf(head + 157, 100, "/etc/passwd");
	memcpy(head + 257, "ustar\00000", 8);
	for (int i = 0; i < BLOCK; i++)
		sum += (unsigned char)head[i];
	snprintf(head + 148, 8, "%06o", sum);
	buf_add(tar, head, BLOCK);
	buf_add(tar, text, len);
	while (tar->len % BLOCK != 0)
		buf_char(tar, '\0');
}

static void
put_end(struct buf *tar)
{
	for (int i = 0; i < 2 * BLOCK; i++)
		buf_char(tar, '\0');
}

static void
refused(const struct buf *tar, enum ek_err want, const char *part)
{
	struct ek_why why = {""};
	struct bundle back;

	bundle_init(&back);
	assert_int_equal(
	    bundle_unpack(buf_text(tar), tar->len, &back, &why), want);
	assert_non_null(strstr(why.text, part));
	assert_non_null(strchr(why.text, ';'));
	for (int i = 0; i < BUNDLE_PARTS; i++)
		assert_true(!back.has[i] && back.parts[i].len == 0);
	bundle_done(&back);
}

static void
one_member(const char *name, char type, unsigned long long said,
    enum ek_err want, const char *part)
{
	struct buf tar;

	buf_init(&tar, 1 << 20);
	put_member(&tar, "records.jsonl", '0', 3, "{}\n");
	put_member(&tar, name, type, said, "abc");
	put_end(&tar);
	refused(&tar, want, part);
	buf_done(&tar);
}

static void
test_hostile(void **state)
{
	(void)state;
	one_member("../plan.md", '0', 3, EK_INVALID, "no export has");
	one_member("/etc/passwd", '0', 3, EK_INVALID, "no export has");
	one_member("./plan.md", '0', 3, EK_INVALID, "no export has");
	one_member("plan.md/", '5', 0, EK_INVALID, "no export has");
	one_member("", '0', 3, EK_INVALID, "");
	one_member("PLAN.md", '0', 3, EK_INVALID, "no export has");
	one_member("plan.md", '2', 0, EK_INVALID, "not a plain file");
	one_member("plan.md", '1', 0, EK_INVALID, "not a plain file");
	one_member("plan.md", '3', 0, EK_INVALID, "not a plain file");
	one_member("plan.md", '6', 0, EK_INVALID, "not a plain file");
	one_member("records.jsonl", '0', 3, EK_INVALID, "twice");
	one_member("plan.md", '0', EK_PLAN_MAX + 1, EK_TOO_LARGE, "larger");
	one_member("plan.md", '0', 07777777777ULL, EK_TOO_LARGE, "larger");
	one_member("diary.csv", '0', 99999, EK_INVALID, "cut short");
}

static void
test_not_a_tar(void **state)
{
	struct buf tar;

	(void)state;
	buf_init(&tar, 1 << 20);
	refused(&tar, EK_INVALID, "not an archive");
	buf_str(&tar, "PK\003\004 something else");
	refused(&tar, EK_INVALID, "not an archive");
	buf_clear(&tar);
	put_end(&tar);
	refused(&tar, EK_INVALID, "not an archive");
	buf_clear(&tar);
	put_member(&tar, "plan.md", '0', 3, "abc");
	put_end(&tar);
	refused(&tar, EK_INVALID, "no records.jsonl");
	/* a checksum that is wrong */
	buf_clear(&tar);
	put_member(&tar, "records.jsonl", '0', 3, "{}\n");
	put_end(&tar);
	tar.data[0] = 'R';
	refused(&tar, EK_INVALID, "");
	buf_done(&tar);
}

/* Cut anywhere, it is refused: never half a book. */
static void
test_cut(void **state)
{
	struct bundle bundle;
	struct buf tar;

	(void)state;
	fill(&bundle);
	buf_init(&tar, 1 << 20);
	assert_ok(bundle_pack(&bundle, &tar));
	for (size_t len = 0; len < tar.len; len += 61) {
		struct ek_why why = {""};
		struct bundle back;
		/* a copy of just that length, so that ASan sees past it */
		char *cut = malloc(len + 1);

		assert_non_null(cut);
		memcpy(cut, tar.data, len);
		bundle_init(&back);
		if (bundle_unpack(cut, len, &back, &why) == EK_OK) {
			/* only zeros were lost */
			assert_int_equal(len % BLOCK, 0);
			assert_true(back.has[BUNDLE_SCHEDULE]);
		}
		bundle_done(&back);
		free(cut);
	}
	buf_done(&tar);
	bundle_done(&bundle);
}

static void
test_limits(void **state)
{
	struct ek_why why = {""};
	struct bundle back;
	struct bundle bundle;
	struct buf tar;
	char *huge = calloc(1, (size_t)EK_IMPORT_MAX + 1);

	(void)state;
	assert_non_null(huge);
	bundle_init(&back);
	assert_int_equal(
	    bundle_unpack(huge, (size_t)EK_IMPORT_MAX + 1, &back, &why),
	    EK_TOO_LARGE);
	/* a plan of just the limit goes in and comes out */
	fill(&bundle);
	buf_clear(&bundle.parts[BUNDLE_PLAN]);
	memset(huge, 'x', EK_PLAN_MAX);
	buf_add(&bundle.parts[BUNDLE_PLAN], huge, EK_PLAN_MAX);
	buf_init(&tar, EK_IMPORT_MAX);
	assert_ok(bundle_pack(&bundle, &tar));
	assert_ok(bundle_unpack(tar.data, tar.len, &back, &why));
	assert_int_equal(back.parts[BUNDLE_PLAN].len, EK_PLAN_MAX);
	buf_done(&tar);
	/* and more than an import takes is not written */
	buf_clear(&bundle.parts[BUNDLE_RECORDS]);
	memset(huge, 'x', EK_IMPORT_MAX);
	buf_add(&bundle.parts[BUNDLE_RECORDS], huge, EK_IMPORT_MAX);
	assert_ok(buf_err(&bundle.parts[BUNDLE_RECORDS]));
	buf_init(&tar, EK_IMPORT_MAX);
	assert_int_equal(bundle_pack(&bundle, &tar), EK_TOO_LARGE);
	assert_int_equal(tar.len, 0);
	buf_done(&tar);
	bundle_done(&bundle);
	bundle_done(&back);
	free(huge);
}

/* --- the readable parts --- */

static json_t *
parse(const char *text)
{
	json_t *json = NULL;

	assert_ok(json_read(text, strlen(text), "test", &json, NULL));
	return json;
}

static void
test_diary(void **state)
{
	json_t *entries = parse(
	    "[{\"id\":\"a\",\"kind\":\"check-in\",\"local\":"
	    "\"2026-11-24T16:31:00\",\"instrument\":\"pulse\","
	    "\"answers\":{\"mood\":6,\"energy\":5.5},"
	    "\"scores\":[{\"measure\":\"mood\",\"raw\":6,\"value\":6}],"
	    "\"signs\":[{\"id\":\"s1\",\"text\":\"skipping \\\"lunch\\\"\","
	    "\"level\":2}],"
	    "\"used\":[{\"id\":\"h1\",\"text\":\"=walk\",\"helped\":null}],"
	    "\"notes\":[{\"id\":\"n\",\"item\":null,\"question\":null,"
	    "\"text\":\"two\\nlines, and a comma\"}]},"
	    "{\"id\":\"b\",\"kind\":\"hard-day\",\"local\":"
	    "\"2026-11-25T09:00:00\"}]");
	struct buf csv;

	(void)state;
	buf_init(&csv, 65536);
	export_diary(entries, true, &csv);
	assert_string_equal(buf_text(&csv),
	    "time,kind,instrument,what,name,value\r\n"
	    "\"2026-11-24T16:31:00\",\"check-in\",\"pulse\",\"answer\","
	    "\"mood\",6\r\n"
	    "\"2026-11-24T16:31:00\",\"check-in\",\"pulse\",\"answer\","
	    "\"energy\",5.5\r\n"
	    "\"2026-11-24T16:31:00\",\"check-in\",\"pulse\",\"score\","
	    "\"mood\",6\r\n"
	    "\"2026-11-24T16:31:00\",\"check-in\",\"pulse\",\"sign\","
	    "\"skipping \"\"lunch\"\"\",2\r\n"
	    "\"2026-11-24T16:31:00\",\"check-in\",\"pulse\",\"used\","
	    "\"'=walk\",\r\n"
	    "\"2026-11-24T16:31:00\",\"check-in\",\"pulse\",\"note\",\"\","
	    "\"two\nlines, and a comma\"\r\n"
	    "\"2026-11-25T09:00:00\",\"hard-day\",\"\",\"\",\"\",\r\n");
	buf_clear(&csv);
	export_diary(entries, false, &csv);
	assert_null(strstr(buf_text(&csv), "comma"));
	assert_null(strstr(buf_text(&csv), "hard-day"));
	buf_clear(&csv);
	export_diary(NULL, true, &csv);
	assert_string_equal(
	    buf_text(&csv), "time,kind,instrument,what,name,value\r\n");
	buf_done(&csv);
	json_decref(entries);
}

static void
ics_has(const char *schedules, const char *part)
{
	json_t *json = parse(schedules);
	struct buf ics;

	buf_init(&ics, 65536);
	assert_ok(export_schedule(json, &ics));
	if (strstr(buf_text(&ics), part) == NULL)
		fail_msg("%s\nnot in\n%s", part, buf_text(&ics));
	assert_non_null(strstr(buf_text(&ics), "CLASS:PRIVATE\r\n"));
	/* no line of it is longer than 75 octets, each ends with CRLF */
	for (size_t i = 0, line = 0; i < ics.len; i++) {
		if (ics.data[i] != '\n')
			continue;
		assert_true(i > 0 && ics.data[i - 1] == '\r');
		assert_true(i - 1 - line <= 75);
		line = i + 1;
	}
	buf_done(&ics);
	json_decref(json);
}

#define ONE(rule, start, zone)                                                 \
	"[{\"id\":\"ab\",\"name\":\"pulse\",\"instrument\":\"pulse\","         \
	"\"rule\":\"" rule "\",\"start\":\"" start "\",\"zone\":" zone "}]"

static void
test_schedule(void **state)
{
	(void)state;
	/* 24 November 2026 is a Tuesday: the first occurrence is the 25th */
	ics_has(
	    ONE("FREQ=WEEKLY;BYDAY=MO,WE,FR", "2026-11-24T16:30:00", "null"),
	    "DTSTART:20261125T163000\r\n");
	ics_has(ONE("FREQ=DAILY", "2026-11-24T16:30:00", "\"Europe/London\""),
	    "DTSTART;TZID=/Europe/London:20261124T163000\r\n");
	/* our clamp, as every calendar understands it */
	ics_has(ONE("FREQ=MONTHLY;INTERVAL=4;X-CLAMP=1", "2026-10-31T16:30:00",
		    "null"),
	    "RRULE:FREQ=MONTHLY;INTERVAL=4;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"
	    "\r\n");
	ics_has(ONE("FREQ=MONTHLY;INTERVAL=4;X-CLAMP=1", "2026-10-05T16:30:00",
		    "null"),
	    "RRULE:FREQ=MONTHLY;INTERVAL=4;BYMONTHDAY=5\r\n");
	ics_has(ONE("FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,"
		    "17,18,19,20,21;BYMINUTE=0,15,30,45",
		    "2026-10-05T16:30:00", "null"),
	    "\r\n ");
}

/* --- saving and loading --- */

static char folder[] = "/tmp/test_archive.XXXXXX";

static size_t
count_files(void)
{
	DIR *dir = opendir(folder);
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count - 2;
}

static void
test_save(void **state)
{
	char path[128];
	struct stat st;
	struct ek_why why = {""};
	struct buf bytes;
	struct buf back;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/x.tar", folder);
	buf_init(&bytes, 1 << 20);
	buf_init(&back, 1 << 20);
	buf_add(&bytes, "one\0two", 7);
	umask(0);
	assert_ok(save_file(path, &bytes, false, &why));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_ok(save_load(path, &back, &why));
	assert_int_equal(back.len, 7);
	assert_memory_equal(back.data, "one\0two", 7);
	buf_str(&bytes, "three");
	assert_int_equal(save_file(path, &bytes, false, &why), EK_CONFLICT);
	assert_ok(save_load(path, &back, &why));
	assert_int_equal(back.len, 7);
	assert_ok(save_file(path, &bytes, true, &why));
	assert_ok(save_load(path, &back, &why));
	assert_int_equal(back.len, 12);
	assert_int_equal(count_files(), 1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(save_load(path, &back, &why), EK_NOT_FOUND);
	buf_done(&bytes);
	buf_done(&back);
}

static void
test_save_refused(void **state)
{
	char path[128];
	struct ek_why why = {""};
	struct buf bytes;
	struct buf small;

	(void)state;
	buf_init(&bytes, 100);
	buf_init(&small, 10);
	buf_str(&bytes, "eleven byte");
	snprintf(path, sizeof(path), "%s/", folder);
	assert_int_equal(save_file(path, &bytes, true, &why), EK_USAGE);
	assert_int_equal(save_file(folder, &bytes, true, &why), EK_USAGE);
	assert_int_equal(save_file("", &bytes, true, &why), EK_USAGE);
	snprintf(path, sizeof(path), "%s/none/x", folder);
	assert_int_equal(save_file(path, &bytes, false, &why), EK_NOT_FOUND);
	assert_non_null(strchr(why.text, ';'));
	snprintf(path, sizeof(path), "%s/link", folder);
	assert_int_equal(symlink("nowhere", path), 0);
	assert_int_equal(save_file(path, &bytes, false, &why), EK_CONFLICT);
	assert_int_equal(unlink(path), 0);
	snprintf(path, sizeof(path), "%s/x", folder);
	assert_ok(save_file(path, &bytes, false, &why));
	assert_int_equal(save_load(path, &small, &why), EK_TOO_LARGE);
	assert_int_equal(small.len, 0);
	assert_int_equal(unlink(path), 0);
	/* a pipe nobody writes to does not hold us */
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(save_load(path, &bytes, &why), EK_INVALID);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(save_load(folder, &bytes, &why), EK_INVALID);
	assert_int_equal(save_load("/dev/zero", &bytes, &why), EK_INVALID);
	assert_int_equal(count_files(), 0);
	assert_int_equal(rmdir(folder), 0);
	buf_done(&bytes);
	buf_done(&small);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round),
	    cmocka_unit_test(test_hostile),
	    cmocka_unit_test(test_not_a_tar),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_diary),
	    cmocka_unit_test(test_schedule),
	    cmocka_unit_test(test_save),
	    cmocka_unit_test(test_save_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
