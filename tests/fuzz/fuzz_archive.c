/*
 * fuzz_archive - any bytes are refused with a remedy or are a bundle that,
 * packed again, unpacks to the same; no part is past its limit, and what is
 * refused leaves nothing behind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../cli/archive.h"
#include "evenkeel/limits.h"
#include "evenkeel/text.h"

#define BLOCK 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check_again(const struct bundle *bundle)
{
	struct ek_why why = {""};
	struct bundle back;
	struct buf tar;

	bundle_init(&back);
	buf_init(&tar, EK_IMPORT_MAX);
	must(bundle_pack(bundle, &tar) == EK_OK);
	must(bundle_unpack(tar.data, tar.len, &back, &why) == EK_OK);
	for (int i = 0; i < BUNDLE_PARTS; i++) {
		must(back.has[i] == bundle->has[i]);
		must(back.parts[i].len == bundle->parts[i].len);
		must(memcmp(buf_text(&back.parts[i]),
			 buf_text(&bundle->parts[i]), back.parts[i].len) == 0);
	}
	buf_done(&tar);
	bundle_done(&back);
}

/* Right checksums in every header, so that what is behind them is reached. */
static void
mend_checksums(unsigned char *bytes, size_t size)
{
	for (size_t at = 0; at + BLOCK <= size; at += BLOCK) {
		unsigned char *head = bytes + at;
		char text[8];
		unsigned sum = 0;

		if (memcmp(head + 257, "ustar", 5) != 0)
			continue;
		memset(head + 148, ' ', 8);
		for (int i = 0; i < BLOCK; i++)
			sum += head[i];
		snprintf(text, sizeof(text), "%06o", sum);
		memcpy(head + 148, text, 7);
	}
}

static void
check(const void *data, size_t size)
{
	struct ek_why why = {""};
	struct bundle bundle;
	enum ek_err err;

	bundle_init(&bundle);
	err = bundle_unpack(data, size, &bundle, &why);
	if (err == EK_OK) {
		must(bundle.has[BUNDLE_RECORDS]);
		check_again(&bundle);
	} else {
		must(err == EK_INVALID || err == EK_TOO_LARGE);
		must(strchr(why.text, ';') != NULL);
		must(text_plain_ok(why.text, strlen(why.text)));
		for (int i = 0; i < BUNDLE_PARTS; i++)
			must(!bundle.has[i] && bundle.parts[i].len == 0);
	}
	bundle_done(&bundle);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *mended = malloc(size + 1);

	must(mended != NULL);
	if (size > 0)
		memcpy(mended, data, size);
	check(data, size);
	mend_checksums(mended, size);
	check(mended, size);
	free(mended);
	return 0;
}
