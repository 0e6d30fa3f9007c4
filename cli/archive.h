/*
 * archive - the export: one tar of a few files by fixed names.
 *
 * The only CLI file with libarchive.  The functions are called bundle_*,
 * since archive_* is libarchive's own prefix.  The same parts always make
 * the same bytes; what is read is trusted in nothing.
 */
#ifndef EVENKEEL_CLI_ARCHIVE_H
#define EVENKEEL_CLI_ARCHIVE_H

#include "evenkeel/buf.h"
#include "evenkeel/err.h"

enum bundle_part { /* in the order they are written */
	BUNDLE_README,
	BUNDLE_RECORDS,
	BUNDLE_PLAN,
	BUNDLE_DIARY,
	BUNDLE_SCHEDULE,
	BUNDLE_PARTS
};

struct bundle {
	struct buf parts[BUNDLE_PARTS];
	bool has[BUNDLE_PARTS];
};

const char *bundle_name(enum bundle_part part); /* "records.jsonl" */
void bundle_init(struct bundle *bundle);
void bundle_done(struct bundle *bundle);

/* The parts it has, as a tar.  EK_TOO_LARGE past EK_IMPORT_MAX. */
enum ek_err bundle_pack(
    const struct bundle *bundle, struct buf *ret) EK_MUST_USE;
/* EK_INVALID, EK_TOO_LARGE with the reason: not a tar, cut short, a file of
 * another name or type, one twice, one past its limit, no records.jsonl. ret
 * is as it was then. */
enum ek_err bundle_unpack(const void *bytes, size_t len, struct bundle *ret,
    struct ek_why *reterr_why) EK_MUST_USE;

#endif
