/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_REPORT_H
#define SLOWHAND_REPORT_H

#include "board.h"
#include "serial.h"

/* Standard output is for programs: one JSON object a line, notes first, the statistics last. */
void report_note(const char *note);
void report(const struct board *board, const struct serial *serial, const char *ended, double wall_s);

#endif
