/*
 * The route tables as they are linked, not as their source looks: each row
 * is one that http takes, no two answer the same request, and docs/api.md
 * has every row with its words and no other.  Run from the project's folder.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/http_route.h"
#include "keeld/api.h"

static const struct http_route *const tables[] = {
    api_archive_routes,
    api_ask_routes,
    api_autostart_routes,
    api_bubble_routes,
    api_checkin_routes,
    api_coping_routes,
    api_copy_routes,
    api_diary_routes,
    api_doctor_routes,
    api_erase_routes,
    api_form_routes,
    api_history_routes,
    api_page_routes,
    api_plan_routes,
    api_schedule_routes,
    api_slot_routes,
    api_start_routes,
    api_status_routes,
    api_today_routes,
};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

static char *
read_page(void)
{
	FILE *file = fopen("docs/api.md", "r");
	char *text = calloc(1, 1 << 20);

	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
	fclose(file);
	return text;
}

static void
assert_said(
    const char *section, const char *end, const char *what, const char *words)
{
	const char *found;

	if (words == NULL)
		return;
	found = strstr(section, words);
	if (found == NULL || found > end)
		print_error(
		    "docs/api.md: %s: %s: run make docs\n", what, words);
	assert_true(found != NULL && found < end);
}

static void
test_page(void **state)
{
	char *page = read_page(), heading[200];
	const struct http_route *route;
	const char *at, *end;
	size_t i, rows = 0, told = 0;

	(void)state;
	for (i = 0; i < TABLES; i++) {
		for (route = tables[i]; route->method != NULL; route++) {
			rows++;
			snprintf(heading, sizeof(heading), "### `%s %s`\n",
			    route->method, route->path);
			at = strstr(page, heading);
			if (at == NULL)
				print_error("not in docs/api.md: %s", heading);
			assert_non_null(at);
			end = strstr(at + 1, "\n##");
			if (end == NULL)
				end = at + strlen(at);
			assert_said(at, end, heading, route->takes);
			assert_said(at, end, heading, route->gives);
			/* Its first letter is raised on the page: only that it
			 * is. */
			assert_non_null(route->summary);
		}
	}
	for (at = page; (at = strstr(at, "### `")) != NULL; at++)
		told++;
	assert_int_equal(told, rows);
	free(page);
}

static void
test_rows(void **state)
{
	const struct http_route *route;
	size_t i;

	(void)state;
	for (i = 0; i < TABLES; i++) {
		for (route = tables[i]; route->method != NULL; route++) {
			if (!http_route_ok(route))
				print_error(
				    "%s %s\n", route->method, route->path);
			assert_true(http_route_ok(route));
			assert_int_equal(strncmp(route->path, "/v1/", 4), 0);
		}
	}
}

/* Each row is found by its own path: none hides another. */
static void
test_no_row_hides_another(void **state)
{
	struct http_table all[TABLES];
	const struct http_table *table;
	const struct http_route *route, *found;
	struct http_target target;
	struct http_refusal no;
	char path[200];
	size_t i, at, from;

	(void)state;
	assert_true(TABLES <= HTTP_TABLES_MAX);
	for (i = 0; i < TABLES; i++)
		all[i] = (struct http_table){tables[i], NULL};
	for (i = 0; i < TABLES; i++) {
		for (route = tables[i]; route->method != NULL; route++) {
			/* ":id" is sent as "zz", which no literal is. */
			for (at = from = 0; route->path[from] != '\0';) {
				path[at++] = route->path[from++];
				if (route->path[from] != ':')
					continue;
				path[at++] = 'z';
				path[at++] = 'z';
				from += strcspn(route->path + from, "/");
			}
			assert_int_equal(
			    http_target_parse(path, at, &target, &no), EK_OK);
			assert_int_equal(
			    http_route_find(all, TABLES, route->method, &target,
				&table, &found, &no),
			    EK_OK);
			assert_ptr_equal(found, route);
			assert_ptr_equal(table, &all[i]);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_no_row_hides_another),
	    cmocka_unit_test(test_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
