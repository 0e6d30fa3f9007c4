/*
 * archive - packing and strict unpacking of the export.  See archive.h.
 */
#include "archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "evenkeel/limits.h"

#define BLOCK    512
#define TAR_TIME 946684800 /* 2000-01-01: the same bytes every time */

static const struct {
	const char *name;
	size_t max;
} kinds[BUNDLE_PARTS] = {
    [BUNDLE_README] = {"README.txt", 65536},
    [BUNDLE_RECORDS] = {"records.jsonl", EK_IMPORT_MAX},
    [BUNDLE_PLAN] = {"plan.md", EK_PLAN_MAX},
    [BUNDLE_DIARY] = {"diary.csv", EK_IMPORT_MAX},
    [BUNDLE_SCHEDULE] = {"schedule.ics", 1048576},
};

const char *
bundle_name(enum bundle_part part)
{
	return kinds[part].name;
}

void
bundle_init(struct bundle *bundle)
{
	memset(bundle, 0, sizeof(*bundle));
	for (int i = 0; i < BUNDLE_PARTS; i++)
		buf_init(&bundle->parts[i], kinds[i].max);
}

void
bundle_done(struct bundle *bundle)
{
	for (int i = 0; i < BUNDLE_PARTS; i++)
		buf_done(&bundle->parts[i]);
}

/* --- packing --- */

static la_ssize_t
write_cb(struct archive *tar, void *arg, const void *bytes, size_t len)
{
	struct buf *ret = arg;

	(void)tar;
	buf_add(ret, bytes, len);
	return ret->err == EK_OK ? (la_ssize_t)len : -1;
}

static bool
pack_part(struct archive *tar, const char *name, const struct buf *data)
{
	struct archive_entry *entry = archive_entry_new();
	bool ok = entry != NULL;

	if (ok) {
		archive_entry_set_pathname(entry, name);
		archive_entry_set_size(entry, (la_int64_t)data->len);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_perm(entry, 0600);
		archive_entry_set_mtime(entry, TAR_TIME, 0);
		ok = archive_write_header(tar, entry) == ARCHIVE_OK;
	}
	ok = ok && (data->len == 0 || archive_write_data(tar, data->data,
					  data->len) == (la_ssize_t)data->len);
	archive_entry_free(entry);
	return ok;
}

enum ek_err
bundle_pack(const struct bundle *bundle, struct buf *ret)
{
	struct archive *tar = archive_write_new();
	struct buf bytes;
	bool ok;
	enum ek_err err;

	if (tar == NULL)
		return EK_NOMEM;
	buf_init(&bytes, EK_IMPORT_MAX);
	ok =
	    archive_write_set_format_ustar(tar) == ARCHIVE_OK &&
	    archive_write_open(tar, &bytes, NULL, write_cb, NULL) == ARCHIVE_OK;
	for (int i = 0; i < BUNDLE_PARTS && ok; i++)
		if (bundle->has[i])
			ok = pack_part(tar, kinds[i].name, &bundle->parts[i]);
	ok = ok && archive_write_close(tar) == ARCHIVE_OK;
	archive_write_free(tar);
	err = buf_err(&bytes);
	if (err == EK_OK && !ok)
		err = EK_NOMEM;
	if (err == EK_OK) {
		buf_add(ret, bytes.data, bytes.len);
		err = buf_err(ret);
	}
	buf_done(&bytes);
	return err;
}

/* --- unpacking --- */

static enum ek_err
why_broken(struct ek_why *why)
{
	return ek_why(why, EK_INVALID,
	    "this archive is damaged or cut short; take another copy of it");
}

/* A tar ends with two empty blocks; one that was cut short does not. */
static bool
ends_well(const char *bytes, size_t len)
{
	static const char zeros[2 * BLOCK];

	return len >= sizeof(zeros) && len % BLOCK == 0 &&
	       memcmp(bytes + len - sizeof(zeros), zeros, sizeof(zeros)) == 0;
}

/* BUNDLE_PARTS when it is none of ours. */
static int
find_part(const char *name)
{
	int part = 0;

	while (part < BUNDLE_PARTS &&
	       (name == NULL || strcmp(name, kinds[part].name) != 0))
		part++;
	return part;
}

