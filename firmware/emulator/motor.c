/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "motor.h"

#include <string.h>

enum { D3 = 0x08, COM2B_SHIFT = 4, WGM21_20 = 0x03, WGM22 = 0x08, CS2 = 0x07, TICKS = 256 };
enum {
    MOTIONLESS_PERMILLE = 4, /* fast PWM cannot give less than one tick of 256: the coin does not feel it */
};

/* Datasheet 18.7: COM2B 0 leaves the pin to the port, 2 is high below OCR2B, 3 the inverse. */
static unsigned drive_permille(struct motor *motor)
{
    const uint8_t *data = motor->chip->avr->data;
    unsigned compare = data[REG_TCCR2A] >> COM2B_SHIFT & 3;
    unsigned mode = (data[REG_TCCR2A] & WGM21_20) | (data[REG_TCCR2B] & WGM22 ? 4 : 0);
    bool fast = (mode & 3) == 3;
    unsigned top = mode & 4 ? data[REG_OCR2A] : TICKS - 1;

    if (!(data[REG_DDRD] & D3))
        return 0;
    if (compare == 0)
        return data[REG_PORTD] & D3 ? 1000 : 0;
    if (compare == 1 || (mode != 1 && mode != 3 && mode != 5 && mode != 7)) {
        events_misuse(motor->chip->events, motor->chip->avr->cycle, "Timer2 drives D3 without PWM");
        return 1000;
    }
    if (!(data[REG_TCCR2B] & CS2)) {
        if (!motor->permille) /* OC2B is low until the timer has set it */
            return 0;
        events_misuse(motor->chip->events, motor->chip->avr->cycle, "Timer2 was stopped while it drove D3");
        return 1000;
    }
    unsigned high = (data[REG_OCR2B] > top ? top : data[REG_OCR2B]) + (fast ? 1 : 0);
    unsigned all = top + (fast ? 1 : 0);
    return (compare == 2 ? high : all - high) * 1000 / (all ? all : 1);
}

static void look(struct motor *motor)
{
    uint64_t now = motor->chip->avr->cycle;
    unsigned before = motor->permille;
    unsigned permille = drive_permille(motor);

    if (permille <= MOTIONLESS_PERMILLE)
        permille = 0;
    if (permille == before)
        return;
    motor->permille = permille;
    if (!before) {
        motor->on_since = now;
        motor->starts++;
    }
    if (!permille) {
        uint64_t lasted = now - motor->on_since;
        motor->on_cycles += lasted;
        if (lasted > motor->longest_on)
            motor->longest_on = lasted;
    }
    if (permille)
        events_log(motor->chip->events, now, "motor on %u", permille);
    else
        events_log(motor->chip->events, now, "motor off");
}

static void on_register(struct avr_irq_t *irq, uint32_t value, void *parameter)
{
    (void)irq, (void)value;
    look(parameter);
}

static void reset(void *who)
{
    look(who);
}

uint64_t motor_on_cycles(const struct motor *motor)
{
    return motor->on_cycles + (motor->permille ? motor->chip->avr->cycle - motor->on_since : 0);
}

uint64_t motor_longest_on_cycles(const struct motor *motor)
{
    uint64_t lasts = motor->permille ? motor->chip->avr->cycle - motor->on_since : 0;
    return lasts > motor->longest_on ? lasts : motor->longest_on;
}

void motor_init(struct motor *motor, struct chip *chip)
{
    static const avr_io_addr_t watched[] = {REG_DDRD, REG_PORTD, REG_TCCR2A, REG_TCCR2B, REG_OCR2A, REG_OCR2B};

    memset(motor, 0, sizeof *motor);
    motor->chip = chip;
    for (unsigned i = 0; i < sizeof watched / sizeof *watched; i++)
        avr_irq_register_notify(avr_iomem_getirq(chip->avr, watched[i], NULL, AVR_IOMEM_IRQ_ALL), on_register, motor);
    chip_on_reset(chip, reset, motor);
}
