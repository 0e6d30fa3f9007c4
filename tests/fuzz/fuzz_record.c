/*
 * fuzz_record - any bytes are refused or are a record that encodes to the
 * same bytes, survives the archive's JSON, and can be applied to a book.
 */
#include <stdlib.h>
#include <string.h>

#include "evenkeel/book.h"

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
	unsigned char rid[EK_ID_LEN] = {1};
	struct record *rec = NULL, *back = NULL;
	struct book *book = NULL;
	json_t *json = NULL;
	struct buf bytes;
	size_t count;

	if (record_decode(rid, data, size, &rec) != EK_OK)
		return 0;
	buf_init(&bytes, EK_PAYLOAD_MAX);
	must(record_encode(rec, &bytes) == EK_OK);
	must(bytes.len == size && memcmp(bytes.data, data, size) == 0);
	must(record_to_json(rec, &json) == EK_OK);
	must(record_from_json(json, &back, NULL) == EK_OK);
	must(record_same(rec, back) && rec->time_ms == back->time_ms);
	must(book_new(&book) == EK_OK);
	must(book_apply(book, rec, NULL) == EK_OK);
	book_list(book, REC_CHECKIN, &count);
	must(rec->time_ms >= 0 && rec->time_ms <= EK_TIME_MS_MAX);
	must(book_next_ms(book, 0) > rec->time_ms || rec->time_ms == 0 ||
	     rec->time_ms == EK_TIME_MS_MAX);
	json_decref(json);
	buf_done(&bytes);
	record_free(rec);
	record_free(back);
	book_free(book);
	return 0;
}
