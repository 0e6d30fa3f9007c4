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

/* --- while a question stands --- */

/* Signals that wait in a descriptor, so that what is to be said and put right
 * comes before one of them ends us: Ctrl-C at a line; at a secret, where the
 * terminal is changed, all that end or stop. */
struct hold {
	bool hidden;
	struct termios before; /* where hidden */
	sigset_t mask;
	int signals;
	int came; /* the signal, or 0 */
};

static enum ek_err
hide(struct hold *hold)
{
	struct termios hidden = hold->before;

	hidden.c_lflag &= ~(tcflag_t)ECHO;
	hidden.c_lflag |= ECHONL;
	/* what she typed ahead counts, here as at every other question */
	return tcsetattr(STDIN_FILENO, TCSADRAIN, &hidden) == 0 ? EK_OK : EK_IO;
}

static enum ek_err
hold_begin(struct hold *hold, bool hidden)
{
	static const int more[] = {SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
	sigset_t held;

	memset(hold, 0, sizeof(*hold));
	hold->hidden = hidden;
	if (hidden && tcgetattr(STDIN_FILENO, &hold->before) != 0)
		return EK_IO;
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	for (size_t i = 0; hidden && i < sizeof(more) / sizeof(more[0]); i++)
		sigaddset(&held, more[i]);
	hold->signals = signalfd(-1, &held, SFD_CLOEXEC);
	if (hold->signals < 0)
		return EK_IO;
	sigprocmask(SIG_BLOCK, &held, &hold->mask);
	if (!hidden || hide(hold) == EK_OK)
		return EK_OK;
	close(hold->signals);
	sigprocmask(SIG_SETMASK, &hold->mask, NULL);
	return EK_IO;
}

/* Half a secret must not be left to the shell; a line after a whole one is
 * the answer to what is asked next. */
static void
hold_end(struct hold *hold, struct out *out, bool whole)
{
	if (hold->hidden)
		tcsetattr(
		    STDIN_FILENO, whole ? TCSADRAIN : TCSAFLUSH, &hold->before);
	if (hold->came == SIGINT)
		out_prompt(out, "\nLeft; nothing was saved.\n");
	close(hold->signals);
	if (hold->came != 0)
		raise(hold->came); /* comes when the mask is back */
	sigprocmask(SIG_SETMASK, &hold->mask, NULL);
}

/* Waits for the whole line the terminal hands out at Enter; EK_NOT_FOUND
 * when a signal came before it. */
static enum ek_err
hold_wait(struct hold *hold)
{
	struct signalfd_siginfo info;
	struct pollfd fds[2] = {
	    {.fd = STDIN_FILENO, .events = POLLIN},
	    {.fd = hold->signals, .events = POLLIN},
	};

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return EK_IO;
	if (fds[1].revents != 0 &&
	    read(hold->signals, &info, sizeof(info)) == sizeof(info)) {
		hold->came = (int)info.ssi_signo;
		return EK_NOT_FOUND;
	}
	return EK_OK;
}

static enum ek_err
hold_read(struct hold *hold, struct buf *ret)
{
	enum ek_err err = hold_wait(hold);

	return err == EK_OK ? read_line(STDIN_FILENO, ret) : err;
}

bool
input_wait(void)
{
	struct hold hold;
	enum ek_err err;

	if (hold_begin(&hold, false) != EK_OK)
		return true; /* reading goes without */
	err = hold_wait(&hold);
	hold.came = 0;
	hold_end(&hold, NULL, true);
	return err != EK_NOT_FOUND;
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

static void
put_question(struct out *out, const struct ask *ask, bool hidden)
{
	const char *suggestion = ask->suggestion;

	if (hidden)
		out_prompt(out, "%s\n(not shown) > ", ask->question);
	else if (suggestion != NULL && suggestion[0] != '\0')
		out_prompt(out, "%s\n[%s] > ", ask->question, suggestion);
	else
		out_prompt(out, "%s\n> ", ask->question);
}

enum how { HOW_LINE, HOW_HELD, HOW_SECRET };

static enum ek_err
ask_line(struct cmd_env *env, const struct ask *ask, enum how how,
    struct buf *ret, struct ek_why *reterr_why)
{
	bool hidden = how == HOW_SECRET;
	struct hold hold;
	struct buf line;
	enum ek_err err;

	err = want_terminal(env, ask, reterr_why);
	if (err != EK_OK)
		return err;
	if (hold_begin(&hold, hidden) != EK_OK)
		return ek_why(reterr_why, EK_IO,
		    hidden ? "this terminal cannot hide what is typed; %s"
			   : "this terminal cannot be asked at; %s",
		    ask->instead);
	put_question(env->out, ask, hidden);
	buf_init(&line, ask->max);
	err = hold_read(&hold, &line);
	if (how == HOW_HELD)
		hold.came = 0;
	hold_end(&hold, env->out, err == EK_OK);
	if (err == EK_OK)
		err = take_line(ask, &line, ret, reterr_why);
	else
		err = why_line(err, ask, reterr_why);
	buf_done(&line);
	return err;
}

enum ek_err
input_line(struct cmd_env *env, const struct ask *ask, struct buf *ret,
    struct ek_why *reterr_why)
{
	return ask_line(env, ask, HOW_LINE, ret, reterr_why);
}

enum ek_err
input_held(struct cmd_env *env, const struct ask *ask, struct buf *ret,
    struct ek_why *reterr_why)
{
	return ask_line(env, ask, HOW_HELD, ret, reterr_why);
}

enum ek_err
input_secret(struct cmd_env *env, const struct ask *ask, struct buf *ret,
    struct ek_why *reterr_why)
{
	return ask_line(env, ask, HOW_SECRET, ret, reterr_why);
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
