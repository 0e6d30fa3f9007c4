/*
 * words_page - her own words back, as the daemon's WORDS object has them.
 */
#ifndef EVENKEEL_CLI_WORDS_PAGE_H
#define EVENKEEL_CLI_WORDS_PAGE_H

#include "evenkeel/json.h"
#include "page.h"

/* On a hard day her steps and people come first, else the strategies of the
 * signs she marked and what helped best. */
enum words_order { WORDS_CHECKIN, WORDS_HARD };

/* Into the page's body; when there are none, where to write them, or that the
 * book is locked. */
void words_page(const json_t *words, enum words_order order, bool locked,
    struct page *page);
/* The same straight to out. */
void words_print(
    const json_t *words, enum words_order order, bool locked, struct out *out);

#endif
