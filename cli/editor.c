/*
 * editor - the folder her words lie in while she edits them, from mkdtemp to
 * the wiping of everything in it.  See editor.h.
 *
 * Signals that would end us wait in a descriptor until the folder is wiped;
 * one that a killed keel left is wiped by the next (its lock is free).
 */
#include "editor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "editor_kind.h"
#include "input.h"
#include "out.h"
#include "wipe.h"

#define FOLDER_BEGINS "e-"
#define GRACE_MS      2000 /* for an editor told to end */
#define EXIT_NO_EXEC  127

struct desk { /* the folder and who works in it */
	char folder[EK_PATH_MAX + 32];
	char file[EK_PATH_MAX + 64];
	int lock;
	int text; /* the file as we made it: an editor may put another in its
		     place, and this one is wiped all the same */
	int signals;
	sigset_t mask;
	bool guarded;
	int ended_by; /* the signal that is to end us afterwards */
};

/* --- signals --- */

/* Held from before her words are written until they are wiped.  INT and QUIT
 * from the keyboard are the editor's business. */
static enum ek_err
guard_begin(struct desk *desk)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGCHLD);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGQUIT);
	desk->signals = signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
	if (desk->signals < 0)
		return EK_IO;
	sigprocmask(SIG_BLOCK, &held, &desk->mask);
	desk->guarded = true;
	return EK_OK;
}

