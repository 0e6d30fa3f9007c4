/*
 * export_text - the readable parts of an export, made from keeld's answers.
 * Pure: the same answers always make the same bytes.
 */
#ifndef EVENKEEL_CLI_EXPORT_TEXT_H
#define EVENKEEL_CLI_EXPORT_TEXT_H

#include "evenkeel/buf.h"
#include "evenkeel/err.h"
#include "evenkeel/json.h"

void export_readme(bool notes, struct buf *ret);
/* RFC 4180, one row an answer, score, sign, strategy or note. */
void export_diary(const json_t *entries, bool notes, struct buf *ret);
/* RFC 5545: when she wanted to be asked, with a neutral summary, private. */
enum ek_err export_schedule(
    const json_t *schedules, struct buf *ret) EK_MUST_USE;

#endif
