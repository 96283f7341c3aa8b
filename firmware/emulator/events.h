/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_EVENTS_H
#define SLOWHAND_EVENTS_H

#include <stdint.h>
#include <stdio.h>

enum { CYCLES_PER_US = 16 }; /* the board's crystal: 16 MHz */

/* Ground truth as text lines "<us> <kind> <what>", in the order in which the chip lived through it. */
struct events {
    FILE *file;        /* NULL: not wanted */
    const char *kinds; /* comma-separated; NULL: all */
    uint64_t misuses;  /* things real hardware would not have honoured */
};

int events_open(struct events *events, const char *path);
void events_close(struct events *events);

void events_log(struct events *events, uint64_t cycle, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Logs "misuse ..." and counts it: the firmware relies on something that the datasheet does not give. */
void events_misuse(struct events *events, uint64_t cycle, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
