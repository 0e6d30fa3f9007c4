/*
 * sample - shows that the gate of this folder can fail.  Never built.
 */
const struct http_route sample[] = {
	{ "GET", "/v1/forgotten" },
};
