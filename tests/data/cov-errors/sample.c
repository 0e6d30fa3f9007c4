/*
 * sample - one line that was never run, one side never taken, one excused.
 */
int
sample(int a)
{
	assert(a != 0);
	if (a > 1)
		return 2;
	if (a > 2)
		return 3;
	if (a > 3)
		return 4;
	return 1;
}
