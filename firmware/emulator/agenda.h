/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_AGENDA_H
#define SLOWHAND_AGENDA_H

#include <stdint.h>

#include <sim_avr.h>

/* Runs at its time; returns the time of its next run, or 0 for none. */
typedef uint64_t (*agenda_run)(void *who, uint64_t when);

struct agenda_item {
    agenda_run run;
    void *who;
    uint64_t when;              /* cycle; 0: not waiting */
    struct agenda_item *next;
};

/* What happens in the world outside the microcontroller: sensors that measure, faults, bytes that arrive.
 * simavr forgets its cycle timers when the chip is reset, and the world does not: so it keeps its own list,
 * sorted by time, behind one cycle timer. */
struct agenda {
    avr_t *avr;
    struct agenda_item *first;
};

void agenda_init(struct agenda *agenda, avr_t *avr);
void agenda_at(struct agenda *agenda, struct agenda_item *item, uint64_t when);
void agenda_cancel(struct agenda *agenda, struct agenda_item *item);
void agenda_rearm(struct agenda *agenda); /* after a reset of the chip */

#endif
