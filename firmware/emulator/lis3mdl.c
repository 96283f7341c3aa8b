/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "lis3mdl.h"

#include <string.h>

enum {
    WHO_AM_I = 0x0F, CTRL_REG1 = 0x20, CTRL_REG2 = 0x21, CTRL_REG3 = 0x22, CTRL_REG4 = 0x23, CTRL_REG5 = 0x24,
    STATUS_REG = 0x27, OUT_X_L = 0x28, OUT_Z_H = 0x2D, INT_CFG = 0x30,
};
enum {
    FAST_ODR = 0x02, REBOOT = 0x08, SOFT_RST = 0x04, LOW_POWER = 0x20, MODE = 0x03, CONTINUOUS = 0, SINGLE = 1,
    IDLE = 3, BIG_ENDIAN_DATA = 0x02, BLOCK_UPDATE = 0x40,
    ALL_AVAILABLE = 0x0F, ALL_OVERRUN = 0xF0,
};

/* Period in cycles: table 21 (0.625 to 80 Hz) and table 20 (FAST_ODR: 1000, 560, 300, 155 Hz by mode). */
static uint64_t period(const struct lis3mdl *lis)
{
    static const unsigned fast_hz[4] = {1000, 560, 300, 155};
    uint8_t reg1 = lis->registers[CTRL_REG1];
    uint64_t second = CYCLES_PER_US * 1000000ull;

    if (reg1 & FAST_ODR)
        return second / fast_hz[reg1 >> 5 & 3];
    if (lis->registers[CTRL_REG3] & LOW_POWER)
        return second * 8 / 5; /* 0.625 Hz whatever DO says */
    return second * 8 / (5u << (reg1 >> 2 & 7));
}

static int16_t at_range(const struct lis3mdl *lis, int16_t nominal)
{
    /* 6842, 3421, 2281, 1711 LSB/gauss; the feed is at the last one */
    static const int sensitivity[4] = {6842, 3421, 2281, 1711};
    return scaled_count(nominal, sensitivity[lis->registers[CTRL_REG2] >> 5 & 3], sensitivity[3]);
}

static void show(struct lis3mdl *lis)
{
    bool big = lis->registers[CTRL_REG4] & BIG_ENDIAN_DATA;

    for (int i = 0; i < 3; i++) {
        lis->shown[2 * i + big] = (uint8_t)lis->field[i];
        lis->shown[2 * i + !big] = (uint8_t)((uint16_t)lis->field[i] >> 8);
    }
}

static uint64_t measure(void *who, uint64_t when)
{
    struct lis3mdl *lis = who;
    uint8_t *status = &lis->registers[STATUS_REG];

    if (*status & ALL_AVAILABLE)
        *status |= ALL_OVERRUN;
    *status |= ALL_AVAILABLE;
    for (int i = 0; i < 3; i++)
        lis->field[i] = at_range(lis, world_field(lis->world, when, 1, i));
    if (!lis->unread)
        show(lis);
    lis->measured++;
    if ((lis->registers[CTRL_REG3] & MODE) == SINGLE) {
        lis->registers[CTRL_REG3] |= IDLE;
        return 0;
    }
    return lis->started_at + (lis->measured + 1) * period(lis);
}

static void restart(struct lis3mdl *lis)
{
    uint8_t mode = lis->registers[CTRL_REG3] & MODE;

    agenda_cancel(lis->world->agenda, &lis->item);
    if (mode != CONTINUOUS && mode != SINGLE)
        return;
    lis->started_at = world_now(lis->world);
    lis->measured = 0;
    agenda_at(lis->world->agenda, &lis->item, lis->started_at + period(lis));
}

void lis3mdl_power_on(struct lis3mdl *lis)
{
    agenda_cancel(lis->world->agenda, &lis->item);
    memset(lis->registers, 0, sizeof lis->registers);
    lis->registers[WHO_AM_I] = 0x3D;
    lis->registers[CTRL_REG1] = 0x10;
    lis->registers[CTRL_REG3] = 0x03;
    lis->registers[INT_CFG] = 0xE8;
    lis->pointer = 0;
    lis->pointer_follows = lis->increments = false;
    lis->unread = 0;
    memset(lis->field, 0, sizeof lis->field);
    memset(lis->shown, 0, sizeof lis->shown);
}

static bool select_lis(void *who, bool reading)
{
    struct lis3mdl *lis = who;

    if (lis->absent)
        return false;
    lis->pointer_follows = !reading;
    return true;
}

static void advance(struct lis3mdl *lis)
{
    if (lis->increments) /* within the output registers it goes round */
        lis->pointer = lis->pointer == OUT_Z_H ? OUT_X_L : (lis->pointer + 1) & (LIS_REGISTERS - 1);
}

static bool write_lis(void *who, uint8_t value)
{
    struct lis3mdl *lis = who;
    uint8_t reg = lis->pointer;

    if (lis->pointer_follows) {
        lis->pointer = value & (LIS_REGISTERS - 1);
        lis->increments = value & 0x80;
        lis->pointer_follows = false;
        return true;
    }
    if (reg == CTRL_REG2 && (value & (SOFT_RST | REBOOT)))
        lis3mdl_power_on(lis);
    else if ((reg >= CTRL_REG1 && reg <= CTRL_REG5) || reg == INT_CFG)
        lis->registers[reg] = value;
    if (reg == CTRL_REG1 || reg == CTRL_REG3)
        restart(lis);
    advance(lis);
    return true;
}

static uint8_t read_output(struct lis3mdl *lis, uint8_t index)
{
    uint8_t *status = &lis->registers[STATUS_REG];
    uint8_t axis = index / 2;

    if ((lis->registers[CTRL_REG5] & BLOCK_UPDATE) && !lis->unread) {
        show(lis);
        lis->unread = 0x3F;
    }
    lis->unread &= (uint8_t)~(1u << index);
    if (index == 0) {
        lis->reads++;
        events_log(lis->world->events, world_now(lis->world), "field1 %d %d %d%s", lis->field[0], lis->field[1],
                   lis->field[2], *status & ALL_AVAILABLE ? " fresh" : "");
    }
    if (index & 1) { /* the flags of an axis fall with its high byte */
        *status &= (uint8_t)~(0x11u << axis);
        if (!(*status & 0x07))
            *status &= 0x77;
    }
    return lis->shown[index];
}

static uint8_t read_lis(void *who)
{
    struct lis3mdl *lis = who;
    uint8_t reg = lis->pointer;

    advance(lis);
    return reg >= OUT_X_L && reg <= OUT_Z_H ? read_output(lis, reg - OUT_X_L) : lis->registers[reg];
}

static void release_lis(void *who)
{
    (void)who;
}

void lis3mdl_init(struct lis3mdl *lis, const struct world *world, uint8_t address)
{
    memset(lis, 0, sizeof *lis);
    lis->world = world;
    lis->device = (struct i2c_device){.address = address, .select = select_lis, .write = write_lis,
                                      .read = read_lis, .release = release_lis, .who = lis};
    lis->item = (struct agenda_item){.run = measure, .who = lis};
    lis3mdl_power_on(lis);
}
