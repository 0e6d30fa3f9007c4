/*
 * http_check - what a request's head and chunk lines must look like, before
 * evhttp sees a byte of them.  Strings in, verdict out: no I/O, no libevent,
 * so that it can be fuzzed.
 *
 * evhttp joins folded lines, takes bare LF and the first of two
 * Content-Lengths, and cuts values at NUL; one reading is kept here: anything
 * that two readers could take differently is refused.
 */
#ifndef EVENKEEL_BASE_HTTP_CHECK_H
#define EVENKEEL_BASE_HTTP_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evenkeel/err.h"

/* Why a request is not taken. */
struct http_refusal {
	int status; /* HTTP's; finer than ek_err_http where HTTP is */
	enum ek_err err;
	struct ek_why why;
	char allow[48]; /* with 405, else "" */
};

/* Fills *ret and returns err, like ek_why(). */
enum ek_err http_refuse(struct http_refusal *ret, int status, enum ek_err err,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#define HTTP_METHOD_MAX 15

struct http_side;

struct http_head {
	char method[HTTP_METHOD_MAX + 1];
	const char *target; /* borrowed from the text, not NUL-ended */
	size_t target_len;
	uint64_t length; /* 0 without Content-Length */
	bool chunked;
};

/* Looks for the end of the head in what came so far.  EK_OK with *ret_len 0:
 * not yet whole; otherwise the head's length with its blank line.  Refuses at
 * the first byte that can never become a head. */
enum ek_err http_head_find(const char *text, size_t len, size_t *ret_len,
    struct http_refusal *ret_no) EK_MUST_USE;
/* text is a whole head as http_head_find measured it; side as in http_new(). */
enum ek_err http_head_check(const char *text, size_t len,
    const struct http_side *side, struct http_head *ret,
    struct http_refusal *ret_no) EK_MUST_USE;

/* The framing of a chunked body, byte by byte.  Chunk extensions and trailers
 * are refused; sizes are 1 to 8 hexadecimal digits. */
enum http_chunk_at {
	HTTP_CHUNK_SIZE,    /* digits of a size */
	HTTP_CHUNK_SIZE_LF, /* its LF */
	HTTP_CHUNK_DATA,    /* left bytes of data */
	HTTP_CHUNK_DATA_CR, /* the CRLF behind data */
	HTTP_CHUNK_DATA_LF,
	HTTP_CHUNK_LAST_CR, /* the CRLF behind the last, empty chunk */
	HTTP_CHUNK_LAST_LF,
	HTTP_CHUNK_DONE,
};

struct http_chunks {
	enum http_chunk_at at;
	unsigned digits;
	uint64_t left;
	uint64_t total;
	uint64_t max;
};

void http_chunks_init(struct http_chunks *chunks, uint64_t max);
/* Takes bytes until the body is done; *ret_used of len were its own. */
enum ek_err http_chunks_feed(struct http_chunks *chunks, const char *data,
    size_t len, size_t *ret_used, struct http_refusal *ret_no) EK_MUST_USE;

#endif
