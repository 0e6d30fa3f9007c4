/*
 * sample - shows that the gate of this folder can fail.  Never built.
 */
void
copy(char *to, const char *from)
{
	strcpy(to, from);
}
