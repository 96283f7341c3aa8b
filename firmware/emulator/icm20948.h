/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_ICM20948_H
#define SLOWHAND_ICM20948_H

#include "i2c.h"
#include "world.h"

enum { ICM_BANKS = 4, ICM_REGISTERS = 128, ICM_DATA_BYTES = 14 };

/* Motion sensor, InvenSense DS-000189 rev 1.3: register banks, power modes, data registers, I2C bypass.
 * Not modelled: FIFO, DMP, its own I2C master, interrupts pins, the delay of its filters. */
struct icm20948 {
    struct i2c_device device;
    const struct world *world;
    uint8_t registers[ICM_BANKS][ICM_REGISTERS];
    uint8_t bank, pointer;
    bool pointer_follows;              /* the next written byte is the register address */
    bool absent, all_zero;
    uint64_t answers_from;             /* NACKs until its registers can be reached */
    uint64_t accel_from, gyro_from;    /* zeros until the first measurement after waking up */
    int16_t accel[3], gyro[3];         /* measured */
    uint8_t shown[ICM_DATA_BYTES];     /* accel, gyro, temperature: frozen while the host reads */
    bool fresh, burst_begins;
    struct agenda_item accel_item, gyro_item;
    uint64_t accel_start, gyro_start, accel_count, gyro_count;
    uint64_t reads;
};

void icm20948_init(struct icm20948 *icm, const struct world *world, uint8_t address);
void icm20948_power_on(struct icm20948 *icm);

/* While true the magnetometer inside hangs on the outer bus. */
bool icm20948_bypass(const struct icm20948 *icm);

#endif
