/*
 * aside - finding what was set aside.
 */
#include "keeld/aside.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/seal.h"
#include "evenkeel/text.h"

size_t
aside_each(const char *dir, const char *begin,
    void (*cb)(const char *path, void *arg), void *arg)
{
	char path[EK_PATH_MAX + 300];
	struct dirent **list = NULL;
	size_t found = 0;
	int count, i;

	count = scandir(dir, &list, NULL, alphasort);
	for (i = 0; i < count; i++) {
		if (strncmp(list[i]->d_name, begin, strlen(begin)) == 0 &&
		    strstr(list[i]->d_name, ASIDE_MARK) != NULL) {
			snprintf(
			    path, sizeof(path), "%s/%s", dir, list[i]->d_name);
			found++;
			if (cb != NULL)
				cb(path, arg);
		}
		free(list[i]);
	}
	free(list);
	return found;
}

size_t
aside_of_book(const struct store *store,
    void (*cb)(const char *path, void *arg), void *arg)
{
	return aside_each(store_place(store), "book.", cb, arg);
}

size_t
aside_of_copy(const struct store *store, const struct copy *copy,
    void (*cb)(const char *path, void *arg), void *arg)
{
	const char *place = copy_info(copy)->place;
	char begin[64], hex[17];

	if (place[0] == '\0' || store_key(store) == NULL)
		return 0;
	text_hex(book_key_id(store_key(store)), 8, hex);
	snprintf(begin, sizeof(begin), "evenkeel-%s.copy", hex);
	return aside_each(place, begin, cb, arg);
}

/* A path may have bytes that are no text; the answer is JSON. */
static void
put_path_cb(const char *path, void *arg)
{
	json_t *json = json_string(path);
	char plain[EK_PATH_MAX + 300];
	size_t i;

	for (i = 0; json == NULL && path[i] != '\0' && i + 1 < sizeof(plain);
	     i++)
		plain[i] = path[i] < 0x20 || path[i] >= 0x7f ? '?' : path[i];
	if (json == NULL)
		json = json_stringn(plain, i);
	(void)!json_array_append_new(arg, json);
}

json_t *
aside_json(const struct store *store, const struct copy *copy)
{
	json_t *list = json_array();

	if (list == NULL)
		return NULL;
	aside_of_book(store, put_path_cb, list);
	aside_of_copy(store, copy, put_path_cb, list);
	return list;
}
