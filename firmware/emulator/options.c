/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "slowhand-emulator --elf FILE [options]: the glove's firmware on an emulated ATmega328P with its sensors\n"
    "\n"
    "  --elf FILE            firmware, as built by make -C firmware\n"
    "  --feed FILE           what the sensors see (see README.md); a pipe makes the emulator wait for it\n"
    "  --feed-waits-for T    the feed's time begins when the host's first command of this type is in (0x82: Start)\n"
    "  --pty-link PATH       be a serial port; PATH becomes a symlink to it\n"
    "  --realtime | --fast   keep to the wall clock, or run as fast as can be and lose no byte (default)\n"
    "  --seconds S           simulated time after which to end\n"
    "  --commands FILE       what the host says, at given times: lines '<t_us> <hex bytes>' or '<t_us> <order>'\n"
    "  --control             take orders from standard input; its end ends the emulator\n"
    "                        orders: unplug, plug, reset, quit, fault NAME on|off, send HEX\n"
    "  --uart-out FILE       every byte that the glove sends\n"
    "  --events FILE         what really happened, as text\n"
    "  --event-kinds LIST    only these, comma-separated: adc, tick, motion, field0, field1, motor, twi, uart, fault,\n"
    "                        feed, cable, reset, misuse\n"
    "  --fault NAME@T[-T2]   motion_absent, field0_absent, field1_absent, stuck_bus, all_zero, nack, supply_low,\n"
    "                        brown_out, hang, stall\n"
    "  --eeprom FILE         the EEPROM's content, read at the start if it exists, written at the end\n"
    "  --field0-rate SCALE   how much faster the AK09916's oscillator runs than it should (default 1.0)\n"
    "  --motor-counts LIST   x,y,z,x,y,z: what the running motor adds to the two magnetometers, LSB\n"
    "  --motion-address A    0x69 (default) or 0x68\n"
    "  --field1-address A    0x1C (default) or 0x1E\n"
    "\n"
    "SIGUSR1 pulls the cable out, or puts it back. One line of JSON with statistics is printed at the end.\n";

enum { ELF = 256, FEED, PTY_LINK, REALTIME, FAST, SECONDS, COMMANDS, CONTROL, UART_OUT, EVENTS, FAULT, EEPROM,
       FIELD0_RATE, MOTION_ADDRESS, FIELD1_ADDRESS, FEED_WAITS_FOR, MOTOR_COUNTS, EVENT_KINDS, HELP };

static const struct option names[] = {
    {"elf", required_argument, NULL, ELF}, {"feed", required_argument, NULL, FEED},
    {"pty-link", required_argument, NULL, PTY_LINK}, {"realtime", no_argument, NULL, REALTIME},
    {"fast", no_argument, NULL, FAST}, {"seconds", required_argument, NULL, SECONDS},
    {"commands", required_argument, NULL, COMMANDS}, {"control", no_argument, NULL, CONTROL},
    {"uart-out", required_argument, NULL, UART_OUT}, {"events", required_argument, NULL, EVENTS},
    {"fault", required_argument, NULL, FAULT}, {"eeprom", required_argument, NULL, EEPROM},
    {"field0-rate", required_argument, NULL, FIELD0_RATE},
    {"motion-address", required_argument, NULL, MOTION_ADDRESS},
    {"event-kinds", required_argument, NULL, EVENT_KINDS},
    {"feed-waits-for", required_argument, NULL, FEED_WAITS_FOR},
    {"motor-counts", required_argument, NULL, MOTOR_COUNTS},
    {"field1-address", required_argument, NULL, FIELD1_ADDRESS}, {"help", no_argument, NULL, HELP}, {0},
};

static const char *take_number(const char *text, double low, double high, double *into)
{
    char *end;
    double value = strtod(text, &end);

    if (end == text || *end || !(value >= low && value <= high))
        return "a number is missing or out of its range";
    *into = value;
    return NULL;
}

static const char *take_address(const char *text, uint8_t *into)
{
    char *end;
    unsigned long value = strtoul(text, &end, 0);

    if (end == text || *end || value < 0x08 || value > 0x77)
        return "an I2C address is 0x08 to 0x77";
    *into = (uint8_t)value;
    return NULL;
}

static const char *take_counts(const char *text, int16_t counts[2][3])
{
    char rest;

    if (sscanf(text, "%hd,%hd,%hd,%hd,%hd,%hd%c", &counts[0][0], &counts[0][1], &counts[0][2], &counts[1][0],
               &counts[1][1], &counts[1][2], &rest) != 6)
        return "--motor-counts takes six numbers: x,y,z,x,y,z";
    return NULL;
}

static const char *take_type(const char *text, int *into)
{
    char *end;
    unsigned long value = strtoul(text, &end, 0);

    if (end == text || *end || value < 1 || value > 255)
        return "a command's type is 1 to 255";
    *into = (int)value;
    return NULL;
}

static const char *take(struct options *options, int option)
{
    switch (option) {
    case ELF: options->board.elf = optarg; return NULL;
    case FEED: options->board.feed = optarg; return NULL;
    case PTY_LINK: options->pty_link = optarg; return NULL;
    case REALTIME: options->realtime = true; return NULL;
    case FAST: options->realtime = false; return NULL;
    case SECONDS: return take_number(optarg, 0.001, 1e7, &options->seconds);
    case COMMANDS: options->commands = optarg; return NULL;
    case CONTROL: options->control = true; return NULL;
    case UART_OUT: options->uart_out = optarg; return NULL;
    case EVENTS: options->board.events = optarg; return NULL;
    case EVENT_KINDS: options->board.event_kinds = optarg; return NULL;
    case EEPROM: options->eeprom = optarg; return NULL;
    case FIELD0_RATE: return take_number(optarg, 0.5, 2, &options->board.field0_rate_scale);
    case MOTION_ADDRESS: return take_address(optarg, &options->board.motion_address);
    case FIELD1_ADDRESS: return take_address(optarg, &options->board.field1_address);
    case FEED_WAITS_FOR: return take_type(optarg, &options->board.feed_waits_for);
    case MOTOR_COUNTS: return take_counts(optarg, options->board.motor_counts);
    case FAULT:
        if (options->fault_count == MAX_FAULTS)
            return "too many faults";
        options->faults[options->fault_count++] = optarg;
        return NULL;
    case HELP:
        fputs(usage, stdout);
        return "";
    default: return "see --help";
    }
}

const char *options_read(struct options *options, int count, char **arguments)
{
    const char *fault = NULL;
    int option;

    memset(options, 0, sizeof *options);
    options->board.field0_rate_scale = 1;
    options->board.motion_address = 0x69;
    options->board.field1_address = 0x1C;
    while (!fault && (option = getopt_long(count, arguments, "", names, NULL)) != -1)
        fault = take(options, option);
    if (fault)
        return fault;
    if (optind < count)
        return "an argument is left over; see --help";
    if (!options->board.elf)
        return "--elf is missing; see --help";
    return NULL;
}
