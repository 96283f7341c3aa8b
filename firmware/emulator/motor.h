/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_MOTOR_H
#define SLOWHAND_MOTOR_H

#include "chip.h"

/* The coin motor behind D3 (OC2B): how strongly it is driven, read off Timer2 and port D at every write. */
struct motor {
    struct chip *chip;
    unsigned permille;
    uint64_t on_since, on_cycles;
    uint64_t starts, longest_on;
};

void motor_init(struct motor *motor, struct chip *chip);
uint64_t motor_on_cycles(const struct motor *motor);
uint64_t motor_longest_on_cycles(const struct motor *motor);

#endif
