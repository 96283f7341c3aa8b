/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_AK09916_H
#define SLOWHAND_AK09916_H

#include "icm20948.h"

/* Magnetometer inside the motion sensor, AKM 015007392-E-02: continuous and single modes, data protected from the
 * first data byte until ST2 is read, DRDY, DOR, HOFL. Not modelled: self-test field. */
struct ak09916 {
    struct i2c_device device;
    const struct world *world;
    const struct icm20948 *host;       /* reachable only through its bypass */
    double rate_scale;                 /* its own oscillator against the crystal; 1: perfect */
    bool absent;
    uint8_t mode;
    uint64_t mode_since;               /* when power-down was entered */
    uint64_t started_at, measured;
    uint8_t pointer;
    bool pointer_follows;
    bool ready, overrun, protected;
    int16_t field[3];
    bool overflow;
    struct agenda_item item;
    uint64_t reads;
};

void ak09916_init(struct ak09916 *ak, const struct world *world, const struct icm20948 *host, double rate_scale);
void ak09916_power_on(struct ak09916 *ak);

#endif
