/*
 * client - one person's keeld over its Unix socket.
 *
 * libcurl is started without TLS and only at the first exchange; nothing of
 * the environment (proxies, .netrc) reaches it.
 */
#include "client.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "evenkeel/limits.h"
#include "evenkeel/paths.h"
#include "evenkeel/text.h"

#define REPLY_MAX   ((size_t)EK_IMPORT_MAX)
#define TRIES       3
#define CALL_SECS   120L /* a rewritten book, a busy disk */
#define LONG_SECS   900L /* an import of everything */
#define LONG_BODY   ((size_t)1 << 20)
#define PAUSE_MS    200
#define CONNECT_MS  5000L
#define HEADER_ROOM 64

struct client {
	char sock[EK_PATH_MAX];
	const char *home; /* of --home, as given; NULL: none */
	CURL *curl;       /* made at the first exchange */
};

struct exchange { /* one request and what came back */
	const char *method;
	const char *path;
	const char *body; /* NULL: none */
	size_t body_len;
	const char *key;
	struct buf *reply;
	long status;
};

enum ek_err
client_new(const char *sock, struct client **ret)
{
	struct client *client = calloc(1, sizeof(*client));

	if (client == NULL)
		return EK_NOMEM;
	if (strlen(sock) >= sizeof(client->sock)) {
		free(client);
		return EK_INVALID;
	}
	memcpy(client->sock, sock, strlen(sock) + 1);
	*ret = client;
	return EK_OK;
}

void
client_home(struct client *client, const char *home)
{
	client->home = home;
}

void
client_free(struct client *client)
{
	if (client == NULL)
		return;
	if (client->curl != NULL) {
		curl_easy_cleanup(client->curl);
		curl_global_cleanup();
	}
	free(client);
}

void
client_new_key(char *out)
{
	unsigned char bytes[16];
	size_t have = 0;

	while (have < sizeof(bytes)) {
		ssize_t n = getrandom(bytes + have, sizeof(bytes) - have, 0);

		if (n > 0)
			have += (size_t)n;
		else if (errno != EINTR)
			abort(); /* no randomness: nothing would be safe */
	}
	text_hex(bytes, sizeof(bytes), out);
}

static enum ek_err
unreachable(const struct client *client, struct ek_why *reterr_why)
{
	if (client->home != NULL)
		return ek_why(reterr_why, EK_UNREACHABLE,
		    "keeld does not answer at %.150s; run `keeld --home "
		    "%.150s` by hand",
		    client->sock, client->home);
	return ek_why(reterr_why, EK_UNREACHABLE,
	    "keeld does not answer at %.150s; start it with `systemctl --user "
	    "start keeld.socket`, or run `keeld` by hand",
	    client->sock);
}

/* The socket must be this user's own: another's would get her words. */
static enum ek_err
check_socket(const struct client *client, struct ek_why *reterr_why)
{
	struct stat st;

	if (stat(client->sock, &st) != 0) {
		if (errno == EACCES)
			return ek_why(reterr_why, EK_DENIED,
			    "the folder of %.150s belongs to another user; log "
			    "in as yourself, or give your own --home",
			    client->sock);
		return unreachable(client, reterr_why);
	}
	if (!S_ISSOCK(st.st_mode))
		return ek_why(reterr_why, EK_UNREACHABLE,
		    "%.150s is not a socket; remove it and start keeld",
		    client->sock);
	if (st.st_uid != geteuid())
		return ek_why(reterr_why, EK_DENIED,
		    "%.150s belongs to another user; log in as yourself, or "
		    "give your own --home",
		    client->sock);
	return EK_OK;
}

static size_t
take_reply_cb(char *data, size_t size, size_t count, void *arg)
{
	struct exchange *exchange = arg;

	buf_add(exchange->reply, data, size * count);
	return exchange->reply->err == EK_OK ? size * count : 0;
}

static enum ek_err
ready(struct client *client)
{
	if (client->curl != NULL)
		return EK_OK;
	if (curl_global_init(CURL_GLOBAL_NOTHING) != CURLE_OK)
		return EK_NOMEM;
	client->curl = curl_easy_init();
	if (client->curl == NULL) {
		curl_global_cleanup();
		return EK_NOMEM;
	}
	return EK_OK;
}

