/*
 * tui - see tui.h.  Escape sequences only of the kind every terminal since
 * the VT100 knows or passes over; where there is no alternate screen, wiping
 * line by line still leaves nothing, because nothing ever scrolls.
 */
#include "tui.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define IN         STDIN_FILENO
#define OUT        STDOUT_FILENO
#define ESC_MS     100 /* a lone Esc, or the start of a sequence? */
#define RUN_MAX    256
#define PAINT_MAX  (256 * 1024)
#define ENTER_TEXT "\033[?1049h\033[?2004h"
#define LEAVE_TEXT "\033[0m\033[?25h\033[?2004l\033[?1049l"

struct tui {
	struct termios before;
	bool up;     /* raw, and on the alternate screen */
	bool styled; /* bold and dim may be used */
	int columns, rows;
	int signals;   /* signalfd */
	sigset_t mask; /* what was blocked before */
	int ended;     /* the signal that ended us, or 0 */
	int watch;     /* our end of the watcher's pipe */
	pid_t watcher; /* 0: none */
	struct keys keys;
	char run[RUN_MAX]; /* bytes read and not yet keys */
	size_t len;
};

bool
tui_able(void)
{
	static const char *const poor[] = {"", "dumb", "unknown", "emacs"};
	const char *term = getenv("TERM");

	if (term == NULL || !isatty(IN) || !isatty(OUT))
		return false;
	for (size_t i = 0; i < sizeof(poor) / sizeof(poor[0]); i++)
		if (strcmp(term, poor[i]) == 0)
			return false;
	return true;
}

static void
put(const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(OUT, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* the terminal is gone: keys will say so */
		bytes += n;
		len -= (size_t)n;
	}
}

static void
find_size(struct tui *tui)
{
	struct winsize size;

	tui->columns = 80;
	tui->rows = 24;
	if (ioctl(OUT, TIOCGWINSZ, &size) != 0)
		return;
	if (size.ws_col > 0)
		tui->columns = size.ws_col;
	if (size.ws_row > 0)
		tui->rows = size.ws_row;
}

/* Wipes line by line: clearing the screen as one makes some terminals put it
 * into their scrollback first. */
static void
wipe(int rows)
{
	char line[24];

	for (int row = rows; row >= 1; row--) {
		int n = snprintf(line, sizeof(line), "\033[%d;1H\033[2K", row);

		put(line, (size_t)n);
	}
}

static void
set_raw(const struct termios *before)
{
	struct termios raw = *before;

	raw.c_iflag &=
	    ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
	raw.c_cflag |= CS8;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(IN, TCSADRAIN, &raw); /* what she typed ahead counts */
}

void
tui_enter(struct tui *tui)
{
	if (tui->up)
		return;
	tui->up = true;
	tui->len = 0;
	tui->keys.pasting = false;
	set_raw(&tui->before);
	find_size(tui);
	put(ENTER_TEXT, sizeof(ENTER_TEXT) - 1);
	wipe(tui->rows);
}

void
tui_leave(struct tui *tui)
{
	if (!tui->up)
		return;
	tui->up = false;
	wipe(tui->rows);
	put(LEAVE_TEXT, sizeof(LEAVE_TEXT) - 1);
	/* what came too late for us is no command line */
	tcsetattr(IN, TCSAFLUSH, &tui->before);
}

/* --- the watcher --- */

/* A child that outlives us only when we were killed: its pipe then ends
 * without a word, and it puts the terminal back. */
static void
watch(struct tui *tui, int pipe_in)
{
	sigset_t all;
	char word;
	ssize_t n;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL); /* also SIGTTOU */
	if (dup2(pipe_in, STDERR_FILENO) < 0)
		_exit(1);
	closefrom(STDERR_FILENO + 1); /* no connection of ours stays open */
	do
		n = read(STDERR_FILENO, &word, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1)
		_exit(0);
	wipe(tui->rows > 200 ? tui->rows : 200);
	put(LEAVE_TEXT, sizeof(LEAVE_TEXT) - 1);
	tcsetattr(IN, TCSAFLUSH, &tui->before);
	_exit(0);
}

static void
start_watcher(struct tui *tui)
{
	int ends[2];

	tui->watch = -1;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return; /* screens work without it */
	tui->watcher = fork();
	if (tui->watcher == 0) {
		close(ends[1]);
		watch(tui, ends[0]);
	}
	close(ends[0]);
	if (tui->watcher < 0) {
		tui->watcher = 0;
		close(ends[1]);
		return;
	}
	tui->watch = ends[1];
}

static void
stop_watcher(struct tui *tui)
{
	if (tui->watch < 0)
		return;
	if (write(tui->watch, "k", 1) < 0) {
		/* it was killed itself: nothing left to stop */
	}
	close(tui->watch);
	waitpid(tui->watcher, NULL, 0);
}

/* --- signals as keys --- */

