/*
 * test_conf - evenkeel.ini read whole or refused with its line, and one line
 * of it written; folders of instruments; zone files and TZ rules.
 */
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keeld/conf.h"
#include "keeld/instruments.h"
#include "keeld/zones.h"

static char dir[] = "/tmp/ek.conf.XXXXXX";

static void
put(const char *name, const void *bytes, size_t len)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	fclose(f);
}

static void
put_ini(const char *text)
{
	put(CONF_OWN_NAME, text, strlen(text));
}

static const char *
get_ini(void)
{
	static char text[4096];
	char path[256];
	size_t len;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, CONF_OWN_NAME);
	f = fopen(path, "r");
	assert_non_null(f);
	len = fread(text, 1, sizeof(text) - 1, f);
	text[len] = '\0';
	fclose(f);
	return text;
}

static void
refused(const char *text, const char *says)
{
	struct conf conf;
	struct ek_why why = {""};

	put_ini(text);
	assert_int_equal(conf_read(NULL, dir, &conf, &why), EK_INVALID);
	assert_non_null(strstr(why.text, says));
	assert_string_equal(conf.copy_place, "");
	assert_string_equal(conf.help_file, CONF_HELP_FILE);
	assert_int_equal(conf.on_count, 0);
}

static void
test_read(void **state)
{
	struct conf conf;
	struct ek_why why = {""};

	(void)state;
	assert_int_equal(
	    conf_read("/nonexistent/x", "/nonexistent", &conf, &why), EK_OK);
	assert_string_equal(conf.help_file, CONF_HELP_FILE);
	put_ini("\n; a comment\n[copy]\nplace = /a b/c\n[site]\nhelp=/h.txt\n"
		"[instruments]\non = who-5, other.one\n");
	assert_int_equal(conf_read(NULL, dir, &conf, &why), EK_OK);
	assert_string_equal(conf.copy_place, "/a b/c");
	assert_string_equal(conf.help_file, "/h.txt");
	assert_true(conf_is_on(&conf, "who-5"));
	assert_true(conf_is_on(&conf, "other.one"));
	assert_false(conf_is_on(&conf, "who"));
	put_ini("");
	assert_int_equal(conf_read(NULL, dir, &conf, &why), EK_OK);
}

static void
test_own_stands_above_the_site(void **state)
{
	struct conf conf;
	char site[64];

	(void)state;
	snprintf(site, sizeof(site), "%s/site.ini", dir);
	put("site.ini", "[copy]\nplace=/site\n[site]\nhelp=/s\n", 34);
	put_ini("[copy]\nplace=/mine\n");
	assert_int_equal(conf_read(site, dir, &conf, NULL), EK_OK);
	assert_string_equal(conf.copy_place, "/mine");
	assert_string_equal(conf.help_file, "/s");
	/* a bad file of hers leaves the site's */
	put_ini("[copy]\nplace=mine\n");
	assert_int_equal(conf_read(site, dir, &conf, NULL), EK_INVALID);
	assert_string_equal(conf.copy_place, "/site");
	/* and "no copy" is hers to say */
	put_ini("[copy]\nplace=\n");
	assert_int_equal(conf_read(site, dir, &conf, NULL), EK_OK);
	assert_string_equal(conf.copy_place, "");
}

static void
test_refused_with_line(void **state)
{
	char text[512], name[128];
	int i;

	(void)state;
	refused("[copy]\nplace = relative\n", "line 2: place takes");
	refused("[copy]\n\nplaces = /x\n", "line 3: there is no such key");
	refused("[elsewhere]\nplace = /x\n", "line 2");
	refused("place = /x\n", "line 1");
	refused("[copy]\nplace = /x\nplace = /y\n", "line 3: this key stands");
	refused("[copy]\nplace = /x\nwords\n", "line 3: the line is neither");
	refused("[copy\nplace = /x\n", "line 1");
	refused("words\n[copy]\nplaces = /x\n", "line 1");
	refused("[copy]\nplaces = /x\nwords\n", "line 2");
	refused("[site]\nhelp =\n", "line 2: help takes");
	refused("[instruments]\non = who_5!\n", "line 2");
	refused("[copy]\nplace = /\x1b[31m\n", "plain text");
	memset(name, 'n', 65);
	name[65] = '\0';
	snprintf(text, sizeof(text), "[instruments]\non = %s\n", name);
	refused(text, "line 2: too many");
	snprintf(text, sizeof(text), "[instruments]\non =");
	for (i = 0; i <= CONF_ON_MAX; i++)
		snprintf(text + strlen(text), 8, " i%d", i);
	refused(text, "line 2: too many");
}

