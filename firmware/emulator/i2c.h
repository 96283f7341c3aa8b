/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_I2C_H
#define SLOWHAND_I2C_H

#include <stdbool.h>
#include <stdint.h>

/* A chip on the two wires, seen from the master. */
struct i2c_device {
    uint8_t address;                                     /* 7 bits */
    bool (*select)(void *who, bool reading);             /* its address went by; false: no acknowledge */
    bool (*write)(void *who, uint8_t value);             /* false: no acknowledge */
    uint8_t (*read)(void *who);
    void (*release)(void *who);                          /* STOP or repeated START */
    void *who;
};

enum { I2C_MAX_DEVICES = 4, STUCK_CLOCKS = 9 };

/* The wires themselves, with what may befall them. */
struct i2c_bus {
    struct i2c_device *devices[I2C_MAX_DEVICES];
    int device_count;
    bool sda_stuck;          /* somebody holds SDA low */
    bool sda_held_hard;      /* and clocking by hand does not free it */
    int clocks_to_free;
    bool deaf;               /* every address and byte stays without acknowledge */
};

void i2c_attach(struct i2c_bus *bus, struct i2c_device *device);

/* The device that acknowledges this address byte, or NULL. */
struct i2c_device *i2c_select(struct i2c_bus *bus, uint8_t address_byte);

#endif
