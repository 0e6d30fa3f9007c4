/*
 * serve - the socket keel talks to: systemd's, or our own in a folder that is
 * ours alone.
 */
#include "keeld/serve.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/unit.h"
#include "keeld/own_dir.h"

static enum ek_err
make_run_dir(const char *dir, struct ek_why *why)
{
	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return ek_why(why, EK_READ_ONLY,
		    "the folder of the socket cannot be made (%s); check the "
		    "permissions of the folder above it",
		    strerror(errno));
	return own_dir(dir, "the folder of the socket", why);
}

/* systemd's socket when it handed us one, else our own. */
enum ek_err
serve_start(struct keeld *keeld, int *ret_lock_fd, struct ek_why *why)
{
	int fd = unit_socket("api");
	enum ek_err err;

	err = make_run_dir(keeld->paths.run, why);
	if (err == EK_OK && fd < 0)
		err =
		    http_listen_unix(keeld->paths.sock, &fd, ret_lock_fd, why);
	if (err == EK_OK)
		err = http_serve_unix(keeld->http, fd, geteuid());
	return err;
}

void
serve_stop(struct keeld *keeld, int lock_fd)
{
	if (lock_fd < 0)
		return; /* systemd's socket stays systemd's */
	unlink(keeld->paths.sock);
	close(lock_fd);
}
