/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Echoes by interrupts; 'P' stops listening for 2 ms, then 'O' answers if an overrun was seen, 'o' if not;
 * 'Q' ends echoing and tells how long two bytes took to leave. */
#include "board.h"

static volatile uint8_t ring[64], head, tail;
static volatile uint8_t command, overrun;

ISR(USART_RX_vect)
{
    overrun |= UCSR0A & _BV(DOR0);
    uint8_t byte = UDR0;
    if (byte == 'P' || byte == 'Q') {
        command = byte;
        UCSR0B &= ~_BV(RXCIE0);
        return;
    }
    ring[head++ & 63] = byte;
    UCSR0B |= _BV(UDRIE0);
}

ISR(USART_UDRE_vect)
{
    if (head == tail)
        UCSR0B &= ~_BV(UDRIE0);
    else
        UDR0 = ring[tail++ & 63];
}

int main(void)
{
    uart_begin();
    stopwatch_begin();
    UCSR0B |= _BV(RXCIE0);
    set_sleep_mode(SLEEP_MODE_IDLE);
    sei();
    while (command != 'Q') {
        if (command == 'P') {
            command = 0;
            wait_ms(2);
            overrun = 0;
            UCSR0B |= _BV(RXCIE0);
            wait_ms(1);
            ring[head++ & 63] = overrun ? 'O' : 'o';
            UCSR0B |= _BV(UDRIE0);
        }
        sleep_mode();
    }
    wait_ms(1);
    UCSR0A |= _BV(TXC0);
    uint16_t start = TCNT1;
    UDR0 = '!';
    uint8_t free_at_once = UCSR0A & _BV(UDRE0);
    UDR0 = '\n';
    uint8_t full = !(UCSR0A & _BV(UDRE0));
    while (!(UCSR0A & _BV(TXC0)))
        ;
    uint16_t took = TCNT1 - start;
    tell("free", free_at_once != 0);
    tell("full", full);
    tell("took", took);
    rest();
}
