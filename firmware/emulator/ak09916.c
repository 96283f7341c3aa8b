/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "ak09916.h"

#include <stdlib.h>
#include <string.h>

enum {
    WIA1 = 0x00, WIA2 = 0x01, ST1 = 0x10, HXL = 0x11, HZH = 0x16, TMPS = 0x17, ST2 = 0x18,
    CNTL2 = 0x31, CNTL3 = 0x32,
};
enum { POWER_DOWN = 0x00, SINGLE = 0x01, TEN_HZ = 0x02, TWENTY_HZ = 0x04, FIFTY_HZ = 0x06, HUNDRED_HZ = 0x08 };
enum { DRDY = 0x01, DOR = 0x02, HOFL = 0x08, SRST = 0x01 };
enum {
    MEASURE_US = 7200,       /* time for measurement, typical */
    MODE_WAIT_US = 100,      /* Twait after power-down */
    OVERFLOW_LSB = 4912 * 100 / 15, /* sum of magnitudes, uT over 0.15 uT/LSB */
};

static unsigned rate_hz(uint8_t mode)
{
    switch (mode) {
    case TEN_HZ: return 10;
    case TWENTY_HZ: return 20;
    case FIFTY_HZ: return 50;
    case HUNDRED_HZ: return 100;
    default: return 0;
    }
}

static uint64_t measurement_ends(const struct ak09916 *ak)
{
    unsigned hz = rate_hz(ak->mode);
    double us = MEASURE_US + (hz ? 1e6 / hz * (double)ak->measured : 0);
    return ak->started_at + (uint64_t)(us / ak->rate_scale * CYCLES_PER_US);
}

static uint64_t measure(void *who, uint64_t when)
{
    struct ak09916 *ak = who;
    const struct feed_record *record = world_record(ak->world, when);

    ak->measured++;
    if (ak->ready || ak->protected)
        ak->overrun = true;
    if (!ak->protected) { /* a measurement that ends while the host reads is lost */
        int sum = 0;
        for (int i = 0; i < 3; i++) {
            ak->field[i] = world_field(ak->world, when, 0, i);
            sum += abs(ak->field[i]);
        }
        ak->overflow = sum >= OVERFLOW_LSB || (record->flags & FEED_FLAG_OVERFLOW0);
        ak->ready = true;
    }
    if (rate_hz(ak->mode))
        return measurement_ends(ak);
    ak->mode = POWER_DOWN;
    ak->mode_since = when;
    return 0;
}

void ak09916_power_on(struct ak09916 *ak)
{
    agenda_cancel(ak->world->agenda, &ak->item);
    ak->mode = POWER_DOWN;
    ak->mode_since = world_now(ak->world);
    ak->pointer = 0;
    ak->ready = ak->overrun = ak->protected = ak->overflow = ak->pointer_follows = false;
    memset(ak->field, 0, sizeof ak->field);
}

static void write_mode(struct ak09916 *ak, uint8_t mode)
{
    uint64_t now = world_now(ak->world);

    if (mode == POWER_DOWN) {
        agenda_cancel(ak->world->agenda, &ak->item);
        ak->mode = POWER_DOWN;
        ak->mode_since = now;
        return;
    }
    if (mode == ak->mode && rate_hz(mode)) { /* again: a new measurement begins, nothing is forgotten */
        ak->started_at = now;
        ak->measured = 0;
        agenda_at(ak->world->agenda, &ak->item, measurement_ends(ak));
        return;
    }
    if (ak->mode != POWER_DOWN || now - ak->mode_since < MODE_WAIT_US * CYCLES_PER_US) {
        events_misuse(ak->world->events, now, "AK09916 mode 0x%02x without 100 us of power-down before", mode);
        return;
    }
    if (mode != SINGLE && !rate_hz(mode)) {
        events_misuse(ak->world->events, now, "AK09916 mode 0x%02x is not modelled", mode);
        return;
    }
    ak->mode = mode;
    ak->started_at = now;
    ak->measured = 0;
    ak->ready = ak->overrun = ak->protected = false;
    agenda_at(ak->world->agenda, &ak->item, measurement_ends(ak));
}

/* 00 01 02 03 10 .. 18 00; 30 31 32 30 (chapter 10.1.3) */
static uint8_t following(uint8_t pointer)
{
    switch (pointer) {
    case 0x03: return ST1;
    case ST2: return WIA1;
    case CNTL3: return 0x30;
    default: return (uint8_t)(pointer + 1);
    }
}

static bool select_ak(void *who, bool reading)
{
    struct ak09916 *ak = who;

    if (ak->absent || !icm20948_bypass(ak->host))
        return false;
    ak->pointer_follows = !reading;
    return true;
}

static bool write_ak(void *who, uint8_t value)
{
    struct ak09916 *ak = who;

    if (ak->pointer_follows) {
        ak->pointer = value;
        ak->pointer_follows = false;
        return true;
    }
    if (ak->pointer == CNTL2)
        write_mode(ak, value & 0x1F);
    else if (ak->pointer == CNTL3 && (value & SRST))
        ak09916_power_on(ak);
    ak->pointer = following(ak->pointer);
    return true;
}

static uint8_t read_data(struct ak09916 *ak, uint8_t reg)
{
    if (!ak->protected)
        events_log(ak->world->events, world_now(ak->world), "field0 %d %d %d%s%s", ak->field[0], ak->field[1],
                   ak->field[2], ak->ready ? " fresh" : "", ak->overflow ? " overflow" : "");
    ak->protected = true;
    ak->ready = ak->overrun = false;
    ak->reads += reg == HXL;
    uint16_t axis = (uint16_t)ak->field[(reg - HXL) / 2];
    return (uint8_t)((reg - HXL) & 1 ? axis >> 8 : axis);
}

static uint8_t read_ak(void *who)
{
    struct ak09916 *ak = who;
    uint8_t reg = ak->pointer;

    ak->pointer = following(reg);
    if (reg >= HXL && reg <= HZH)
        return read_data(ak, reg);
    switch (reg) {
    case WIA1: return 0x48;
    case WIA2: return 0x09;
    case ST1: return (ak->ready ? DRDY : 0) | (ak->overrun ? DOR : 0);
    case TMPS: return 0;
    case ST2:
        ak->ready = ak->overrun = ak->protected = false;
        return ak->overflow ? HOFL : 0;
    case CNTL2: return ak->mode;
    default: return 0;
    }
}

static void release_ak(void *who)
{
    (void)who;
}

void ak09916_init(struct ak09916 *ak, const struct world *world, const struct icm20948 *host, double rate_scale)
{
    memset(ak, 0, sizeof *ak);
    ak->world = world;
    ak->host = host;
    ak->rate_scale = rate_scale;
    ak->device = (struct i2c_device){.address = 0x0C, .select = select_ak, .write = write_ak, .read = read_ak,
                                     .release = release_ak, .who = ak};
    ak->item = (struct agenda_item){.run = measure, .who = ak};
    ak09916_power_on(ak);
}
