/*
 * sample - shows that the gate of this folder can fail.  Never built.
 */
static int counter = 0;
int shared;
