/*
 * api_bubble - shows one sample bubble, and says in words what came of it.
 */
#include <stdlib.h>
#include <string.h>

#include "keeld/api.h"
#include "keeld/sample.h"

struct job { /* a request that waits for its bubble */
	struct keeld *keeld;
	struct http_req *req;
};

/* What the helper said is only looked up, never passed on. */
static const struct {
	const char *reason, *words;
} held[] = {
    {"dnd", "Do not disturb is on, so no sample was shown. A question waits "
	    "until it is off."},
    {"idle", "Nobody seems to be at this computer, so no sample was shown. A "
	     "question waits until you are back."},
    {"inhibited",
	"A program has asked for quiet, so no sample was shown. A question "
	"waits until it is done."},
    {"locked", "The screen is locked, so no sample was shown. A question "
	       "waits until it is not."},
};
#define HELD (sizeof(held) / sizeof(held[0]))

static json_t *
answer(const char *state, const char *reason, const char *words)
{
	return json_pack(
	    "{s:s,s:s?,s:s}", "state", state, "reason", reason, "words", words);
}

static json_t *
none(void)
{
	return answer("none", NULL,
	    "Nothing here shows notifications. What waits stands on the page, "
	    "under Today. In a terminal, keel says it, too.");
}

static json_t *
result(enum sample_state state, const char *reason)
{
	size_t i;

	switch (state) {
	case SAMPLE_SHOWN:
		return answer("shown", NULL,
		    "A sample is on the screen now. A question looks just "
		    "like it.");
	case SAMPLE_HELD:
		for (i = 0; i < HELD; i++)
			if (strcmp(held[i].reason, reason) == 0)
				return answer(
				    "held", held[i].reason, held[i].words);
		break;
	case SAMPLE_NONE:
		break;
	}
	return none();
}

static void
done_cb(enum sample_state state, const char *reason, void *arg)
{
	struct job *job = arg;

	(void)api_reply(job->req, 200, result(state, reason));
	free(job);
}

static void
gone_cb(void *arg)
{
	struct job *job = arg;

	sample_forget(job->keeld->sample);
	free(job);
}

static const struct http_token *
show(struct http_req *req, struct keeld *keeld, struct ek_why *why)
{
	struct job *job = malloc(sizeof(*job));
	enum ek_err err = EK_NOMEM;

	if (job != NULL) {
		*job = (struct job){keeld, req};
		err = sample_show(keeld->sample, done_cb, job);
	}
	if (err == EK_OK)
		return http_later(req, gone_cb, job);
	free(job);
	if (err == EK_UNREACHABLE)
		return api_reply(req, 200, none());
	if (err == EK_BUSY)
		err = ek_why(why, err,
		    "a sample is being shown already; look for it, then try "
		    "again");
	return http_fail(req, err, why);
}

static const struct http_token *
sample_post(struct http_req *req, void *arg)
{
	struct ek_why why = {""};
	const json_t *body;
	enum ek_err err;

	err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = json_only(body, "the request", &why, NULL);
	return err == EK_OK ? show(req, arg, &why) : http_fail(req, err, &why);
}

const struct http_route api_bubble_routes[] = {
    {"POST", "/v1/bubble/sample", sample_post, 0, "",
	"state (shown, held, none), reason, words",
	"shows one sample notification, which asks nothing and keeps nothing, "
	"and says whether it could be shown"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
