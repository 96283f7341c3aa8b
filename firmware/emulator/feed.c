/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "feed.h"

#include <string.h>

enum { RECORD_BYTES = 8 + 6 * 2 + 4 * 3 * 2 + 1 };
static const char magic[8] = {'S', 'H', 'F', 'E', 'E', 'D', '1', '\n'};

static uint64_t little_endian(const uint8_t *bytes, int count)
{
    uint64_t value = 0;
    for (int i = 0; i < count; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

static const uint8_t *take_axes(const uint8_t *bytes, int16_t *axes)
{
    for (int i = 0; i < 3; i++, bytes += 2)
        axes[i] = (int16_t)little_endian(bytes, 2);
    return bytes;
}

static void decode(const uint8_t *bytes, struct feed_record *record)
{
    record->t_us = little_endian(bytes, 8);
    bytes += 8;
    for (int i = 0; i < 6; i++, bytes += 2)
        record->adc[i] = (uint16_t)little_endian(bytes, 2);
    bytes = take_axes(bytes, record->accel);
    bytes = take_axes(bytes, record->gyro);
    bytes = take_axes(bytes, record->field0);
    bytes = take_axes(bytes, record->field1);
    record->flags = *bytes;
}

static void read_next(struct feed *feed)
{
    uint8_t bytes[RECORD_BYTES];
    uint64_t before = feed->next.t_us;

    feed->has_next = 0;
    size_t got = fread(bytes, 1, sizeof bytes, feed->file);
    if (got == 0)
        return;
    if (got < sizeof bytes) {
        feed->fault = "the feed ends inside a record";
        return;
    }
    decode(bytes, &feed->next);
    if (feed->records && feed->next.t_us <= before) {
        feed->fault = "times in the feed do not increase";
        return;
    }
    feed->records++;
    feed->has_next = 1;
}

int feed_open(struct feed *feed, const char *path)
{
    char head[sizeof magic];

    memset(feed, 0, sizeof *feed);
    if (!path)
        return 0;
    feed->file = fopen(path, "rb");
    if (!feed->file) {
        feed->fault = "the feed cannot be opened";
        return -1;
    }
    if (fread(head, 1, sizeof head, feed->file) != sizeof head || memcmp(head, magic, sizeof head)) {
        feed->fault = "the feed does not begin with SHFEED1";
        return -1;
    }
    read_next(feed);
    if (!feed->has_next) {
        if (!feed->fault)
            feed->fault = "the feed is empty";
        return -1;
    }
    feed->now = feed->next;
    read_next(feed);
    return 0;
}

void feed_close(struct feed *feed)
{
    if (feed->file)
        fclose(feed->file);
    feed->file = NULL;
}

const struct feed_record *feed_at(struct feed *feed, uint64_t t_us)
{
    while (!feed->held && feed->has_next && feed->next.t_us + feed->origin_us <= t_us) {
        feed->now = feed->next;
        read_next(feed);
    }
    return &feed->now;
}

void feed_begin(struct feed *feed, uint64_t t_us)
{
    if (feed->held)
        feed->origin_us = t_us;
    feed->held = 0;
}

int feed_ended(const struct feed *feed)
{
    return feed->file && !feed->held && !feed->has_next;
}
