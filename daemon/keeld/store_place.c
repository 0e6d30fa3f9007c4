/*
 * store_place - the folder of the book: on a local disk, ours alone, and open
 * to one keeld at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "keeld/own_dir.h"
#include "keeld/store_in.h"

#define LOCAL_ROOT "/var/lib/evenkeel"

static enum ek_err
make_dirs(char *path, struct ek_why *why)
{
	char *slash;

	for (slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST &&
		    errno != EROFS && errno != EACCES) {
			*slash = '/';
			break;
		}
		*slash = '/';
	}
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return EK_OK;
	if (errno == ENOSPC || errno == EDQUOT)
		return ek_why(why, EK_NO_SPACE,
		    "the disk is full, the book's folder cannot be made; free "
		    "some room");
	if (errno == EIO)
		return store_io_error("the book's folder", why);
	return ek_why(why, EK_READ_ONLY,
	    "the book's folder cannot be made (%s); check the permissions of "
	    "the folder above it",
	    strerror(errno));
}

bool
store_is_network(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs) != 0)
		return false;
	switch ((unsigned long)fs.f_type) {
	case NFS_SUPER_MAGIC:
	case SMB_SUPER_MAGIC:
	case CIFS_SUPER_MAGIC:
	case SMB2_SUPER_MAGIC:
	case AFS_SUPER_MAGIC:
	case AFS_FS_MAGIC:
	case CODA_SUPER_MAGIC:
	case CEPH_SUPER_MAGIC:
	case V9FS_MAGIC:
	case FUSE_SUPER_MAGIC:
	case 0x01161970UL: /* GFS2 */
	case 0x7461636FUL: /* OCFS2 */
	case 0x0BD00BD0UL: /* Lustre */
		return true;
	default:
		return false;
	}
}

enum ek_err
store_find_place(
    struct store *store, const struct paths *paths, struct ek_why *why)
{
	enum ek_err err;

	snprintf(store->place, sizeof(store->place), "%s", paths->data);
	err = make_dirs(store->place, why);
	if (err != EK_OK)
		return err;
	if (store_is_network(store->place)) {
		memcpy(store->network, store->place, sizeof(store->network));
		snprintf(store->place, sizeof(store->place), "%s/%u",
		    LOCAL_ROOT, (unsigned)geteuid());
		if (mkdir(store->place, 0700) != 0 && errno != EEXIST)
			return ek_why(why, EK_READ_ONLY,
			    "your home is on the network, where a book is not "
			    "safe, and %s cannot be used (%s); ask your "
			    "steward to install the package, which makes it",
			    LOCAL_ROOT, strerror(errno));
	}
	return own_dir(store->place, "the book's folder", why);
}

enum ek_err
store_lock_place(struct store *store, struct ek_why *why)
{
	char path[EK_PATH_MAX];

	if (store_path(store, "book.lock", path) != EK_OK)
		return EK_INVALID;
	store->lock_fd =
	    open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (store->lock_fd < 0)
		return store_io_error("the book's folder", why);
	if (flock(store->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return EK_OK;
	if (errno == EWOULDBLOCK)
		return ek_why(why, EK_BUSY,
		    "another keeld has this book open; stop it first");
	return store_io_error("book.lock", why);
}
