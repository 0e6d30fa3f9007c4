/*
 * web_checkin_left - what stands behind a check-in's last step: her words back
 * when it was saved, and nothing when it was thrown away.
 */
#include <stdio.h>

#include "evenkeel/limits.h"
#include "keeld/html.h"
#include "keeld/web_checkin_in.h"

bool
checkin_is_locked(const struct web_req *wr)
{
	return store_state(web_keeld(wr)->store) == STORE_LOCKED;
}

enum ek_err
checkin_leave_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *key = web_query(wr, "d");
	char target[100];

	if (key == NULL)
		return ek_why(why, EK_NOT_FOUND,
		    "there is nothing to leave; go back to today");
	html_put(out, "<h1>Leave it?</h1><p>You can go on later: what you have "
		      "filled in waits for some hours, under Today. Or it is "
		      "thrown away, and nothing of it is kept.</p><ul><li>");
	web_anchor(wr, out, "today", "Leave it for later");
	html_put(out, "</li><li>");
	snprintf(target, sizeof(target), "checkin?d=%s", key);
	web_anchor(wr, out, target, "No, go on now");
	html_put(out, "</li></ul>");
	snprintf(target, sizeof(target), "checkin-leave?d=%s", key);
	web_form_begin(wr, out, target);
	html_put(out, "<p><button class=\"quiet\">Throw it "
		      "away</button></p></form>");
	return EK_OK;
}

enum ek_err
checkin_leave_post(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *key = web_query(wr, "d");
	enum ek_err err;

	(void)out;
	err = key == NULL ? EK_BUG : draft_drop(web_keeld(wr), key, true, why);
	if (err == EK_OK)
		web_see(wr, "today?was=left");
	return err;
}

static void
put_entry_link(struct web_req *wr, const char *id, struct buf *out)
{
	char target[100];

	if (id[0] == '\0' || checkin_is_locked(wr) ||
	    !web_is_page("diary-entry"))
		return;
	snprintf(target, sizeof(target), "diary-entry?id=%s", id);
	html_put(out, "<li>");
	web_anchor(wr, out, target, "Look at the entry");
	html_put(out, "</li>");
}

static void
put_said(struct web_req *wr, const json_t *json, struct buf *out)
{
	bool off = json_is_true(json_object_get(json, "off_record"));
	bool place = off && json_is_true(json_object_get(json, "took_place"));

	html_put(out, "<p role=\"status\">%s</p>",
	    !off    ? "Saved."
	    : place ? "Off the record: only that it took place was kept."
		    : "Off the record: nothing of it was kept.");
	web_words(wr, json_object_get(json, "words"), false, out);
}

/* Its words are the session's; later the diary has what is left of it. */
enum ek_err
checkin_saved_get(struct web_req *wr, struct buf *out, struct ek_why *why)
{
	const char *key = web_query(wr, "d");
	char id[2 * EK_ID_LEN + 1] = "";
	const json_t *json;
	bool known;

	if (key == NULL)
		return ek_why(why, EK_NOT_FOUND,
		    "there is nothing here; go back to today");
	json = web_kept_reply(wr, key);
	known = draft_was_saved(web_keeld(wr), key, id);
	html_put(out, "<h1>Your own words</h1>");
	if (json != NULL)
		put_said(wr, json, out);
	else
		html_put(out, "<p role=\"status\">%s</p>",
		    known ? "Saved already." : "This check-in is over.");
	html_put(out, "<h2>What now?</h2><ul>");
	if (json_is_false(json_object_get(json, "off_record")))
		put_entry_link(wr, id, out);
	html_put(out, "<li>");
	web_anchor(wr, out, "today", "Go to today");
	html_put(out, "</li></ul>");
	return EK_OK;
}
