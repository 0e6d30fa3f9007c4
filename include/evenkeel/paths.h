/*
 * paths - where one person's things live, from the environment's values.
 *
 * Pure: the caller hands in what getenv() said.  --home or EVENKEEL_HOME
 * holds everything; otherwise the XDG places.
 */
#ifndef EVENKEEL_PATHS_H
#define EVENKEEL_PATHS_H

#include "evenkeel/err.h"

#define EK_PATH_MAX 1024
#define EK_SOCK_MAX 107 /* sun_path less its NUL */

struct paths_env {               /* NULL or "": unset */
	const char *home_opt;    /* --home */
	const char *ek_home;     /* EVENKEEL_HOME */
	const char *home;        /* HOME */
	const char *data_home;   /* XDG_DATA_HOME */
	const char *config_home; /* XDG_CONFIG_HOME */
	const char *runtime_dir; /* XDG_RUNTIME_DIR */
};

struct paths {
	char data[EK_PATH_MAX];   /* folder of book.db and book.key */
	char config[EK_PATH_MAX]; /* folder of evenkeel.ini */
	char run[EK_PATH_MAX];    /* folder of api.sock, lock, editor files */
	char sock[EK_PATH_MAX];   /* run/api.sock, at most EK_SOCK_MAX bytes */
	bool one_home;            /* everything under one folder */
};

/* EK_INVALID with the remedy: no HOME, no XDG_RUNTIME_DIR, relative or too
 * long a path (a socket path holds EK_SOCK_MAX bytes). */
enum ek_err paths_find(const struct paths_env *env, struct paths *ret,
    struct ek_why *reterr_why) EK_MUST_USE;

#endif
