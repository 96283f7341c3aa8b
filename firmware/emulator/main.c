/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <avr_eeprom.h>

#include "options.h"
#include "report.h"
#include "script.h"

enum {
    SLICE_CYCLES = 1000 * CYCLES_PER_US,  /* 1 ms between looks at the outside, as a USB serial chip's frames */
    EEPROM_BYTES = 1024,
    BEHIND_MS = 1000,                     /* more than this behind the wall clock: it was stopped, do not catch up */
};
enum { EXIT_BAD_INPUT = 2, EXIT_FIRMWARE_CRASHED = 3, EXIT_FIRMWARE_ENDED = 4, EXIT_BAD_FEED = 5 };

static volatile sig_atomic_t stop_asked, cable_asked;

static void on_signal(int number)
{
    if (number == SIGUSR1)
        cable_asked = 1;
    else
        stop_asked = 1;
}

static double wall_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

struct run {
    struct board board;
    struct serial serial;
    struct script script;
    struct options options;
    double wall_start, pace_start;      /* pace: wall time at which cycle 0 would have been */
    char orders[512];
    size_t order_length;
    bool control_open, feed_end_told;
};

static void take_orders(struct run *run)
{
    ssize_t got = read(STDIN_FILENO, run->orders + run->order_length, sizeof run->orders - 1 - run->order_length);
    char *newline;

    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) {
        run->control_open = false;
        stop_asked = 1;
        return;
    }
    if (got < 0)
        return;
    run->order_length += (size_t)got;
    run->orders[run->order_length] = '\0';
    while ((newline = strchr(run->orders, '\n'))) {
        *newline = '\0';
        const char *fault = script_obey(&run->script, run->orders);
        if (fault)
            fprintf(stderr, "slowhand-emulator: order '%s': %s\n", run->orders, fault);
        run->order_length -= (size_t)(newline + 1 - run->orders);
        memmove(run->orders, newline + 1, run->order_length + 1);
    }
    if (run->order_length == sizeof run->orders - 1)
        run->order_length = 0;
}

/* Waits at most so long for the host, an order or a signal, and takes what came. */
static void wait_outside(struct run *run, int milliseconds)
{
    bool present = serial_host_present(&run->serial);
    struct pollfd ends[2] = {
        {.fd = run->control_open ? STDIN_FILENO : -1, .events = POLLIN},
        {.fd = present ? run->serial.master : -1,
         .events = (short)(POLLIN | (run->serial.pending_count ? POLLOUT : 0))},
    };
    uint8_t bytes[1024];

    if (poll(ends, 2, milliseconds) > 0 && (ends[0].revents & (POLLIN | POLLHUP)))
        take_orders(run);
    if (present && (ends[1].revents & POLLIN))
        uart_send(&run->board.uart, bytes, serial_read(&run->serial, bytes, sizeof bytes));
    if (cable_asked) {
        cable_asked = 0;
        script_obey(&run->script, run->serial.master >= 0 ? "unplug" : "plug");
    }
}

static bool ended(const struct run *run)
{
    return stop_asked || run->script.quit;
}

static void keep_pace(struct run *run)
{
    for (;;) {
        double due = run->pace_start + (double)run->board.chip.avr->cycle / (CYCLES_PER_US * 1e6);
        double ahead_ms = 1e3 * (due - wall_seconds());
        if (ahead_ms < -BEHIND_MS)
            run->pace_start -= ahead_ms / 1e3;
        if (ahead_ms < 0.5 || ended(run))
            return;
        wait_outside(run, ahead_ms < 1 ? 1 : (int)ahead_ms);
        serial_flush(&run->serial);
    }
}

/* Between two slices: give away what was sent, take what arrived, keep to the clock or wait for the reader. */
static void meet_outside(struct run *run)
{
    bool delivered = serial_flush(&run->serial);

    wait_outside(run, 0);
    if (run->options.realtime) {
        if (run->board.events.file)
            fflush(run->board.events.file); /* whoever watches wants to see it now */
        keep_pace(run);
        return;
    }
    while (!delivered && !ended(run)) {
        run->serial.waits++;
        wait_outside(run, serial_host_present(&run->serial) ? 100 : 5);
        delivered = serial_flush(&run->serial);
    }
}

