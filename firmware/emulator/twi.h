/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_TWI_H
#define SLOWHAND_TWI_H

#include <avr_twi.h>

#include "chip.h"
#include "i2c.h"

/* The two-wire interface as a single master, from the datasheet (chapter 21, tables 21-3 and 21-4): status codes,
 * write collision, bit times from TWBR and TWPS, START that waits for a free bus. No slave mode. */
struct twi {
    struct chip *chip;
    avr_twi_t *simavr;             /* its interrupt vector */
    struct i2c_bus *bus;
    struct i2c_device *peer;
    uint8_t doing;                 /* what the running operation is */
    bool owns_bus;                 /* between START and STOP */
    bool start_waits;              /* START asked for while the bus was not free */
    bool stop_waits;
    uint8_t out;                   /* byte on the wire */
    bool acknowledge;              /* TWEA as it was when the byte began */
    uint8_t scl;                   /* level of PC5 when driven as a port */
    uint64_t transfers, nacks, lost_arbitrations;
};

void twi_init(struct twi *twi, struct chip *chip, struct i2c_bus *bus);

/* Call after bus->sda_stuck was changed: shows SDA on PC4 and lets a waiting START or STOP go on. */
void twi_bus_changed(struct twi *twi);

#endif
