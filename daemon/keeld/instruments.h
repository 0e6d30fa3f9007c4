/*
 * instruments - the questionnaires at hand: those shipped with the program
 * and the person's own.
 *
 * Loaded once at start.  A file that cannot be used is left out and kept as
 * a fault for doctor; it never keeps keeld from running.
 */
#ifndef KEELD_INSTRUMENTS_H
#define KEELD_INSTRUMENTS_H

#include "evenkeel/instrument.h"

#define INSTRUMENTS_MAX        64
#define INSTRUMENTS_FAULTS_MAX 16

struct conf;
struct instruments;

/* The shipped ones lie beside the program (…/share/evenkeel/instruments,
 * …/share/instruments), own_dir/instruments holds hers; own_dir may be NULL.
 * conf is borrowed.  Fails only for want of memory. */
enum ek_err instruments_load(const struct conf *conf, const char *own_dir,
    struct instruments **ret) EK_MUST_USE;
/* The same from folders given, NULL-ended; the first of a name stands. */
enum ek_err instruments_load_from(const struct conf *conf,
    const char *const dirs[], struct instruments **ret) EK_MUST_USE;
void instruments_free(struct instruments *instruments);

size_t instruments_count(const struct instruments *instruments);
/* By name, ascending. */
const struct instrument *instruments_at(
    const struct instruments *instruments, size_t index);
const struct instrument *instruments_find(
    const struct instruments *instruments, const char *name, size_t len);
/* May it be used: on by itself or by conf. */
bool instruments_on(
    const struct instruments *instruments, const struct instrument *instrument);
/* A measure of any instrument, NULL when none has it. */
const struct measure *instruments_measure(
    const struct instruments *instruments, const char *name, size_t len);

size_t instruments_faults(const struct instruments *instruments);
const char *instruments_fault(
    const struct instruments *instruments, size_t index);
/* The folder of the shipped ones, or "" when none was found. */
const char *instruments_place(const struct instruments *instruments);

#endif
