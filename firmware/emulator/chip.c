/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "chip.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <avr_eeprom.h>
#include <avr_extint.h>
#include <avr_ioport.h>
#include <avr_timer.h>
#include <sim_elf.h>

enum {
    INTERRUPT_RESPONSE_CYCLES = 4, /* datasheet 7.7.1; simavr takes none */
    SLEEP_ENABLE = 0x01, SLEEP_MODE = 0x0E,
    SREG_I = 7,
    TIMER1_COMPA = 11,
    SELF_JUMP = 0xCFFF,            /* rjmp .-2 */
    BATCH_CYCLES = 100000,         /* simavr looks at its timers after each instruction unless told so */
};

/* simavr talks on standard output, where one line of JSON is expected. */
static void complain(avr_t *avr, const int level, const char *format, va_list arguments)
{
    (void)avr;
    if (level == LOG_ERROR) /* its warnings are about what it lacks and this program replaces */
        vfprintf(stderr, format, arguments);
}

/* simavr's own callback would sleep in real time. Here sleeping is only counted: time is kept elsewhere. */
static void count_sleep(avr_t *avr, avr_cycle_count_t cycles)
{
    struct chip *chip = avr->custom.data;
    uint8_t mode = avr->data[REG_SMCR];

    if (!(mode & SLEEP_ENABLE))
        events_misuse(chip->events, avr->cycle, "sleep without SMCR.SE does nothing on the chip");
    else if (mode & SLEEP_MODE)
        events_misuse(chip->events, avr->cycle, "sleep mode %u stops clocks that are needed", (mode & SLEEP_MODE) >> 1);
    uint64_t awake = avr->cycle - chip->awake_since;
    if (awake > chip->longest_awake)
        chip->longest_awake = awake;
    chip->sleep_cycles += cycles + 1;
    chip->awake_since = avr->cycle + cycles + 1;
}

static void on_interrupt(struct avr_irq_t *irq, uint32_t running, void *parameter)
{
    struct chip *chip = parameter;
    avr_t *avr = chip->avr;
    unsigned vector = irq->irq >> 8;

    if (!running)
        return;
    avr->cycle += INTERRUPT_RESPONSE_CYCLES;
    uint16_t stack = (uint16_t)(avr->data[R_SPL] | avr->data[R_SPH] << 8);
    if (stack < chip->lowest_stack)
        chip->lowest_stack = stack;
    if (vector == TIMER1_COMPA)
        events_log(chip->events, avr->cycle, "tick");
}

static void on_level_interrupt(struct avr_irq_t *irq, uint32_t running, void *parameter)
{
    struct chip *chip = parameter;
    unsigned number = irq->irq >> 8;

    if (running)
        return;
    for (int i = 0; i < chip->avr->interrupts.vector_count; i++)
        if (chip->avr->interrupts.vector[i]->vector == number)
            chip_interrupt_enabled(chip, chip->avr->interrupts.vector[i]);
}

void chip_interrupt_enabled(struct chip *chip, avr_int_vector_t *vector)
{
    if (avr_regbit_get(chip->avr, vector->raised) && avr_regbit_get(chip->avr, vector->enable))
        avr_raise_interrupt(chip->avr, vector);
}

void chip_level_interrupt(struct chip *chip, avr_int_vector_t *vector)
{
    avr_irq_register_notify(vector->irq + AVR_INT_IRQ_RUNNING, on_level_interrupt, chip);
}

void chip_raise(struct chip *chip, avr_int_vector_t *vector)
{
    avr_raise_interrupt(chip->avr, vector);
}

void chip_lower(struct chip *chip, avr_int_vector_t *vector)
{
    avr_clear_interrupt(chip->avr, vector);
    avr_regbit_clear(chip->avr, vector->raised);
}

