/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "twi.h"

#include <string.h>

#include <avr_ioport.h>

enum {
    TWINT = 0x80, TWEA = 0x40, TWSTA = 0x20, TWSTO = 0x10, TWWC = 0x08, TWEN = 0x04, TWIE = 0x01,
    TWPS = 0x03,
    SDA_PIN = 4, SCL_PIN = 5,
};
enum {
    START_SENT = 0x08, RESTART_SENT = 0x10, SLAW_ACK = 0x18, SLAW_NACK = 0x20, DATA_ACK = 0x28, DATA_NACK = 0x30,
    ARBITRATION_LOST = 0x38, SLAR_ACK = 0x40, SLAR_NACK = 0x48, READ_ACK = 0x50, READ_NACK = 0x58, NO_STATE = 0xF8,
};
enum { IDLE, STARTING, STOPPING, ADDRESSING, WRITING, READING };

static uint8_t status(const struct twi *twi)
{
    return twi->chip->avr->data[REG_TWSR] & 0xF8;
}

static void set_status(struct twi *twi, uint8_t code)
{
    uint8_t *twsr = &twi->chip->avr->data[REG_TWSR];
    *twsr = (*twsr & TWPS) | code;
}

static void finish(struct twi *twi, uint8_t code)
{
    twi->doing = IDLE;
    set_status(twi, code);
    chip_raise(twi->chip, &twi->simavr->twi);
}

/* Datasheet 21.5.2: SCL = clock / (16 + 2 TWBR 4^TWPS). */
static unsigned bit_cycles(const struct twi *twi)
{
    const uint8_t *data = twi->chip->avr->data;
    return 16 + 2u * data[REG_TWBR] * (1u << 2 * (data[REG_TWSR] & TWPS));
}

static avr_cycle_count_t operation_done(avr_t *avr, avr_cycle_count_t when, void *parameter);

static void begin(struct twi *twi, uint8_t operation, unsigned bits)
{
    twi->doing = operation;
    avr_cycle_timer_register(twi->chip->avr, bits * bit_cycles(twi), operation_done, twi);
}

static void release_peer(struct twi *twi)
{
    if (twi->peer)
        twi->peer->release(twi->peer->who);
    twi->peer = NULL;
}

static void lose_bus(struct twi *twi)
{
    release_peer(twi);
    twi->owns_bus = false;
    twi->lost_arbitrations++;
    events_log(twi->chip->events, twi->chip->avr->cycle, "twi arbitration lost");
    finish(twi, ARBITRATION_LOST);
}

static void no_acknowledge(struct twi *twi, uint8_t code)
{
    twi->nacks++;
    events_log(twi->chip->events, twi->chip->avr->cycle, "twi nack 0x%02x in state 0x%02x", twi->out, code);
    finish(twi, code);
}

static void address_done(struct twi *twi)
{
    bool reading = twi->out & 1;

    twi->transfers++;
    release_peer(twi);
    twi->peer = i2c_select(twi->bus, twi->out);
    if (twi->peer)
        finish(twi, reading ? SLAR_ACK : SLAW_ACK);
    else
        no_acknowledge(twi, reading ? SLAR_NACK : SLAW_NACK);
}

static void write_done(struct twi *twi)
{
    if (twi->peer && !twi->bus->deaf && twi->peer->write(twi->peer->who, twi->out))
        finish(twi, DATA_ACK);
    else
        no_acknowledge(twi, DATA_NACK);
}

static void read_done(struct twi *twi)
{
    uint8_t value = twi->peer ? twi->peer->read(twi->peer->who) : 0xFF;

    if (twi->bus->sda_stuck) {
        value = 0;
        if (!twi->acknowledge) {
            lose_bus(twi);
            return;
        }
    }
    twi->chip->avr->data[REG_TWDR] = value;
    finish(twi, twi->acknowledge ? READ_ACK : READ_NACK);
}

static void try_start(struct twi *twi)
{
    twi->start_waits = twi->bus->sda_stuck;
    if (!twi->start_waits)
        begin(twi, STARTING, 1);
}

