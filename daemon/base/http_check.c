/*
 * http_check - the strict reading of a request's head (RFC 9112, less what is
 * optional or deprecated there) and of chunk lines.
 *
 * Reasons name the header or the rule, never a value: values may hold what a
 * person wrote.
 */
#include "base/http_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/http.h"
#include "evenkeel/limits.h"
#include "evenkeel/text.h"

struct span {
	const char *at; /* NULL: absent */
	size_t len;
};

/* Headers we act on: at most one of each, or two readers could differ. */
enum {
	H_HOST,
	H_LENGTH,
	H_TRANSFER,
	H_TYPE,
	H_ENCODING,
	H_EXPECT,
	H_KEY,
	H_COOKIE,
	H_ORIGIN,
	H_FETCH_SITE,
	H_COUNT,
};
static const char *const acted_on[H_COUNT] = {
    [H_HOST] = "Host",
    [H_LENGTH] = "Content-Length",
    [H_TRANSFER] = "Transfer-Encoding",
    [H_TYPE] = "Content-Type",
    [H_ENCODING] = "Content-Encoding",
    [H_EXPECT] = "Expect",
    [H_KEY] = "Idempotency-Key",
    [H_COOKIE] = "Cookie",
    [H_ORIGIN] = "Origin",
    [H_FETCH_SITE] = "Sec-Fetch-Site",
};

enum ek_err
http_refuse(
    struct http_refusal *ret, int status, enum ek_err err, const char *fmt, ...)
{
	va_list args;

	memset(ret, 0, sizeof(*ret));
	ret->status = status;
	ret->err = err;
	va_start(args, fmt);
	vsnprintf(ret->why.text, sizeof(ret->why.text), fmt, args);
	va_end(args);
	return err;
}