/* What never changes: where to, and what of libcurl's habits is not wanted. */
static void
set_always(struct client *client)
{
	CURL *curl = client->curl;

	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, client->sock);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
#else
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTP);
#endif
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(
	    curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_reply_cb);
}

static void
set_request(struct client *client, struct exchange *exchange, const char *url,
    struct curl_slist *headers)
{
	CURL *curl = client->curl;

	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT,
	    exchange->body_len > LONG_BODY ? LONG_SECS : CALL_SECS);
	if (exchange->body != NULL) {
		curl_easy_setopt(curl, CURLOPT_POST, 1L);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)exchange->body_len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, exchange->body);
	}
	if (strcmp(exchange->method, "GET") != 0)
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, exchange->method);
}

static bool
add_header(struct curl_slist **list, const char *text)
{
	struct curl_slist *more = curl_slist_append(*list, text);

	if (more != NULL)
		*list = more;
	return more != NULL;
}

static enum ek_err
make_headers(const struct exchange *exchange, struct curl_slist **ret)
{
	char key[HEADER_ROOM];
	bool ok = add_header(ret, "Expect:");

	ok = ok && add_header(ret, "Accept: application/json");
	if (exchange->body != NULL)
		ok = ok && add_header(ret, "Content-Type: application/json");
	if (exchange->key != NULL) {
		snprintf(
		    key, sizeof(key), "Idempotency-Key: %s", exchange->key);
		ok = ok && add_header(ret, key);
	}
	return ok ? EK_OK : EK_NOMEM;
}

/* One try.  *ret_code is libcurl's word on it. */
static enum ek_err
try_once(struct client *client, struct exchange *exchange, CURLcode *ret_code)
{
	struct curl_slist *headers = NULL;
	struct buf url;
	enum ek_err err;

	buf_init(&url, EK_HTTP_PATH_MAX + HEADER_ROOM);
	buf_str(&url, "http://localhost");
	buf_str(&url, exchange->path);
	err = buf_err(&url);
	if (err == EK_OK)
		err = make_headers(exchange, &headers);
	if (err == EK_OK) {
		buf_clear(exchange->reply);
		set_always(client);
		set_request(client, exchange, buf_text(&url), headers);
		*ret_code = curl_easy_perform(client->curl);
		curl_easy_getinfo(
		    client->curl, CURLINFO_RESPONSE_CODE, &exchange->status);
	}
	curl_slist_free_all(headers);
	buf_done(&url);
	return err;
}

static bool
was_lost(CURLcode code)
{
	return code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR ||
	       code == CURLE_SEND_ERROR || code == CURLE_PARTIAL_FILE;
}

static enum ek_err
why_curl(const struct client *client, const struct exchange *exchange,
    CURLcode code, struct ek_why *reterr_why)
{
	if (code == CURLE_COULDNT_CONNECT)
		return unreachable(client, reterr_why);
	if (code == CURLE_OUT_OF_MEMORY)
		return EK_NOMEM;
	if (code == CURLE_WRITE_ERROR)
		return ek_why(reterr_why, EK_TOO_LARGE,
		    "keeld's answer is larger than %zu MiB; ask for less",
		    REPLY_MAX >> 20);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return ek_why(reterr_why, EK_UNREACHABLE,
		    "keeld did not answer in time; look with `keel doctor` and "
		    "try again");
	if (was_lost(code) && strcmp(exchange->method, "GET") != 0)
		return ek_why(reterr_why, EK_UNREACHABLE,
		    "keeld was lost in the middle, so it is not known whether "
		    "this was kept; look before you do it again");
	if (was_lost(code))
		return ek_why(reterr_why, EK_UNREACHABLE,
		    "keeld was lost in the middle; look with `keel doctor` and "
		    "try again");
	return ek_why(reterr_why, EK_UNREACHABLE,
	    "what answers at %.150s is not keeld; stop it and start keeld",
	    client->sock);
}

