/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_WORLD_H
#define SLOWHAND_WORLD_H

#include "agenda.h"
#include "events.h"
#include "feed.h"

/* What every sensor needs of its surroundings. */
struct world {
    avr_t *avr;              /* for the time only */
    struct agenda *agenda;
    struct feed *feed;
    struct events *events;
    const unsigned *motor_permille;
    int16_t motor_counts[2][3]; /* what the motor's current adds to each magnetometer at full drive */
};

static inline uint64_t world_now(const struct world *world)
{
    return world->avr->cycle;
}

static inline const struct feed_record *world_record(const struct world *world, uint64_t cycle)
{
    return feed_at(world->feed, cycle / CYCLES_PER_US);
}

static inline int16_t sixteen_bits(int value)
{
    return (int16_t)(value > INT16_MAX ? INT16_MAX : value < INT16_MIN ? INT16_MIN : value);
}

/* One axis of magnetometer 0 or 1 in the record that holds, the motor's own field added. */
static inline int16_t world_field(const struct world *world, uint64_t cycle, int magnetometer, int axis)
{
    const struct feed_record *record = world_record(world, cycle);
    int16_t outside = (magnetometer ? record->field1 : record->field0)[axis];
    int motor = world->motor_counts[magnetometer][axis] * (int)*world->motor_permille / 1000;
    return sixteen_bits(outside + motor);
}

/* A count at another range: nominal counts times numerator / denominator, as far as 16 bits go. */
static inline int16_t scaled_count(int16_t nominal, int numerator, int denominator)
{
    return sixteen_bits(nominal * numerator / denominator);
}

#endif
