/*
 * fuzz_body - requests given to the real handlers over a real book, with the
 * HTTP layer played here.  Whatever comes:
 *   one request has one answer; a refusal has a remedy, quotes nothing long of
 *   the request and adds no record; a success repeated with its key is the
 *   same success and adds none; every page can be read afterwards, and the
 *   export reads back record by record.
 *
 * Input: a byte for the row, a line for the path's segment, then the body or,
 * for rows without one, a query.  Rows that touch keys, other folders or
 * programs are left out.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/seal.h"
#include "evenkeel/text.h"
#include "keeld/api.h"
#include "keeld/web.h"

#define QUOTED 40 /* bytes of the request that a reason must not repeat */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* --- the HTTP layer, played --- */

struct http_token {
	int nothing;
};
struct http_req {
	const char *segment, *name, *value, *key;
	json_t *body;
	int answers, status;
	json_t *json;    /* of a JSON reply */
	struct buf text; /* of a text reply */
	struct ek_why why;
};
static const struct http_token the_token;

enum ek_err
http_routes(struct http *http, const struct http_route *routes, void *arg)
{
	(void)http;
	(void)routes;
	(void)arg;
	return EK_OK;
}

enum ek_err
web_link(
    struct web *web, const char *to, struct buf *ret_url, struct ek_why *why)
{
	(void)web;
	(void)to;
	(void)ret_url;
	return ek_why(why, EK_INVALID, "no page here; give none");
}

const char *
http_segment(const struct http_req *req, const char *name)
{
	must(strcmp(name, "id") == 0);
	return req->segment;
}

const char *
http_query(const struct http_req *req, const char *name)
{
	if (req->name != NULL && strcmp(req->name, name) == 0)
		return req->value;
	return NULL;
}

enum ek_err
http_query_only(const struct http_req *req, struct ek_why *why, ...)
{
	const char *name;
	bool known = req->name == NULL;
	va_list names;

	va_start(names, why);
	while ((name = va_arg(names, const char *)) != NULL)
		known = known || strcmp(name, req->name) == 0;
	va_end(names);
	return known ? EK_OK : ek_why(why, EK_INVALID, "no; leave it out");
}

const char *
http_header(const struct http_req *req, const char *name)
{
	return strcmp(name, "Idempotency-Key") == 0 ? req->key : NULL;
}

enum ek_err
http_body_json(struct http_req *req, const json_t **ret, struct ek_why *why)
{
	if (!json_is_object(req->body))
		return ek_why(why, EK_INVALID, "no object; send one");
	*ret = req->body;
	return EK_OK;
}

const struct http_token *
http_reply(struct http_req *req, int status, json_t *json_take)
{
	req->answers++;
	req->status = status;
	req->json = json_take;
	return &the_token;
}

const struct http_token *
http_reply_buf(
    struct http_req *req, int status, const char *type, const struct buf *body)
{
	(void)type;
	req->answers++;
	req->status = status;
	buf_add(&req->text, body->data, body->len);
	return &the_token;
}

const struct http_token *
http_fail(struct http_req *req, enum ek_err err, const struct ek_why *why)
{
	must(err != EK_OK);
	req->answers++;
	req->status = ek_err_http(err);
	ek_why(&req->why, err, "%s",
	    why == NULL || why->text[0] == '\0' ? ek_err_text(err) : why->text);
	return &the_token;
}

const struct http_token *
http_later(struct http_req *req, void (*gone_cb)(void *arg), void *arg)
{
	(void)req;
	(void)gone_cb;
	(void)arg;
	abort(); /* no row here waits */
}

/* --- the daemon --- */

static const char *const rows[] = {"POST /v1/checkins", "POST /v1/hard",
    "POST /v1/notes", "POST /v1/diary/:id/fix", "DELETE /v1/diary/:id",
    "PUT /v1/plan", "POST /v1/plan/agree", "POST /v1/plan/same",
    "POST /v1/schedules", "DELETE /v1/schedules/:id", "POST /v1/slots/skip",
    "POST /v1/asks", "POST /v1/asks/:id/done", "POST /v1/history",
    "POST /v1/import", "POST /v1/pending", "GET /v1/diary", "GET /v1/form",
    "GET /v1/plan/diff", "GET /v1/plan/versions/:id", "GET /v1/asks",
    "GET /v1/export"};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const char *const pages[] = {"GET /v1/status", "GET /v1/today",
    "GET /v1/diary", "GET /v1/plan", "GET /v1/plan/history", "GET /v1/words",
    "GET /v1/coping", "GET /v1/schedules", "GET /v1/asks", "GET /v1/export"};

