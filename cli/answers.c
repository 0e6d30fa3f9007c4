/*
 * answers - `--answers -`: lines KEY=VALUE, for scripts and other programs.
 */
#include <stdlib.h>
#include <string.h>

#include "input.h"

#define ANSWERS_MAX   262144 /* bytes in all: a few long notes */
#define ANSWERS_LINES 1000

struct pair {
	const char *key; /* into text, NUL put over the "=" */
	const char *value;
	size_t line;
	bool taken;
};

struct answers {
	struct buf text;
	struct pair *pairs;
	size_t count;
};

static bool
key_ok(const char *key, size_t len)
{
	return len > 0 && len <= 64 &&
	       strspn(key,
		   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		   "0123456789-_.:") >= len;
}

/* Without the spaces around it, in place. */
static char *
trim(char *text)
{
	size_t len;

	text += strspn(text, " \t\r");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL)
		text[--len] = '\0';
	return text;
}

static enum ek_err
take_answer(struct answers *answers, char *line, size_t number,
    struct ek_why *reterr_why)
{
	struct pair *pair = &answers->pairs[answers->count];
	char *equals;

	line = trim(line);
	if (line[0] == '\0' || line[0] == '#')
		return EK_OK;
	equals = strchr(line, '=');
	if (equals != NULL)
		*equals = '\0';
	line = trim(line);
	if (equals == NULL || !key_ok(line, strlen(line)))
		return ek_why(reterr_why, EK_USAGE,
		    "line %zu of the answers is not KEY=VALUE; write it so",
		    number);
	if (answers->count == ANSWERS_LINES)
		return ek_why(reterr_why, EK_TOO_LARGE,
		    "there are more than %d answers; give fewer",
		    ANSWERS_LINES);
	*pair = (struct pair){line, trim(equals + 1), number, false};
	answers->count++;
	return EK_OK;
}

static enum ek_err
take_answers(struct answers *answers, struct ek_why *reterr_why)
{
	char *line = answers->text.data;
	size_t number = 0;

	while (line != NULL && *line != '\0') {
		char *end = strchr(line, '\n');
		enum ek_err err;

		if (end != NULL)
			*end = '\0';
		err = take_answer(answers, line, ++number, reterr_why);
		if (err != EK_OK)
			return err;
		line = end == NULL ? NULL : end + 1;
	}
	return EK_OK;
}

enum ek_err
answers_read(int fd, struct answers **ret, struct ek_why *reterr_why)
{
	struct answers *answers = calloc(1, sizeof(*answers));
	enum ek_err err;

	if (answers == NULL)
		return EK_NOMEM;
	buf_init(&answers->text, ANSWERS_MAX);
	answers->pairs = calloc(ANSWERS_LINES + 1, sizeof(*answers->pairs));
	err = answers->pairs == NULL ? EK_NOMEM : EK_OK;
	if (err == EK_OK)
		err = input_text(
		    fd, "standard input", &answers->text, reterr_why);
	if (err == EK_OK)
		err = take_answers(answers, reterr_why);
	if (err == EK_OK) {
		*ret = answers;
		return EK_OK;
	}
	answers_free(answers);
	return err;
}

void
answers_free(struct answers *answers)
{
	if (answers == NULL)
		return;
	buf_done(&answers->text);
	free(answers->pairs);
	free(answers);
}

const char *
answers_take(struct answers *answers, const char *key)
{
	for (size_t i = 0; i < answers->count; i++) {
		struct pair *pair = &answers->pairs[i];

		if (pair->taken || strcmp(pair->key, key) != 0)
			continue;
		pair->taken = true;
		return pair->value;
	}
	return NULL;
}

bool
answers_next(struct answers *answers, const char **ret_key,
    const char **ret_value, size_t *ret_line)
{
	for (size_t i = 0; i < answers->count; i++) {
		struct pair *pair = &answers->pairs[i];

		if (pair->taken)
			continue;
		pair->taken = true;
		*ret_key = pair->key;
		*ret_value = pair->value;
		*ret_line = pair->line;
		return true;
	}
	return false;
}

enum ek_err
answers_all_taken(struct answers *answers, struct ek_why *reterr_why)
{
	for (size_t i = 0; i < answers->count; i++)
		if (!answers->pairs[i].taken)
			return ek_why(reterr_why, EK_USAGE,
			    "line %zu of the answers has a key that is not "
			    "asked for here, or one too often; --help lists "
			    "them",
			    answers->pairs[i].line);
	return EK_OK;
}
