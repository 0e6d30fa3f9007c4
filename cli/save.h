/*
 * save - a file of hers written whole or not at all, and read back whole.
 */
#ifndef EVENKEEL_CLI_SAVE_H
#define EVENKEEL_CLI_SAVE_H

#include "evenkeel/buf.h"
#include "evenkeel/err.h"

/* 0600, by temp file in the same folder, fsync and rename, read back before
 * it counts.  EK_CONFLICT when path is there and force is not given. */
enum ek_err save_file(const char *path, const struct buf *bytes, bool force,
    struct ek_why *reterr_why) EK_MUST_USE;
/* A regular file, up to ret's max.  EK_TOO_LARGE, EK_NOT_FOUND, EK_IO. */
enum ek_err save_load(
    const char *path, struct buf *ret, struct ek_why *reterr_why) EK_MUST_USE;

#endif
