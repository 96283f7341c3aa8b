/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_CHIP_H
#define SLOWHAND_CHIP_H

#include <stdbool.h>
#include <stdint.h>

#include <sim_avr.h>

#include "events.h"

/* Data-space addresses of the ATmega328P's registers (datasheet, "Register Summary"). */
enum {
    REG_PINC = 0x26, REG_DDRC = 0x27, REG_PORTC = 0x28,
    REG_DDRD = 0x2A, REG_PORTD = 0x2B,
    REG_TIFR1 = 0x36,
    REG_SMCR = 0x53,
    REG_ADCL = 0x78, REG_ADCH = 0x79, REG_ADCSRA = 0x7A, REG_ADCSRB = 0x7B, REG_ADMUX = 0x7C,
    REG_TCCR2A = 0xB0, REG_TCCR2B = 0xB1, REG_OCR2A = 0xB3, REG_OCR2B = 0xB4,
    REG_TWBR = 0xB8, REG_TWSR = 0xB9, REG_TWDR = 0xBB, REG_TWCR = 0xBC,
    REG_UCSRA = 0xC0, REG_UCSRB = 0xC1, REG_UCSRC = 0xC2, REG_UBRRL = 0xC4, REG_UBRRH = 0xC5, REG_UDR = 0xC6,
};

typedef void (*chip_reset_hook)(void *who);

/* What keeps the program from going on. */
enum chip_halt {
    CHIP_RUNS,
    CHIP_HANGS,        /* in an endless loop; interrupts are served */
    CHIP_STANDS_STILL, /* the same with interrupts off */
    CHIP_HELD,         /* in reset */
};

/* An ATmega328P that runs an ELF: simavr's core with the repairs that this firmware needs. */
struct chip {
    avr_t *avr;
    struct events *events;
    avr_io_t after_reset;          /* simavr tells this one of every reset */
    bool was_reset, reset_wanted;
    enum chip_halt halt, halt_wanted;
    bool halted_with_interrupts;   /* whether they were on when the program stopped */
    uint32_t halted_at;            /* where the program goes on */
    uint64_t halted_since, halted_cycles; /* of these the program used none */
    struct { chip_reset_hook run; void *who; } reset_hooks[6];
    int reset_hook_count;
    uint64_t resets;
    uint64_t sleep_cycles;
    uint64_t awake_since;          /* cycle at which the last sleep ended */
    uint64_t longest_awake;        /* cycles without a single sleep */
    uint16_t static_ram_end;       /* first byte after .data and .bss */
    uint16_t lowest_stack;
};

/* Returns NULL when all is well, else what is wrong with the ELF. */
const char *chip_load(struct chip *chip, const char *elf_path, struct events *events);

/* Runs until the given cycle, or until the program ended or crashed: returns cpu_Running, cpu_Done or cpu_Crashed. */
int chip_run_until(struct chip *chip, uint64_t cycle);

/* As the reset pin would, before the next instruction; MCUSR says "external". */
void chip_external_reset(struct chip *chip);

/* Before the next instruction, or once no interrupt is under way, where the program has to go on. CHIP_HELD ends with
 * a reset of which MCUSR says "brown-out"; a reset ends the two others, too. */
void chip_halt(struct chip *chip, enum chip_halt halt);

/* Called after every reset, once the registers have their initial values. */
void chip_on_reset(struct chip *chip, chip_reset_hook run, void *who);

/* Finds simavr's own model of a peripheral ("uart", "adc", "twi"), for its interrupt vectors. */
void *chip_peripheral(struct chip *chip, const char *kind);

/* Puts these in the place of simavr's hooks; NULL leaves plain memory. */
void chip_hook_write(struct chip *chip, avr_io_addr_t address, avr_io_write_t hook, void *parameter);
void chip_hook_read(struct chip *chip, avr_io_addr_t address, avr_io_read_t hook, void *parameter);

/* An interrupt that fires as long as its flag stands (UDRE, RXC, TWINT): asked for again after each RETI. */
void chip_level_interrupt(struct chip *chip, avr_int_vector_t *vector);

void chip_raise(struct chip *chip, avr_int_vector_t *vector);
void chip_lower(struct chip *chip, avr_int_vector_t *vector);

/* For a level interrupt after its enable bit was written. */
void chip_interrupt_enabled(struct chip *chip, avr_int_vector_t *vector);

#endif
