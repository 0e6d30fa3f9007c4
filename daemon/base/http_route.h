/*
 * http_route - from the raw path to a row of the route tables.  Strings in,
 * row out: no I/O, no libevent, so that it can be fuzzed.
 *
 * Paths are matched as they were sent: a literal segment never matches a
 * percent-encoded one, and what could be read as another path (%00, %2f, an
 * empty segment, dots) is refused, not mended.
 */
#ifndef EVENKEEL_BASE_HTTP_ROUTE_H
#define EVENKEEL_BASE_HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/http.h"
#include "base/http_check.h"
#include "evenkeel/limits.h"

#define HTTP_SEGS_MAX   8
#define HTTP_PARAMS_MAX 16
#define HTTP_TABLES_MAX 32

/* A path and its query, decoded.  Offsets, not pointers: it may be copied. */
struct http_target {
	char text[EK_HTTP_PATH_MAX + 2 * (HTTP_SEGS_MAX + HTTP_PARAMS_MAX)];
	size_t used;
	size_t segs;
	struct {
		uint16_t at;
		bool encoded; /* had a percent: matches no literal */
	} seg[HTTP_SEGS_MAX];
	size_t params;
	struct {
		uint16_t name;
		uint16_t value;
	} param[HTTP_PARAMS_MAX];
};

struct http_table {
	const struct http_route *routes;
	void *arg;
};

/* What http_routes() and the check of the tables ask of a row. */
bool http_route_ok(const struct http_route *route);
/* Largest body the row takes; 0: none. */
size_t http_route_body_max(const struct http_route *route);

enum ek_err http_target_parse(const char *text, size_t len,
    struct http_target *ret, struct http_refusal *ret_no) EK_MUST_USE;
/* Borrowed from target; NULL when absent. */
const char *http_target_query(
    const struct http_target *target, const char *name);
const char *http_target_segment(const struct http_target *target,
    const struct http_route *route, const char *name);

/* 404 when no row has the path, 405 with Allow when another method has it.
 * A literal segment wins over ":name". */
enum ek_err http_route_find(const struct http_table *tables, size_t count,
    const char *method, const struct http_target *target,
    const struct http_table **ret_table, const struct http_route **ret_route,
    struct http_refusal *ret_no) EK_MUST_USE;

#endif
