/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For the emulator's own test programs: written for plain polling, unlike the glove's firmware, so that the two
 * do not share a misunderstanding of the chip. Each program tells what it saw as lines "name hex". */
#ifndef TEST_BOARD_H
#define TEST_BOARD_H

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stdint.h>

static inline void uart_begin(void)
{
    UCSR0A = _BV(U2X0);
    UBRR0 = 7; /* 16 MHz / 8 / (7 + 1) = 250000 */
    UCSR0B = _BV(TXEN0) | _BV(RXEN0);
}

static inline void put(uint8_t byte)
{
    while (!(UCSR0A & _BV(UDRE0)))
        ;
    UDR0 = byte;
}

static inline void put_nibble(uint8_t value)
{
    put(value < 10 ? '0' + value : 'a' + value - 10);
}

static inline void tell(const char *name, uint16_t value)
{
    while (*name)
        put(*name++);
    put(' ');
    for (int8_t shift = 12; shift >= 0; shift -= 4)
        put_nibble(value >> shift & 15);
    put('\n');
}

/* Timer1 counts every cycle. */
static inline void stopwatch_begin(void)
{
    TCCR1A = 0;
    TCCR1B = _BV(CS10);
}

static inline void wait_ms(uint16_t ms)
{
    while (ms--)
        for (uint16_t start = TCNT1; (uint16_t)(TCNT1 - start) < 16000;)
            ;
}

/* Idle for ever: the emulator goes on to its end of time. */
static inline void rest(void)
{
    set_sleep_mode(SLEEP_MODE_IDLE);
    for (;;) {
        sei();
        sleep_mode();
    }
}

#endif
