/*
 * sample - shows that the gate of this folder can fail.  Never built.
 */
#ifndef SAMPLE
#define SAMPLE
#endif
