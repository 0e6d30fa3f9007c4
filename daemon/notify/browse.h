/*
 * browse - starts her browser, as the desktop would: none of our limits, none
 * of our fds, and it stays when we go.
 */
#ifndef EVENKEEL_NOTIFY_BROWSE_H
#define EVENKEEL_NOTIFY_BROWSE_H

#include <gio/gio.h>
#include <stdbool.h>

/* token: what the click gave to come to the front with, or NULL.  False: no
 * browser could be started. */
bool browse(GDBusConnection *session, const char *url, const char *token);

#endif
