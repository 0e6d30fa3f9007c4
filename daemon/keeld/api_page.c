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
	const char *to = NULL;
	json_t *json = NULL;
	struct buf url;
	enum ek_err err;

	buf_init(&url, 200);
	err = http_body_json(req, &body, &why);
	if (err == EK_OK)
		err = json_only(body, "the page", &why, "to", NULL);
	if (err == EK_OK)
		err = api_text(body, "to", 20, &to, &why);
	if (err == EK_OK)
		err = web_link(keeld->web, to, &url, &why);
	if (err == EK_OK)
		json = json_pack("{s:s}", "url", buf_text(&url));
	buf_done(&url);
	return err == EK_OK ? api_reply(req, 201, json)
			    : http_fail(req, err, &why);
}

const struct http_route api_page_routes[] = {
    {"POST", "/v1/page", page_post, 0, "to (today, checkin, hard)", "url",
	"a link that opens the page in a browser once, within a minute"},
    {NULL, NULL, NULL, 0, NULL, NULL, NULL},
};
