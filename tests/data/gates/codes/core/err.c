/*
 * sample - shows that the gate of this folder can fail.  Never built.
 */
const char *
ek_err_code(enum ek_err err)
{
	return "locked";
}
