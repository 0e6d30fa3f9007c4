/*
 * autostart - one systemctl at a time: first what is wanted, then how it
 * stands.  What systemctl was told is not taken for what is: asked, it is
 * looked at.
 */
#include "keeld/autostart.h"

#include <stdlib.h>
#include <string.h>

#include "base/unit.h"

#define OUT_MAX  256
#define LIMIT_MS 10000

enum wish { WISH_NONE, WISH_ON, WISH_OFF };

struct autostart {
	struct loop *loop;
	autostart_cb cb;
	void *arg;
	enum wish drawn; /* of this turn; not kept yet */
	enum wish wish;  /* to be done next */
	bool asked;
	bool looking; /* what runs is the look */
	struct loop_child *child;
};

static bool next(struct autostart *autostart);

static const char *
state_of(int status, const char *out, size_t len)
{
	static const char on[] = "enabled";

	if (status == 0 && len >= sizeof(on) - 1 &&
	    memcmp(out, on, sizeof(on) - 1) == 0)
		return "on";
	return status >= 0 && len > 0 ? "off" : "failed";
}

static void
tell(struct autostart *autostart, const char *state)
{
	autostart->asked = false;
	autostart->cb(state, autostart->arg);
}

static void
done_cb(int status, const char *out, size_t len, void *arg)
{
	struct autostart *autostart = arg;

	loop_child_free(autostart->child);
	autostart->child = NULL;
	/* looked at what is to be changed yet: looked at once more */
	if (autostart->looking && autostart->wish == WISH_NONE)
		tell(autostart, state_of(status, out, len));
	if (!next(autostart) && autostart->asked)
		tell(autostart, "failed");
}

/* False: it could not be started. */
static bool
next(struct autostart *autostart)
{
	static const char *const on[] = {"systemctl", "--user", "--quiet",
	    "enable", "keeld.service", "keeld.socket", NULL};
	static const char *const off[] = {"systemctl", "--user", "--quiet",
	    "disable", "keeld.service", "keeld.socket", NULL};
	static const char *const look[] = {
	    "systemctl", "--user", "is-enabled", "keeld.service", NULL};
	enum wish wish = autostart->wish;

	if (autostart->child != NULL ||
	    (wish == WISH_NONE && !autostart->asked))
		return true;
	autostart->wish = WISH_NONE;
	autostart->looking = wish == WISH_NONE;
	return loop_child_run(autostart->loop,
		   autostart->looking ? look
		   : wish == WISH_ON  ? on
				      : off,
		   NULL, 0, OUT_MAX, LIMIT_MS, done_cb, autostart,
		   &autostart->child) == EK_OK;
}

bool
autostart_here(void)
{
	return unit_started();
}

void
autostart_want(struct autostart *autostart, bool on)
{
	if (autostart_here())
		autostart->drawn = on ? WISH_ON : WISH_OFF;
}

void
autostart_turn_end(struct autostart *autostart, enum ek_err err)
{
	enum wish wish = autostart->drawn;

	autostart->drawn = WISH_NONE;
	if (wish == WISH_NONE || err != EK_OK)
		return;
	autostart->wish = wish;
	(void)!next(autostart); /* asked, it says that it is not so */
}

enum ek_err
autostart_ask(struct autostart *autostart)
{
	autostart->asked = true;
	if (next(autostart))
		return EK_OK;
	autostart->asked = false;
	return EK_IO;
}

enum ek_err
autostart_new(
    struct loop *loop, autostart_cb cb, void *arg, struct autostart **ret)
{
	struct autostart *autostart = calloc(1, sizeof(*autostart));

	if (autostart == NULL)
		return EK_NOMEM;
	autostart->loop = loop;
	autostart->cb = cb;
	autostart->arg = arg;
	*ret = autostart;
	return EK_OK;
}

void
autostart_free(struct autostart *autostart)
{
	if (autostart == NULL)
		return;
	loop_child_free(autostart->child);
	free(autostart);
}
