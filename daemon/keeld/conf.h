/*
 * conf - evenkeel.ini: the site's (/etc/evenkeel) and the person's own, which
 * stands above it.  Read once into a const struct.
 *
 *   [copy]        place = /folder           the sealed copy; empty: none
 *   [site]        help = /etc/evenkeel/help.txt
 *   [instruments] on = who-5, ...           instruments that are off by default
 *
 * A file with an unknown section or key, or a bad value, is refused whole,
 * with its line; the other file then stands alone.
 */
#ifndef KEELD_CONF_H
#define KEELD_CONF_H

#include "evenkeel/err.h"
#include "evenkeel/limits.h"
#include "evenkeel/paths.h"

#define CONF_SITE_FILE "/etc/evenkeel/evenkeel.ini"
#define CONF_OWN_NAME  "evenkeel.ini"
#define CONF_HELP_FILE "/etc/evenkeel/help.txt"
#define CONF_ON_MAX    16
#define CONF_FILE_MAX  65536 /* bytes of one file */
#define CONF_LINE_MAX  190   /* bytes of one line: inih's buffer is 200 */

struct conf {
	char copy_place[EK_PATH_MAX]; /* "": none */
	char help_file[EK_PATH_MAX];
	size_t on_count;
	char on[CONF_ON_MAX][EK_NAME_MAX + 1];
};

/* site and dir (the folder of the person's own file) may be NULL.  A file
 * that is not there says nothing.  On EK_INVALID, EK_TOO_LARGE or EK_IO *ret
 * is whole nevertheless: what the good file, or the defaults, say. */
enum ek_err conf_read(const char *site, const char *dir, struct conf *ret,
    struct ek_why *reterr_why) EK_MUST_USE;
/* Sets [copy] place in dir's file and leaves every other line as it is; NULL
 * takes the line away.  Temp file, fsync, rename; 0600; the folder is made
 * 0700. */
enum ek_err conf_write_place(
    const char *dir, const char *place, struct ek_why *reterr_why) EK_MUST_USE;
bool conf_is_on(const struct conf *conf, const char *instrument);

#endif
