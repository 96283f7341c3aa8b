/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "uart.h"

#include <stdlib.h>
#include <string.h>

enum {
    RXC = 0x80, TXC = 0x40, UDRE = 0x20, FE = 0x10, DOR = 0x08, U2X = 0x02, MPCM = 0x01,
    UDRIE = 0x20, RXEN = 0x10, TXEN = 0x08, UCSZ2 = 0x04,
    EIGHT_NONE_ONE = 0x06,
};

static unsigned cycles_per_bit(const struct uart *uart)
{
    const uint8_t *data = uart->chip->avr->data;
    unsigned ubrr = data[REG_UBRRL] | (data[REG_UBRRH] & 0x0Fu) << 8;
    return (ubrr + 1) * (data[REG_UCSRA] & U2X ? 8 : 16);
}

/* Ten bits sampled in their middle stand about 4 % between the two clocks (datasheet table 19-2). */
static bool understood(const struct uart *uart)
{
    const uint8_t *data = uart->chip->avr->data;
    int host = HOST_BYTE_CYCLES / 10;
    int off = abs((int)cycles_per_bit(uart) - host) * 100;
    return off <= 4 * host && data[REG_UCSRC] == EIGHT_NONE_ONE && !(data[REG_UCSRB] & UCSZ2);
}

static avr_cycle_count_t sent(avr_t *avr, avr_cycle_count_t when, void *parameter)
{
    struct uart *uart = parameter;
    uint8_t byte = uart->shift_byte;

    (void)avr;
    if (!understood(uart)) {
        uart->framing_errors++;
        events_misuse(uart->chip->events, when, "a byte is sent at %u cycles a bit or in another format",
                      cycles_per_bit(uart));
        byte = (uint8_t)~byte;
    }
    uart->bytes_out++;
    uart->sink(uart->sink_who, byte);
    if (!uart->buffered) {
        uart->shifting = false;
        chip_raise(uart->chip, &uart->simavr->txc);
        return 0;
    }
    uart->buffered = false;
    uart->shift_byte = uart->buffer_byte;
    chip_raise(uart->chip, &uart->simavr->udrc);
    return when + 10 * cycles_per_bit(uart);
}

static void write_udr(avr_t *avr, avr_io_addr_t address, uint8_t value, void *parameter)
{
    struct uart *uart = parameter;

    (void)address;
    if (!(avr->data[REG_UCSRB] & TXEN) || uart->buffered) {
        events_misuse(uart->chip->events, avr->cycle, "UDR written while %s",
                      uart->buffered ? "it was full" : "the transmitter was off");
        return;
    }
    if (uart->shifting) {
        uart->buffered = true;
        uart->buffer_byte = value;
        chip_lower(uart->chip, &uart->simavr->udrc);
        return;
    }
    uart->shifting = true;
    uart->shift_byte = value;
    avr_cycle_timer_register(avr, 10 * cycles_per_bit(uart), sent, uart);
}

static void show_receiver(struct uart *uart)
{
    avr_t *avr = uart->chip->avr;
    uint8_t status = avr->data[REG_UCSRA] & (uint8_t)~(FE | DOR);

    if (uart->received_count && uart->received[0].bad)
        status |= FE;
    if (uart->overrun)
        status |= DOR;
    avr->data[REG_UCSRA] = status;
    if (uart->received_count)
        chip_raise(uart->chip, &uart->simavr->rxc);
    else
        chip_lower(uart->chip, &uart->simavr->rxc);
}

static void push_received(struct uart *uart, uint8_t byte, bool bad)
{
    uart->received[uart->received_count].byte = byte;
    uart->received[uart->received_count++].bad = bad;
}

static uint8_t read_udr(avr_t *avr, avr_io_addr_t address, void *parameter)
{
    struct uart *uart = parameter;

    (void)avr, (void)address;
    uint8_t byte = uart->received[0].byte;
    if (uart->received_count) {
        uart->received[0] = uart->received[1];
        uart->received_count--;
    }
    uart->overrun = false;
    if (uart->third_waits) {
        uart->third_waits = false;
        push_received(uart, uart->third_byte, false);
    }
    show_receiver(uart);
    return byte;
}

