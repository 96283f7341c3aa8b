/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#ifndef SLOWHAND_FEED_H
#define SLOWHAND_FEED_H

#include <stdint.h>
#include <stdio.h>

enum {
    FEED_FLAG_OVERFLOW0 = 1, /* the AK09916 reports a magnetic overflow while this record holds */
};

/* What the sensors see from t_us on, chip axes, in LSB at the glove's nominal ranges. */
struct feed_record {
    uint64_t t_us;
    uint16_t adc[6];    /* A0 A1 A2 A3 A6 A7 */
    int16_t accel[3];   /* 8192 LSB/g */
    int16_t gyro[3];    /* 32.8 LSB/dps */
    int16_t field0[3];  /* AK09916, 0.15 uT/LSB */
    int16_t field1[3];  /* LIS3MDL, 1711 LSB/gauss */
    uint8_t flags;
};

struct feed {
    FILE *file;
    struct feed_record now, next;
    int has_next;
    int held;           /* its time has not begun: the first record holds */
    uint64_t origin_us; /* simulated time at which its time zero is */
    uint64_t records;
    const char *fault;  /* why reading stopped before its time; NULL while all is well */
};

/* path NULL: everything reads zero. Returns -1 with feed->fault set when the file is no feed. */
int feed_open(struct feed *feed, const char *path);
void feed_close(struct feed *feed);

/* The record that holds at t_us (sample and hold; the first one also before its time, the last one for ever).
 * Times must not go back. A pipe that is not ahead of t_us makes this wait: that is the lockstep. */
const struct feed_record *feed_at(struct feed *feed, uint64_t t_us);

/* A feed that is held begins now. */
void feed_begin(struct feed *feed, uint64_t t_us);

/* The last record has been reached. */
int feed_ended(const struct feed *feed);

#endif
