/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_UART_H
#define SLOWHAND_UART_H

#include <avr_uart.h>

#include "agenda.h"
#include "chip.h"

enum { HOST_BAUD = 250000, HOST_BYTE_CYCLES = CYCLES_PER_US * 1000000 / HOST_BAUD * 10 };

typedef void (*uart_sink)(void *who, uint8_t byte);

/* USART0 from the datasheet (chapter 19), asynchronous 8N1: two-deep receiver with overrun, double-buffered
 * transmitter. simavr's own counts 11 bits, has 64 bytes of receive buffer and so never overruns.
 * The other end is a host at 250000 baud. */
struct uart {
    struct chip *chip;
    avr_uart_t *simavr;            /* its interrupt vectors */
    struct agenda *agenda;
    uart_sink sink;
    void *sink_who;
    bool shifting, buffered;       /* transmitter: a byte on the line, a byte behind it */
    uint8_t shift_byte, buffer_byte;
    struct { uint8_t byte; bool bad; } received[2];
    int received_count;
    bool third_waits;              /* a third byte sits in the shift register */
    uint8_t third_byte;
    bool overrun;
    uint8_t *line;                 /* bytes that the host has sent and that are still on their way */
    size_t line_first, line_count, line_size;
    struct agenda_item line_item;
    uint8_t awaited_type;          /* 0, or the frame type (first byte after the COBS code) that is waited for */
    void (*awaited)(void *who);
    void *awaited_who;
    unsigned frame_position;
    uint64_t bytes_out, bytes_in, overruns, framing_errors;
};

void uart_init(struct uart *uart, struct chip *chip, struct agenda *agenda, uart_sink sink, void *who);

/* The host sends: bytes arrive one after the other, 640 cycles each. */
void uart_send(struct uart *uart, const uint8_t *bytes, size_t count);

#endif
