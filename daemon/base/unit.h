/*
 * unit - what systemd hands a service: sockets and a place to say "ready"
 * (sd_listen_fds(3), sd_notify(3), by their documented environment; no
 * library, it is two variables).
 */
#ifndef EVENKEEL_BASE_UNIT_H
#define EVENKEEL_BASE_UNIT_H

#include <stdbool.h>

/* The fd of the socket named name ("api") that systemd handed us, or -1.
 * Sets close-on-exec; checks LISTEN_PID and that it is a listening socket. */
int unit_socket(const char *name);
/* How many fds from 3 on were handed to us (0 outside systemd). */
int unit_socket_count(void);
/* Was this very process started by a service manager (SYSTEMD_EXEC_PID)? */
bool unit_started(void);
/* Was the program's file replaced since it was started, as by an upgrade? */
bool unit_replaced(void);
/* "READY=1", "STOPPING=1", "STATUS=..."; nothing when not under systemd. */
void unit_notify(const char *state);

#endif
