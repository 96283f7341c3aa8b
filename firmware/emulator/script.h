/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_SCRIPT_H
#define SLOWHAND_SCRIPT_H

#include "board.h"
#include "serial.h"

/* What is done to the glove from outside, at set times or on a word from standard input. */
struct script {
    struct board *board;
    struct serial *serial;
    struct script_line *lines;       /* sorted as they were written */
    size_t count, next;
    struct agenda_item item;
    struct planned_fault *faults;
    bool quit;
};

void script_init(struct script *script, struct board *board, struct serial *serial);

/* Lines "<t_us> <hex bytes>" or "<t_us> <order>"; '#' begins a comment. NULL when well, else "line N: what". */
const char *script_load(struct script *script, const char *path);

/* NAME@T[-T2] in seconds. NULL when well. */
const char *script_plan_fault(struct script *script, const char *text);

/* unplug, plug, reset, quit, fault NAME on|off, send HEX, or hex bytes. NULL when well. */
const char *script_obey(struct script *script, const char *order);

#endif
