/*
 * web_later - answers that take more than a turn of the loop.
 *
 * What needs Argon2id or the keyring is done by `keel`, started as a child that
 * asks keeld's own socket like any other: words become keys in one program
 * only, and a book made here is made by the very code of the command.  What she
 * typed goes by the pipe.  What a row of the API answers later is asked as
 * any other (http_inner).
 *
 * The browser's request is parked meanwhile.  A session has one such job.  The
 * same form sent again (a double click, whose first request the browser gives
 * up) waits for the same job; another form is told to wait.  Nobody waiting
 * any more, keel goes on and its outcome is noted in the session: stopped in
 * the middle it could be done and nobody know.
 */
#include <stdlib.h>
#include <string.h>

#include "keeld/share.h"
#include "keeld/web_in.h"

#define KEEL         "keel"
#define ARGS_MAX     8
#define OUT_MAX      ((size_t)16 * 1024)
#define LIMIT_MS     60000 /* the keyring alone may take 20 s, twice */
#define SECONDS_LONG "this took too long and was stopped; try it again"

struct web_job {
	struct web_session *session; /* which ends it */
	struct web_req wr;           /* of whoever waits */
	struct http_req *req;        /* NULL: nobody waits */
	char key[WEB_HEX_LEN + 1];   /* of the form */
	web_then then;
	struct loop_child *child; /* keel; or */
	struct http_inner *inner; /* the API */
	bool starting;            /* it may be answered at once */
	bool answered;
	struct web_said said; /* then */
};

/* --- what keel said --- */

static void
read_error(const json_t *error, struct web_said *ret)
{
	ret->err = ek_err_from_code(web_text(error, "code"));
	if (ret->err == EK_OK)
		ret->err = EK_BUG;
	ek_why(&ret->why, ret->err, "%s", web_text(error, "message"));
	ret->answer = web_text(error, "answer");
}

static void
read_said(int status, const char *out, size_t len, struct web_said *ret)
{
	const json_t *error;

	memset(ret, 0, sizeof(*ret));
	ret->answer = "";
	if (status < 0) {
		ret->err = ek_why(&ret->why, EK_UNREACHABLE, SECONDS_LONG);
		return;
	}
	ret->err = json_read(out, len, "what keel said", &ret->json, NULL);
	if (ret->err != EK_OK) {
		ret->err = ek_why(&ret->why, EK_BUG, "%s", ek_err_text(EK_BUG));
		return;
	}
	error = json_object_get(ret->json, "error");
	if (error != NULL)
		read_error(error, ret);
	else if (status != 0)
		ret->err = ek_why(&ret->why, EK_BUG, "%s", ek_err_text(EK_BUG));
}

/* --- the job --- */

static void
job_free(struct web_job *job)
{
	if (job->session->job == job)
		job->session->job = NULL;
	loop_child_free(job->child);
	http_inner_cancel(job->inner);
	json_decref(job->said.json);
	free(job);
}

static void
finish(struct web_job *job, const struct web_said *said)
{
	struct web_req wr = job->wr;
	struct http_req *req = job->req;
	web_then then = job->then;
	struct ek_why why = {""};
	struct buf body;
	enum ek_err err;

	job_free(job);
	buf_init(&body, WEB_BODY_MAX);
	err = then(&wr, said, &body, &why);
	if (req != NULL)
		(void)web_answer(&wr, req, err, &body, &why);
	buf_done(&body);
}

static void
child_cb(int status, const char *out, size_t len, void *arg)
{
	struct web_said said;

	read_said(status, out, len, &said);
	finish(arg, &said);
	json_decref(said.json);
}

static void
inner_cb(const struct http_answer *answer, void *arg)
{
	struct web_job *job = arg;
	struct web_said said = {answer->err, answer->why, "", answer->json};

	job->inner = NULL;
	if (job->starting) {
		job->answered = true;
		job->said = said;
		json_incref(said.json);
	} else {
		finish(job, &said);
	}
}

static void
gone_cb(void *arg)
{
	struct web_job *job = arg;

	job->req = NULL;
	job->wr.req = NULL;
	job->wr.form = NULL;
}

