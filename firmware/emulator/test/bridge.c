/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bridge from the serial line to the sensor bus, so that a test can talk to the sensors in its own words.
 *   R address register count   -> status of the last step, then the bytes, in hexadecimal, and a newline
 *   W address register value   -> status, newline */
#include "board.h"

#define GO (_BV(TWINT) | _BV(TWEN))

static volatile uint8_t ring[256], head;
static uint8_t tail;

/* orders may come in while the last answer is still going out */
ISR(USART_RX_vect)
{
    ring[head] = UDR0;
    head++;
}

static uint8_t get(void)
{
    while (tail == head)
        ;
    return ring[tail++];
}

static void tell_byte(uint8_t value)
{
    put_nibble(value >> 4);
    put_nibble(value & 15);
}

static uint8_t step(uint8_t control)
{
    TWCR = control;
    while (!(TWCR & _BV(TWINT)))
        ;
    return TWSR & 0xF8;
}

static uint8_t send(uint8_t byte)
{
    TWDR = byte;
    return step(GO);
}

static uint8_t read(uint8_t address, uint8_t reg, uint8_t count, uint8_t *bytes)
{
    uint8_t status = send(address << 1);
    if (status != 0x18)
        return status;
    status = send(reg);
    step(GO | _BV(TWSTA));
    status = send(address << 1 | 1);
    while (status != 0x48 && count--) {
        status = step(GO | (count ? _BV(TWEA) : 0));
        *bytes++ = TWDR;
    }
    return status;
}

static uint8_t write(uint8_t address, uint8_t reg, uint8_t value)
{
    uint8_t status = send(address << 1);
    if (status == 0x18)
        status = send(reg);
    return status == 0x28 ? send(value) : status;
}

int main(void)
{
    uint8_t bytes[64];

    uart_begin();
    UCSR0B |= _BV(RXCIE0);
    sei();
    TWBR = 12;
    for (;;) {
        uint8_t order = get(), address = get(), reg = get(), last = get();
        step(GO | _BV(TWSTA));
        uint8_t status = order == 'R' ? read(address, reg, last, bytes) : write(address, reg, last);
        TWCR = GO | _BV(TWSTO);
        while (TWCR & _BV(TWSTO))
            ;
        tell_byte(status);
        for (uint8_t i = 0; order == 'R' && status == 0x58 && i < last; i++)
            tell_byte(bytes[i]);
        put('\n');
    }
}
