/*
 * client - one client that checks in over and over on one connection.
 *
 *   client SOCKET COUNT		prints "COUNT SECONDS"
 *
 * Each request has its own Idempotency-Key, and the next is sent when the
 * answer to the last was read whole.  Any answer but 201 ends it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int
dial(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

/* Reads one answer whole; its status. */
static int
answer(int fd)
{
	char in[65536];
	size_t have = 0;
	const char *body = NULL;
	const char *length;
	ssize_t got;

	while (have < sizeof(in) - 1) {
		got = read(fd, in + have, sizeof(in) - 1 - have);
		if (got <= 0)
			return -1;
		have += (size_t)got;
		in[have] = '\0';
		if (body == NULL)
			body = strstr(in, "\r\n\r\n");
		if (body == NULL)
			continue;
		length = strstr(in, "Content-Length: ");
		if (length == NULL)
			return -1;
		if ((size_t)(body + 4 - in) + strtoul(length + 16, NULL, 10) <=
		    have)
			return (int)strtol(in + 9, NULL, 10);
	}
	return -1;
}

static int
ask(int fd, unsigned seed, long number)
{
	char body[256], out[512];
	int len, status;

	len = snprintf(body, sizeof(body),
	    "{\"instrument\":\"pulse\",\"slot\":null,\"answers\":{\"mood\":%ld,"
	    "\"energy\":%ld,\"tense\":3,\"pressure\":5,\"helpful\":6}}",
	    number % 11, number / 11 % 11);
	len = snprintf(out, sizeof(out),
	    "POST /v1/checkins HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Type: application/json\r\nContent-Length: %d\r\n"
	    "Idempotency-Key: %08x%024lx\r\n\r\n%s",
	    len, seed, number, body);
	if (write(fd, out, (size_t)len) != len)
		return -1;
	status = answer(fd);
	return status;
}

int
main(int argc, char **argv)
{
	long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	unsigned seed = (unsigned)getpid() * 2654435761U ^ (unsigned)time(NULL);
	double began;
	int fd, status;

	if (count <= 0) {
		fprintf(stderr, "usage: client SOCKET COUNT\n");
		return 3;
	}
	fd = dial(argv[1]);
	began = now();
	for (long i = 0; i < count; i++) {
		status = ask(fd, seed, i);
		if (status != 201) {
			fprintf(stderr, "check-in %ld: status %d\n", i, status);
			return 1;
		}
	}
	printf("%ld %.6f\n", count, now() - began);
	close(fd);
	return 0;
}
