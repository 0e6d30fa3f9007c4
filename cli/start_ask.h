/*
 * start_ask - the five questions of the first run, asked or read.
 */
#ifndef EVENKEEL_CLI_START_ASK_H
#define EVENKEEL_CLI_START_ASK_H

#include "cmd.h"
#include "evenkeel/buf.h"

struct answers;

struct start_said {
	struct buf sign;
	struct buf helps;
	struct buf person;
	struct buf when; /* "suggested", "none", or as start_when takes it */
	bool shared;
	const char
	    *at; /* which of them was read last: what a failure is about */
};

void start_said_init(struct start_said *said);
void start_said_done(struct start_said *said);
/* answers NULL: asks at the terminal.  day: today, "YYYY-MM-DD". */
enum ek_err start_ask(struct cmd_env *env, struct answers *answers,
    const char *day, struct start_said *ret,
    struct ek_why *reterr_why) EK_MUST_USE;

/* The schedules `when` asks for, as the API wants them: "suggested" (or
 * nothing), "none", a rule ("FREQ=WEEKLY;BYDAY=MO"), or days and a time ("Mon
 * Wed 15:00", "weekdays 16:30", "daily").  EK_INVALID with the reason.  New
 * reference. */
enum ek_err start_when(const char *when, const char *day, json_t **ret,
    struct ek_why *reterr_why) EK_MUST_USE;

#endif
