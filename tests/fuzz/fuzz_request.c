/*
 * fuzz_request - any bytes sent to the socket are refused with a status and a
 * remedy, or are one request in one reading: a second, slower reader written
 * here takes it the same way, and cutting it anywhere changes nothing.
 *
 * The input is a head, and what is behind the head is a chunked body.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/http_check.h"
#include "base/http_route.h"
#include "evenkeel/json.h"
#include "evenkeel/limits.h"
#include "evenkeel/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static const struct http_token *
never(struct http_req *req, void *arg)
{
	(void)req;
	(void)arg;
	return NULL;
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/v1/status", .handler = never},
    {.method = "GET", .path = "/v1/diary", .handler = never},
    {.method = "POST", .path = "/v1/diary/:id/fix", .handler = never},
    {.method = "DELETE", .path = "/v1/diary/:id", .handler = never},
    {.method = "GET", .path = "/v1/plan/versions/:id", .handler = never},
    {.method = "GET", .path = "/v1/plan/versions/all", .handler = never},
    {.method = "PUT", .path = "/v1/plan", .handler = never},
    {.method = NULL},
};
static const struct http_table table = {routes, NULL};

static void
check_refusal(enum ek_err err, const struct http_refusal *no)
{
	must(err != EK_OK && no->err == err);
	must(no->status >= 400 && no->status <= 505);
	must(strchr(no->why.text, ';') != NULL);
	must(text_plain_ok(no->why.text, strlen(no->why.text)));
	must((no->allow[0] != '\0') == (no->status == 405));
}

/* --- the slower reader --- */

/* How many lines of the head are this header's; *ret_value of the last. */
static int
count_header(const char *text, size_t len, const char *name, const char **ret,
    size_t *ret_len)
{
	size_t n = strlen(name), i, start = 0;
	int count = 0;

	for (i = 0; i + 1 < len; i++) {
		if (text[i] != '\r' || text[i + 1] != '\n')
			continue;
		if (i - start > n && text[start + n] == ':' &&
		    strncasecmp(text + start, name, n) == 0) {
			*ret = text + start + n + 1;
			*ret_len = i - start - n - 1;
			while (
			    *ret_len > 0 && (**ret == ' ' || **ret == '\t')) {
				(*ret)++;
				(*ret_len)--;
			}
			while (
			    *ret_len > 0 && ((*ret)[*ret_len - 1] == ' ' ||
						(*ret)[*ret_len - 1] == '\t'))
				(*ret_len)--;
			count++;
		}
		start = i + 2;
	}
	return count;
}

static void
check_head(const char *text, size_t len, const struct http_head *head)
{
	const char *value = NULL;
	size_t value_len = 0, i;
	int lengths, codings;

	must(len <= EK_HTTP_HEADERS_MAX);
	must(memcmp(text + len - 4, "\r\n\r\n", 4) == 0);
	for (i = 0; i < len; i++) {
		must(text[i] != '\0');
		must((text[i] == '\n') == (i > 0 && text[i - 1] == '\r'));
		if (i > 1 && text[i - 1] == '\n')
			must(text[i] != ' ' && text[i] != '\t');
	}
	must(count_header(text, len, "Host", &value, &value_len) == 1);
	must(value_len == 9 && strncasecmp(value, "localhost", 9) == 0);
	lengths = count_header(text, len, "Content-Length", &value, &value_len);
	must(lengths <= 1);
	if (lengths == 1) {
		char digits[32] = "";

		must(value_len < sizeof(digits) && value_len > 0);
		memcpy(digits, value, value_len);
		must(strspn(digits, "0123456789") == value_len);
		must(strtoull(digits, NULL, 10) == head->length);
	} else {
		must(head->length == 0);
	}
	codings =
	    count_header(text, len, "Transfer-Encoding", &value, &value_len);
	must(codings == (head->chunked ? 1 : 0) && codings + lengths <= 1);
	must(count_header(text, len, "Idempotency-Key", &value, &value_len) <=
	     1);
	must(head->target_len > 0 && head->target_len <= EK_HTTP_PATH_MAX);
	must(head->target[0] == '/');
	must(memcmp(text, head->method, strlen(head->method)) == 0);
	must(text[strlen(head->method)] == ' ');
}

/* Writing a segment or value again, as any client would. */
static size_t
encode(const char *text, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t at = 0;

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		out[at++] = '%';
		out[at++] = digits[c >> 4];
		out[at++] = digits[c & 15];
	}
	return at;
}

static void
check_decoded(const char *text)
{
	must(text_utf8_ok(text, strlen(text), NULL));
	must(strpbrk(text, "/\\") == NULL);
	for (; *text != '\0'; text++)
		must((unsigned char)*text >= 0x20 && *text != 0x7f);
}

