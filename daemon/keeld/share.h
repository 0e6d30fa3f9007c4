/*
 * share - where the files that come with the program lie: beside it (a build
 * tree, another prefix), else where the package puts them.
 */
#ifndef KEELD_SHARE_H
#define KEELD_SHARE_H

#include <stddef.h>

/* name: a folder of share/, "instruments". */
void share_find(const char *name, char *out, size_t room);

#endif
