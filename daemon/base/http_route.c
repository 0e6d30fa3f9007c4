/*
 * http_route - splits and decodes the target, finds its row.
 *
 * Reasons never repeat the path or a value; a query name may be named, since
 * only [a-z0-9_-] gets that far.
 */
#include "base/http_route.h"

#include <stdio.h>
#include <string.h>

#include "evenkeel/text.h"

#define PARAM_NAME_MAX 32

static enum ek_err
refuse_path(struct http_refusal *ret_no, const char *what)
{
	return http_refuse(ret_no, 400, EK_INVALID,
	    "the path has %s; send it plain, as docs/api.md lists it", what);
}

static enum ek_err
refuse_query(struct http_refusal *ret_no, const char *what)
{
	return http_refuse(ret_no, 400, EK_INVALID,
	    "the query has %s; send name=value pairs joined by &", what);
}

static enum ek_err
no_route(struct http_refusal *ret_no)
{
	return http_refuse(ret_no, 404, EK_NOT_FOUND,
	    "there is nothing at this path; docs/api.md lists what there is");
}

/* Appends the decoded text and its NUL; *ret_at is where it begins. */
static enum ek_err
decode(struct http_target *target, const char *text, size_t len,
    uint16_t *ret_at, struct http_refusal *ret_no)
{
	size_t start = target->used, i;
	int high, low, n;

	if (len + 1 > sizeof(target->text) - target->used)
		return refuse_query(ret_no, "too much in it");
	for (i = 0; i < len; i++) {
		if (text[i] != '%') {
			target->text[target->used++] = text[i];
			continue;
		}
		high = len - i > 2 ? text_hex_value(text[i + 1]) : -1;
		low = len - i > 2 ? text_hex_value(text[i + 2]) : -1;
		if (high < 0 || low < 0)
			return refuse_path(ret_no, "a % without two digits");
		n = high * 16 + low;
		if (n == '/' || n == '\\')
			return refuse_path(ret_no, "an encoded slash");
		if (n < 0x20 || n == 0x7f)
			return refuse_path(ret_no, "an encoded control");
		target->text[target->used++] = (char)n;
		i += 2;
	}
	target->text[target->used] = '\0';
	if (!text_utf8_ok(target->text + start, target->used - start, NULL))
		return refuse_path(ret_no, "bytes that are not UTF-8");
	target->used++;
	*ret_at = (uint16_t)start;
	return EK_OK;
}

static enum ek_err
add_segment(struct http_target *target, const char *text, size_t len,
    struct http_refusal *ret_no)
{
	const char *decoded;
	enum ek_err err;

	if (len == 0)
		return refuse_path(ret_no, "an empty segment");
	if (target->segs == HTTP_SEGS_MAX)
		return no_route(ret_no);
	err = decode(target, text, len, &target->seg[target->segs].at, ret_no);
	if (err != EK_OK)
		return err;
	decoded = target->text + target->seg[target->segs].at;
	if (strcmp(decoded, ".") == 0 || strcmp(decoded, "..") == 0)
		return refuse_path(ret_no, "a segment of dots");
	target->seg[target->segs].encoded = memchr(text, '%', len) != NULL;
	target->segs++;
	return EK_OK;
}

static enum ek_err
parse_path(struct http_target *target, const char *text, size_t len,
    struct http_refusal *ret_no)
{
	const char *end = text + len, *at = text, *slash;
	enum ek_err err;

	if (memchr(text, '\\', len) != NULL || memchr(text, '#', len) != NULL)
		return refuse_path(ret_no, "a backslash or #");
	if (len == 1)
		return EK_OK; /* "/": no segments */
	while (at < end) {
		at++; /* the slash */
		slash = memchr(at, '/', (size_t)(end - at));
		if (slash == NULL)
			slash = end;
		err = add_segment(target, at, (size_t)(slash - at), ret_no);
		if (err != EK_OK)
			return err;
		at = slash;
	}
	return EK_OK;
}

static bool
is_param_name(const char *name, size_t len)
{
	size_t i;

	if (len == 0 || len > PARAM_NAME_MAX)
		return false;
	for (i = 0; i < len; i++)
		if (!(name[i] >= 'a' && name[i] <= 'z') &&
		    !(name[i] >= '0' && name[i] <= '9') && name[i] != '_' &&
		    name[i] != '-')
			return false;
	return true;
}

static enum ek_err
add_param(struct http_target *target, const char *text, size_t len,
    struct http_refusal *ret_no)
{
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals == NULL ? len : (size_t)(equals - text);
	uint16_t name = 0, value = 0;
	enum ek_err err;

	if (equals == NULL || !is_param_name(text, name_len))
		return refuse_query(ret_no, "a part that is no such pair");
	if (target->params == HTTP_PARAMS_MAX)
		return refuse_query(ret_no, "too many parts");
	err = decode(target, text, name_len, &name, ret_no);
	if (err != EK_OK)
		return err;
	if (http_target_query(target, target->text + name) != NULL)
		return refuse_query(ret_no, "one name twice");
	err = decode(target, equals + 1, len - name_len - 1, &value, ret_no);
	if (err != EK_OK)
		return err;
	target->param[target->params].name = name;
	target->param[target->params].value = value;
	target->params++;
	return EK_OK;
}

static enum ek_err
parse_query(struct http_target *target, const char *text, size_t len,
    struct http_refusal *ret_no)
{
	const char *end = text + len, *at = text, *and;
	enum ek_err err;