static uint64_t nothing(void *who, uint64_t when)
{
    (void)who, (void)when;
    return 0;
}

static const char *run_on(struct run *run)
{
    struct agenda_item slice_end = {.run = nothing};
    struct chip *chip = &run->board.chip;
    uint64_t last = (uint64_t)(run->options.seconds * 1e6) * CYCLES_PER_US;
    bool outside = run->options.pty_link || run->options.control || run->options.realtime;

    for (uint64_t next = SLICE_CYCLES; !ended(run); next += SLICE_CYCLES) {
        if (last && next > last)
            next = last;
        agenda_at(&run->board.agenda, &slice_end, next); /* so that a sleeping chip wakes up here */
        int state = chip_run_until(chip, next);
        if (state == cpu_Crashed)
            return "crashed";
        if (state == cpu_Done)
            return "halted";
        if (run->board.feed.fault)
            return "bad feed";
        if (!run->feed_end_told && feed_ended(&run->board.feed)) {
            run->feed_end_told = true;
            report_note("feed ended");
        }
        if (outside || cable_asked)
            meet_outside(run);
        if (last && chip->avr->cycle >= last)
            return "time";
    }
    return "asked";
}

static void load_eeprom(struct run *run)
{
    uint8_t content[EEPROM_BYTES];
    avr_eeprom_desc_t all = {.ee = content, .offset = 0, .size = sizeof content};
    FILE *file = run->options.eeprom ? fopen(run->options.eeprom, "rb") : NULL;

    if (!file)
        return; /* a new chip: all ones */
    if (fread(content, 1, sizeof content, file) == sizeof content)
        avr_ioctl(run->board.chip.avr, AVR_IOCTL_EEPROM_SET, &all);
    fclose(file);
}

static void save_eeprom(struct run *run)
{
    avr_eeprom_desc_t all = {.ee = NULL, .offset = 0, .size = EEPROM_BYTES};
    FILE *file = run->options.eeprom ? fopen(run->options.eeprom, "wb") : NULL;

    if (!file)
        return;
    avr_ioctl(run->board.chip.avr, AVR_IOCTL_EEPROM_GET, &all);
    fwrite(all.ee, 1, EEPROM_BYTES, file);
    fclose(file);
}

static const char *set_up(struct run *run)
{
    const struct options *options = &run->options;
    const char *fault = board_build(&run->board, &options->board, serial_put, &run->serial);

    if (fault)
        return fault;
    script_init(&run->script, &run->board, &run->serial);
    if (options->commands && (fault = script_load(&run->script, options->commands)))
        return fault;
    for (int i = 0; i < options->fault_count; i++)
        if ((fault = script_plan_fault(&run->script, options->faults[i])))
            return fault;
    load_eeprom(run);
    run->control_open = options->control;
    return serial_open(&run->serial, options->pty_link, options->uart_out, !options->realtime);
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
}

int main(int count, char **arguments)
{
    static struct run run;
    const char *fault = options_read(&run.options, count, arguments);

    if (fault && !*fault)
        return EXIT_SUCCESS;
    if (!fault) {
        catch_signals();
        fault = set_up(&run);
    }
    if (fault) {
        if (run.serial.link)
            serial_close(&run.serial);
        fprintf(stderr, "slowhand-emulator: %s\n", fault);
        return EXIT_BAD_INPUT;
    }
    report_note("ready");
    run.wall_start = run.pace_start = wall_seconds();
    const char *end = run_on(&run);
    save_eeprom(&run);
    report(&run.board, &run.serial, end, wall_seconds() - run.wall_start);
    serial_close(&run.serial);
    board_close(&run.board);
    if (run.board.feed.fault)
        fprintf(stderr, "slowhand-emulator: %s\n", run.board.feed.fault);
    return !strcmp(end, "crashed") ? EXIT_FIRMWARE_CRASHED : !strcmp(end, "halted") ? EXIT_FIRMWARE_ENDED
           : !strcmp(end, "bad feed") ? EXIT_BAD_FEED : EXIT_SUCCESS;
}
