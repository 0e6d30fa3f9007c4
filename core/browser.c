/*
 * browser - takes BROWSER apart.
 */
#include "evenkeel/browser.h"

#include <string.h>

static const char *const fallbacks[] = {"xdg-open", "gio open"};
#define FALLBACKS (sizeof(fallbacks) / sizeof(fallbacks[0]))

struct words {
	struct browser_cmd *cmd;
	size_t used, count;
};

static bool
put(struct words *words, const char *text, size_t len)
{
	if (words->used + len > BROWSER_TEXT_MAX)
		return false;
	memcpy(words->cmd->text + words->used, text, len);
	words->used += len;
	return true;
}

static bool
begin(struct words *words)
{
	if (words->count == BROWSER_WORDS_MAX)
		return false;
	words->cmd->argv[words->count++] = words->cmd->text + words->used;
	words->cmd->argv[words->count] = NULL;
	return true;
}

static bool
end(struct words *words)
{
	return put(words, "", 1);
}

/* One word with its %s and %% put in. */
static bool
put_word(struct words *words, const char *word, size_t len, const char *url,
    bool *ret_has_url)
{
	bool ok = begin(words);
	size_t i;

	for (i = 0; ok && i < len; i++) {
		bool more = word[i] == '%' && i + 1 < len;

		if (more && word[i + 1] == 's') {
			ok = put(words, url, strlen(url));
			*ret_has_url = true;
			i++;
		} else {
			ok = put(words, word + i, 1);
			i += more && word[i + 1] == '%';
		}
	}
	return ok && end(words);
}

/* False: empty, or too long. */
static bool
read_cmd(const char *text, size_t len, const char *url, struct browser_cmd *ret)
{
	struct words words = {ret, 0, 0};
	bool has_url = false, ok = true;
	size_t at = 0, word;

	while (ok) {
		while (at < len && (text[at] == ' ' || text[at] == '\t'))
			at++;
		word = at;
		while (at < len && text[at] != ' ' && text[at] != '\t')
			at++;
		if (at == word)
			break;
		ok = put_word(&words, text + word, at - word, url, &has_url);
	}
	if (!ok || words.count == 0)
		return false;
	return has_url ||
	       (begin(&words) && put(&words, url, strlen(url)) && end(&words));
}

void
browser_init(struct browser *ret, const char *list)
{
	ret->rest = list == NULL ? "" : list;
	ret->fallback = 0;
}

bool
browser_next(struct browser *browser, const char *url, struct browser_cmd *ret)
{
	const char *text;
	size_t len;

	while (browser->rest[0] != '\0') {
		text = browser->rest;
		len = strcspn(text, ":");
		browser->rest += len + (text[len] == ':');
		if (read_cmd(text, len, url, ret))
			return true;
	}
	if (browser->fallback == FALLBACKS)
		return false;
	text = fallbacks[browser->fallback++];
	return read_cmd(text, strlen(text), url, ret);
}
