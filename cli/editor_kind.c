/*
 * editor_kind - finding the editor and the options that keep it from leaving
 * swap, undo, backup or history files.
 *
 * It is known by what the program really is: `vi` and `editor` are links.
 */
#include "editor_kind.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -n and -i come before her vimrc; what it turns on again is turned off
 * before the file is read and once more after. */
static const char *const vim_args[] = {
    "-n",
    "-i",
    "NONE",
    "--cmd",
    "set noswapfile nobackup nowritebackup noundofile nomodeline",
    "--cmd",
    "autocmd BufReadPre,BufNewFile * setlocal noswapfile noundofile",
    "-c",
    "set noswapfile nobackup nowritebackup noundofile viminfo=",
    NULL,
};

/* nano has no option to turn off what a nanorc turned on. */
static const char *const nano_args[] = {"--ignorercfiles", NULL};

static const char emacs_settings[] =
    "(setq make-backup-files nil auto-save-default nil "
    "create-lockfiles nil auto-save-list-file-prefix nil "
    "inhibit-startup-screen t)";

static const char *const emacs_args[] = {
    "-nw", "-Q", "--eval", emacs_settings, NULL};

static const struct {
	const char *begins; /* the program's name */
	const char *const *args;
} kinds[] = {
    {"vim", vim_args},
    {"nvim", vim_args},
    {"nano", nano_args},
    {"emacs", emacs_args},
};

static bool
is_program(const char *path)
{
	return access(path, X_OK) == 0;
}

/* The program a name means, as a shell would find it. */
static bool
find_program(const char *name, const char *search_path, char *out, size_t size)
{
	const char *dir = search_path;

	if (strchr(name, '/') != NULL) {
		int len = snprintf(out, size, "%s", name);

		return len > 0 && (size_t)len < size && is_program(out);
	}
	while (dir != NULL && name[0] != '\0') {
		size_t n = strcspn(dir, ":");
		int len = snprintf(out, size, "%.*s%s%s", (int)n, dir,
		    n > 0 ? "/" : "./", name);

		if (len > 0 && (size_t)len < size && is_program(out))
			return true;
		dir = dir[n] == ':' ? dir + n + 1 : NULL;
	}
	return false;
}

static const char *const *
kind_args(const char *path)
{
	char real[PATH_MAX];
	const char *name;

	if (realpath(path, real) == NULL)
		return NULL;
	name = strrchr(real, '/') + 1;
	if (strncmp(name, "emacsclient", 11) == 0)
		return NULL; /* another program's editor: out of our reach */
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(name, kinds[i].begins, strlen(kinds[i].begins)) ==
		    0)
			return kinds[i].args;
	return NULL;
}

static void
add_arg(struct editor *editor, const char *arg)
{
	if (editor->argc < EDITOR_ARGS - 2) /* the file and NULL follow */
		editor->argv[editor->argc++] = arg;
}

static enum ek_err
try_editor(struct editor *editor, const char *named, const char *search_path)
{
	const char *const *args;
	char *rest = NULL;
	char *word;
	int len;

	memset(editor, 0, sizeof(*editor));
	len = snprintf(editor->words, sizeof(editor->words), "%s", named);
	if (len < 0 || (size_t)len >= sizeof(editor->words))
		return EK_NOT_FOUND;
	word = strtok_r(editor->words, " \t", &rest);
	if (word == NULL || !find_program(word, search_path, editor->found,
				sizeof(editor->found)))
		return EK_NOT_FOUND;
	add_arg(editor, word);
	args = kind_args(editor->found);
	editor->known = args != NULL;
	for (; args != NULL && *args != NULL; args++)
		add_arg(editor, *args);
	while ((word = strtok_r(NULL, " \t", &rest)) != NULL)
		add_arg(editor, word);
	return EK_OK;
}

enum ek_err
editor_find(const char *named, const char *search_path, struct editor *ret,
    struct ek_why *reterr_why)
{
	if (named != NULL) {
		if (try_editor(ret, named, search_path) == EK_OK)
			return EK_OK;
		return ek_why(reterr_why, EK_NOT_FOUND,
		    "the editor named by VISUAL or EDITOR is not installed; "
		    "set EDITOR to one that is (nano, vim)");
	}
	if (try_editor(ret, "nano", search_path) == EK_OK ||
	    try_editor(ret, "vi", search_path) == EK_OK)
		return EK_OK;
	return ek_why(reterr_why, EK_NOT_FOUND,
	    "no editor was found; install nano, or set EDITOR");
}
