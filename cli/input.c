/*
 * input - answers from the terminal or a pipe, kept only in wiped buffers.
 *
 * Read byte by byte and unbuffered, so that nothing of hers stays in a stdio
 * buffer and nothing is taken that the next question should get.
 */
#include "input.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "evenkeel/text.h"
#include "out.h"

static enum ek_err
read_all(int fd, struct buf *ret)
{
	char chunk[8192];
	enum ek_err err = EK_OK;

	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err = EK_IO;
		if (n <= 0)
			break;
		buf_add(ret, chunk, (size_t)n);
		if (ret->err != EK_OK) {
			err = ret->err;
			break;
		}
	}
	explicit_bzero(chunk, sizeof(chunk));
	return err;
}

/* Takes a BOM and every CR before a newline off. */
static void
normalise(struct buf *text)
{
	size_t from = 0;
	size_t to = 0;

	if (text->len >= 3 && memcmp(text->data, "\xEF\xBB\xBF", 3) == 0)
		from = 3;
	for (; from < text->len; from++) {
		if (text->data[from] == '\r' && from + 1 < text->len &&
		    text->data[from + 1] == '\n')
			continue;
		text->data[to++] = text->data[from];
	}
	if (text->data != NULL) {
		explicit_bzero(text->data + to, text->len - to);
		text->len = to;
	}
}

static enum ek_err
check_text(const char *what, const struct buf *text, struct ek_why *reterr_why)
{
	if (!text_utf8_ok(buf_text(text), text->len, NULL))
		return ek_why(reterr_why, EK_INVALID,
		    "%s is not UTF-8 text; save it as UTF-8 and try again",
		    what);
	if (!text_plain_ok(buf_text(text), text->len))
		return ek_why(reterr_why, EK_INVALID,
		    "%s holds control characters; take them out and try again",
		    what);
	return EK_OK;
}

void
input_trim(struct buf *text)
{
	size_t lead = 0;

	while (text->len > 0 &&
	       strchr(" \t\r\n", text->data[text->len - 1]) != NULL)
		text->data[--text->len] = '\0';
	while (lead < text->len && strchr(" \t\r\n", text->data[lead]) != NULL)
		lead++;
	if (lead > 0) {
		memmove(text->data, text->data + lead, text->len - lead + 1);
		text->len -= lead;
	}
}

enum ek_err
input_text(int fd, const char *what, struct buf *ret, struct ek_why *reterr_why)
{
	struct buf text;
	enum ek_err err;

	buf_init(&text, ret->max - ret->len);
	err = read_all(fd, &text);
	if (err == EK_TOO_LARGE)
		ek_why(reterr_why, err,
		    "%s is longer than %zu bytes; make it shorter", what,
		    text.max);
	else if (err == EK_IO)
		ek_why(reterr_why, err,
		    "%s could not be read (%s); check it and try again", what,
		    strerror(errno));
	if (err == EK_OK) {
		normalise(&text);
		err = check_text(what, &text, reterr_why);
	}
	if (err == EK_OK) {
		buf_add(ret, buf_text(&text), text.len);
		err = buf_err(ret);
	}
	buf_done(&text);
	return err;
}

/* --- one line at the terminal --- */

static enum ek_err
want_terminal(
    const struct cmd_env *env, const struct ask *ask, struct ek_why *reterr_why)
{
	if (env->tty_in && env->tty_out && !env->json)
		return EK_OK;
	return ek_why(reterr_why, EK_USAGE,
	    "there is no terminal to ask at; %s", ask->instead);
}

