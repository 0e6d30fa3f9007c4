/*
 * fuzz_draft - any bytes are refused or are a draft that writes and reads
 * back to the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "keeld/draft.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct draft *draft = NULL, *back = NULL;
	struct buf bytes, once, twice;

	buf_init(&bytes, size + 1);
	buf_add(&bytes, data, size);
	if (draft_read(&bytes, &draft) == EK_OK) {
		buf_init(&once, 8 * size + 4096);
		buf_init(&twice, 8 * size + 4096);
		must(draft_write(draft, &once) == EK_OK);
		must(draft_read(&once, &back) == EK_OK);
		must(draft_write(back, &twice) == EK_OK);
		must(once.len == twice.len &&
		     memcmp(once.data, twice.data, once.len) == 0);
		must(strlen(back->key) <= DRAFT_KEY_LEN);
		must(back->until_ms >= 0 && back->until_ms <= EK_TIME_MS_MAX);
		buf_done(&once);
		buf_done(&twice);
		draft_free(back);
	}
	draft_free(draft);
	buf_done(&bytes);
	return 0;
}
