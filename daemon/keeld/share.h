/*
 * share - where the files and programs that come with this one lie: beside it
 * (a build tree, another prefix), else where the package puts them.
 */
#ifndef KEELD_SHARE_H
#define KEELD_SHARE_H

#include <stddef.h>

/* name: a folder of share/, "instruments". */
void share_find(const char *name, char *out, size_t room);
/* A program of ours: beside this one where it was built, else below the prefix
 * in dir, "bin". */
void share_program(const char *name, const char *dir, char *out, size_t room);

#endif