static void receive(struct uart *uart, uint8_t byte, uint64_t when)
{
    avr_t *avr = uart->chip->avr;
    bool bad = !understood(uart);

    uart->bytes_in++;
    if (!(avr->data[REG_UCSRB] & RXEN))
        return;
    if (bad) {
        uart->framing_errors++;
        byte = (uint8_t)~byte;
    }
    if (uart->received_count < 2) {
        push_received(uart, byte, bad);
    } else {
        if (uart->third_waits) { /* its start bit ended the byte that waited in the shift register */
            uart->overrun = true;
            uart->overruns++;
            events_log(uart->chip->events, when, "uart overrun");
        }
        uart->third_waits = true;
        uart->third_byte = byte;
    }
    show_receiver(uart);
}

static void watch_for_type(struct uart *uart, uint8_t byte)
{
    uart->frame_position = byte ? uart->frame_position + 1 : 0;
    if (uart->frame_position == 2 && byte == uart->awaited_type && uart->awaited)
        uart->awaited(uart->awaited_who);
}

static uint64_t line_delivers(void *who, uint64_t when)
{
    struct uart *uart = who;
    uint8_t byte = uart->line[uart->line_first++];

    receive(uart, byte, when);
    watch_for_type(uart, byte);
    if (uart->line_first < uart->line_count)
        return when + HOST_BYTE_CYCLES;
    uart->line_first = uart->line_count = 0;
    return 0;
}

void uart_send(struct uart *uart, const uint8_t *bytes, size_t count)
{
    if (!count)
        return;
    if (uart->line_count + count > uart->line_size) {
        size_t size = 2 * (uart->line_count + count);
        uint8_t *line = realloc(uart->line, size);
        if (!line)
            abort();
        uart->line = line;
        uart->line_size = size;
    }
    memcpy(uart->line + uart->line_count, bytes, count);
    uart->line_count += count;
    if (!uart->line_item.when)
        agenda_at(uart->agenda, &uart->line_item, uart->chip->avr->cycle + HOST_BYTE_CYCLES);
}

static void write_ucsra(avr_t *avr, avr_io_addr_t address, uint8_t value, void *parameter)
{
    struct uart *uart = parameter;

    (void)address;
    avr->data[REG_UCSRA] = (avr->data[REG_UCSRA] & (uint8_t)~(U2X | MPCM)) | (value & (U2X | MPCM));
    if (value & TXC)
        chip_lower(uart->chip, &uart->simavr->txc);
}

static void write_ucsrb(avr_t *avr, avr_io_addr_t address, uint8_t value, void *parameter)
{
    struct uart *uart = parameter;

    (void)address;
    avr->data[REG_UCSRB] = value;
    if (!(value & RXEN)) {
        uart->received_count = 0;
        uart->third_waits = uart->overrun = false;
        show_receiver(uart);
    }
    chip_interrupt_enabled(uart->chip, &uart->simavr->rxc);
    chip_interrupt_enabled(uart->chip, &uart->simavr->txc);
    chip_interrupt_enabled(uart->chip, &uart->simavr->udrc);
}

static void reset(void *who)
{
    struct uart *uart = who;

    uart->shifting = uart->buffered = uart->third_waits = uart->overrun = false;
    uart->received_count = 0;
}

void uart_init(struct uart *uart, struct chip *chip, struct agenda *agenda, uart_sink sink, void *who)
{
    memset(uart, 0, sizeof *uart);
    uart->chip = chip;
    uart->agenda = agenda;
    uart->simavr = chip_peripheral(chip, "uart");
    uart->sink = sink;
    uart->sink_who = who;
    uart->line_item.run = line_delivers;
    uart->line_item.who = uart;
    chip_hook_write(chip, REG_UDR, write_udr, uart);
    chip_hook_read(chip, REG_UDR, read_udr, uart);
    chip_hook_write(chip, REG_UCSRA, write_ucsra, uart);
    chip_hook_read(chip, REG_UCSRA, NULL, NULL);
    chip_hook_write(chip, REG_UCSRB, write_ucsrb, uart);
    chip_hook_write(chip, REG_UBRRL, NULL, NULL);
    chip_level_interrupt(chip, &uart->simavr->udrc);
    chip_level_interrupt(chip, &uart->simavr->rxc);
    chip_on_reset(chip, reset, uart);
}