static void
test_line_limit(void **state)
{
	char text[512];
	struct conf conf;
	size_t i;

	(void)state;
	strcpy(text, "[copy]\nplace = /"); /* allowed: a literal */
	for (i = strlen(text); i < 7 + CONF_LINE_MAX; i++)
		text[i] = 'a';
	strcpy(text + i, "\n"); /* allowed: a literal */
	put_ini(text);
	assert_int_equal(conf_read(NULL, dir, &conf, NULL), EK_OK);
	assert_int_equal(strlen(conf.copy_place), CONF_LINE_MAX - 8);
	strcpy(text + i, "a\n"); /* allowed: a literal */
	refused(text, "line 2: the line is too long");
}

static void
test_too_large(void **state)
{
	char *text = malloc(CONF_FILE_MAX + 2);
	struct conf conf;

	(void)state;
	memset(text, '\n', CONF_FILE_MAX + 1);
	put(CONF_OWN_NAME, text, CONF_FILE_MAX);
	assert_int_equal(conf_read(NULL, dir, &conf, NULL), EK_OK);
	put(CONF_OWN_NAME, text, CONF_FILE_MAX + 1);
	assert_int_equal(conf_read(NULL, dir, &conf, NULL), EK_TOO_LARGE);
	free(text);
}

static void
test_write(void **state)
{
	char long_place[CONF_LINE_MAX + 8], home[64];
	struct conf conf;
	struct stat st;

	(void)state;
	put_ini("# top\n[site]\nhelp = /h\n[copy] ; mine\n place : /old\n"
		"[instruments]\non = a");
	assert_int_equal(conf_write_place(dir, "/new", NULL), EK_OK);
	assert_string_equal(get_ini(),
	    "# top\n[site]\nhelp = /h\n[copy] ; mine\nplace = /new\n"
	    "[instruments]\non = a\n");
	assert_int_equal(conf_read(NULL, dir, &conf, NULL), EK_OK);
	assert_string_equal(conf.copy_place, "/new");
	assert_int_equal(conf_write_place(dir, NULL, NULL), EK_OK);
	assert_null(strstr(get_ini(), "place"));
	put_ini("[site]\nhelp = /h\n");
	assert_int_equal(conf_write_place(dir, "/a b", NULL), EK_OK);
	assert_string_equal(
	    get_ini(), "[site]\nhelp = /h\n[copy]\nplace = /a b\n");
	memset(long_place, 'a', sizeof(long_place));
	long_place[0] = '/';
	long_place[CONF_LINE_MAX - 8] = '\0';
	assert_int_equal(conf_write_place(dir, long_place, NULL), EK_OK);
	assert_int_equal(conf_read(NULL, dir, &conf, NULL), EK_OK);
	assert_string_equal(conf.copy_place, long_place);
	long_place[CONF_LINE_MAX - 8] = 'a';
	long_place[CONF_LINE_MAX - 7] = '\0';
	assert_int_equal(conf_write_place(dir, long_place, NULL), EK_INVALID);
	assert_int_equal(conf_write_place(dir, "rel", NULL), EK_INVALID);
	assert_int_equal(conf_write_place(dir, "/a ; b", NULL), EK_INVALID);
	assert_int_equal(conf_write_place(dir, "/a\nb", NULL), EK_INVALID);
	assert_int_equal(conf_write_place(dir, "/a ", NULL), EK_INVALID);
	/* a folder that is not there yet is made, for her alone */
	snprintf(home, sizeof(home), "%s/new/deep", dir);
	assert_int_equal(conf_write_place(home, NULL, NULL), EK_OK);
	assert_int_not_equal(stat(home, &st), 0);
	assert_int_equal(conf_write_place(home, "/x", NULL), EK_OK);
	assert_int_equal(stat(home, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	strcat(home, "/" CONF_OWN_NAME); /* allowed: room for it */
	assert_int_equal(stat(home, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* --- instruments --- */

#define SCORING "https://evenkeel.invalid/fhir/scoring"

static const char one[] =
    "{\"resourceType\":\"Questionnaire\",\"id\":\"one\",\"title\":\"One\","
    "\"status\":\"active\",\"version\":\"1\",\"language\":\"en\","
    "\"copyright\":\"none\",\"extension\":[{\"url\":\"" SCORING "\","
    "\"extension\":[{\"url\":\"validated\",\"valueBoolean\":false},"
    "{\"url\":\"onByDefault\",\"valueBoolean\":true},"
    "{\"url\":\"citation\",\"valueString\":\"none\"}]}],"
    "\"item\":[{\"linkId\":\"a\",\"text\":\"A?\",\"type\":\"text\"}]}";

static void
test_instruments(void **state)
{
	static const struct conf conf = {.on_count = 0};
	char mine[64], big[96];
	const char *dirs[3] = {mine, "/nonexistent/folder", NULL};
	struct instruments *all = NULL;

	(void)state;
	snprintf(mine, sizeof(mine), "%s/i", dir);
	assert_int_equal(mkdir(mine, 0700), 0);
	put("i/one.json", one, strlen(one));
	put("i/two.json", one, strlen(one)); /* the same name again */
	put("i/bad.json", "{", 1);
	put("i/notes.txt", "{", 1);
	put("i/.hidden.json", "{", 1);
	snprintf(big, sizeof(big), "%s/folder.json", mine);
	assert_int_equal(mkdir(big, 0700), 0);
	snprintf(big, sizeof(big), "%s/big.json", mine);
	put("i/big.json", "", 0);
	assert_int_equal(truncate(big, EK_INSTRUMENT_MAX + 1), 0);
	assert_int_equal(instruments_load_from(&conf, dirs, &all), EK_OK);
	assert_int_equal(instruments_count(all), 1);
	assert_int_equal(instruments_faults(all), 4);
	assert_non_null(strstr(instruments_fault(all, 0), "bad.json is not"));
	assert_non_null(strstr(instruments_fault(all, 1), "big.json: "));
	assert_non_null(instruments_find(all, "one", 3));
	assert_null(instruments_find(all, "on", 2));
	assert_null(instruments_measure(all, "a", 1));
	assert_string_equal(instruments_place(all), mine);
	instruments_free(all);
}

/* --- zones --- */

static void
offset_is(const char *tz, int64_t utc, int offset)
{
	struct zones *zones = NULL;

	assert_int_equal(zones_new(tz, &zones), EK_OK);
	assert_string_equal(zones_why(zones), "");
	assert_int_equal(zone_offset(zones_local(zones), utc), offset);
	zones_free(zones);
}

static void
test_zones(void **state)
{
	struct zones *zones = NULL;
	const struct zone *rome;

	(void)state;
	offset_is("Europe/Berlin", 1795536000, 3600);
	offset_is(":Europe/Berlin", 1795536000, 3600);
	offset_is("/usr/share/zoneinfo/Asia/Tokyo", 1795536000, 32400);
	offset_is("XYZ-5:30", 1795536000, 19800);
	offset_is("EST5EDT,M3.2.0,M11.1.0", 1795536000, -18000);
	offset_is("EST5EDT,M3.2.0,M11.1.0", 1782000000, -14400);
	assert_int_equal(zones_new("Nowhere/Here", &zones), EK_OK);
	assert_string_not_equal(zones_why(zones), "");
	assert_int_equal(zone_offset(zones_local(zones), 0), 0);
	assert_false(zones_look(zones));
	rome = zones_get(zones, "Europe/Rome");
	assert_non_null(rome);
	assert_ptr_equal(zones_get(zones, "Europe/Rome"), rome);
	assert_ptr_equal(zones_cb("Europe/Rome", zones), rome);
	assert_ptr_equal(zones_cb(NULL, zones), zones_local(zones));
	assert_null(zones_get(zones, "../../../etc/passwd"));
	assert_null(zones_get(zones, "Europe/Atlantis"));
	assert_null(zones_get(zones, "zone.tab"));
	zones_free(zones);
}

static void
test_zone_changes(void **state)
{
	char path[64], next[64];
	struct zones *zones = NULL;

	(void)state;
	snprintf(path, sizeof(path), "%s/localtime", dir);
	snprintf(next, sizeof(next), "%s/localtime.new", dir);
	assert_int_equal(symlink("/usr/share/zoneinfo/UTC", path), 0);
	assert_int_equal(zones_new(path, &zones), EK_OK);
	assert_false(zones_look(zones));
	assert_int_equal(symlink("/usr/share/zoneinfo/Asia/Tokyo", next), 0);
	assert_int_equal(rename(next, path), 0);
	assert_true(zones_look(zones));
	assert_false(zones_look(zones));
	assert_int_equal(zone_offset(zones_local(zones), 0), 32400);
	/* gone: UTC, and said; there again: well again */
	assert_int_equal(unlink(path), 0);
	assert_true(zones_look(zones));
	assert_string_not_equal(zones_why(zones), "");
	assert_false(zones_look(zones));
	assert_int_equal(symlink("/usr/share/zoneinfo/Asia/Tokyo", path), 0);
	assert_true(zones_look(zones));
	assert_string_equal(zones_why(zones), "");
	zones_free(zones);
}

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int
remove_dir(void **state)
{
	static const char *const files[] = {"evenkeel.ini", "site.ini",
	    "new/deep/evenkeel.ini", "new/deep", "new", "i/one.json",
	    "i/two.json", "i/bad.json", "i/notes.txt", "i/.hidden.json",
	    "i/folder.json", "i/big.json", "i", "localtime"};
	char path[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		remove(path);
	}
	return rmdir(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_read),
	    cmocka_unit_test(test_own_stands_above_the_site),
	    cmocka_unit_test(test_refused_with_line),
	    cmocka_unit_test(test_line_limit),
	    cmocka_unit_test(test_too_large),
	    cmocka_unit_test(test_write),
	    cmocka_unit_test(test_instruments),
	    cmocka_unit_test(test_zones),
	    cmocka_unit_test(test_zone_changes),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
