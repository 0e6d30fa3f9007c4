/*
 * recur_lines - answers rules by the thousand for recur_oracle.py.
 *
 * Each line of stdin is "COUNT START FROM RULE" (wall clocks; FROM "-" or
 * where to seek to); each line of stdout the first COUNT occurrences in one
 * row, or "refused: reason".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evenkeel/recur.h"

static void
answer(int count, const char *start, const char *from, const char *rule)
{
	struct recur *recur = NULL;
	struct recur_iter *iter = NULL;
	struct civil begin, civil;
	struct ek_why why = {""};
	char out[CIVIL_TIME_LEN + 1];

	if (!civil_parse_time(start, &begin))
		printf("refused: start");
	else if (recur_parse(rule, &recur, &why) != EK_OK)
		printf("refused: %s", why.text);
	else if (recur_iter_new(recur, &begin, NULL, &iter) != EK_OK)
		printf("refused: memory");
	if (iter != NULL && civil_parse_time(from, &civil))
		recur_iter_seek(iter, &civil);
	for (int i = 0; iter != NULL && i < count; i++) {
		if (!recur_iter_next(iter, &civil))
			break;
		civil_format_time(&civil, out);
		printf("%s%s", i > 0 ? " " : "", out);
	}
	putchar('\n');
	recur_iter_free(iter);
	recur_free(recur);
}

int
main(void)
{
	char line[2048];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		char *rest = NULL;
		const char *count = strtok_r(line, " \n", &rest);
		const char *start = strtok_r(NULL, " \n", &rest);
		const char *from = strtok_r(NULL, " \n", &rest);
		const char *rule = strtok_r(NULL, " \n", &rest);

		if (rule != NULL)
			answer(atoi(count), start, from, rule);
	}
	return 0;
}