/* Everything percent-encoded reads the same, and matches no literal. */
static void
check_target(const struct http_target *target, const char *method,
    const struct http_route *route)
{
	char again[EK_HTTP_PATH_MAX * 3 + 200];
	struct http_target second;
	struct http_refusal no;
	size_t at = 0, i;

	for (i = 0; i < target->segs; i++) {
		const char *seg = target->text + target->seg[i].at;

		check_decoded(seg);
		must(seg[0] != '\0' && strcmp(seg, ".") != 0 &&
		     strcmp(seg, "..") != 0);
		again[at++] = '/';
		at += encode(seg, again + at);
	}
	if (at == 0)
		again[at++] = '/';
	for (i = 0; i < target->params; i++) {
		const char *name = target->text + target->param[i].name;

		check_decoded(target->text + target->param[i].value);
		must(http_target_query(target, name) ==
		     target->text + target->param[i].value);
		again[at++] = i == 0 ? '?' : '&';
		memcpy(again + at, name, strlen(name));
		at += strlen(name);
		again[at++] = '=';
		at += encode(target->text + target->param[i].value, again + at);
	}
	if (at <= EK_HTTP_PATH_MAX) {
		must(http_target_parse(again, at, &second, &no) == EK_OK);
		must(second.segs == target->segs);
		must(second.params == target->params);
		must(second.used == target->used);
		must(memcmp(second.text, target->text, target->used) == 0);
	}
	if (route == NULL)
		return;
	must(strcmp(route->method, method) == 0);
	if (strchr(route->path, ':') != NULL)
		must(http_target_segment(target, route, "id") != NULL);
	must(http_target_segment(target, route, "no") == NULL);
}

static void
check_route(const struct http_head *head)
{
	const struct http_table *found = NULL;
	const struct http_route *route = NULL;
	struct http_target target;
	struct http_refusal no;
	enum ek_err err;

	err = http_target_parse(head->target, head->target_len, &target, &no);
	if (err != EK_OK) {
		check_refusal(err, &no);
		return;
	}
	err = http_route_find(
	    &table, 1, head->method, &target, &found, &route, &no);
	if (err != EK_OK) {
		check_refusal(err, &no);
		must(found == NULL && route == NULL);
		must(no.status == 404 || no.status == 405);
	}
	check_target(&target, head->method, route);
}

/* --- chunks --- */

static enum ek_err
feed(const char *data, size_t len, size_t step, struct http_chunks *ret,
    size_t *ret_used, struct http_refusal *no)
{
	size_t at = 0, used = 0, n;
	enum ek_err err;

	http_chunks_init(ret, 1000);
	while (at < len && ret->at != HTTP_CHUNK_DONE) {
		n = len - at < step ? len - at : step;
		err = http_chunks_feed(ret, data + at, n, &used, no);
		if (err != EK_OK)
			return err;
		must(used <= n);
		must(used == n || ret->at == HTTP_CHUNK_DONE);
		at += used;
	}
	*ret_used = at;
	return EK_OK;
}

static void
check_chunks(const char *data, size_t len)
{
	struct http_chunks whole, cut;
	struct http_refusal no, no_cut;
	size_t used = 0, used_cut = 0;
	enum ek_err err, err_cut;

	err = feed(data, len, len, &whole, &used, &no);
	err_cut = feed(data, len, 1, &cut, &used_cut, &no_cut);
	must(err == err_cut && whole.at == cut.at);
	must(whole.total == cut.total && whole.total <= whole.max);
	if (err != EK_OK) {
		check_refusal(err, &no);
		must(no.status == no_cut.status);
		return;
	}
	must(used == used_cut && used <= len);
	if (whole.at == HTTP_CHUNK_DONE) {
		must(used >= 5);
		must(memcmp(data + used - 5, "0\r\n\r\n", 5) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct http_refusal no;
	struct http_head head;
	size_t len = 0, cut_len, cut;
	enum ek_err err;

	if (size == 0)
		return 0;
	err = http_head_find(text, size, &len, &no);
	if (err != EK_OK) {
		check_refusal(err, &no);
		check_chunks(text, size);
		return 0;
	}
	/* With fewer bytes: the same head, or not yet whole; never refused. */
	for (cut = size < 64 ? 1 : size - 63; cut < size; cut++) {
		cut_len = 0;
		must(http_head_find(text, cut, &cut_len, &no) == EK_OK);
		must(cut_len == (len != 0 && cut >= len ? len : 0));
	}
	if (len == 0)
		return 0;
	err = http_head_check(text, len, NULL, &head, &no);
	if (err == EK_OK) {
		check_head(text, len, &head);
		check_route(&head);
	} else {
		check_refusal(err, &no);
	}
	check_chunks(text + len, size - len);
	return 0;
}
