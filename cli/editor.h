/*
 * editor - her words in her editor, and nowhere else.
 *
 * The file lies in the runtime folder, in a folder of its own (0700) with a
 * name that says nothing; editors we know are started with swap, undo, backup
 * and history off, others with their home inside that folder; whatever they
 * leave there is wiped and removed, also when a signal ends us.
 */
#ifndef EVENKEEL_CLI_EDITOR_H
#define EVENKEEL_CLI_EDITOR_H

#include "cmd.h"

/* Opens text (what is there before; its max is the limit) in $VISUAL, $EDITOR
 * or one that is installed; suffix is the file's ending (".md", ".txt").
 * text is replaced by what was left when the editor ended well, and else as
 * it was.  EK_USAGE without a terminal and without an editor named;
 * EK_INVALID when the editor failed; EK_TOO_LARGE. */
enum ek_err editor_run(struct cmd_env *env, const char *suffix,
    struct buf *text, struct ek_why *reterr_why) EK_MUST_USE;

#endif