/* simavr clears every flag of TIFR1 whichever bit is written; the chip clears those written as one. */
static void write_tifr1(avr_t *avr, avr_io_addr_t address, uint8_t value, void *parameter)
{
    avr_timer_t *timer = parameter;
    avr_int_vector_t *vectors[] = {&timer->overflow, &timer->icr, &timer->comp[AVR_TIMER_COMPA].interrupt,
                                   &timer->comp[AVR_TIMER_COMPB].interrupt};
    (void)address;
    for (unsigned i = 0; i < sizeof vectors / sizeof *vectors; i++)
        if (vectors[i]->vector && avr_regbit_from_value(avr, vectors[i]->raised, value)) {
            avr_clear_interrupt(avr, vectors[i]);
            avr_regbit_clear(avr, vectors[i]->raised);
        }
}

static void end_halt(struct chip *chip)
{
    chip->halted_cycles += chip->avr->cycle - chip->halted_since;
    chip->halt = CHIP_RUNS;
}

static void note_reset(avr_io_t *io)
{
    struct chip *chip = (struct chip *)((char *)io - offsetof(struct chip, after_reset));
    chip->was_reset = true;
    if (chip->halt == CHIP_HELD)
        return; /* it counts once it is over */
    chip->resets++;
    if (chip->halt != CHIP_RUNS) /* who hung begins anew */
        end_halt(chip);
    chip->halt_wanted = CHIP_RUNS;
}

static void repair_after_reset(struct chip *chip)
{
    chip->was_reset = false;
    /* D2 and D3 are also INT0 and INT1: at low level simavr would poll them in every cycle */
    avr_extint_set_strict_lvl_trig(chip->avr, 0, 0);
    avr_extint_set_strict_lvl_trig(chip->avr, 1, 0);
    chip->avr->run_cycle_limit = BATCH_CYCLES;
    chip->avr->data[REG_UCSRA] = 0x20;
    chip->avr->data[REG_UCSRB] = 0; /* simavr leaves the transmitter on */
    chip->avr->data[REG_UCSRC] = 0x06;
    chip->avr->data[REG_TWSR] = 0xF8;
    chip->avr->data[REG_TWDR] = 0xFF;
    for (int i = 0; i < chip->reset_hook_count; i++)
        chip->reset_hooks[i].run(chip->reset_hooks[i].who);
    events_log(chip->events, chip->avr->cycle, "reset");
}

void chip_on_reset(struct chip *chip, chip_reset_hook run, void *who)
{
    int i = chip->reset_hook_count++;
    chip->reset_hooks[i].run = run;
    chip->reset_hooks[i].who = who;
}

void *chip_peripheral(struct chip *chip, const char *kind)
{
    for (avr_io_t *io = chip->avr->io_port; io; io = io->next)
        if (!strcmp(io->kind, kind))
            return io;
    return NULL;
}

static avr_timer_t *find_timer(struct chip *chip, char name)
{
    for (avr_io_t *io = chip->avr->io_port; io; io = io->next)
        if (!strcmp(io->kind, "timer") && ((avr_timer_t *)io)->name == name)
            return (avr_timer_t *)io;
    return NULL;
}

void chip_hook_write(struct chip *chip, avr_io_addr_t address, avr_io_write_t hook, void *parameter)
{
    chip->avr->io[AVR_DATA_TO_IO(address)].w.c = hook;
    chip->avr->io[AVR_DATA_TO_IO(address)].w.param = parameter;
}

void chip_hook_read(struct chip *chip, avr_io_addr_t address, avr_io_read_t hook, void *parameter)
{
    chip->avr->io[AVR_DATA_TO_IO(address)].r.c = hook;
    chip->avr->io[AVR_DATA_TO_IO(address)].r.param = parameter;
}

/* The last word of the flash, where the program has nothing. */
static uint32_t halting_place(const struct chip *chip)
{
    return chip->avr->flashend - 1;
}

static const char *read_elf(struct chip *chip, const char *path)
{
    elf_firmware_t firmware;

    if (elf_read_firmware(path, &firmware) || !firmware.flashsize)
        return "the ELF cannot be read";
    if (firmware.flashsize > chip->avr->flashend + 1)
        return "the program is larger than the chip's flash";
    firmware.frequency = CYCLES_PER_US * 1000000u;
    firmware.vcc = firmware.avcc = firmware.aref = 5000;
    avr_load_firmware(chip->avr, &firmware);
    if (firmware.flashsize > halting_place(chip))
        return "the program leaves no room for the loop in which it is halted";
    chip->avr->flash[halting_place(chip)] = SELF_JUMP & 0xFF;
    chip->avr->flash[halting_place(chip) + 1] = SELF_JUMP >> 8;
    chip->static_ram_end = (uint16_t)(0x100 + firmware.datasize + firmware.bsssize);
    return NULL;
}

