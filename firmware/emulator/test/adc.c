/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Converts every channel once, then the bandgap, then the ground; tells how long the first and second took. */
#include "board.h"

static uint16_t convert(uint8_t admux, uint16_t *cycles)
{
    ADMUX = admux;
    uint16_t start = TCNT1;
    ADCSRA |= _BV(ADSC);
    ADMUX = _BV(REFS0) | 15; /* the running conversion keeps its channel */
    while (ADCSRA & _BV(ADSC))
        ;
    if (cycles)
        *cycles = TCNT1 - start;
    return ADC;
}

static volatile uint8_t interrupts;

ISR(ADC_vect)
{
    interrupts++;
}

int main(void)
{
    static const uint8_t channels[] = {0, 1, 2, 3, 6, 7};
    uint16_t first, second, value;

    uart_begin();
    stopwatch_begin();
    ADCSRA = _BV(ADEN) | 7;
    value = convert(_BV(REFS0) | 0, &first);
    tell("a0", value);
    value = convert(_BV(REFS0) | 1, &second);
    for (uint8_t i = 0; i < sizeof channels; i++)
        tell("pad", convert(_BV(REFS0) | channels[i], 0));
    tell("bandgap", convert(_BV(REFS0) | 14, 0));
    tell("ground", convert(_BV(REFS0) | 15, 0));
    tell("first", first);
    tell("second", second);
    convert(_BV(REFS0) | 3, 0);
    ADMUX |= _BV(ADLAR); /* acts on the result at once */
    tell("left", ADC);
    ADCSRA |= _BV(ADIF);
    ADCSRA |= _BV(ADIE);
    sei();
    convert(_BV(REFS0) | 2, 0);
    ADCSRA |= _BV(ADSC);
    wait_ms(1);
    tell("interrupts", interrupts);
    rest();
}
