/*
 * checks - folders, socket, daemon, versions, locale, terminal, editor.
 */
#include "checks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "editor_kind.h"
#include "ops.h"
#include "out.h"

#define WORDS 512

enum ek_err
checks_add(json_t *list, const char *name, bool ok, const char *words,
    const char *remedy)
{
	json_t *one = json_pack("{s:s,s:b,s:s,s:s?}", "name", name, "ok", ok,
	    "words", words, "remedy", ok ? NULL : remedy);

	if (one == NULL || json_array_append_new(list, one) != 0)
		return EK_NOMEM;
	return EK_OK;
}

/* A path worth printing in a check is cut to fit. */
static enum ek_err
check_folder(struct cmd_env *env, json_t *list)
{
	const char *name = "runtime-folder";
	char words[WORDS];
	char remedy[WORDS];
	struct stat st;
	bool ok;

	if (env->paths == NULL)
		return checks_add(list, name, false,
		    "No runtime folder can be found: XDG_RUNTIME_DIR and HOME "
		    "are not both set.",
		    "log in at a desk session, or give --home DIR");
	if (lstat(env->paths->run, &st) != 0) {
		ok = false;
		snprintf(words, sizeof(words),
		    "The runtime folder %.200s is not there (%s).",
		    env->paths->run, strerror(errno));
		snprintf(remedy, sizeof(remedy),
		    "start keeld, which makes it: systemctl --user start "
		    "keeld.socket, or keeld by hand");
	} else if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid()) {
		ok = false;
		snprintf(words, sizeof(words),
		    "%.200s is not a folder of yours.", env->paths->run);
		snprintf(remedy, sizeof(remedy),
		    "move it away and start keeld, which makes it anew");
	} else {
		ok = (st.st_mode & 077) == 0;
		snprintf(words, sizeof(words),
		    "The runtime folder %.200s is %s.", env->paths->run,
		    ok ? "yours alone" : "open to other users");
		snprintf(remedy, sizeof(remedy), "chmod 700 '%.300s'",
		    env->paths->run);
	}
	return checks_add(list, name, ok, words, remedy);
}

static enum ek_err
check_socket(struct cmd_env *env, json_t *list)
{
	char words[WORDS];
	char remedy[WORDS];
	struct stat st;
	bool ok = false;

	if (env->paths == NULL)
		return EK_OK;
	snprintf(remedy, sizeof(remedy),
	    "start keeld: systemctl --user start keeld.socket, or keeld by "
	    "hand");
	if (lstat(env->paths->sock, &st) != 0) {
		snprintf(words, sizeof(words),
		    "The socket %.200s is not there.", env->paths->sock);
	} else if (!S_ISSOCK(st.st_mode)) {
		snprintf(words, sizeof(words), "%.200s is not a socket.",
		    env->paths->sock);
		snprintf(remedy, sizeof(remedy),
		    "rm '%.300s' and start keeld again", env->paths->sock);
	} else if (st.st_uid != geteuid()) {
		snprintf(words, sizeof(words),
		    "The socket %.200s belongs to another user.",
		    env->paths->sock);
		snprintf(remedy, sizeof(remedy),
		    "log in as yourself, or give your own --home DIR");
	} else {
		ok = (st.st_mode & 077) == 0;
		snprintf(words, sizeof(words), "The socket %.200s is %s.",
		    env->paths->sock, ok ? "yours alone" : "open to others");
		snprintf(remedy, sizeof(remedy), "chmod 600 '%.300s'",
		    env->paths->sock);
	}
	return checks_add(list, "socket", ok, words, remedy);
}

static enum ek_err
check_daemon(json_t *list, const json_t *status, const char *unreachable)
{
	char words[WORDS];
	const char *version = ops_text(status, "version");
	bool same = strcmp(version, EK_VERSION) == 0;
	enum ek_err err;

	err = checks_add(list, "daemon", status != NULL,
	    status != NULL ? "keeld answers." : unreachable,
	    "start keeld: systemctl --user start keeld.socket, or keeld by "
	    "hand");
	if (err != EK_OK || status == NULL)
		return err;
	snprintf(words, sizeof(words), "keel is %s, keeld is %.32s.",
	    EK_VERSION, version);
	return checks_add(list, "versions", same, words,
	    "end keeld, so that the installed one starts: systemctl --user "
	    "restart keeld.service, or start it by hand again");
}

static enum ek_err
check_locale(struct cmd_env *env, json_t *list)
{
	bool utf8 = out_is_utf8(env->out);

	return checks_add(list, "locale", utf8,
	    utf8 ? "The locale is UTF-8."
		 : "The locale is not UTF-8, so letters beyond ASCII are "
		   "shown by others like them.",
	    "set LC_ALL or LANG to a UTF-8 locale that is installed (locale "
	    "-a lists them): export LC_ALL=C.UTF-8");
}

static enum ek_err
check_terminal(struct cmd_env *env, json_t *list)
{
	const char *term = getenv("TERM");
	bool named = term != NULL && term[0] != '\0';
	bool wide = out_width(env->out) >= 40;

	if (!env->tty_out)
		return checks_add(list, "terminal", true,
		    "This is not a terminal: plain text is printed.", NULL);
	if (!named || strcmp(term, "dumb") == 0)
		return checks_add(list, "terminal", false,
		    "TERM does not name a terminal, so questions are asked "
		    "one line at a time.",
		    "set TERM to your terminal's name: export "
		    "TERM=xterm-256color");
	return checks_add(list, "terminal", wide,
	    wide ? "The terminal is wide enough."
		 : "The terminal has fewer than 40 columns.",
	    "make its window wider");
}

static enum ek_err
check_editor(json_t *list)
{
	const char *named = getenv("VISUAL");
	struct ek_why why = {""};
	struct editor editor;
	enum ek_err err;

	if (named == NULL || named[0] == '\0')
		named = getenv("EDITOR");
	if (named != NULL && named[0] == '\0')
		named = NULL;
	err = editor_find(named, getenv("PATH"), &editor, &why);
	if (err != EK_OK)
		return checks_add(list, "editor", false,
		    "There is no editor to write the plan with.",
		    "install nano, or set EDITOR to an editor that is "
		    "installed: export EDITOR=nano");
	return checks_add(list, "editor", editor.known,
	    editor.known ? "The editor keeps no copies when keel starts it."
			 : "This editor is not one keel knows: it may keep "
			   "copies of what you write.",
	    "set EDITOR to nano, vim or emacs: export EDITOR=nano");
}

enum ek_err
checks_here(struct cmd_env *env, json_t *list, const json_t *status,
    const char *unreachable)
{
	enum ek_err err = check_folder(env, list);

	if (err == EK_OK)
		err = check_socket(env, list);
	if (err == EK_OK)
		err = check_daemon(list, status, unreachable);
	if (err == EK_OK)
		err = check_locale(env, list);
	if (err == EK_OK)
		err = check_terminal(env, list);
	if (err == EK_OK)
		err = check_editor(list);
	return err;
}
