/*
 * keyspec - how a book's key is kept, as the API wants it said: KEYSPEC
 * objects made from words she typed.
 *
 * Words are stretched here (Argon2id), so keeld's loop never waits for it.
 * Objects made here hold keys: give them back with keyspec_free, which wipes.
 */
#ifndef EVENKEEL_CLI_KEYSPEC_H
#define EVENKEEL_CLI_KEYSPEC_H

#include "cmd.h"
#include "evenkeel/buf.h"

struct ask;

enum keyspec_mode { KEYSPEC_FILE, KEYSPEC_KEYRING, KEYSPEC_PASSPHRASE };

const char *keyspec_mode_name(enum keyspec_mode mode);
/* EK_USAGE for any other name. */
enum ek_err keyspec_mode_from(const char *name, enum keyspec_mode *ret,
    struct ek_why *reterr_why) EK_MUST_USE;

/* Long enough, not too long.  EK_INVALID says which. */
enum ek_err keyspec_check_passphrase(
    const struct buf *passphrase, struct ek_why *reterr_why) EK_MUST_USE;
/* Typed twice at the terminal. */
enum ek_err keyspec_ask_passphrase(struct cmd_env *env, struct buf *ret,
    struct ek_why *reterr_why) EK_MUST_USE;

/* The recovery phrase at the terminal; asked again, three times in
 * all, while it is not eight words of the list. */
enum ek_err keyspec_ask_phrase(struct cmd_env *env, const struct ask *ask,
    struct buf *ret, struct ek_why *reterr_why) EK_MUST_USE;

/* A KEYSPEC with fresh salts.  passphrase: for that mode only.  phrase: when
 * empty a new one is drawn into it.  New reference. */
enum ek_err keyspec_make(enum keyspec_mode mode, const struct buf *passphrase,
    struct buf *phrase, json_t **ret, struct ek_why *reterr_why) EK_MUST_USE;
/* {"with":…,"kek":…}: `with` is "phrase", "passphrase" or "keyring" (words
 * and kdf unused); kdf is the API's {"salt","ops","mem_kib"}.  A phrase is
 * normalised first.  New reference. */
enum ek_err keyspec_open(const char *with, const struct buf *words,
    const json_t *kdf, json_t **ret, struct ek_why *reterr_why) EK_MUST_USE;
void keyspec_free(json_t *json); /* wipes its texts, gives it back */

/* Shows a new phrase, once, with what to do with it. */
void keyspec_show_phrase(struct cmd_env *env, const struct buf *phrase);

/* The mode and, where the mode wants one, the passphrase: from --key and the
 * answers ("key", "passphrase"), or asked at the terminal.  When neither says
 * anything: the keyring, and *ret_chosen is false. */
struct answers;
enum ek_err keyspec_choose(struct cmd_env *env, const char *key_opt,
    struct answers *answers, enum keyspec_mode *ret, bool *ret_chosen,
    struct buf *passphrase, struct ek_why *reterr_why) EK_MUST_USE;
/* Did keeld, which is in reach, say that the keyring is not? */
bool keyspec_no_keyring(enum ek_err err, const struct ek_why *why);
/* The keyring did not take the key: asks at the terminal for a passphrase
 * instead, Enter for a file. When the keyring was chosen, or there is no
 * terminal, it is EK_INVALID with what to give instead. */
enum ek_err keyspec_instead(struct cmd_env *env, bool chosen,
    enum keyspec_mode *ret, struct buf *passphrase,
    struct ek_why *why) EK_MUST_USE;

#endif
