/*
 * plan_view - what the files of `keel plan` share.
 */
#ifndef EVENKEEL_CLI_PLAN_VIEW_H
#define EVENKEEL_CLI_PLAN_VIEW_H

#include "cmd.h"
#include "evenkeel/buf.h"

extern const struct cmd cmd_plan_edit;   /* cmd_plan_edit.c */
extern const struct cmd cmd_plan_import; /* cmd_plan_edit.c */

/* PUT of a plan: base may be NULL (there was none).  Not said: the caller
 * decides what a refusal means.  *ret_reply: new reference. */
enum ek_err plan_put(struct cmd_env *env, const struct buf *text,
    const char *base, json_t **ret_reply,
    struct ek_why *reterr_why) EK_MUST_USE;
/* What was saved, in words and as a diff. */
void plan_saved(struct cmd_env *env, json_t *reply);
/* Lines of a diff. */
void plan_print_diff(struct out *out, const char *diff);
/* The document with ids in the margin. */
void plan_print(struct out *out, const json_t *plan);

#endif
