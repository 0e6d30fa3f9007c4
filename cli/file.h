/*
 * file - reading a file she names on the command line.
 */
#ifndef EVENKEEL_CLI_FILE_H
#define EVENKEEL_CLI_FILE_H

#include "evenkeel/buf.h"
#include "evenkeel/err.h"

/* All of the file, or of standard input when path is "-".  At most ret's max
 * bytes are taken: give one more than the limit, so that whoever judges the
 * bytes sees that there are too many.  EK_NOT_FOUND, EK_DENIED, EK_INVALID (a
 * folder), EK_IO with the reason. */
enum ek_err file_read(
    const char *path, struct buf *ret, struct ek_why *reterr_why) EK_MUST_USE;
/* What a file is called in reasons: its last name, or "standard input", or
 * "that file" when the name is long or has what a terminal would obey;
 * borrowed from path. */
const char *file_name(const char *path);

#endif
