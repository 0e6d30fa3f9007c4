/*
 * api_bubble - shows one sample bubble, or only looks whether it could be
 * shown, and says in words what came of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keeld/api.h"
#include "keeld/sample.h"

struct job { /* a request that waits for its bubble */
	struct keeld *keeld;
	struct http_req *req;
	bool looks;
};

/* What the helper said is only looked up, never passed on. */
static const struct {
	const char *reason, *words, *until;
} held[] = {
    {"dnd", "Do not disturb is on", "until it is off"},
    {"idle", "Nobody seems to be at this computer", "until you are back"},
    {"inhibited", "A program has asked for quiet", "until it is done"},
    {"locked", "The screen is locked", "until it is not"},
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
held_json(const char *reason, bool looks)
{
	char words[160];
	size_t i;

	for (i = 0; i < HELD; i++) {
		if (strcmp(held[i].reason, reason) != 0)
			continue;
		snprintf(words, sizeof(words), "%s%s. A question waits %s.",
		    held[i].words, looks ? "" : ", so no sample was shown",
		    held[i].until);
		return answer("held", held[i].reason, words);
	}
	return none();
}

static json_t *
result(enum sample_state state, const char *reason, bool looks)
{
	switch (state) {
	case SAMPLE_SHOWN:
		return answer("shown", NULL,
		    "A sample is on the screen now. A question looks just "
		    "like it.");
	case SAMPLE_FREE:
		return answer("free", NULL, "A notification can be shown now.");
	case SAMPLE_HELD:
		return held_json(reason, looks);
	case SAMPLE_NONE:
		break;
	}
	return none();
}

static void
done_cb(enum sample_state state, const char *reason, void *arg)
{
	struct job *job = arg;

	(void)api_reply(job->req, 200, result(state, reason, job->looks));
	free(job);
}

static void
gone_cb(void *arg)
{
	struct job *job = arg;

	sample_forget(job->keeld->sample);
	free(job);
}

static json_t *
no_bus(bool looks)
{
	return looks ? answer("none", "no-bus",
			   "keeld runs outside of a desktop, so it shows no "
			   "notifications. What waits stands in keel.")
		     : none();
}

static const struct http_token *
ask(struct http_req *req, struct keeld *keeld, bool looks, struct ek_why *why)
{
	struct job *job = malloc(sizeof(*job));
	enum ek_err err = EK_NOMEM;

	if (job != NULL) {
		*job = (struct job){keeld, req, looks};
		err = looks ? sample_look(keeld->sample, done_cb, job)
			    : sample_show(keeld->sample, done_cb, job);
	}
	if (err == EK_OK)
		return http_later(req, gone_cb, job);
	free(job);
	if (err == EK_UNREACHABLE)
		return api_reply(req, 200, no_bus(looks));
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
	return err == EK_OK ? ask(req, arg, false, &why)
			    : http_fail(req, err, &why);
}

static const struct http_token *
bubble_get(struct http_req *req, void *arg)
{
	struct ek_why why = {""};
	enum ek_err err = http_query_only(req, &why, NULL);

	return err == EK_OK ? ask(req, arg, true, &why)
			    : http_fail(req, err, &why);
}

const struct http_route api_bubble_routes[] = {
    {"GET", "/v1/bubble", bubble_get, 0, NULL,
	"state (free, held, none), reason, words",
	"says whether a notification could be shown now, and shows none"},
    {"POST", "/v1/bubble/sample", sample_post, 0, "",
	"state (shown, held, none), reason, words",
	"shows one sample notification, which asks nothing and keeps nothing, "
	"and says whether it could be shown"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
