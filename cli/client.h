/*
 * client - HTTP over keeld's Unix socket; the only CLI file that sees
 * libcurl.
 */
#ifndef EVENKEEL_CLI_CLIENT_H
#define EVENKEEL_CLI_CLIENT_H

#include "evenkeel/err.h"
#include "evenkeel/json.h"

struct client;

enum ek_err client_new(const char *sock, struct client **ret) EK_MUST_USE;
/* How keeld is to be started is said for this --home; borrowed, may be NULL. */
void client_home(struct client *client, const char *home);
void client_free(struct client *client);

/* One exchange.  body may be NULL; borrowed.  key, if not NULL, is sent as
 * Idempotency-Key; the exchange is then tried again (up to 3 times) when the
 * daemon was lost in the middle, which is safe.  *ret_json (new reference,
 * may be NULL when not wanted) is the reply's object.  The daemon's refusal
 * comes back as its ek_err with its message; EK_UNREACHABLE says how to start
 * it.  No proxy, no redirects, limits on size and time. */
enum ek_err client_call(struct client *client, const char *method,
    const char *path, const json_t *body, const char *key, json_t **ret_json,
    struct ek_why *reterr_why) EK_MUST_USE;
/* The raw bytes of a GET (archives). */
enum ek_err client_get_raw(struct client *client, const char *path,
    struct buf *ret, struct ek_why *reterr_why) EK_MUST_USE;
/* 32 hex digits of randomness for Idempotency-Key; out has room for 33. */
void client_new_key(char *out);

#endif