/* Again, when the daemon was lost in the middle and doing it twice is safe:
 * a key makes it so, and reading is. */
static enum ek_err
exchange_run(
    struct client *client, struct exchange *exchange, struct ek_why *reterr_why)
{
	const struct timespec pause = {0, PAUSE_MS * 1000000L};
	bool safe =
	    exchange->key != NULL || strcmp(exchange->method, "GET") == 0;
	CURLcode code = CURLE_OK;
	enum ek_err err;

	err = check_socket(client, reterr_why);
	if (err == EK_OK)
		err = ready(client);
	if (err != EK_OK)
		return err;
	for (int i = 0; i < TRIES; i++) {
		err = try_once(client, exchange, &code);
		if (err != EK_OK || code == CURLE_OK || !safe)
			break;
		if (!was_lost(code) &&
		    !(i > 0 && code == CURLE_COULDNT_CONNECT))
			break;
		if (i + 1 < TRIES)
			nanosleep(&pause, NULL);
	}
	if (err == EK_OK && code != CURLE_OK)
		err = why_curl(client, exchange, code, reterr_why);
	return err;
}

/* The daemon's refusal, in its own words. */
static enum ek_err
why_refused(const struct client *client, const struct exchange *exchange,
    struct ek_why *reterr_why)
{
	const char *code = NULL;
	const char *message = NULL;
	json_t *json = NULL;
	enum ek_err err;

	if (json_read(buf_text(exchange->reply), exchange->reply->len, "reply",
		&json, NULL) == EK_OK &&
	    json_unpack(json, "{s:{s:s,s:s}}", "error", "code", &code,
		"message", &message) == 0) {
		err = ek_err_from_code(code);
		if (err == EK_OK)
			err = EK_BUG;
		ek_why(reterr_why, err, "%s", message);
	} else {
		err = ek_why(reterr_why, EK_UNREACHABLE,
		    "what answers at %.150s is not keeld (status %ld); stop it "
		    "and start keeld",
		    client->sock, exchange->status);
	}
	json_decref(json);
	return err;
}

enum ek_err
client_call(struct client *client, const char *method, const char *path,
    const json_t *body, const char *key, json_t **ret_json,
    struct ek_why *reterr_why)
{
	struct exchange exchange = {.method = method, .path = path, .key = key};
	struct buf sent;
	struct buf reply;
	json_t *json = NULL;
	enum ek_err err = EK_OK;

	buf_init(&sent, REPLY_MAX);
	buf_init(&reply, REPLY_MAX);
	exchange.reply = &reply;
	if (body != NULL)
		err = json_write(body, &sent);
	else if (strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0)
		buf_str(&sent, "{}");
	if (err == EK_OK)
		err = buf_err(&sent);
	if (err == EK_OK && sent.len > 0) {
		exchange.body = buf_text(&sent);
		exchange.body_len = sent.len;
	}
	if (err == EK_OK)
		err = exchange_run(client, &exchange, reterr_why);
	if (err == EK_OK && exchange.status >= 300)
		err = why_refused(client, &exchange, reterr_why);
	if (err == EK_OK && ret_json != NULL)
		err = json_read(buf_text(&reply), reply.len, "keeld's answer",
		    &json, reterr_why);
	if (err == EK_OK && ret_json != NULL)
		*ret_json = json;
	buf_done(&reply);
	buf_done(&sent);
	return err;
}

enum ek_err
client_get_raw(struct client *client, const char *path, struct buf *ret,
    struct ek_why *reterr_why)
{
	struct exchange exchange = {.method = "GET", .path = path};
	struct buf reply;
	enum ek_err err;

	buf_init(&reply, REPLY_MAX);
	exchange.reply = &reply;
	err = exchange_run(client, &exchange, reterr_why);
	if (err == EK_OK && exchange.status >= 300)
		err = why_refused(client, &exchange, reterr_why);
	if (err == EK_OK) {
		buf_add(ret, buf_text(&reply), reply.len);
		err = buf_err(ret);
	}
	buf_done(&reply);
	return err;
}
