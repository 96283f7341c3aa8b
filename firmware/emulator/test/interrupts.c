/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three interrupts that become pending in the same cycle, over and over, with interrupts held off now and then:
 * none may be lost. Flags in TIFR1 are cleared one by one. */
#include "board.h"

static volatile uint16_t compare_a, compare_b, conversions;

ISR(TIMER1_COMPA_vect) { compare_a++; }
ISR(TIMER1_COMPB_vect) { compare_b++; }
ISR(ADC_vect) { conversions++; }

int main(void)
{
    uart_begin();
    OCR1A = 3999;
    OCR1B = 3999;
    TCCR1A = 0;
    TCCR1B = _BV(WGM12) | _BV(CS10);
    TIMSK1 = _BV(OCIE1A) | _BV(OCIE1B);
    ADMUX = _BV(REFS0);
    ADCSRA = _BV(ADEN) | _BV(ADIE) | 4;
    set_sleep_mode(SLEEP_MODE_IDLE);
    for (uint16_t round = 0; round < 1000; round++) {
        uint16_t before = compare_a;
        ADCSRA |= _BV(ADSC);
        cli();
        for (volatile uint8_t wait = 0; wait < 200; wait++)
            ;
        sei();
        while (compare_a == before)
            sleep_mode();
    }
    cli();
    TIMSK1 = 0;
    tell("a", compare_a);
    tell("b", compare_b);
    tell("adc", conversions);
    while ((TIFR1 & (_BV(OCF1A) | _BV(OCF1B))) != (_BV(OCF1A) | _BV(OCF1B)))
        ;
    TIFR1 = _BV(OCF1B);
    tell("kept", TIFR1 & (_BV(OCF1A) | _BV(OCF1B)));
    rest();
}
