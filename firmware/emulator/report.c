/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "report.h"

void report_note(const char *note)
{
    printf("{\"note\": \"%s\"}\n", note);
    fflush(stdout);
}

static double share(uint64_t part, uint64_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

void report(const struct board *board, const struct serial *serial, const char *ended, double wall_s)
{
    const struct chip *chip = &board->chip;
    uint64_t cycles = chip->avr->cycle;
    uint64_t awake = chip->avr->cycle > chip->awake_since ? cycles - chip->awake_since : 0;
    double simulated_s = (double)cycles / (CYCLES_PER_US * 1e6);
    uint64_t longest_awake = awake > chip->longest_awake ? awake : chip->longest_awake;

    printf("{\"ended\": \"%s\", \"simulated_s\": %.6f, \"wall_s\": %.3f, \"speed\": %.2f, ", ended, simulated_s, wall_s,
           wall_s > 0 ? simulated_s / wall_s : 0);
    printf("\"sleep_share\": %.4f, \"cpu_share\": %.4f, \"longest_awake_us\": %.1f, ",
           share(chip->sleep_cycles, cycles), 1 - share(chip->sleep_cycles + chip->halted_cycles, cycles),
           (double)longest_awake / CYCLES_PER_US);
    printf("\"static_ram_bytes\": %u, \"stack_bytes\": %u, \"resets\": %llu, ", chip->static_ram_end - 0x100u,
           chip->avr->ramend - chip->lowest_stack, (unsigned long long)chip->resets);
    printf("\"bytes_out\": %llu, \"bytes_in\": %llu, \"bytes_dropped\": %llu, \"uart_overruns\": %llu, "
           "\"framing_errors\": %llu, ",
           (unsigned long long)board->uart.bytes_out, (unsigned long long)board->uart.bytes_in,
           (unsigned long long)serial->dropped, (unsigned long long)board->uart.overruns,
           (unsigned long long)board->uart.framing_errors);
    printf("\"adc_conversions\": %llu, \"twi_transfers\": %llu, \"twi_nacks\": %llu, \"twi_lost_arbitrations\": %llu, ",
           (unsigned long long)board->adc.conversions, (unsigned long long)board->twi.transfers,
           (unsigned long long)board->twi.nacks, (unsigned long long)board->twi.lost_arbitrations);
    printf("\"motion_reads\": %llu, \"field0_reads\": %llu, \"field1_reads\": %llu, ",
           (unsigned long long)board->icm.reads, (unsigned long long)board->ak.reads,
           (unsigned long long)board->lis.reads);
    printf("\"motor_on_s\": %.6f, \"motor_starts\": %llu, \"motor_longest_on_s\": %.6f, \"misuses\": %llu, \"feed_records\": %llu}\n",
           (double)motor_on_cycles(&board->motor) / (CYCLES_PER_US * 1e6), (unsigned long long)board->motor.starts,
           (double)motor_longest_on_cycles(&board->motor) / (CYCLES_PER_US * 1e6),
           (unsigned long long)board->events.misuses, (unsigned long long)board->feed.records);
    fflush(stdout);
}
