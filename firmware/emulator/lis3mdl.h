/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_LIS3MDL_H
#define SLOWHAND_LIS3MDL_H

#include "i2c.h"
#include "world.h"

enum { LIS_REGISTERS = 64 };

/* Second field sensor, ST DocID024204 rev 6: continuous and single conversion, output rates, ranges, status and
 * overrun, block data update, auto-increment by the address's top bit. Not modelled: interrupts, SPI, self-test. */
struct lis3mdl {
    struct i2c_device device;
    const struct world *world;
    uint8_t registers[LIS_REGISTERS];
    uint8_t pointer;
    bool pointer_follows, increments;
    bool absent;
    int16_t field[3];                  /* latest measurement */
    uint8_t shown[6];                  /* output registers */
    uint8_t unread;                    /* bytes of shown that block data update still keeps */
    uint64_t started_at, measured;
    struct agenda_item item;
    uint64_t reads;
};

void lis3mdl_init(struct lis3mdl *lis, const struct world *world, uint8_t address);
void lis3mdl_power_on(struct lis3mdl *lis);

#endif
