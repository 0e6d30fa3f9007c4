/*
 * api_page - a one-time link to the page in a browser.
 */
#include "keeld/api.h"
#include "keeld/web.h"

static const struct http_token *
page_post(struct http_req *req, void *arg)
{
	struct keeld *keeld = arg;
	struct ek_why why = {""};
	const json_t *body = NULL;
	const char *to = NULL, *slot = NULL;
	json_t *json = NULL;
	struct buf url, target;
	enum ek_err err;

	buf_init(&url, 200);
	buf_init(&target, 200);
	err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = json_only(body, "the page", &why, "to", "slot", NULL);
	if (err == EK_OK)
		err = api_text(body, "to", 20, &to, &why);
	if (err == EK_OK && json_object_get(body, "slot") != NULL)
		err = api_text(body, "slot", 80, &slot, &why);
	if (err == EK_OK) {
		buf_str(&target, to);
		if (slot != NULL)
			buf_fmt(&target, "?slot=%s", slot);
		err = web_link(keeld->web, buf_text(&target), &url, &why);
	}
	if (err == EK_OK)
		json = json_pack("{s:s}", "url", buf_text(&url));
	buf_done(&url);
	buf_done(&target);
	return err == EK_OK ? api_reply(req, 201, json)
			    : http_fail(req, err, &why);
}

const struct http_route api_page_routes[] = {
    {"POST", "/v1/page", page_post, 0,
	"to: today, checkin, hard, plan or diary; slot", "url",
	"a link that opens the page in a browser once, within a minute"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