const char *chip_load(struct chip *chip, const char *elf_path, struct events *events)
{
    memset(chip, 0, sizeof *chip);
    chip->events = events;
    avr_global_logger_set(complain);
    chip->avr = avr_make_mcu_by_name("atmega328p");
    if (!chip->avr)
        return "this simavr does not know the ATmega328P";
    chip->avr->custom.data = chip;
    avr_init(chip->avr);
    const char *fault = read_elf(chip, elf_path);
    if (fault)
        return fault;
    chip->avr->sleep = count_sleep;
    chip->lowest_stack = chip->avr->ramend;
    chip->after_reset.kind = "slowhand";
    chip->after_reset.reset = note_reset;
    avr_register_io(chip->avr, &chip->after_reset);
    for (int i = 0; i < chip->avr->interrupts.vector_count; i++)
        avr_irq_register_notify(chip->avr->interrupts.vector[i]->irq + AVR_INT_IRQ_RUNNING, on_interrupt, chip);
    chip_hook_write(chip, REG_TIFR1, write_tifr1, find_timer(chip, '1'));
    repair_after_reset(chip);
    return NULL;
}

/* simavr cannot be reset from within one of its timers, where scripted orders are carried out. */
void chip_external_reset(struct chip *chip)
{
    chip->reset_wanted = true;
}

static void pull_reset(struct chip *chip, avr_regbit_t cause)
{
    chip->reset_wanted = false;
    avr_reset(chip->avr);
    avr_regbit_set(chip->avr, cause);
}

void chip_halt(struct chip *chip, enum chip_halt halt)
{
    chip->halt_wanted = halt;
}

static void allow_interrupts(avr_t *avr, bool allow)
{
    avr->sreg[SREG_I] = allow;
    avr->interrupt_state = allow ? -2 : 0; /* as after SEI and CLI */
}

static void go_on(struct chip *chip)
{
    end_halt(chip);
    chip->avr->pc = chip->halted_at;
    allow_interrupts(chip->avr, chip->halted_with_interrupts);
}

static void stop_there(struct chip *chip, enum chip_halt halt)
{
    avr_t *avr = chip->avr;

    if (chip->halt != CHIP_RUNS)
        end_halt(chip);
    chip->halt = halt;
    chip->halted_since = avr->cycle;
    if (halt == CHIP_HELD)
        avr_reset(avr);
    chip->halted_at = avr->pc;
    chip->halted_with_interrupts = avr->sreg[SREG_I];
    avr->pc = halting_place(chip);
    avr->state = cpu_Running; /* a sleeper finds itself awake for no reason, which any program must bear */
    if (halt != CHIP_HANGS)
        allow_interrupts(avr, false);
}

/* simavr's program counter may not be moved from within its timers, where faults begin and end. */
static void change_halt(struct chip *chip)
{
    enum chip_halt wanted = chip->halt_wanted;

    if (chip->halt == CHIP_HELD) {
        end_halt(chip);
        pull_reset(chip, chip->avr->reset_flags.borf);
    } else if (chip->halt != CHIP_RUNS && wanted != CHIP_HELD) {
        if (chip->avr->pc == halting_place(chip))
            go_on(chip);
    } else {
        stop_there(chip, wanted);
    }
}

int chip_run_until(struct chip *chip, uint64_t cycle)
{
    avr_t *avr = chip->avr;
    int state = cpu_Running;

    while (avr->cycle < cycle) {
        state = avr_run(avr);
        if (chip->reset_wanted && chip->halt != CHIP_HELD)
            pull_reset(chip, avr->reset_flags.extrf);
        if (chip->halt != chip->halt_wanted)
            change_halt(chip);
        if (chip->was_reset)
            repair_after_reset(chip);
        if (state == cpu_Done || state == cpu_Crashed)
            return state;
    }
    return cpu_Running;
}
