/*
 * web_in - what web.c (links, sessions, the listener's life), web_gate.c (who
 * may ask for what) and web_page.c (the frame) share; for these files only.
 */
#ifndef KEELD_WEB_IN_H
#define KEELD_WEB_IN_H

#include "base/http.h"
#include "evenkeel/limits.h"
#include "keeld/keeld.h"
#include "keeld/web.h"

#define WEB_HEX_LEN      32 /* of 128 random bits */
#define WEB_LINKS_MAX    4
#define WEB_SESSIONS_MAX 16 /* each click makes one; the oldest goes */
#define WEB_NAME_LEN     16
#define WEB_NAMES_MAX    1024 /* in a session, before old ones go */
#define WEB_TARGET_MAX   128
#define WEB_TARGET_CHARS                                                       \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"                 \
	"0123456789-._:@?&="

#define WEB_BODY_MAX  EK_PAGE_MAX
#define WEB_WORDS_MAX 256 /* of a recovery phrase */

struct web_job; /* web_later.c */

struct web_link {
	char hex[WEB_HEX_LEN + 1];
	int64_t until_ms; /* 0: free */
	char to[WEB_TARGET_MAX];
};

struct web_name {
	char hex[WEB_NAME_LEN + 1];
	char target[WEB_TARGET_MAX];
};

struct web_session {
	char path[WEB_HEX_LEN + 1];
	char cookie[WEB_HEX_LEN + 1];
	char csrf[WEB_HEX_LEN + 1];
	int64_t until_ms; /* 0: free */
	bool over;        /* ended; its forms may be kept (web_ended_rows) */
	struct web_name *names;
	size_t names_n, names_room;
	struct web_job *job; /* owned; NULL: nothing waits */
	/* web_phrase.c: a recovery phrase that was not shown yet, then the one
	 * word of it that is asked for; its place, and where to go then */
	char phrase[WEB_WORDS_MAX];
	char word[32];
	int word_at;
	const char *next;          /* a literal */
	char back[WEB_TARGET_MAX]; /* where she wanted to go; or "" */
	json_t *reply;             /* web_keep_reply() */
	bool reply_inside;         /* of an open book: not shown while locked */
	char reply_key[WEB_HEX_LEN + 1];
};

struct web {
	struct keeld *keeld; /* borrowed */
	struct http *http;
	struct http_side side;
	struct loop_timer *timer;
	char host[32];    /* "127.0.0.1:PORT"; "" while not serving */
	int64_t close_ms; /* nothing is open: when the listener goes; or 0 */
	struct web_link links[WEB_LINKS_MAX];
	struct web_session sessions[WEB_SESSIONS_MAX];
	struct buf css;
};

struct web_req {
	struct web *web;
	struct web_session *session;
	const struct http_req *req;
	enum ek_err err; /* of web_refused(), and its reason */
	struct ek_why why;
	const struct http_form *form; /* NULL of a GET */
	char target[WEB_TARGET_MAX];  /* its signs are NUL: web_query() */
	size_t target_len;
	char whole[WEB_TARGET_MAX]; /* the same, as it was */
	char see[WEB_TARGET_MAX];   /* of web_see(), or "" */
	bool later;                 /* of web_keel(), web_ask() */
};

/* Constant time; text may be NULL. */
bool web_same_hex(const char *hex, const char *text);
/* Nothing of it is left; it is free for another. */
void web_session_end(struct web_session *session);
/* Ends what is over, and sets the timer. */
void web_look(struct web *web);
int64_t web_now(const struct web *web); /* loop_boot_ms() */

/* --- web_gate.c --- */

extern const struct http_route web_routes[];

const struct http_token *web_closed(struct http_req *req, int status);
/* A row's or then's outcome, as a page; takes what body holds. */
const struct http_token *web_answer(struct web_req *wr, struct http_req *req,
    enum ek_err err, const struct buf *body, const struct ek_why *why);

/* --- web_later.c --- */

/* The request waits for the session's job. */
const struct http_token *web_job_wait(struct web_req *wr, struct http_req *req);
void web_job_end(struct web_job *job); /* NULL: none */

/* --- web_names.c --- */

/* The session's name for a target, drawn when it is new; NULL: no memory. */
const char *web_name_of(struct web_session *session, const char *target);
const char *web_target_of(const struct web_session *session, const char *hex);
/* For web_query(): wr's own copy, taken apart. */
void web_take_target(struct web_req *wr, const char *target);
/* Short enough, and of signs that need no escaping. */
bool web_target_ok(const char *target);

/* --- web_page.c --- */

#define WEB_HTML "text/html; charset=utf-8"

/* Says nothing of anybody. */
void web_closed_page(struct buf *out);
void web_kept_page(struct buf *out);
void web_page_begin(struct web_req *wr, struct buf *out);
void web_page_end(struct web_req *wr, struct buf *out);

/* --- web_trouble.c --- */

/* What stands where a page failed: the way on. */
void web_trouble(struct web_req *wr, enum ek_err err, const struct ek_why *why,
    struct buf *out);

/* --- web_phrase.c --- */

/* What keel said holds a new phrase; next: the page after it. */
void web_phrase_take(
    struct web_session *session, const json_t *said, const char *next);

/* --- web_unlock.c --- */

/* The forms that open the book; back: the page after it. */
void web_unlock_page(struct web_req *wr, const char *back, struct buf *out);

#endif
