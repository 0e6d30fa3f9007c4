/*
 * sample - shows that the gate of this folder can fail.  Never built.
 */
int
past_the_end(void)
{
	int two[2] = {1, 2};

	return two[2];
}
