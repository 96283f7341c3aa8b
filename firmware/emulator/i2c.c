/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "i2c.h"

#include <stddef.h>
#include <stdlib.h>

void i2c_attach(struct i2c_bus *bus, struct i2c_device *device)
{
    if (bus->device_count == I2C_MAX_DEVICES)
        abort();
    bus->devices[bus->device_count++] = device;
}

struct i2c_device *i2c_select(struct i2c_bus *bus, uint8_t address_byte)
{
    if (bus->deaf)
        return NULL;
    for (int i = 0; i < bus->device_count; i++) {
        struct i2c_device *device = bus->devices[i];
        if (device->address == address_byte >> 1 && device->select(device->who, address_byte & 1))
            return device;
    }
    return NULL;
}