static enum ek_err
check_entry(struct archive_entry *entry, const struct bundle *bundle,
    int *ret_part, struct ek_why *why)
{
	int part = find_part(archive_entry_pathname(entry));

	if (part == BUNDLE_PARTS)
		return ek_why(why, EK_INVALID,
		    "this archive holds a file that no export has; give one "
		    "made by `keel export`");
	if (archive_entry_filetype(entry) != AE_IFREG ||
	    archive_entry_hardlink(entry) != NULL ||
	    archive_entry_symlink(entry) != NULL ||
	    archive_entry_sparse_count(entry) > 0)
		return ek_why(why, EK_INVALID,
		    "%s in this archive is not a plain file; give one made by "
		    "`keel export`",
		    kinds[part].name);
	if (bundle->has[part])
		return ek_why(why, EK_INVALID,
		    "%s is in this archive twice; give one made by `keel "
		    "export`",
		    kinds[part].name);
	if (archive_entry_size(entry) < 0 ||
	    (size_t)archive_entry_size(entry) > kinds[part].max)
		return ek_why(why, EK_TOO_LARGE,
		    "%s in this archive is larger than %zu bytes; it cannot "
		    "be an export",
		    kinds[part].name, kinds[part].max);
	*ret_part = part;
	return EK_OK;
}

static enum ek_err
read_part(struct archive *tar, struct archive_entry *entry, struct buf *ret,
    struct ek_why *why)
{
	char chunk[16384];
	la_ssize_t n;

	while ((n = archive_read_data(tar, chunk, sizeof(chunk))) > 0)
		buf_add(ret, chunk, (size_t)n);
	explicit_bzero(chunk, sizeof(chunk));
	if (n < 0 || (la_int64_t)ret->len != archive_entry_size(entry))
		return why_broken(why);
	return buf_err(ret);
}

static enum ek_err
read_parts(struct archive *tar, struct bundle *bundle, struct ek_why *why)
{
	struct archive_entry *entry = NULL;
	int part = 0;
	int code;

	while ((code = archive_read_next_header(tar, &entry)) == ARCHIVE_OK) {
		enum ek_err err = check_entry(entry, bundle, &part, why);

		if (err == EK_OK) {
			bundle->has[part] = true;
			err = read_part(tar, entry, &bundle->parts[part], why);
		}
		if (err != EK_OK)
			return err;
	}
	return code == ARCHIVE_EOF ? EK_OK : why_broken(why);
}

enum ek_err
bundle_unpack(const void *bytes, size_t len, struct bundle *ret,
    struct ek_why *reterr_why)
{
	struct archive *tar;
	struct bundle bundle;
	enum ek_err err = EK_OK;

	if (len > EK_IMPORT_MAX)
		return ek_why(reterr_why, EK_TOO_LARGE,
		    "this archive is larger than %d MiB; it cannot be an "
		    "export",
		    EK_IMPORT_MAX >> 20);
	if (len < BLOCK || memcmp((const char *)bytes + 257, "ustar", 5) != 0)
		return ek_why(reterr_why, EK_INVALID,
		    "this file is not an archive; give one made by `keel "
		    "export`, or take in a table with `keel import csv`");
	if (!ends_well(bytes, len))
		return why_broken(reterr_why);
	tar = archive_read_new();
	if (tar == NULL)
		return EK_NOMEM;
	bundle_init(&bundle);
	if (archive_read_support_format_tar(tar) != ARCHIVE_OK ||
	    archive_read_open_memory(tar, bytes, len) != ARCHIVE_OK)
		err = why_broken(reterr_why);
	if (err == EK_OK)
		err = read_parts(tar, &bundle, reterr_why);
	if (err == EK_OK && !bundle.has[BUNDLE_RECORDS])
		err = ek_why(reterr_why, EK_INVALID,
		    "this archive has no %s; give one made by `keel export`",
		    kinds[BUNDLE_RECORDS].name);
	if (err == EK_OK) {
		bundle_done(ret);
		*ret = bundle;
	} else {
		bundle_done(&bundle);
	}
	archive_read_free(tar);
	return err;
}
