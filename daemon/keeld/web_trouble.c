/*
 * web_trouble - what stands where a page failed: the reason in plain words and
 * the way on.  What only `keel` can mend is said with who can do it: she has
 * no terminal.
 */
#include "keeld/html.h"
#include "keeld/web_in.h"

#define ASK "Ask the person who looks after your computer to run: "

struct trouble {
	const char *head;
	const char *what; /* NULL: the store's own reason */
	const char *next;
};

/* A book that is here and cannot be opened. */
static const struct trouble *
find_trouble(enum ek_err err)
{
	static const struct trouble damaged = {"Your book cannot be read",
	    "It is damaged. Nothing was deleted.",
	    ASK "keel doctor. If a sealed copy is kept, keel restore brings "
		"your entries back from it."};
	static const struct trouble newer = {"Your book is newer",
	    "A newer version of Evenkeel wrote it. All of it is still there.",
	    "Ask the person who looks after your computer. They can update "
	    "Evenkeel."};
	static const struct trouble full = {"The disk is full",
	    "Your book cannot be opened until there is room. All of it is "
	    "still there.",
	    "Delete files that you do not need, then try again. If that does "
	    "not help, ask the person who looks after your computer."};
	static const struct trouble other = {
	    "Your book cannot be opened", NULL, ASK "keel doctor."};

	if (err == EK_CORRUPT)
		return &damaged;
	if (err == EK_NEWER)
		return &newer;
	return err == EK_NO_SPACE ? &full : &other;
}

static void
put_plain(const char *text, struct buf *out)
{
	struct buf plain;

	buf_init(&plain, sizeof(((struct ek_why *)0)->text) + 2);
	web_plain(text, &plain);
	html_put(out, "<p role=\"alert\" class=\"why\">%s</p>",
	    plain.len > 0 ? buf_text(&plain) : "This could not be done.");
	buf_done(&plain);
}

static void
put_broken(struct web_req *wr, struct buf *out)
{
	const struct store *store = wr->web->keeld->store;
	const struct trouble *trouble = find_trouble(store_err(store));

	html_put(out, "<h1>%s</h1>", trouble->head);
	if (trouble->what == NULL)
		put_plain(store_why(store), out);
	else
		html_put(out, "<p role=\"alert\" class=\"why\">%s</p>",
		    trouble->what);
	html_put(out, "<p>%s</p><p>", trouble->next);
	web_anchor(wr, out, "today", "Try again");
	html_put(out, "</p>");
}

void
web_trouble(struct web_req *wr, enum ek_err err, const struct ek_why *why,
    struct buf *out)
{
	if (store_state(wr->web->keeld->store) == STORE_BROKEN) {
		put_broken(wr, out);
		return;
	}
	if (err == EK_LOCKED) {
		web_unlock_page(wr, wr->whole, out);
		return;
	}
	html_put(out, "<h1>That did not work</h1>");
	put_plain(why->text[0] != '\0' ? why->text : ek_err_text(err), out);
	html_put(out, "<p>");
	web_anchor(wr, out, "today", "Go to today");
	html_put(out, "</p>");
}
