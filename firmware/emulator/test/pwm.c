/* SPDX-License-Identifier: GPL-3.0-or-later */
/* D3: by the port, by fast PWM at a quarter and at full, inverted, off. */
#include "board.h"

int main(void)
{
    uart_begin();
    stopwatch_begin();
    DDRD |= _BV(3);
    PORTD |= _BV(3);
    wait_ms(10);
    PORTD &= ~_BV(3);
    wait_ms(10);
    OCR2B = 63;
    TCCR2A = _BV(COM2B1) | _BV(WGM21) | _BV(WGM20);
    TCCR2B = _BV(CS22);
    wait_ms(10);
    OCR2B = 255;
    wait_ms(10);
    TCCR2A = _BV(WGM21) | _BV(WGM20);
    wait_ms(10);
    tell("done", 0);
    rest();
}
