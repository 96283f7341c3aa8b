/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_OPTIONS_H
#define SLOWHAND_OPTIONS_H

#include <stdbool.h>

#include "board.h"

enum { MAX_FAULTS = 16 };

struct options {
    struct board_options board;
    const char *pty_link, *uart_out, *commands, *eeprom;
    const char *faults[MAX_FAULTS];
    int fault_count;
    bool realtime, control;
    double seconds;              /* simulated; 0: until told to stop */
};

/* Returns NULL when all is well, else what is wrong; "" when only help was asked for. */
const char *options_read(struct options *options, int count, char **arguments);

#endif