static void stop_done(struct twi *twi)
{
    uint8_t *twcr = &twi->chip->avr->data[REG_TWCR];

    twi->stop_waits = twi->bus->sda_stuck; /* SDA cannot rise: no STOP */
    if (twi->stop_waits)
        return;
    release_peer(twi);
    twi->owns_bus = false;
    twi->doing = IDLE;
    *twcr &= (uint8_t)~TWSTO;
    set_status(twi, NO_STATE);
    if (*twcr & TWSTA)
        try_start(twi);
}

static avr_cycle_count_t operation_done(avr_t *avr, avr_cycle_count_t when, void *parameter)
{
    struct twi *twi = parameter;
    bool drives_high = twi->doing == ADDRESSING || twi->doing == WRITING;

    (void)avr, (void)when;
    if (drives_high && twi->out && twi->bus->sda_stuck) {
        lose_bus(twi);
        return 0;
    }
    switch (twi->doing) {
    case STARTING:
        release_peer(twi);
        finish(twi, twi->owns_bus ? RESTART_SENT : START_SENT);
        twi->owns_bus = true;
        break;
    case STOPPING: stop_done(twi); break;
    case ADDRESSING: address_done(twi); break;
    case WRITING: write_done(twi); break;
    case READING: read_done(twi); break;
    default: break;
    }
    return 0;
}

static void next_byte(struct twi *twi)
{
    avr_t *avr = twi->chip->avr;

    twi->out = avr->data[REG_TWDR];
    twi->acknowledge = avr->data[REG_TWCR] & TWEA;
    switch (status(twi)) {
    case START_SENT: case RESTART_SENT:
        begin(twi, ADDRESSING, 9);
        break;
    case SLAW_ACK: case SLAW_NACK: case DATA_ACK: case DATA_NACK:
        begin(twi, WRITING, 9);
        break;
    case SLAR_ACK: case READ_ACK:
        begin(twi, READING, 9);
        break;
    case ARBITRATION_LOST:
        set_status(twi, NO_STATE);
        break;
    default:
        events_misuse(twi->chip->events, avr->cycle, "TWI told to go on in state 0x%02x", status(twi));
    }
}

static void switch_off(struct twi *twi)
{
    avr_cycle_timer_cancel(twi->chip->avr, operation_done, twi);
    release_peer(twi);
    twi->doing = IDLE;
    twi->owns_bus = twi->start_waits = twi->stop_waits = false;
    chip_lower(twi->chip, &twi->simavr->twi);
    set_status(twi, NO_STATE);
}

static void go_on(struct twi *twi)
{
    uint8_t *twcr = &twi->chip->avr->data[REG_TWCR];

    if (*twcr & TWSTO) {
        if (twi->owns_bus) {
            begin(twi, STOPPING, 1);
            return;
        }
        *twcr &= (uint8_t)~TWSTO; /* no master: only lets go (datasheet 21.9.2) */
        set_status(twi, NO_STATE);
    }
    if (*twcr & TWSTA)
        try_start(twi);
    else if (twi->owns_bus || status(twi) == ARBITRATION_LOST)
        next_byte(twi);
}

static void write_twcr(avr_t *avr, avr_io_addr_t address, uint8_t value, void *parameter)
{
    struct twi *twi = parameter;
    uint8_t before = avr->data[REG_TWCR];
    bool flagged = before & TWINT, clears = value & TWINT;

    (void)address;
    /* a STOP that is under way stays so whatever is written */
    avr->data[REG_TWCR] = (value & (TWEA | TWSTA | TWSTO | TWEN | TWIE)) | (before & (TWINT | TWWC))
                          | (twi->doing == STOPPING ? TWSTO : 0);
    if (!(value & TWEN)) {
        switch_off(twi);
        avr->data[REG_TWCR] &= (uint8_t)~TWSTO;
        return;
    }
    if (flagged && clears)
        chip_lower(twi->chip, &twi->simavr->twi);
    if (twi->doing == IDLE && !twi->start_waits && (!flagged || clears))
        go_on(twi);
    chip_interrupt_enabled(twi->chip, &twi->simavr->twi);
}

