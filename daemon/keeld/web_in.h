/*
 * web_in - what web.c (links, sessions, the listener's life), web_gate.c (who
 * may ask for what) and web_page.c (the frame) share; for these files only.
 */
#ifndef KEELD_WEB_IN_H
#define KEELD_WEB_IN_H

#include "base/http.h"
#include "keeld/keeld.h"
#include "keeld/web.h"

#define WEB_HEX_LEN      32 /* of 128 random bits */
#define WEB_LINKS_MAX    4
#define WEB_SESSIONS_MAX 4

struct web_link {
	char hex[WEB_HEX_LEN + 1];
	int64_t until_ms; /* 0: free */
	const char *to;   /* a row's name */
};

struct web_session {
	char path[WEB_HEX_LEN + 1];
	char cookie[WEB_HEX_LEN + 1];
	char csrf[WEB_HEX_LEN + 1];
	int64_t until_ms; /* 0: free */
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
};

void web_draw_hex(char *out);
/* Constant time; text may be NULL. */
bool web_same_hex(const char *hex, const char *text);
/* Ends what is over, and sets the timer. */
void web_look(struct web *web);
int64_t web_now(const struct web *web);

/* --- web_gate.c --- */

extern const struct http_route web_routes[];
/* A page that can be linked to: its name, or NULL. */
const char *web_page_name(const char *to);

/* --- web_page.c --- */

#define WEB_HTML "text/html; charset=utf-8"

/* Says nothing of anybody. */
void web_closed_page(struct buf *out);
void web_page_begin(const struct web_req *wr, struct buf *out);
void web_page_end(const struct web_req *wr, struct buf *out);
void web_page_fail(struct buf *out, const char *why);

#endif
