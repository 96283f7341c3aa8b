/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "adc.h"

#include <string.h>

enum {
    ADEN = 0x80, ADSC = 0x40, ADATE = 0x20, ADIF = 0x10, ADPS = 0x07,
    REFS = 0xC0, REFS_AVCC = 0x40, REFS_INTERNAL = 0xC0, ADLAR = 0x20, MUX = 0x0F,
    MUX_TEMPERATURE = 8, MUX_BANDGAP = 14, MUX_GROUND = 15,
    BANDGAP_MV = 1100, TEMPERATURE_MV = 314, /* at 25 degrees C, datasheet table 23-2 */
    FULL_SCALE = 1023,
};

static unsigned prescaler(const struct adc *adc)
{
    unsigned power = adc->chip->avr->data[REG_ADCSRA] & ADPS;
    return 1u << (power ? power : 1);
}

/* The feed gives counts against AVcc, since a pad is a divider from that supply; the rest are voltages. */
static unsigned millivolts(const struct adc *adc, const struct feed_record *record)
{
    static const int8_t pad_of_channel[8] = {0, 1, 2, 3, -1, -1, 4, 5};
    unsigned channel = adc->mux & MUX;

    if (channel < 8)
        return pad_of_channel[channel] < 0 ? adc->supply_mv /* the I2C pull-ups */
               : (record->adc[pad_of_channel[channel]] * adc->supply_mv + FULL_SCALE / 2) / FULL_SCALE;
    return channel == MUX_BANDGAP ? BANDGAP_MV : channel == MUX_TEMPERATURE ? TEMPERATURE_MV : 0;
}

static uint16_t count_now(struct adc *adc, uint64_t when)
{
    static const int8_t pad_of_channel[8] = {0, 1, 2, 3, -1, -1, 4, 5};
    const struct feed_record *record = feed_at(adc->feed, when / CYCLES_PER_US);
    unsigned channel = adc->mux & MUX, reference = adc->mux & REFS;

    if (reference == REFS_AVCC && channel < 8 && pad_of_channel[channel] >= 0)
        return record->adc[pad_of_channel[channel]] > FULL_SCALE ? FULL_SCALE : record->adc[pad_of_channel[channel]];
    if (reference != REFS_AVCC && reference != REFS_INTERNAL) {
        events_misuse(adc->chip->events, when, "the ADC's reference is a pin that is not connected");
        return FULL_SCALE;
    }
    unsigned full = reference == REFS_INTERNAL ? BANDGAP_MV : adc->supply_mv;
    unsigned count = millivolts(adc, record) * 1024 / full;
    return count > FULL_SCALE ? FULL_SCALE : (uint16_t)count;
}

static void start(struct adc *adc, uint64_t asked_at);

static avr_cycle_count_t converted(avr_t *avr, avr_cycle_count_t when, void *parameter)
{
    struct adc *adc = parameter;

    adc->conversions++;
    adc->first = false;
    if (!adc->locked)
        adc->result = adc->sampled;
    avr->data[REG_ADCSRA] &= (uint8_t)~ADSC;
    chip_raise(adc->chip, &adc->simavr->adc);
    if (avr->data[REG_ADCSRA] & ADATE) {
        avr->data[REG_ADCSRA] |= ADSC;
        start(adc, when);
    }
    return 0;
}

static avr_cycle_count_t sample(avr_t *avr, avr_cycle_count_t when, void *parameter)
{
    struct adc *adc = parameter;

    (void)avr;
    adc->sampled = count_now(adc, when);
    events_log(adc->chip->events, when, "adc %u %u %llu.%04u", adc->mux & MUX, adc->sampled,
               (unsigned long long)(adc->started_at / CYCLES_PER_US),
               (unsigned)(adc->started_at % CYCLES_PER_US) * 625u);
    return 0;
}

static void start(struct adc *adc, uint64_t asked_at)
{
    avr_t *avr = adc->chip->avr;
    unsigned clock = prescaler(adc);
    uint64_t phase = (asked_at - adc->enabled_at) % clock;
    uint64_t edge = asked_at + (phase ? clock - phase : 0) - avr->cycle;

    adc->mux = avr->data[REG_ADMUX];
    adc->started_at = asked_at;
    avr_cycle_timer_register(avr, edge + (adc->first ? 27 : 3) * clock / 2, sample, adc);
    avr_cycle_timer_register(avr, edge + (adc->first ? 25 : 13) * clock, converted, adc);
}

static void stop(struct adc *adc)
{
    avr_t *avr = adc->chip->avr;

    avr_cycle_timer_cancel(avr, sample, adc);
    avr_cycle_timer_cancel(avr, converted, adc);
    avr->data[REG_ADCSRA] &= (uint8_t)~ADSC;
}

static void write_adcsra(avr_t *avr, avr_io_addr_t address, uint8_t value, void *parameter)
{
    struct adc *adc = parameter;
    uint8_t before = avr->data[REG_ADCSRA];

    (void)address;
    avr->data[REG_ADCSRA] = (value & (uint8_t)~(ADSC | ADIF)) | (before & (ADSC | ADIF));
    if (value & ADIF)
        chip_lower(adc->chip, &adc->simavr->adc);
    if (!(value & ADEN)) {
        stop(adc);
        return;
    }
    if (!(before & ADEN)) {
        adc->enabled_at = avr->cycle;
        adc->first = true;
    }
    if ((value & ADATE) && (avr->data[REG_ADCSRB] & 0x07))
        events_misuse(adc->chip->events, avr->cycle, "ADC trigger source %u is not modelled",
                      avr->data[REG_ADCSRB] & 0x07);
    if ((value & ADSC) && !(before & ADSC)) {
        avr->data[REG_ADCSRA] |= ADSC;
        start(adc, avr->cycle);
    }
    chip_interrupt_enabled(adc->chip, &adc->simavr->adc);
}

static uint16_t adjusted(const struct adc *adc)
{
    return adc->chip->avr->data[REG_ADMUX] & ADLAR ? (uint16_t)(adc->result << 6) : adc->result;
}

static uint8_t read_low(avr_t *avr, avr_io_addr_t address, void *parameter)
{
    struct adc *adc = parameter;

    (void)avr, (void)address;
    adc->locked = true;
    return (uint8_t)adjusted(adc);
}

static uint8_t read_high(avr_t *avr, avr_io_addr_t address, void *parameter)
{
    struct adc *adc = parameter;

    (void)avr, (void)address;
    adc->locked = false;
    return (uint8_t)(adjusted(adc) >> 8);
}

static void reset(void *who)
{
    struct adc *adc = who;

    adc->locked = false;
    adc->result = 0;
}

void adc_init(struct adc *adc, struct chip *chip, struct feed *feed)
{
    memset(adc, 0, sizeof *adc);
    adc->chip = chip;
    adc->simavr = chip_peripheral(chip, "adc");
    adc->feed = feed;
    adc->supply_mv = 5000;
    chip_hook_write(chip, REG_ADCSRA, write_adcsra, adc);
    chip_hook_write(chip, REG_ADCSRB, NULL, NULL);
    chip_hook_write(chip, REG_ADMUX, NULL, NULL);
    chip_hook_read(chip, REG_ADCL, read_low, adc);
    chip_hook_read(chip, REG_ADCH, read_high, adc);
    chip_on_reset(chip, reset, adc);
}
