/*
 * api_autostart - does it start when she logs in?  The answer comes when
 * systemctl has said so.
 */
#include <stdlib.h>

#include "keeld/api.h"
#include "keeld/autostart.h"

struct autostart_wait {
	LIST_ENTRY(autostart_wait) link; /* keeld->autostart_waits */
	struct http_req *req;
};

static void
forget(struct autostart_wait *wait)
{
	LIST_REMOVE(wait, link);
	free(wait);
}

static const struct http_token *
answer(struct http_req *req, const char *state)
{
	return api_reply(req, 200, json_pack("{s:s}", "state", state));
}

void
api_autostart_cb(const char *state, void *arg)
{
	struct keeld *keeld = arg;
	struct autostart_wait *wait;

	while ((wait = LIST_FIRST(&keeld->autostart_waits)) != NULL) {
		/* LIST_REMOVE took the last one off, through a pointer that
		 * the analyzer cannot follow. */
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		(void)answer(wait->req, state);
		forget(wait);
	}
}

static void
gone_cb(void *arg)
{
	forget(arg);
}

static const struct http_token *
autostart_get(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct autostart_wait *wait;
	struct ek_why why = {""};
	enum ek_err err = http_query_only(req, &why, NULL);

	if (err != EK_OK)
		return http_fail(req, err, &why);
	if (!autostart_here())
		return answer(req, "none");
	wait = calloc(1, sizeof(*wait));
	err = wait == NULL ? EK_NOMEM : autostart_ask(keeld->autostart);
	if (err != EK_OK) {
		free(wait);
		return http_fail(req, err, NULL);
	}
	wait->req = req;
	LIST_INSERT_HEAD(&keeld->autostart_waits, wait, link);
	return http_later(req, gone_cb, wait);
}

void
api_autostart_done(struct keeld *keeld)
{
	struct autostart_wait *wait;

	while ((wait = LIST_FIRST(&keeld->autostart_waits)) != NULL) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): as above */
		(void)http_fail(wait->req, EK_UNREACHABLE, NULL);
		forget(wait);
	}
}

const struct http_route api_autostart_routes[] = {
    {"GET", "/v1/autostart", autostart_get, 0, NULL,
	"state: on, off, none (keeld was started by hand), failed",
	"whether keeld starts when its owner logs in"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
