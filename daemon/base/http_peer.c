/*
 * http_peer - whose program is at the other end of a connection on 127.0.0.1.
 *
 * The kernel's table of sockets says who made one.  The peer's end is asked
 * for by its exact pair of addresses (NETLINK_SOCK_DIAG), or, where that is
 * not to be had, looked up in /proc/net/tcp.  The lookup may answer with a
 * listener on the same port, and a socket in TIME_WAIT has no owner: only one
 * that is established, or half closed, counts.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/http_in.h"

/* As the kernel numbers them, for both ways of asking. */
enum { ST_ESTABLISHED = 1, ST_FIN_WAIT1 = 4, ST_FIN_WAIT2 = 5 };

static bool
is_live(unsigned state)
{
	return state == ST_ESTABLISHED || state == ST_FIN_WAIT1 ||
	       state == ST_FIN_WAIT2;
}

/* Both ends; false unless it is IPv4 on the loopback address. */
static bool
ends_of(int fd, struct sockaddr_in *ret_ours, struct sockaddr_in *ret_theirs)
{
	struct sockaddr_storage ours, theirs;
	socklen_t ours_len = sizeof(ours), theirs_len = sizeof(theirs);

	memset(&ours, 0, sizeof(ours));
	memset(&theirs, 0, sizeof(theirs));
	if (getsockname(fd, (struct sockaddr *)&ours, &ours_len) != 0 ||
	    getpeername(fd, (struct sockaddr *)&theirs, &theirs_len) != 0 ||
	    ours.ss_family != AF_INET || theirs.ss_family != AF_INET)
		return false;
	memcpy(ret_ours, &ours, sizeof(*ret_ours));
	memcpy(ret_theirs, &theirs, sizeof(*ret_theirs));
	return ret_ours->sin_addr.s_addr == htonl(INADDR_LOOPBACK) &&
	       ret_theirs->sin_addr.s_addr == htonl(INADDR_LOOPBACK);
}

static bool
diag_ask(
    int fd, const struct sockaddr_in *ours, const struct sockaddr_in *theirs)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 req;
	} ask;

	memset(&ask, 0, sizeof(ask));
	ask.head.nlmsg_len = sizeof(ask);
	ask.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
	ask.head.nlmsg_flags = NLM_F_REQUEST;
	ask.req.sdiag_family = AF_INET;
	ask.req.sdiag_protocol = IPPROTO_TCP;
	ask.req.idiag_states = ~0U;
	ask.req.id.idiag_sport = theirs->sin_port;
	ask.req.id.idiag_dport = ours->sin_port;
	ask.req.id.idiag_src[0] = theirs->sin_addr.s_addr;
	ask.req.id.idiag_dst[0] = ours->sin_addr.s_addr;
	ask.req.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
	ask.req.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
	return send(fd, &ask, sizeof(ask), 0) == (ssize_t)sizeof(ask);
}

/* The kernel answers within send(); there is nothing to wait for. */
static bool
diag_hear(int fd, const struct sockaddr_in *ours,
    const struct sockaddr_in *theirs, uid_t *ret_uid)
{
	union {
		struct nlmsghdr head;
		char bytes[4096];
	} told;
	const struct inet_diag_msg *msg = NLMSG_DATA(&told.head);
	ssize_t got = recv(fd, &told, sizeof(told), MSG_DONTWAIT);

	if (got < (ssize_t)NLMSG_LENGTH(sizeof(*msg)) ||
	    told.head.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    !is_live(msg->idiag_state) ||
	    msg->id.idiag_sport != theirs->sin_port ||
	    msg->id.idiag_dport != ours->sin_port)
		return false;
	*ret_uid = msg->idiag_uid;
	return true;
}

static bool
by_diag(const struct sockaddr_in *ours, const struct sockaddr_in *theirs,
    uid_t *ret_uid)
{
	int fd =
	    socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	bool found;

	if (fd < 0)
		return false;
	found =
	    diag_ask(fd, ours, theirs) && diag_hear(fd, ours, theirs, ret_uid);
	close(fd);
	return found;
}

/* The hexadecimal number at *at, which ends with `end`. */
static bool
take_hex(const char **at, char end, unsigned long want)
{
	char *after;
	unsigned long value = strtoul(*at, &after, 16);

	if (after == *at || *after != end || value != want)
		return false;
	*at = after + 1;
	return true;
}

static void
skip_word(const char **at)
{
	*at += strspn(*at, " ");
	*at += strcspn(*at, " ");
}

/* "  0: 0100007F:1F90 0100007F:C350 01 …:… …:… …       1000 …" */
static bool
line_is(const char *line, const struct sockaddr_in *ours,
    const struct sockaddr_in *theirs, uid_t *ret_uid)
{
	const char *at = strchr(line, ':');
	char *after;
	unsigned long uid;

	if (at == NULL)
		return false;
	at++;
	if (!take_hex(&at, ':', theirs->sin_addr.s_addr) ||
	    !take_hex(&at, ' ', ntohs(theirs->sin_port)) ||
	    !take_hex(&at, ':', ours->sin_addr.s_addr) ||
	    !take_hex(&at, ' ', ntohs(ours->sin_port)) ||
	    !is_live((unsigned)strtoul(at, &after, 16)) || *after != ' ')
		return false;
	at = after;
	skip_word(&at); /* queues */
	skip_word(&at); /* timer */
	skip_word(&at); /* retransmissions */
	uid = strtoul(at, &after, 10);
	if (after == at || *after != ' ' || uid >= (uid_t)-1)
		return false;
	*ret_uid = (uid_t)uid;
	return true;
}

bool
http_peer_by_table(const char *path, const struct sockaddr_in *ours,
    const struct sockaddr_in *theirs, uid_t *ret_uid)
{
	FILE *file = fopen(path, "re");
	char line[512];
	bool found = false;

	if (file == NULL)
		return false;
	while (!found && fgets(line, sizeof(line), file) != NULL)
		found = line_is(line, ours, theirs, ret_uid);
	fclose(file);
	return found;
}

bool
http_peer_uid(int fd, uid_t *ret_uid)
{
	struct sockaddr_in ours, theirs;

	return ends_of(fd, &ours, &theirs) &&
	       (by_diag(&ours, &theirs, ret_uid) ||
		   http_peer_by_table(
		       "/proc/net/tcp", &ours, &theirs, ret_uid));
}
