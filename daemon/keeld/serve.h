/*
 * serve - opening and closing keeld's socket.
 */
#ifndef KEELD_SERVE_H
#define KEELD_SERVE_H

#include "keeld/keeld.h"

/* Serves systemd's socket "api" when there is one, else makes run/api.sock.
 * *ret_lock_fd is set only for our own.  EK_BUSY: another keeld serves it;
 * EK_DENIED, EK_READ_ONLY: the folder. */
enum ek_err serve_start(struct keeld *keeld, int *ret_lock_fd,
    struct ek_why *reterr_why) EK_MUST_USE;
/* Removes our own socket; lock_fd -1: nothing. */
void serve_stop(struct keeld *keeld, int lock_fd);

#endif
