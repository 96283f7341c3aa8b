/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_SERIAL_H
#define SLOWHAND_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { SERIAL_PENDING = 1 << 16, SERIAL_LATE = 4096 };

/* Where the glove's bytes go and the host's come from: a pseudo-terminal, a file, or nowhere. */
struct serial {
    const char *link;           /* symlink to the pseudo-terminal; NULL: none wanted */
    FILE *copy;                 /* every byte that left the glove */
    bool lossless;              /* fast mode: wait for the reader rather than drop */
    int master;                 /* -1 while the cable is out */
    uint8_t pending[SERIAL_PENDING];
    size_t pending_count;
    uint64_t dropped, waits;
};

/* All return NULL when well, else what is wrong. */
const char *serial_open(struct serial *serial, const char *link, const char *copy_path, bool lossless);
const char *serial_plug(struct serial *serial);
void serial_unplug(struct serial *serial);
void serial_close(struct serial *serial);

/* A byte from the glove (a uart_sink). */
void serial_put(void *serial, uint8_t byte);

/* Does somebody hold the other end open? */
bool serial_host_present(const struct serial *serial);

/* Sends what is pending; true when nothing is left that must not be lost. Without a host a real cable's bytes are
 * gone; in lossless mode they stay. */
bool serial_flush(struct serial *serial);

/* Bytes from the host, at once what is there. */
size_t serial_read(struct serial *serial, uint8_t *bytes, size_t size);

#endif
