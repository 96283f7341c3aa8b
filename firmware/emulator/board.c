/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "board.h"

#include <string.h>

enum { SUPPLY_MV = 5000, LOW_SUPPLY_MV = 4200 };

static const char *const fault_names[FAULT_COUNT] = {
    [FAULT_MOTION_ABSENT] = "motion_absent", [FAULT_FIELD0_ABSENT] = "field0_absent",
    [FAULT_FIELD1_ABSENT] = "field1_absent", [FAULT_STUCK_BUS] = "stuck_bus", [FAULT_ALL_ZERO] = "all_zero",
    [FAULT_NACK] = "nack", [FAULT_SUPPLY_LOW] = "supply_low",
    [FAULT_BROWN_OUT] = "brown_out", [FAULT_HANG] = "hang", [FAULT_STALL] = "stall",
};

enum fault board_fault_named(const char *name, size_t length)
{
    int fault = 0;
    while (fault < FAULT_COUNT
           && !(strlen(fault_names[fault]) == length && !strncmp(fault_names[fault], name, length)))
        fault++;
    return (enum fault)fault;
}

static void set_motion_absent(struct board *board, bool absent)
{
    board->icm.absent = absent;
    if (!absent) { /* both sit in one package */
        icm20948_power_on(&board->icm);
        ak09916_power_on(&board->ak);
    }
}

static void set_all_zero(struct board *board, bool active)
{
    board->icm.all_zero = active;
    if (!active)
        icm20948_power_on(&board->icm);
}

static void set_stuck(struct board *board, bool active, bool hard)
{
    board->bus.sda_stuck = active;
    board->bus.sda_held_hard = hard;
    board->bus.clocks_to_free = STUCK_CLOCKS;
    twi_bus_changed(&board->twi);
}

/* The supply falls below the microcontroller's detector, and so far that the sensors forget everything. */
static void set_brown_out(struct board *board, bool active)
{
    chip_halt(&board->chip, active ? CHIP_HELD : CHIP_RUNS);
    if (active)
        return;
    icm20948_power_on(&board->icm);
    ak09916_power_on(&board->ak);
    lis3mdl_power_on(&board->lis);
}

void board_set_fault(struct board *board, enum fault fault, bool active, bool hard)
{
    events_log(&board->events, board->chip.avr->cycle, "fault %s %s", fault_names[fault], active ? "begins" : "ends");
    switch (fault) {
    case FAULT_MOTION_ABSENT: set_motion_absent(board, active); break;
    case FAULT_FIELD0_ABSENT:
        board->ak.absent = active;
        if (!active)
            ak09916_power_on(&board->ak);
        break;
    case FAULT_FIELD1_ABSENT:
        board->lis.absent = active;
        if (!active)
            lis3mdl_power_on(&board->lis);
        break;
    case FAULT_STUCK_BUS: set_stuck(board, active, hard); break;
    case FAULT_ALL_ZERO: set_all_zero(board, active); break;
    case FAULT_NACK: board->bus.deaf = active; break;
    case FAULT_SUPPLY_LOW: board->adc.supply_mv = active ? LOW_SUPPLY_MV : SUPPLY_MV; break;
    case FAULT_BROWN_OUT: set_brown_out(board, active); break;
    case FAULT_HANG: chip_halt(&board->chip, active ? CHIP_HANGS : CHIP_RUNS); break;
    case FAULT_STALL: chip_halt(&board->chip, active ? CHIP_STANDS_STILL : CHIP_RUNS); break;
    case FAULT_COUNT: break;
    }
}

static void rearm(void *who)
{
    agenda_rearm(&((struct board *)who)->agenda);
}

static void begin_feed(void *who)
{
    struct board *board = who;
    uint64_t now = board->chip.avr->cycle;

    if (board->feed.held)
        events_log(&board->events, now, "feed begins");
    feed_begin(&board->feed, now / CYCLES_PER_US);
}

const char *board_build(struct board *board, const struct board_options *options, uart_sink sink, void *sink_who)
{
    memset(board, 0, sizeof *board);
    if (options->events && events_open(&board->events, options->events))
        return "the events file cannot be written";
    board->events.kinds = options->event_kinds;
    if (feed_open(&board->feed, options->feed))
        return board->feed.fault;
    const char *fault = chip_load(&board->chip, options->elf, &board->events);
    if (fault)
        return fault;
    agenda_init(&board->agenda, board->chip.avr);
    chip_on_reset(&board->chip, rearm, board);
    board->world = (struct world){.avr = board->chip.avr, .agenda = &board->agenda, .feed = &board->feed,
                                  .events = &board->events, .motor_permille = &board->motor.permille};
    memcpy(board->world.motor_counts, options->motor_counts, sizeof board->world.motor_counts);
    uart_init(&board->uart, &board->chip, &board->agenda, sink, sink_who);
    board->feed.held = options->feed_waits_for != 0;
    board->uart.awaited_type = (uint8_t)options->feed_waits_for;
    board->uart.awaited = begin_feed;
    board->uart.awaited_who = board;
    adc_init(&board->adc, &board->chip, &board->feed);
    twi_init(&board->twi, &board->chip, &board->bus);
    motor_init(&board->motor, &board->chip);
    icm20948_init(&board->icm, &board->world, options->motion_address);
    ak09916_init(&board->ak, &board->world, &board->icm, options->field0_rate_scale);
    lis3mdl_init(&board->lis, &board->world, options->field1_address);
    i2c_attach(&board->bus, &board->icm.device);
    i2c_attach(&board->bus, &board->ak.device);
    i2c_attach(&board->bus, &board->lis.device);
    return NULL;
}

void board_close(struct board *board)
{
    events_close(&board->events);
    feed_close(&board->feed);
}