static enum ek_err
take_signals(struct tui *tui)
{
	static const int taken[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH,
	    SIGTSTP, SIGCONT, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		sigaddset(&set, taken[i]);
	tui->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (tui->signals < 0)
		return EK_IO;
	sigprocmask(SIG_BLOCK, &set, &tui->mask);
	return EK_OK;
}

/* Stops like any program under job control, and comes back. */
static void
suspend(struct tui *tui)
{
	sigset_t stop;

	tui_leave(tui);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	kill(0, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL); /* here we stop */
	sigprocmask(SIG_BLOCK, &stop, NULL);
	tui_enter(tui);
}

static enum key_name
signal_key(struct tui *tui)
{
	struct signalfd_siginfo info;

	if (read(tui->signals, &info, sizeof(info)) != sizeof(info))
		return KEY_NONE;
	switch (info.ssi_signo) {
	case SIGWINCH:
		find_size(tui);
		wipe(tui->rows);
		return KEY_RESIZE;
	case SIGTSTP:
		suspend(tui);
		return KEY_REDRAW;
	case SIGCONT: /* somebody stopped us with the screen up */
		tui->up = false;
		tui_enter(tui);
		return KEY_REDRAW;
	case SIGPIPE:
		return KEY_NONE;
	default:
		tui->ended = (int)info.ssi_signo;
		return KEY_GONE;
	}
}

enum ek_err
tui_open(bool styled, struct tui **ret, struct ek_why *reterr_why)
{
	struct tui *tui = calloc(1, sizeof(*tui));
	enum ek_err err;

	if (tui == NULL)
		return EK_NOMEM;
	tui->styled = styled;
	err = tcgetattr(IN, &tui->before) == 0 ? take_signals(tui) : EK_IO;
	if (err != EK_OK) {
		free(tui);
		return ek_why(reterr_why, err,
		    "the terminal cannot be used for screens; give answers "
		    "with --answers -");
	}
	find_size(tui);
	start_watcher(tui);
	tui_enter(tui);
	*ret = tui;
	return EK_OK;
}

void
tui_close(struct tui *tui)
{
	int ended;

	if (tui == NULL)
		return;
	ended = tui->ended;
	tui_leave(tui);
	stop_watcher(tui);
	close(tui->signals);
	sigprocmask(SIG_SETMASK, &tui->mask, NULL);
	explicit_bzero(tui, sizeof(*tui));
	free(tui);
	if (ended != 0)
		raise(ended);
}

int
tui_columns(const struct tui *tui)
{
	return tui->columns;
}

int
tui_rows(const struct tui *tui)
{
	return tui->rows;
}

/* --- painting --- */

static const char *
style_text(const struct tui *tui, enum out_style style)
{
	if (!tui->styled)
		return "";
	switch (style) {
	case OUT_PLAIN:
		return "";
	case OUT_HEAD:
	case OUT_STRONG:
		return "\033[1m";
	case OUT_DIM:
		return "\033[2m";
	}
	return "";
}

void
tui_paint(
    struct tui *tui, const struct page *page, size_t scroll, size_t *ret_from)
{
	struct page_view view;
	struct buf text;

	buf_init(&text, PAINT_MAX);
	page_fit(page, (size_t)tui->rows, scroll, &view);
	*ret_from = view.from;
	buf_str(&text, "\033[?25l");
	for (int row = 0; row < tui->rows; row++) {
		const struct page_line *line =
		    page_row(page, &view, (size_t)row);
		const char *style =
		    line == NULL ? "" : style_text(tui, line->style);

		/* erased first: after a full line the cursor still stands on
		 * its last column, and erasing would take that */
		buf_fmt(&text, "\033[%d;1H\033[K%s%s%s", row + 1, style,
		    line == NULL ? "" : line->text,
		    style[0] == '\0' ? "" : "\033[0m");
	}
	buf_fmt(&text, "\033[%zu;%zuH\033[?25h",
	    page_cursor_row(page, &view) + 1, page->cursor_column + 1);
	put(buf_text(&text), text.len);
	buf_done(&text);
}

/* --- keys --- */

static struct key
made(enum key_name name)
{
	struct key key = {name, ""};

	return key;
}

static bool
take(struct tui *tui, bool waited, struct key *ret)
{
	size_t n;

	do {
		n = keys_take(&tui->keys, tui->run, tui->len, waited, ret);
		tui->len -= n;
		memmove(tui->run, tui->run + n, tui->len);
	} while (n > 0 && ret->name == KEY_NONE);
	explicit_bzero(tui->run + tui->len, RUN_MAX - tui->len);
	return n > 0;
}

struct key
tui_key(struct tui *tui)
{
	struct pollfd fds[] = {{IN, POLLIN, 0}, {tui->signals, POLLIN, 0}};
	struct key key;

	while (!take(tui, false, &key)) {
		int ready = poll(fds, 2, tui->len > 0 ? ESC_MS : -1);
		ssize_t n;

		if (ready == 0 && take(tui, true, &key))
			break;
		if (ready <= 0)
			continue;
		if ((fds[1].revents & POLLIN) != 0) {
			enum key_name name = signal_key(tui);

			if (name != KEY_NONE)
				return made(name);
			continue;
		}
		if (fds[0].revents == 0)
			continue;
		n = read(IN, tui->run + tui->len, RUN_MAX - tui->len);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return made(KEY_GONE);
		tui->len += (size_t)n;
	}
	if (key.name == KEY_SUSPEND) {
		suspend(tui);
		return made(KEY_REDRAW);
	}
	return key;
}
