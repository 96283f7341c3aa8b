/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_ADC_H
#define SLOWHAND_ADC_H

#include <avr_adc.h>

#include "chip.h"
#include "feed.h"

/* The converter from the datasheet (chapter 23): channel latched at the start, sampled 1.5 ADC clocks later,
 * result after 13 (25 the first time), starts aligned to the prescaler. simavr converts when ADCL is read. */
struct adc {
    struct chip *chip;
    avr_adc_t *simavr;             /* its interrupt vector */
    struct feed *feed;
    unsigned supply_mv;
    uint64_t enabled_at;           /* the prescaler starts to count here */
    bool first, locked;            /* locked: ADCL was read, ADCH not yet */
    uint8_t mux;                   /* ADMUX as latched */
    uint64_t started_at;
    uint16_t sampled, result;
    uint64_t conversions;
};

void adc_init(struct adc *adc, struct chip *chip, struct feed *feed);

#endif
