/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks through the master's states and tells the status codes; then a NACK, a collision, a byte's duration,
 * and the way out of a stuck bus (the bus is stuck from 100 ms on by --fault). */
#include "board.h"

#define GO (_BV(TWINT) | _BV(TWEN))

static uint8_t step(uint8_t control)
{
    TWCR = control;
    for (uint16_t start = TCNT1; !(TWCR & _BV(TWINT));)
        if ((uint16_t)(TCNT1 - start) > 40000)
            return 0xEE; /* nothing for 2.5 ms */
    return TWSR & 0xF8;
}

static uint8_t send(uint8_t byte)
{
    TWDR = byte;
    return step(GO);
}

static void stop(void)
{
    TWCR = GO | _BV(TWSTO);
    for (uint16_t start = TCNT1; (TWCR & _BV(TWSTO)) && (uint16_t)(TCNT1 - start) < 40000;)
        ;
}

static void read_register(uint8_t address, uint8_t reg, uint8_t count)
{
    tell("start", step(GO | _BV(TWSTA)));
    tell("sla", send(address << 1));
    tell("reg", send(reg));
    tell("restart", step(GO | _BV(TWSTA)));
    tell("sla", send(address << 1 | 1));
    while (count--) {
        tell("read", step(GO | (count ? _BV(TWEA) : 0)));
        tell("data", TWDR);
    }
    stop();
    tell("sto", TWCR & _BV(TWSTO));
    tell("idle", TWSR & 0xF8);
}

static void free_bus(void)
{
    TWCR = 0;
    tell("sda", PINC >> 4 & 1);
    for (uint8_t i = 0; i < 9; i++) {
        DDRC |= _BV(5);
        for (volatile uint8_t wait = 0; wait < 10; wait++)
            ;
        DDRC &= ~_BV(5);
        for (volatile uint8_t wait = 0; wait < 10; wait++)
            ;
    }
    tell("sda", PINC >> 4 & 1);
}

int main(void)
{
    uint16_t start;

    uart_begin();
    stopwatch_begin();
    wait_ms(20);
    TWBR = 12; /* 16 MHz / (16 + 2 * 12) = 400 kHz */
    TWCR = _BV(TWEN);
    read_register(0x69, 0x00, 1);
    step(GO | _BV(TWSTA));
    tell("nobody", send(0x50 << 1));
    stop();
    step(GO | _BV(TWSTA));
    TWDR = 0x69 << 1;
    start = TCNT1;
    TWCR = GO;
    TWDR = 0xFF;
    tell("collision", TWCR & _BV(TWWC));
    while (!(TWCR & _BV(TWINT)))
        ;
    tell("after", TWSR & 0xF8);
    step(GO | _BV(TWSTA));
    TWDR = 0x69 << 1;
    start = TCNT1;
    TWCR = GO;
    while (!(TWCR & _BV(TWINT)))
        ;
    tell("cycles", TCNT1 - start);
    stop();
    wait_ms(100);
    tell("stuck", step(GO | _BV(TWSTA)));
    free_bus();
    TWCR = _BV(TWEN);
    tell("freed", step(GO | _BV(TWSTA)));
    stop();
    rest();
}
