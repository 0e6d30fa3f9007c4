/*
 * tui - the terminal while screens are up: raw keys, an alternate screen that
 * is wiped before it is left, and the terminal as it was on every way out,
 * kill -9 included (a watching child puts it back).
 *
 * Signals arrive as keys between tui_open and tui_close: no handler, no
 * global.  One that ends us is a KEY_GONE, and tui_close raises it again once
 * the terminal is back.
 */
#ifndef EVENKEEL_CLI_TUI_H
#define EVENKEEL_CLI_TUI_H

#include "keys.h"
#include "page.h"

struct tui;

/* Terminal good enough for screens?  Else use lines. */
bool tui_able(void);
enum ek_err tui_open(
    bool styled, struct tui **ret, struct ek_why *reterr_why) EK_MUST_USE;
/* NULL is fine.  Does not return when a signal had ended us. */
void tui_close(struct tui *tui);

int tui_columns(const struct tui *tui);
int tui_rows(const struct tui *tui);
/* scroll as page_fit has it; *ret_from: where that put the body. */
void tui_paint(
    struct tui *tui, const struct page *page, size_t scroll, size_t *ret_from);
/* Waits for one. */
struct key tui_key(struct tui *tui);

/* The terminal as it was, for an editor; and back. */
void tui_leave(struct tui *tui);
void tui_enter(struct tui *tui);

#endif