static bool
is_token(unsigned char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z'))
		return true;
	return c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool
span_is(struct span span, const char *word)
{
	return span.at != NULL && span.len == strlen(word) &&
	       strncasecmp(span.at, word, span.len) == 0;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t';
}

static struct span
trimmed(struct span span)
{
	while (span.len > 0 && is_space(span.at[0])) {
		span.at++;
		span.len--;
	}
	while (span.len > 0 && is_space(span.at[span.len - 1]))
		span.len--;
	return span;
}

static enum ek_err
refuse_byte(struct http_refusal *ret_no, const char *what)
{
	return http_refuse(ret_no, 400, EK_INVALID,
	    "the request's head has %s; send lines that end in CR LF", what);
}

/* The byte at i, with what came before and what is already there behind it. */
static enum ek_err
check_byte(const char *text, size_t len, size_t i, struct http_refusal *ret_no)
{
	unsigned char c = (unsigned char)text[i];

	if (c == '\n')
		return i > 0 && text[i - 1] == '\r'
			   ? EK_OK
			   : refuse_byte(ret_no, "a line feed by itself");
	if (c == '\r')
		return i + 1 == len || text[i + 1] == '\n'
			   ? EK_OK
			   : refuse_byte(ret_no, "a carriage return by itself");
	if ((c < 0x20 && c != '\t') || c == 0x7f)
		return refuse_byte(ret_no, "a control character");
	return EK_OK;
}

enum ek_err
http_head_find(
    const char *text, size_t len, size_t *ret_len, struct http_refusal *ret_no)
{
	size_t end = len < EK_HTTP_HEADERS_MAX ? len : EK_HTTP_HEADERS_MAX;
	size_t i;
	enum ek_err err;

	for (i = 0; i < end; i++) {
		err = check_byte(text, len, i, ret_no);
		if (err != EK_OK)
			return err;
		if (i >= 3 && memcmp(text + i - 3, "\r\n\r\n", 4) == 0) {
			*ret_len = i + 1;
			return EK_OK;
		}
	}
	if (len < EK_HTTP_HEADERS_MAX) {
		*ret_len = 0;
		return EK_OK;
	}
	if (memchr(text, '\n', end) == NULL)
		return http_refuse(ret_no, 414, EK_TOO_LARGE,
		    "the request line is too long; a path has at most %d bytes",
		    EK_HTTP_PATH_MAX);
	return http_refuse(ret_no, 431, EK_TOO_LARGE,
	    "the request's head is too large; send at most %d bytes",
	    EK_HTTP_HEADERS_MAX);
}

/* The next line without its CR LF, which http_head_find has seen to. */
static bool
next_line(const char **at, const char *end, struct span *ret)
{
	const char *lf = memchr(*at, '\n', (size_t)(end - *at));

	if (lf == NULL)
		return false;
	ret->at = *at;
	ret->len = (size_t)(lf - 1 - *at);
	*at = lf + 1;
	return true;
}

static enum ek_err
check_version(struct span version, struct http_refusal *ret_no)
{
	if (version.len == 8 && memcmp(version.at, "HTTP/1.1", 8) == 0)
		return EK_OK;
	if (version.len == 8 && memcmp(version.at, "HTTP/", 5) == 0)
		return http_refuse(ret_no, 505, EK_INVALID,
		    "this version of HTTP is not spoken here; use HTTP/1.1");
	return http_refuse(ret_no, 400, EK_INVALID,
	    "the request line is not METHOD PATH HTTP/1.1; send that form");
}

static enum ek_err
check_target(const struct http_head *head, struct http_refusal *ret_no)
{
	size_t i;

	if (strcmp(head->method, "CONNECT") == 0)
		return http_refuse(ret_no, 400, EK_INVALID,
		    "CONNECT is for proxies; this is none");
	if (head->target_len == 0 || head->target[0] != '/')
		return http_refuse(ret_no, 400, EK_INVALID,
		    "the request's target is not a path; start it with /v1/");
	if (head->target_len > EK_HTTP_PATH_MAX)
		return http_refuse(ret_no, 414, EK_TOO_LARGE,
		    "the path is too long; use at most %d bytes",
		    EK_HTTP_PATH_MAX);
	for (i = 0; i < head->target_len; i++)
		if (head->target[i] < '!' || head->target[i] > '~')
			return http_refuse(ret_no, 400, EK_INVALID,
			    "the path has bytes outside printable ASCII; "
			    "percent-encode them");
	return EK_OK;
}

static enum ek_err
check_request_line(
    struct span line, struct http_head *head, struct http_refusal *ret_no)
{
	const char *end = line.at + line.len;
	const char *first = memchr(line.at, ' ', line.len);
	const char *last = memrchr(line.at, ' ', line.len);
	struct span version;
	size_t i, method_len;
	enum ek_err err;

	method_len = first == NULL ? 0 : (size_t)(first - line.at);
	if (method_len == 0 || method_len > HTTP_METHOD_MAX || first == last)
		return http_refuse(ret_no, 400, EK_INVALID,
		    "the request line is not METHOD PATH HTTP/1.1; send that "
		    "form");
	for (i = 0; i < method_len; i++)
		if (!is_token((unsigned char)line.at[i]))
			return http_refuse(ret_no, 400, EK_INVALID,
			    "the request's method is not a word; use GET, "
			    "POST, "
			    "PUT or DELETE");
	memcpy(head->method, line.at, method_len);
	head->method[method_len] = '\0';
	version.at = last + 1;
	version.len = (size_t)(end - version.at);
	err = check_version(version, ret_no);
	if (err != EK_OK)
		return err;
	head->target = first + 1;
	head->target_len = (size_t)(last - head->target);
	return check_target(head, ret_no);
}

static enum ek_err
take_header(struct span line, struct span *values, struct http_refusal *ret_no)
{
	const char *colon = memchr(line.at, ':', line.len);
	struct span name, value;
	size_t i;

	if (line.len > 0 && is_space(line.at[0]))
		return refuse_byte(ret_no, "a folded line");
	name.at = line.at;
	name.len = colon == NULL ? 0 : (size_t)(colon - line.at);
	for (i = 0; i < name.len; i++)
		if (!is_token((unsigned char)line.at[i]))
			break;
	if (name.len == 0 || i < name.len)
		return http_refuse(ret_no, 400, EK_INVALID,
		    "a header line is not NAME: VALUE; send that form");
	value.at = colon + 1;
	value.len = line.len - name.len - 1;
	for (i = 0; i < H_COUNT; i++) {
		if (!span_is(name, acted_on[i]))
			continue;
		if (values[i].at != NULL)
			return http_refuse(ret_no, 400, EK_INVALID,
			    "the header %s is there twice; send it once",
			    acted_on[i]);
		values[i] = trimmed(value);
	}
	return EK_OK;
}

static enum ek_err
check_host(const struct span *values, const struct http_side *side,
    struct http_refusal *ret_no)
{
	struct span host = values[H_HOST];

	/* Exactly ours: a page that got itself a name for us is refused
	 * (DNS rebinding). */
	if (side != NULL) {
		if (host.at != NULL &&
		    side->host_ok(host.at, host.len, side->arg))
			return EK_OK;
		return http_refuse(ret_no, 400, EK_INVALID,
		    "the header Host is missing or another; open the page "
		    "anew");
	}
	if (span_is(host, "localhost"))
		return EK_OK;
	return http_refuse(ret_no, 400, EK_INVALID,
	    "the header Host is missing or another; send Host: localhost");
}

static enum ek_err
check_length(const struct span *values, struct http_head *head,
    struct http_refusal *ret_no)
{
	struct span length = values[H_LENGTH];
	size_t i;

	if (values[H_TRANSFER].at != NULL) {
		if (length.at != NULL)
			return http_refuse(ret_no, 400, EK_INVALID,
			    "Content-Length and Transfer-Encoding are both "
			    "there; send one");
		if (!span_is(values[H_TRANSFER], "chunked"))
			return http_refuse(ret_no, 400, EK_INVALID,
			    "this Transfer-Encoding is not known; use chunked "
			    "or "
			    "Content-Length");
		head->chunked = true;
	}
	if (length.at == NULL)
		return EK_OK;
	if (length.len == 0 || length.len > 15)
		goto bad;
	for (i = 0; i < length.len; i++) {
		if (length.at[i] < '0' || length.at[i] > '9')
			goto bad;
		head->length =
		    head->length * 10 + (uint64_t)(length.at[i] - '0');
	}
	return EK_OK;
bad:
	return http_refuse(ret_no, 400, EK_INVALID,
	    "Content-Length is not a number of bytes; send digits only");
}

/* The type wanted, at most with charset=utf-8. */
static bool
is_type(struct span type, const char *want)
{
	const size_t n = strlen(want);
	struct span rest;

	if (type.at == NULL || type.len < n ||
	    strncasecmp(type.at, want, n) != 0)
		return false;
	rest = trimmed((struct span){type.at + n, type.len - n});
	if (rest.len == 0)
		return true;
	if (rest.at[0] != ';')
		return false;
	rest = trimmed((struct span){rest.at + 1, rest.len - 1});
	return span_is(rest, "charset=utf-8") ||
	       span_is(rest, "charset=\"utf-8\"");
}

static enum ek_err
check_body_headers(const struct span *values, const struct http_head *head,
    bool forms, struct http_refusal *ret_no)
{
	const char *type =
	    forms ? "application/x-www-form-urlencoded" : "application/json";

	if (values[H_EXPECT].at != NULL &&
	    !span_is(values[H_EXPECT], "100-continue"))
		return http_refuse(ret_no, 417, EK_INVALID,
		    "this Expect is not known; leave the header out");
	if (head->length == 0 && !head->chunked)
		return EK_OK;
	if (!is_type(values[H_TYPE], type))
		return http_refuse(ret_no, 400, EK_INVALID,
		    "the body is not said to be %s; send Content-Type: %s",
		    forms ? "a form" : "JSON", type);
	if (values[H_ENCODING].at != NULL &&
	    !span_is(values[H_ENCODING], "identity"))
		return http_refuse(ret_no, 400, EK_INVALID,
		    "the body is encoded; send it without Content-Encoding");
	return EK_OK;
}

enum ek_err
http_head_check(const char *text, size_t len, const struct http_side *side,
    struct http_head *ret, struct http_refusal *ret_no)
{
	struct span values[H_COUNT] = {{NULL, 0}};
	struct http_head head = {.target = NULL};
	const char *at = text;
	struct span line;
	enum ek_err err;

	if (!next_line(&at, text + len, &line))
		return refuse_byte(ret_no, "no request line");
	err = check_request_line(line, &head, ret_no);
	while (
	    err == EK_OK && next_line(&at, text + len, &line) && line.len > 0)
		err = take_header(line, values, ret_no);
	if (err == EK_OK)
		err = check_host(values, side, ret_no);
	if (err == EK_OK)
		err = check_length(values, &head, ret_no);
	if (err == EK_OK)
		err = check_body_headers(
		    values, &head, side != NULL && side->forms, ret_no);
	if (err == EK_OK)
		*ret = head;
	return err;
}

/* --- chunks --- */

void
http_chunks_init(struct http_chunks *chunks, uint64_t max)
{
	memset(chunks, 0, sizeof(*chunks));
	chunks->max = max;
}

static enum ek_err
refuse_chunk(struct http_refusal *ret_no)
{
	return http_refuse(ret_no, 400, EK_INVALID,
	    "the chunked body is malformed; send sizes in hexadecimal, CR LF, "
	    "no "
	    "extensions and no trailers");
}

static enum ek_err
size_byte(struct http_chunks *chunks, char c, struct http_refusal *ret_no)
{
	int value = text_hex_value(c);

	if (value >= 0 && chunks->digits < 8) {
		chunks->digits++;
		chunks->left = chunks->left * 16 + (unsigned)value;
		return EK_OK;
	}
	if (c != '\r' || chunks->digits == 0)
		return refuse_chunk(ret_no);
	chunks->at = HTTP_CHUNK_SIZE_LF;
	chunks->digits = 0;
	if (chunks->left > chunks->max - chunks->total)
		return http_refuse(ret_no, 413, EK_TOO_LARGE,
		    "the body is too large; send at most %llu bytes",
		    (unsigned long long)chunks->max);
	chunks->total += chunks->left;
	return EK_OK;
}

/* One byte that is not data. */
static enum ek_err
frame_byte(struct http_chunks *chunks, char c, struct http_refusal *ret_no)
{
	enum http_chunk_at next = HTTP_CHUNK_DONE;
	char want = '\n';

	switch (chunks->at) {
	case HTTP_CHUNK_SIZE:
		return size_byte(chunks, c, ret_no);
	case HTTP_CHUNK_SIZE_LF:
		next = chunks->left > 0 ? HTTP_CHUNK_DATA : HTTP_CHUNK_LAST_CR;
		break;
	case HTTP_CHUNK_DATA_CR:
		next = HTTP_CHUNK_DATA_LF;
		want = '\r';
		break;
	case HTTP_CHUNK_DATA_LF:
		next = HTTP_CHUNK_SIZE;
		break;
	case HTTP_CHUNK_LAST_CR:
		next = HTTP_CHUNK_LAST_LF;
		want = '\r';
		break;
	case HTTP_CHUNK_LAST_LF:
	case HTTP_CHUNK_DATA:
	case HTTP_CHUNK_DONE:
		break;
	}
	if (c != want)
		return refuse_chunk(ret_no);
	chunks->at = next;
	return EK_OK;
}

enum ek_err
http_chunks_feed(struct http_chunks *chunks, const char *data, size_t len,
    size_t *ret_used, struct http_refusal *ret_no)
{
	size_t i = 0, take;
	enum ek_err err;

	while (i < len && chunks->at != HTTP_CHUNK_DONE) {
		if (chunks->at == HTTP_CHUNK_DATA) {
			take = len - i;
			if (take > chunks->left)
				take = chunks->left;
			chunks->left -= take;
			i += take;
			if (chunks->left == 0)
				chunks->at = HTTP_CHUNK_DATA_CR;
			continue;
		}
		err = frame_byte(chunks, data[i], ret_no);
		if (err != EK_OK)
			return err;
		i++;
	}
	*ret_used = i;
	return EK_OK;
}
