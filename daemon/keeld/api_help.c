/*
 * api_help - the site's list of whom to call, and the sentence that stands
 * with every check-in.  No number of ours is shipped: without the site's
 * file it says so and names the local emergency number.
 *
 * Read anew each time: the steward mends the file, nobody restarts anything.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evenkeel/text.h"
#include "keeld/api.h"

static enum ek_err
read_text(const char *path, struct buf *ret, struct ek_why *why)
{
	char part[1024];
	struct stat st;
	ssize_t got = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return ek_why(why, errno == ENOENT ? EK_NOT_FOUND : EK_IO,
		    "the site's list of whom to call (%s) %s; ask your steward "
		    "to write it",
		    path,
		    errno == ENOENT ? "is not there" : "cannot be opened");
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		while ((got = read(fd, part, sizeof(part))) > 0)
			buf_add(ret, part, (size_t)got);
	close(fd);
	if (got < 0)
		return ek_why(why, EK_IO,
		    "the site's list of whom to call (%s) cannot be read; ask "
		    "your steward to mend it",
		    path);
	if (buf_err(ret) != EK_OK)
		return ek_why(why, EK_TOO_LARGE,
		    "the site's list of whom to call (%s) is longer than %d "
		    "bytes; ask your steward to shorten it",
		    path, HELP_MAX);
	if (!text_plain_ok(buf_text(ret), ret->len))
		return ek_why(why, EK_INVALID,
		    "the site's list of whom to call (%s) is not plain text; "
		    "ask your steward to write it anew",
		    path);
	return EK_OK;
}

/* Lines that say something; "#" begins a comment. */
static enum ek_err
split(struct help *help, const char *path, struct ek_why *why)
{
	char *line = help->text.data, *end;

	while (line != NULL && *line != '\0') {
		end = strchr(line, '\n');
		if (end != NULL)
			*end = '\0';
		line += strspn(line, " \t");
		if (*line != '\0' && *line != '#') {
			if (help->count == HELP_LINES_MAX)
				return ek_why(why, EK_TOO_LARGE,
				    "the site's list of whom to call (%s) has "
				    "more than %d lines; ask your steward to "
				    "shorten it",
				    path, HELP_LINES_MAX);
			help->lines[help->count++] = line;
		}
		line = end == NULL ? NULL : end + 1;
	}
	if (help->count == 0)
		return ek_why(why, EK_NOT_FOUND,
		    "the site's list of whom to call (%s) is empty; ask your "
		    "steward to fill it",
		    path);
	return EK_OK;
}

enum ek_err
help_read(const char *path, struct help *ret, struct ek_why *why)
{
	enum ek_err err;

	memset(ret, 0, sizeof(*ret));
	buf_init(&ret->text, HELP_MAX);
	err = read_text(path, &ret->text, why);
	if (err == EK_OK)
		err = split(ret, path, why);
	if (err != EK_OK)
		ret->count = 0;
	return err;
}

void
help_done(struct help *help)
{
	buf_done(&help->text);
	help->count = 0;
}

json_t *
api_nobody(const struct keeld *keeld)
{
	struct help help;
	struct buf text;
	json_t *json;
	size_t i;

	buf_init(&text, 2 * HELP_MAX);
	buf_str(&text,
	    "Nobody is watching this live; it is not a clinical record and not "
	    "a crisis service. ");
	if (help_read(keeld->conf->help_file, &help, NULL) == EK_OK) {
		buf_str(&text, "To talk to someone now: ");
		for (i = 0; i < help.count; i++)
			buf_fmt(
			    &text, "%s%s", i == 0 ? "" : "; ", help.lines[i]);
		buf_str(&text, ". In danger, call your local emergency "
			       "number.");
	} else {
		buf_str(&text,
		    "Your workplace has not said here whom to call: in danger, "
		    "call your local emergency number.");
	}
	help_done(&help);
	json = buf_err(&text) == EK_OK ? json_string(buf_text(&text)) : NULL;
	buf_done(&text);
	return json;
}