static const char plan_text[] =
    "## Early warning signs\n- skipping lunch -> Walk\n- short answers\n"
    "## What helps me\n- Walk\n- Tea\n";

static const char zero_id[] = "00000000000000000000000000000000";

static struct keeld keeld;
static char top[] = "/tmp/ek.fuzz.XXXXXX";

static const struct http_route *
route_of(const char *row)
{
	static const struct http_route *const tables[] = {api_archive_routes,
	    api_ask_routes, api_bubble_routes, api_checkin_routes,
	    api_coping_routes, api_diary_routes, api_form_routes,
	    api_history_routes, api_plan_routes, api_schedule_routes,
	    api_slot_routes, api_start_routes, api_status_routes,
	    api_today_routes};
	const char *path = strchr(row, ' ') + 1;
	size_t len = (size_t)(path - row) - 1, i;
	const struct http_route *route;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (route = tables[i]; route->method != NULL; route++)
			if (strlen(route->method) == len &&
			    memcmp(route->method, row, len) == 0 &&
			    strcmp(route->path, path) == 0)
				return route;
	abort();
}

static void
run(const char *row, struct http_req *req)
{
	const struct http_token *token;

	buf_init(&req->text, (size_t)64 * 1024 * 1024);
	token = route_of(row)->handler(req, &keeld);
	must(token == &the_token && req->answers == 1);
}

static void
req_done(struct http_req *req)
{
	json_decref(req->json);
	req->json = NULL;
	buf_done(&req->text);
	req->answers = 0;
}

/* --- a fresh book --- */

static void
put_checkin(void)
{
	struct http_req req = {.key = "11111111111111111111111111111111"};

	req.body = json_pack("{s:s,s:{s:i},s:{s:i},s:{s:n},s:s}", "instrument",
	    "pulse", "answers", "mood", 5, "signs", "s1", 2, "used", "h1",
	    "note", "words");
	run("POST /v1/checkins", &req);
	must(req.status == 201);
	json_decref(req.body);
	req_done(&req);
}

static void
put_plan(void)
{
	struct http_req req = {.key = zero_id};

	req.body = json_pack("{s:s,s:n}", "text", plan_text, "base");
	run("PUT /v1/plan", &req);
	must(req.status == 200);
	json_decref(req.body);
	req_done(&req);
}

static void
fresh_book(void)
{
	static const struct key_spec spec = {.mode = KEY_FILE};

	if (store_state(keeld.store) != STORE_NONE)
		must(store_destroy(keeld.store, NULL) == EK_OK);
	must(store_make(keeld.store, &spec, NULL) == EK_OK);
	keeld.armed_known = false;
	put_plan();
	put_checkin();
	must(store_commit(keeld.store, NULL) == EK_OK);
}

static void
remove_all(void)
{
	static const char *const names[] = {
	    "book.db", "book.db-wal", "book.db-shm", "book.key", "book.lock"};
	char path[64];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", top, names[i]);
		unlink(path);
	}
	rmdir(top);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static struct conf conf;
	const char *root = getenv("EK_ROOT");
	char folder[1024];
	const char *dirs[2] = {folder, NULL};

	(void)argc;
	(void)argv;
	snprintf(folder, sizeof(folder), "%s/share/instruments",
	    root == NULL ? "." : root);
	must(mkdtemp(top) != NULL);
	snprintf(keeld.paths.data, sizeof(keeld.paths.data), "%s", top);
	keeld.conf = &conf;
	must(seal_init() == EK_OK);
	must(loop_new(NULL, NULL, &keeld.loop) == EK_OK);
	must(instruments_load_from(&conf, dirs, &keeld.instruments) == EK_OK);
	must(instruments_count(keeld.instruments) > 0);
	must(zones_new("UTC", &keeld.zones) == EK_OK);
	must(store_open(&keeld.paths, &keeld.store) == EK_OK);
	must(copy_new(NULL, &keeld.copy) == EK_OK);
	must(keeld_start(&keeld) == EK_OK);
	atexit(remove_all);
	fresh_book();
	return 0;
}