/* True when one came that is to end us. */
static bool
guard_take(struct desk *desk)
{
	struct signalfd_siginfo info;

	while (read(desk->signals, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGHUP)
			desk->ended_by = (int)info.ssi_signo;
	return desk->ended_by != 0;
}

static void
guard_end(struct desk *desk)
{
	if (!desk->guarded)
		return;
	if (guard_take(desk))
		raise(desk->ended_by); /* comes when the mask is back */
	close(desk->signals);
	sigprocmask(SIG_SETMASK, &desk->mask, NULL);
}

/* --- the folder --- */

static enum ek_err
ready_run(const char *run, struct ek_why *reterr_why)
{
	char parent[EK_PATH_MAX];
	struct stat st;
	char *slash;

	snprintf(parent, sizeof(parent), "%s", run);
	slash = strrchr(parent, '/');
	if (slash != NULL && slash != parent) {
		*slash = '\0';
		(void)mkdir(parent, 0700);
	}
	if (mkdir(run, 0700) != 0 && errno != EEXIST)
		return ek_why(reterr_why, EK_READ_ONLY,
		    "the runtime folder cannot be made (%s); check its "
		    "permissions",
		    strerror(errno));
	if (lstat(run, &st) != 0 || !S_ISDIR(st.st_mode) ||
	    st.st_uid != geteuid() || (st.st_mode & 022) != 0)
		return ek_why(reterr_why, EK_DENIED,
		    "the runtime folder is not yours alone; chmod 700 %.200s",
		    run);
	return EK_OK;
}

static enum ek_err
write_text(struct desk *desk, const struct buf *text)
{
	size_t done = 0;
	int fd =
	    open(desk->file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	enum ek_err err = fd < 0 ? EK_IO : EK_OK;

	while (err == EK_OK && done < text->len) {
		ssize_t n = write(fd, text->data + done, text->len - done);

		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			err = errno == ENOSPC || errno == EDQUOT ? EK_NO_SPACE
								 : EK_IO;
	}
	desk->text = fd;
	return err;
}

/* The folder, held by its lock.  Others who look for folders to wipe wait at
 * the gate meanwhile: one just made and not yet held is not a leaving. */
static enum ek_err
make_folder(struct desk *desk, const char *run, struct ek_why *reterr_why)
{
	int gate = open(run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum ek_err err = EK_OK;

	if (gate < 0 || flock(gate, LOCK_EX) != 0)
		err = EK_IO;
	if (err == EK_OK)
		wipe_left(run, FOLDER_BEGINS);
	snprintf(desk->folder, sizeof(desk->folder),
	    "%s/" FOLDER_BEGINS "XXXXXX", run);
	if (err == EK_OK && mkdtemp(desk->folder) == NULL)
		err = ek_why(reterr_why, EK_READ_ONLY,
		    "a folder for editing cannot be made (%s); check the "
		    "runtime folder",
		    strerror(errno));
	if (err != EK_OK)
		desk->folder[0] = '\0';
	else
		desk->lock =
		    open(desk->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (err == EK_OK &&
	    (desk->lock < 0 || flock(desk->lock, LOCK_EX | LOCK_NB) != 0))
		err = EK_IO;
	if (gate >= 0)
		close(gate);
	return err;
}

static enum ek_err
desk_begin(struct desk *desk, const char *run, const char *suffix,
    const struct buf *text, struct ek_why *reterr_why)
{
	enum ek_err err;

	memset(desk, 0, sizeof(*desk));
	desk->lock = desk->text = -1;
	err = ready_run(run, reterr_why);
	if (err == EK_OK)
		err = guard_begin(desk);
	if (err == EK_OK)
		err = make_folder(desk, run, reterr_why);
	if (err != EK_OK)
		return err;
	snprintf(
	    desk->file, sizeof(desk->file), "%s/text%s", desk->folder, suffix);
	return write_text(desk, text);
}

static void
desk_end(struct desk *desk)
{
	if (desk->folder[0] != '\0')
		wipe_folder(desk->folder);
	if (desk->text >= 0) {
		wipe_fd(desk->text);
		close(desk->text);
	}
	if (desk->lock >= 0)
		close(desk->lock);
	guard_end(desk);
}

/* --- the editor --- */

static void
run_child(const struct desk *desk, struct editor *editor, pid_t parent)
{
	/* exec wants char *const *; nothing is written through it. */
	union {
		const char **given;
		char *const *wanted;
	} argv = {.given = editor->argv};

	(void)signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &desk->mask, NULL);
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EXIT_NO_EXEC);
	setenv("TMPDIR", desk->folder, 1);
	if (!editor->known) {
		setenv("HOME", desk->folder, 1);
		setenv("XDG_CONFIG_HOME", desk->folder, 1);
		setenv("XDG_DATA_HOME", desk->folder, 1);
		setenv("XDG_STATE_HOME", desk->folder, 1);
		setenv("XDG_CACHE_HOME", desk->folder, 1);
	}
	execv(editor->found, argv.wanted);
	_exit(EXIT_NO_EXEC);
}

/* Its status once it ended; told to end first when a signal ends us. */
static int
wait_child(struct desk *desk, pid_t child)
{
	struct pollfd fd = {.fd = desk->signals, .events = POLLIN};
	bool told = false;
	int status = -1;

	while (waitpid(child, &status, WNOHANG) == 0) {
		if (poll(&fd, 1, told ? GRACE_MS : -1) == 0)
			(void)kill(child, SIGKILL);
		if (guard_take(desk) && !told) {
			(void)kill(child, SIGTERM);
			told = true;
		}
	}
	return status;
}

static enum ek_err
run_editor(struct desk *desk, struct editor *editor, struct ek_why *reterr_why)
{
	struct termios terminal;
	bool has_terminal = tcgetattr(STDIN_FILENO, &terminal) == 0;
	pid_t parent = getpid();
	pid_t child;
	int status;

	editor->argv[editor->argc] = desk->file;
	editor->argv[editor->argc + 1] = NULL;
	child = fork();
	if (child == 0)
		run_child(desk, editor, parent);
	status = child < 0 ? -1 : wait_child(desk, child);
	if (has_terminal)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal);
	if (child < 0 ||
	    (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_EXEC))
		return ek_why(reterr_why, EK_INVALID,
		    "the editor could not be started; set EDITOR to another "
		    "(nano, vim)");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return ek_why(reterr_why, EK_INVALID,
		    "the editor ended with an error, so nothing was changed; "
		    "try again");
	return EK_OK;
}

static enum ek_err
read_back(const struct desk *desk, struct buf *ret, struct ek_why *reterr_why)
{
	int fd = open(desk->file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	enum ek_err err;

	if (fd < 0)
		return ek_why(reterr_why, EK_INVALID,
		    "the editor took the text away, so nothing was changed; "
		    "save it where it was");
	err = input_text(fd, "the text", ret, reterr_why);
	close(fd);
	return err;
}

/* Edits until what is there can be taken or she gives up. */
static enum ek_err
edit(struct cmd_env *env, struct desk *desk, struct editor *editor,
    struct buf *ret, struct ek_why *reterr_why)
{
	const struct ask again = {
	    "Edit it again? (n loses the change)", "y", "edit it again", 0};
	bool yes = true;
	enum ek_err err;

	for (;;) {
		buf_clear(ret);
		err = run_editor(desk, editor, reterr_why);
		if (err != EK_OK)
			return err;
		err = read_back(desk, ret, reterr_why);
		if (err == EK_OK || !env->tty_in || !env->tty_out || env->json)
			return err;
		out_note(env->out, "%s", reterr_why->text);
		if (input_yes(env, &again, &yes, NULL) != EK_OK || !yes)
			return err;
	}
}

static const char *
named_editor(void)
{
	const char *visual = getenv("VISUAL");
	const char *editor = getenv("EDITOR");

	if (visual != NULL && visual[0] != '\0')
		return visual;
	return editor != NULL && editor[0] != '\0' ? editor : NULL;
}

enum ek_err
editor_run(struct cmd_env *env, const char *suffix, struct buf *text,
    struct ek_why *reterr_why)
{
	struct ek_why reason = {""};
	struct editor editor;
	struct desk desk;
	struct buf edited;
	enum ek_err err;

	if (env->paths == NULL)
		return ek_why(reterr_why, EK_INVALID,
		    "there is no runtime folder; log in, or give --home DIR");
	if (named_editor() == NULL && !(env->tty_in && env->tty_out))
		return ek_why(reterr_why, EK_USAGE,
		    "there is no terminal for an editor; give the text on "
		    "stdin (see --help)");
	err = editor_find(named_editor(), getenv("PATH"), &editor, reterr_why);
	if (err != EK_OK)
		return err;
	if (!editor.known)
		out_note(env->out,
		    "this editor is not one keel knows (nano, vim, emacs): it "
		    "may keep copies of its own; look at its settings");
	err = out_flush(env->out);
	if (err != EK_OK)
		return err;
	buf_init(&edited, text->max);
	err = desk_begin(&desk, env->paths->run, suffix, text, &reason);
	if (err == EK_OK)
		err = edit(env, &desk, &editor, &edited, &reason);
	desk_end(&desk);
	if (err == EK_OK) {
		buf_clear(text);
		buf_add(text, buf_text(&edited), edited.len);
		err = buf_err(text);
	} else if (reason.text[0] != '\0') {
		ek_why(reterr_why, err, "%s", reason.text);
	}
	buf_done(&edited);
	return err;
}
