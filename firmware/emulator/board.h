/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_BOARD_H
#define SLOWHAND_BOARD_H

#include "adc.h"
#include "ak09916.h"
#include "lis3mdl.h"
#include "motor.h"
#include "twi.h"
#include "uart.h"

enum fault {
    FAULT_MOTION_ABSENT, FAULT_FIELD0_ABSENT, FAULT_FIELD1_ABSENT, FAULT_STUCK_BUS, FAULT_ALL_ZERO, FAULT_NACK,
    FAULT_SUPPLY_LOW, FAULT_BROWN_OUT, FAULT_HANG, FAULT_STALL, FAULT_COUNT
};

/* The whole glove: microcontroller, sensors, motor, and what may befall them. */
struct board {
    struct events events;
    struct feed feed;
    struct agenda agenda;
    struct world world;
    struct chip chip;
    struct uart uart;
    struct adc adc;
    struct i2c_bus bus;
    struct twi twi;
    struct icm20948 icm;
    struct ak09916 ak;
    struct lis3mdl lis;
    struct motor motor;
};

struct board_options {
    const char *elf, *feed, *events, *event_kinds;
    double field0_rate_scale;
    int16_t motor_counts[2][3];
    int feed_waits_for;         /* type of the host's command at which the feed's time begins; 0: with the power */
    uint8_t motion_address, field1_address;
};

/* Returns NULL when all is well, else what is wrong. */
const char *board_build(struct board *board, const struct board_options *options, uart_sink sink, void *sink_who);
void board_close(struct board *board);

/* The fault of that name, or FAULT_COUNT. */
enum fault board_fault_named(const char *name, size_t length);

/* hard: a stuck bus that no clocking frees. A chip that comes back has lost its settings, as after a loose wire. */
void board_set_fault(struct board *board, enum fault fault, bool active, bool hard);

#endif
