/*
 * sample - shows that the gate of this folder can fail.  Never built.
 */
long
now(void)
{
	return time(NULL);
}
