/*
 * sample - shows that the gate of this folder can fail.  Never built.
 */
int sample(void){ return 1; }