static void write_twdr(avr_t *avr, avr_io_addr_t address, uint8_t value, void *parameter)
{
    struct twi *twi = parameter;

    (void)address;
    if (avr->data[REG_TWCR] & TWINT) {
        avr->data[REG_TWDR] = value;
        avr->data[REG_TWCR] &= (uint8_t)~TWWC;
        return;
    }
    avr->data[REG_TWCR] |= TWWC;
    events_misuse(twi->chip->events, avr->cycle, "TWDR written while TWINT was low");
}

static void write_twsr(avr_t *avr, avr_io_addr_t address, uint8_t value, void *parameter)
{
    (void)address, (void)parameter;
    avr->data[REG_TWSR] = (avr->data[REG_TWSR] & 0xF8) | (value & TWPS);
}

static void show_lines(struct twi *twi)
{
    avr_t *avr = twi->chip->avr;
    avr_ioport_external_t pull_ups = {.name = 'C', .mask = 1 << SDA_PIN | 1 << SCL_PIN,
                                      .value = 1 << SCL_PIN | !twi->bus->sda_stuck << SDA_PIN};

    avr_ioctl(avr, AVR_IOCTL_IOPORT_SET_EXTERNAL('C'), &pull_ups);
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('C'), SCL_PIN), 1);
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('C'), SDA_PIN), !twi->bus->sda_stuck);
    /* after a reset simavr has cleared PINC but still believes that the lines are as they were */
    avr->data[REG_PINC] = (avr->data[REG_PINC] & (uint8_t)~pull_ups.mask) | (uint8_t)pull_ups.value;
}

void twi_bus_changed(struct twi *twi)
{
    show_lines(twi);
    if (twi->bus->sda_stuck)
        return;
    if (twi->stop_waits)
        stop_done(twi);
    else if (twi->start_waits)
        try_start(twi);
}

/* The nine clocks by hand: PC5 low as an output, high by the pull-up or as an output. */
static void watch_scl(struct avr_irq_t *irq, uint32_t value, void *parameter)
{
    struct twi *twi = parameter;
    avr_t *avr = twi->chip->avr;
    bool low = (avr->data[REG_DDRC] >> SCL_PIN & 1) && !(avr->data[REG_PORTC] >> SCL_PIN & 1);

    (void)irq, (void)value;
    bool rises = !twi->scl && !low;
    twi->scl = !low;
    if (!rises || !twi->bus->sda_stuck || twi->bus->sda_held_hard || (avr->data[REG_TWCR] & TWEN))
        return;
    if (--twi->bus->clocks_to_free <= 0) {
        twi->bus->sda_stuck = false;
        events_log(twi->chip->events, avr->cycle, "twi bus freed by clocks");
        twi_bus_changed(twi);
    }
}

static void reset(void *who)
{
    struct twi *twi = who;

    release_peer(twi);
    twi->doing = IDLE;
    twi->owns_bus = twi->start_waits = twi->stop_waits = false;
    twi->scl = 1;
    show_lines(twi);
}

void twi_init(struct twi *twi, struct chip *chip, struct i2c_bus *bus)
{
    memset(twi, 0, sizeof *twi);
    twi->chip = chip;
    twi->simavr = chip_peripheral(chip, "twi");
    twi->bus = bus;
    chip_hook_write(chip, REG_TWCR, write_twcr, twi);
    chip_hook_write(chip, REG_TWDR, write_twdr, twi);
    chip_hook_read(chip, REG_TWDR, NULL, NULL);
    chip_hook_write(chip, REG_TWSR, write_twsr, twi);
    chip_level_interrupt(chip, &twi->simavr->twi);
    avr_irq_register_notify(avr_iomem_getirq(chip->avr, REG_DDRC, NULL, AVR_IOMEM_IRQ_ALL), watch_scl, twi);
    avr_irq_register_notify(avr_iomem_getirq(chip->avr, REG_PORTC, NULL, AVR_IOMEM_IRQ_ALL), watch_scl, twi);
    chip_on_reset(chip, reset, twi);
    reset(twi);
}