/* Up to the newline.  EK_NOT_FOUND at the end of input. */
static enum ek_err
read_line(int fd, struct buf *ret)
{
	for (;;) {
		char c;
		ssize_t n = read(fd, &c, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return EK_IO;
		if (n == 0)
			return EK_NOT_FOUND;
		if (c == '\n')
			return buf_err(ret);
		buf_char(ret, c);
	}
}

static enum ek_err
why_line(enum ek_err err, const struct ask *ask, struct ek_why *reterr_why)
{
	if (err == EK_TOO_LARGE)
		return ek_why(reterr_why, err,
		    "that is longer than %zu bytes; make it shorter", ask->max);
	if (err == EK_NOT_FOUND)
		return ek_why(reterr_why, EK_INVALID,
		    "the questions were left; nothing was saved");
	return err;
}

/* Hands a good line over to ret. */
static enum ek_err
take_line(const struct ask *ask, struct buf *line, struct buf *ret,
    struct ek_why *reterr_why)
{
	enum ek_err err;

	input_trim(line);
	if (line->len == 0 && ask->suggestion != NULL)
		buf_str(line, ask->suggestion);
	err = check_text("that line", line, reterr_why);
	if (err != EK_OK)
		return err;
	buf_add(ret, buf_text(line), line->len);
	return buf_err(ret);
}

enum ek_err
input_line(struct cmd_env *env, const struct ask *ask, struct buf *ret,
    struct ek_why *reterr_why)
{
	struct buf line;
	enum ek_err err;

	err = want_terminal(env, ask, reterr_why);
	if (err != EK_OK)
		return err;
	if (ask->suggestion != NULL && ask->suggestion[0] != '\0')
		out_prompt(
		    env->out, "%s\n[%s] > ", ask->question, ask->suggestion);
	else
		out_prompt(env->out, "%s\n> ", ask->question);
	buf_init(&line, ask->max);
	err = read_line(STDIN_FILENO, &line);
	if (err == EK_OK)
		err = take_line(ask, &line, ret, reterr_why);
	else
		err = why_line(err, ask, reterr_why);
	buf_done(&line);
	return err;
}

enum ek_err
input_yes(struct cmd_env *env, const struct ask *ask, bool *ret,
    struct ek_why *reterr_why)
{
	struct ask once = *ask;
	struct buf line;
	enum ek_err err;
	bool known = false;

	once.max = 64;
	while (!known) {
		buf_init(&line, 64);
		err = input_line(env, &once, &line, reterr_why);
		if (err == EK_OK) {
			const char *text = buf_text(&line);

			known = strcasecmp(text, "y") == 0 ||
				strcasecmp(text, "yes") == 0;
			*ret = known;
			known = known || strcasecmp(text, "n") == 0 ||
				strcasecmp(text, "no") == 0;
		}
		buf_done(&line);
		if (err != EK_OK)
			return err;
		if (!known)
			out_line(env->out, "Please type y or n.");
	}
	return EK_OK;
}

/* --- a secret --- */

struct quiet { /* the terminal while nothing is shown */
	struct termios before;
	sigset_t mask;
	int signals;
};

/* Signals wait in a descriptor, so that the terminal is put right before
 * one of them ends us. */
static enum ek_err
quiet_begin(struct quiet *quiet)
{
	struct termios hidden;
	sigset_t held;

	if (tcgetattr(STDIN_FILENO, &quiet->before) != 0)
		return EK_IO;
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigaddset(&held, SIGQUIT);
	sigaddset(&held, SIGTSTP);
	quiet->signals = signalfd(-1, &held, SFD_CLOEXEC);
	if (quiet->signals < 0)
		return EK_IO;
	sigprocmask(SIG_BLOCK, &held, &quiet->mask);
	hidden = quiet->before;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	hidden.c_lflag |= ECHONL;
	/* what she typed ahead counts, here as at every other question */
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &hidden) == 0)
		return EK_OK;
	close(quiet->signals);
	sigprocmask(SIG_SETMASK, &quiet->mask, NULL);
	return EK_IO;
}

/* Half a secret must not be left to the shell; a line after a whole one is
 * the answer to what is asked next. */
static void
quiet_end(struct quiet *quiet, bool whole, int signal_number)
{
	tcsetattr(STDIN_FILENO, whole ? TCSADRAIN : TCSAFLUSH, &quiet->before);
	close(quiet->signals);
	if (signal_number != 0)
		raise(signal_number); /* comes when the mask is back */
	sigprocmask(SIG_SETMASK, &quiet->mask, NULL);
}

/* Waits for the whole line the terminal hands out at Enter. */
static enum ek_err
read_quiet(struct quiet *quiet, struct buf *ret, int *ret_signal)
{
	struct signalfd_siginfo info;
	struct pollfd fds[2] = {
	    {.fd = STDIN_FILENO, .events = POLLIN},
	    {.fd = quiet->signals, .events = POLLIN},
	};

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return EK_IO;
	if (fds[1].revents != 0 &&
	    read(quiet->signals, &info, sizeof(info)) == sizeof(info)) {
		*ret_signal = (int)info.ssi_signo;
		return EK_NOT_FOUND;
	}
	return read_line(STDIN_FILENO, ret);
}

enum ek_err
input_secret(struct cmd_env *env, const struct ask *ask, struct buf *ret,
    struct ek_why *reterr_why)
{
	struct quiet quiet;
	struct buf line;
	enum ek_err err;
	int ended_by = 0;

	err = want_terminal(env, ask, reterr_why);
	if (err != EK_OK)
		return err;
	if (quiet_begin(&quiet) != EK_OK)
		return ek_why(reterr_why, EK_IO,
		    "this terminal cannot hide what is typed; %s",
		    ask->instead);
	out_prompt(env->out, "%s\n(not shown) > ", ask->question);
	buf_init(&line, ask->max);
	err = read_quiet(&quiet, &line, &ended_by);
	quiet_end(&quiet, err == EK_OK, ended_by);
	if (err == EK_OK)
		err = take_line(ask, &line, ret, reterr_why);
	else
		err = why_line(err, ask, reterr_why);
	buf_done(&line);
	return err;
}