	/* Encoded slashes are refused everywhere, so plain ones are, too. */
	if (memchr(text, '#', len) != NULL || memchr(text, '/', len) != NULL ||
	    memchr(text, '\\', len) != NULL)
		return refuse_query(ret_no, "a slash, backslash or #");
	while (at < end) {
		and = memchr(at, '&', (size_t)(end - at));
		if (and == NULL)
			and = end;
		err = add_param(target, at, (size_t)(and-at), ret_no);
		if (err != EK_OK)
			return err;
		at = and+1;
		if (at == end) /* a trailing & */
			return refuse_query(ret_no, "a part that is empty");
	}
	return EK_OK;
}

enum ek_err
http_target_parse(const char *text, size_t len, struct http_target *ret,
    struct http_refusal *ret_no)
{
	const char *mark = memchr(text, '?', len);
	size_t path_len = mark == NULL ? len : (size_t)(mark - text);
	struct http_target target;
	enum ek_err err;

	memset(&target, 0, sizeof(target));
	if (path_len == 0 || text[0] != '/' || len > EK_HTTP_PATH_MAX)
		return refuse_path(ret_no, "no slash at its start");
	err = parse_path(&target, text, path_len, ret_no);
	if (err == EK_OK && mark != NULL)
		err =
		    parse_query(&target, mark + 1, len - path_len - 1, ret_no);
	if (err == EK_OK)
		*ret = target;
	return err;
}

const char *
http_target_query(const struct http_target *target, const char *name)
{
	size_t i;

	for (i = 0; i < target->params; i++)
		if (strcmp(target->text + target->param[i].name, name) == 0)
			return target->text + target->param[i].value;
	return NULL;
}

/* --- rows --- */

/* The next segment of a row's path; false at its end. */
static bool
next_segment(const char **path, const char **ret, size_t *ret_len)
{
	if (**path != '/')
		return false;
	*ret = *path + 1;
	*ret_len = strcspn(*ret, "/");
	*path = *ret + *ret_len;
	return true;
}

const char *
http_target_segment(const struct http_target *target,
    const struct http_route *route, const char *name)
{
	const char *path = route->path, *seg;
	size_t i, len;

	for (i = 0; next_segment(&path, &seg, &len) && i < target->segs; i++)
		if (seg[0] == ':' && len - 1 == strlen(name) &&
		    memcmp(seg + 1, name, len - 1) == 0)
			return target->text + target->seg[i].at;
	return NULL;
}

static const char *const methods[] = {"GET", "POST", "PUT", "DELETE"};
#define METHODS (sizeof(methods) / sizeof(methods[0]))

bool
http_route_ok(const struct http_route *route)
{
	const char *path = route->path, *seg;
	size_t i, segs = 0, len;

	for (i = 0; i < METHODS; i++)
		if (strcmp(route->method, methods[i]) == 0)
			break;
	if (i == METHODS || path == NULL || route->handler == NULL)
		return false;
	while (next_segment(&path, &seg, &len)) {
		if (len == 0 || (len == 1 && seg[0] == ':'))
			return false;
		segs++;
	}
	return *path == '\0' && segs > 0 && segs <= HTTP_SEGS_MAX;
}

size_t
http_route_body_max(const struct http_route *route)
{
	if (route->method[0] != 'P') /* POST and PUT have bodies */
		return 0;
	return route->body_max > 0 ? route->body_max : EK_HTTP_BODY_MAX;
}

/* How many literal segments match, or -1. */
static int
match(const struct http_route *route, const struct http_target *target)
{
	const char *path = route->path, *seg;
	size_t i = 0, len;
	int literals = 0;

	while (next_segment(&path, &seg, &len)) {
		if (i == target->segs)
			return -1;
		if (seg[0] != ':') {
			const char *given = target->text + target->seg[i].at;

			if (target->seg[i].encoded || strlen(given) != len ||
			    memcmp(given, seg, len) != 0)
				return -1;
			literals++;
		}
		i++;
	}
	return i == target->segs ? literals : -1;
}

static enum ek_err
wrong_method(bool (*allowed)[METHODS], struct http_refusal *ret_no)
{
	enum ek_err err;
	size_t i, at = 0; /* all four fit in allow */

	err = http_refuse(ret_no, 405, EK_INVALID,
	    "this path does not take that method; the header Allow lists its "
	    "own");
	for (i = 0; i < METHODS; i++) {
		if (!(*allowed)[i])
			continue;
		at += (size_t)snprintf(ret_no->allow + at,
		    sizeof(ret_no->allow) - at, "%s%s", at == 0 ? "" : ", ",
		    methods[i]);
	}
	return err;
}

enum ek_err
http_route_find(const struct http_table *tables, size_t count,
    const char *method, const struct http_target *target,
    const struct http_table **ret_table, const struct http_route **ret_route,
    struct http_refusal *ret_no)
{
	bool allowed[METHODS] = {false};
	bool path_known = false;
	const struct http_route *route;
	int best = -1, found;
	size_t i, m;

	for (i = 0; i < count; i++) {
		for (route = tables[i].routes; route->method != NULL; route++) {
			found = match(route, target);
			if (found < 0)
				continue;
			path_known = true;
			for (m = 0; m < METHODS; m++)
				if (strcmp(methods[m], route->method) == 0)
					allowed[m] = true;
			if (strcmp(route->method, method) != 0 || found <= best)
				continue;
			best = found;
			*ret_table = &tables[i];
			*ret_route = route;
		}
	}
	if (best >= 0)
		return EK_OK;
	return path_known ? wrong_method(&allowed, ret_no) : no_route(ret_no);
}
