/*
 * html - text into a page.  What is raw comes from literals of ours only:
 * whatever goes in by a conversion is escaped, and control and bidi
 * characters, which a page would obey, are left out.
 */
#ifndef KEELD_HTML_H
#define KEELD_HTML_H

#include "evenkeel/buf.h"

/* fmt is a literal.  %s text, %n text whose line breaks are kept, %d an int,
 * %% a percent sign; nothing else.  NULL text is "". */
void html_put(struct buf *out, const char *fmt, ...);

#endif