const struct http_token *
web_job_wait(struct web_req *wr, struct http_req *req)
{
	struct web_job *job = wr->session->job;
	struct http_req *before = job->req;

	if (before != NULL) { /* given up by the browser, most likely */
		job->req = NULL;
		(void)web_closed(before, 409);
	}
	job->wr = *wr;
	job->req = req;
	return http_later(req, gone_cb, job);
}

void
web_job_end(struct web_job *job)
{
	if (job == NULL)
		return;
	if (job->req != NULL)
		(void)web_closed(job->req, 410);
	job_free(job);
}

/* --- starting --- */

static void
find_keel(char *out, size_t size)
{
#ifdef EK_TEST_BUILD
	const char *named = getenv("EVENKEEL_TEST_KEEL");

	if (named != NULL) {
		snprintf(out, size, "%s", named);
		return;
	}
#endif
	share_program(KEEL, "bin", out, size);
}

static int
limit_ms(void)
{
#ifdef EK_TEST_BUILD
	const char *told = getenv("EVENKEEL_TEST_KEEL_MS");

	if (told != NULL)
		return (int)strtol(told, NULL, 10);
#endif
	return LIMIT_MS;
}

static enum ek_err
start(struct web_job *job, const struct keeld *keeld, const char *const args[],
    const struct buf *input)
{
	const char *argv[ARGS_MAX + 5];
	char program[EK_PATH_MAX];
	size_t n = 0, i;

	find_keel(program, sizeof(program));
	argv[n++] = program;
	if (keeld->paths.one_home) { /* else both find the same socket */
		argv[n++] = "--home";
		argv[n++] = keeld->paths.data;
	}
	argv[n++] = "--json";
	for (i = 0; i < ARGS_MAX && args[i] != NULL; i++)
		argv[n++] = args[i];
	argv[n] = NULL;
	return loop_child_run(keeld->loop, argv,
	    input == NULL ? "" : buf_text(input),
	    input == NULL ? 0 : input->len, OUT_MAX, limit_ms(), child_cb, job,
	    &job->child);
}

/* A job for this form; *ret stays NULL when there is one already. */
static enum ek_err
job_new(
    struct web_req *wr, web_then then, struct web_job **ret, struct ek_why *why)
{
	const char *key = web_field(wr, "key");
	struct web_job *job = wr->session->job;

	if (job != NULL && web_same_hex(job->key, key)) {
		wr->later = true;
		return EK_OK;
	}
	if (job != NULL)
		return ek_why(why, EK_BUSY,
		    "what you sent before is still being done; wait a moment "
		    "and try again");
	job = calloc(1, sizeof(*job));
	if (job == NULL)
		return EK_NOMEM;
	job->session = wr->session;
	job->then = then;
	if (key != NULL && strlen(key) == WEB_HEX_LEN)
		memcpy(job->key, key, WEB_HEX_LEN);
	*ret = job;
	return EK_OK;
}

static void
job_goes_on(struct web_req *wr, struct web_job *job)
{
	wr->session->job = job;
	wr->later = true;
}

enum ek_err
web_keel(struct web_req *wr, const char *const args[], const struct buf *input,
    web_then then, struct ek_why *why)
{
	struct web_job *job = NULL;
	enum ek_err err;

	if (input != NULL && buf_err(input) != EK_OK)
		return buf_err(input);
	err = job_new(wr, then, &job, why);
	if (err != EK_OK || job == NULL)
		return err;
	err = start(job, wr->web->keeld, args, input);
	if (err != EK_OK)
		job_free(job);
	else
		job_goes_on(wr, job);
	return err;
}

enum ek_err
web_ask(struct web_req *wr, const char *method, const char *target,
    json_t *body_take, web_then then, struct buf *out, struct ek_why *why)
{
	const struct http_ask ask = {
	    method, target, body_take, web_field(wr, "key")};
	struct web_job *job = NULL;
	enum ek_err err = job_new(wr, then, &job, why);

	if (err != EK_OK || job == NULL) {
		json_decref(body_take);
		return err;
	}
	job->starting = true;
	err =
	    http_inner(wr->web->keeld->http, &ask, inner_cb, job, &job->inner);
	job->starting = false;
	if (err == EK_OK && !job->answered) {
		job_goes_on(wr, job);
		return EK_OK;
	}
	if (err == EK_OK)
		err = then(wr, &job->said, out, why);
	job_free(job);
	return err;
}
