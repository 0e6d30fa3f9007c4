/*
 * words_page - her own words back, as the daemon's WORDS object has them.
 */
#ifndef EVENKEEL_CLI_WORDS_PAGE_H
#define EVENKEEL_CLI_WORDS_PAGE_H

#include "evenkeel/json.h"
#include "page.h"

/* Into the page's body: strategies of the signs she marked, what helped best,
 * people, steps; or, when there are none, where to write them or that the
 * book is locked. */
void words_page(const json_t *words, bool locked, struct page *page);
/* The same straight to out. */
void words_print(const json_t *words, bool locked, struct out *out);

#endif
