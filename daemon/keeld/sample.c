/*
 * sample - the helper's short life for a bubble that asks nothing.
 */
#include "keeld/sample.h"

#include <stdlib.h>
#include <string.h>

#include "keeld/prompt.h"
#include "keeld/prompt_in.h"

#define ANSWER_MS 3000
#define STAY_MS   60000

struct sample {
	struct keeld *keeld;
	struct loop_talk *talk;   /* NULL: none is up or asked for */
	struct loop_timer *timer; /* it has been up for long enough */
	bool looks;               /* it is to show nothing */
	bool said;                /* its words were sent */
	long long bubble;         /* the server's id; 0 */
	sample_cb cb;             /* NULL: told, or nobody waits */
	void *arg;
};

static void
tell(struct sample *sample, enum sample_state state, const char *reason)
{
	sample_cb cb = sample->cb;

	sample->cb = NULL;
	if (cb != NULL)
		cb(state, reason, sample->arg);
}

static void
let_go(struct sample *sample)
{
	loop_talk_free(sample->talk);
	sample->talk = NULL;
	sample->bubble = 0;
	(void)!loop_timer_set(sample->timer, 0);
}

/* --- what the helper says --- */

static void
shown(struct sample *sample, const char *id)
{
	sample->bubble = strtoll(id, NULL, 10);
	loop_talk_limit(sample->talk, 0);
	if (loop_timer_set(sample->timer,
		loop_now_ms(sample->keeld->loop) + STAY_MS) != EK_OK)
		let_go(sample);
	tell(sample, SAMPLE_SHOWN, NULL);
}

static void
before_its_words(struct sample *sample, const char *line)
{
	bool is_free = strcmp(line, "free") == 0;

	if (is_free && !sample->looks) {
		sample->said = true;
		if (prompt_say_sample(sample->talk) == EK_OK)
			loop_talk_limit(sample->talk, ANSWER_MS);
		return; /* else its end is on the way */
	}
	let_go(sample);
	if (is_free)
		tell(sample, SAMPLE_FREE, NULL);
	else if (strncmp(line, "held ", 5) == 0)
		tell(sample, SAMPLE_HELD, line + 5);
	else
		tell(sample, SAMPLE_NONE, NULL);
}

static bool
is_passing(const char *line)
{
	return strcmp(line, "free") == 0 ||
	       (strncmp(line, "held ", 5) == 0 &&
		   strcmp(line + 5, "no-server") != 0);
}

static void
line_cb(const char *line, void *arg)
{
	struct sample *sample = arg;

	if (!sample->said)
		before_its_words(sample, line);
	else if (sample->bubble == 0 && prompt_is_shown(line))
		shown(sample, line + strlen("shown "));
	else if (!is_passing(line)) { /* closed, or what does not fit */
		let_go(sample);
		tell(sample, SAMPLE_NONE, NULL);
	} else if (sample->bubble == 0)
		loop_talk_limit(sample->talk, ANSWER_MS);
}

static void
end_cb(int status, void *arg)
{
	struct sample *sample = arg;
	long long orphan = sample->bubble;

	(void)status;
	let_go(sample);
	prompt_orphan(sample->keeld->prompt, orphan);
	tell(sample, SAMPLE_NONE, NULL);
}

/* --- what keeld calls --- */

static enum ek_err
start(struct sample *sample, bool looks, sample_cb cb, void *arg)
{
	const struct loop_talk_cbs cbs = {line_cb, end_cb, sample};
	char path[EK_PATH_MAX];
	const char *const argv[] = {path, NULL};
	enum ek_err err;

	if (sample->cb != NULL || (looks && sample->talk != NULL))
		return EK_BUSY;
	if (getenv("DBUS_SESSION_BUS_ADDRESS") == NULL)
		return EK_UNREACHABLE;
	if (sample->talk != NULL)
		let_go(sample); /* the one before */
	prompt_find_helper(path, sizeof(path));
	err = loop_talk_start(sample->keeld->loop, argv, &cbs, &sample->talk);
	if (err != EK_OK)
		return err;
	loop_talk_limit(sample->talk, ANSWER_MS);
	sample->looks = looks;
	sample->said = false;
	sample->cb = cb;
	sample->arg = arg;
	return EK_OK;
}

enum ek_err
sample_show(struct sample *sample, sample_cb cb, void *arg)
{
	return start(sample, false, cb, arg);
}

enum ek_err
sample_look(struct sample *sample, sample_cb cb, void *arg)
{
	return start(sample, true, cb, arg);
}

void
sample_forget(struct sample *sample)
{
	if (sample != NULL)
		sample->cb = NULL;
}

void
sample_put_away(struct sample *sample)
{
	if (sample != NULL && sample->bubble != 0)
		let_go(sample);
}

static void
timer_cb(void *arg)
{
	sample_put_away(arg);
}

enum ek_err
sample_new(struct keeld *keeld, struct sample **ret)
{
	struct sample *sample = calloc(1, sizeof(*sample));
	enum ek_err err;

	if (sample == NULL)
		return EK_NOMEM;
	sample->keeld = keeld;
	err = loop_timer_new(keeld->loop, timer_cb, sample, &sample->timer);
	if (err != EK_OK) {
		free(sample);
		return err;
	}
	*ret = sample;
	return EK_OK;
}

void
sample_free(struct sample *sample)
{
	if (sample == NULL)
		return;
	let_go(sample);
	loop_timer_free(sample->timer);
	free(sample);
}