/* --- what must hold --- */

static size_t
records(void)
{
	return book_count(store_book(keeld.store));
}

static void
quotes_nothing(const json_t *json, const char *why)
{
	json_t *mutable = (json_t *)(uintptr_t)json;
	const json_t *value;
	void *it;
	size_t i;

	if (json_is_string(json))
		must(json_string_length(json) < QUOTED ||
		     strstr(why, json_string_value(json)) == NULL);
	for (it = json_object_iter(mutable); it != NULL;
	     it = json_object_iter_next(mutable, it))
		quotes_nothing(json_object_iter_value(it), why);
	json_array_foreach(json, i, value)
	{
		quotes_nothing(value, why);
	}
}

static void
check_export(const struct buf *text)
{
	const char *line = buf_text(text);
	struct record *rec;
	json_t *json;
	size_t len;

	for (; *line != '\0'; line += len + 1) {
		len = strcspn(line, "\n");
		must(line[len] == '\n');
		must(json_read(line, len, "line", &json, NULL) == EK_OK);
		must(record_from_json(json, &rec, NULL) == EK_OK);
		must(book_find(store_book(keeld.store), rec->rid) != NULL);
		record_free(rec);
		json_decref(json);
	}
}

static void
check_pages(void)
{
	struct http_req req;
	size_t i;

	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		memset(&req, 0, sizeof(req));
		run(pages[i], &req);
		must(req.status == 200);
		must(req.json != NULL || i == 9);
		check_export(&req.text);
		req_done(&req);
	}
}

static void
check_refusal(const struct http_req *req, size_t before)
{
	must(req->status >= 400);
	must(strchr(req->why.text, ';') != NULL);
	must(text_plain_ok(req->why.text, strlen(req->why.text)));
	must(records() == before);
	if (req->body != NULL)
		quotes_nothing(req->body, req->why.text);
}

static void
check_again(const char *row, struct http_req *req, json_t *first)
{
	size_t before = records();
	json_t *id = json_object_get(first, "id");

	if (strncmp(row, "GET", 3) == 0)
		return;
	run(row, req);
	must(records() == before);
	/* what has an end of its own may be over: an ended schedule */
	if (strncmp(row, "POST", 4) == 0 || strncmp(row, "PUT", 3) == 0) {
		must(req->status == 200 || req->status == 201);
		must(json_equal(json_object_get(req->json, "id"), id) == 1 ||
		     id == NULL);
	}
	req_done(req);
}

static void
one(const char *row, struct http_req *req)
{
	size_t before = records();
	json_t *first;

	run(row, req);
	if (req->status >= 400) {
		check_refusal(req, before);
		req_done(req);
		return;
	}
	first = json_incref(req->json);
	req_done(req);
	check_again(row, req, first);
	json_decref(first);
	check_pages();
	must(store_commit(keeld.store, NULL) == EK_OK);
	if (records() != before)
		fresh_book();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
	    "id", "since", "instrument", "slot", "from", "to", "all", "notes"};
	struct http_req req = {.key = "22222222222222222222222222222222"};
	const char *row, *line;
	char *text;
	size_t len;

	if (size < 2)
		return 0;
	row = rows[data[0] % ROWS];
	/* not strndup: the strict sanitizer wants its source ended by a NUL */
	text = malloc(size);
	must(text != NULL);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	line = text;
	len = strcspn(line, "\n");
	if (line[len] == '\n') {
		text[len] = '\0';
		line += len + 1;
	} else {
		line += len;
	}
	req.segment = text;
	if (strncmp(row, "POST", 4) == 0 || strncmp(row, "PUT", 3) == 0) {
		if (json_read(line, strlen(line), "request body", &req.body,
			NULL) != EK_OK)
			req.body = NULL;
	} else if (line[0] >= 'a' && line[0] < 'a' + 8) {
		req.name = names[line[0] - 'a'];
		req.value = line + 1;
	}
	one(row, &req);
	json_decref(req.body);
	free(text);
	return 0;
}
