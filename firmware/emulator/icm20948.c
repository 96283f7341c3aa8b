/* SPDX-License-Identifier: GPL-3.0-or-later
 * Part of the Slowhand glove emulator, a program of its own because it links simavr (GPLv3). */
#include "icm20948.h"

#include <string.h>

/* bank 0 */
enum {
    WHO_AM_I = 0x00, USER_CTRL = 0x03, LP_CONFIG = 0x05, PWR_MGMT_1 = 0x06, PWR_MGMT_2 = 0x07, INT_PIN_CFG = 0x0F,
    INT_STATUS_1 = 0x1A, DATA_FIRST = 0x2D, DATA_LAST = 0x3A, FIFO_R_W = 0x72, DATA_RDY_STATUS = 0x74, BANK_SEL = 0x7F,
};
/* bank 2 */
enum { GYRO_SMPLRT_DIV = 0x00, GYRO_CONFIG_1 = 0x01, ACCEL_SMPLRT_DIV_1 = 0x10, ACCEL_SMPLRT_DIV_2 = 0x11,
       ACCEL_CONFIG = 0x14 };
/* bits */
enum {
    DEVICE_RESET = 0x80, SLEEP = 0x40, CLKSEL = 0x07, CLOCK_STOPPED = 7,
    DISABLE_ACCEL = 0x38, DISABLE_GYRO = 0x07,
    FIFO_EN = 0x40, I2C_MST_EN = 0x20, I2C_IF_DIS = 0x10, BYPASS_EN = 0x02,
    FCHOICE = 0x01,
};
enum {
    CYCLES_PER_MS = 1000 * CYCLES_PER_US,
    REGISTERS_READY = 11 * CYCLES_PER_MS,  /* table 1: start-up time for register access, typical */
    ACCEL_READY = 20 * CYCLES_PER_MS,      /* table 2: from sleep mode */
    GYRO_READY = 35 * CYCLES_PER_MS,       /* table 1: from sleep mode */
    TEMPERATURE_COUNT = 1335,              /* 25 degrees C: (25 - 21) * 333.87 */
};

static uint64_t sample_gyro(void *who, uint64_t when);
static uint64_t sample_accel(void *who, uint64_t when);

/* Output rates: 1125 Hz / (1 + divider) behind the filter, 9 kHz and 4.5 kHz around it. */
static uint64_t gyro_time(const struct icm20948 *icm)
{
    const uint8_t *bank2 = icm->registers[2];
    uint64_t base = CYCLES_PER_US * 1000000ull * icm->gyro_count;
    if (!(bank2[GYRO_CONFIG_1] & FCHOICE))
        return icm->gyro_start + base / 9000;
    return icm->gyro_start + base * (1u + bank2[GYRO_SMPLRT_DIV]) / 1125;
}

static uint64_t accel_time(const struct icm20948 *icm)
{
    const uint8_t *bank2 = icm->registers[2];
    uint64_t base = CYCLES_PER_US * 1000000ull * icm->accel_count;
    unsigned divider = (bank2[ACCEL_SMPLRT_DIV_1] & 0x0Fu) << 8 | bank2[ACCEL_SMPLRT_DIV_2];
    if (!(bank2[ACCEL_CONFIG] & FCHOICE))
        return icm->accel_start + base / 4500;
    return icm->accel_start + base * (1u + divider) / 1125;
}

static void restart_sampling(struct icm20948 *icm)
{
    const uint8_t *bank0 = icm->registers[0];
    bool runs = !(bank0[PWR_MGMT_1] & SLEEP) && (bank0[PWR_MGMT_1] & CLKSEL) != CLOCK_STOPPED;

    agenda_cancel(icm->world->agenda, &icm->gyro_item);
    agenda_cancel(icm->world->agenda, &icm->accel_item);
    if (!runs)
        return;
    uint64_t now = world_now(icm->world);
    icm->gyro_start = now > icm->gyro_from ? now : icm->gyro_from;
    icm->accel_start = now > icm->accel_from ? now : icm->accel_from;
    icm->gyro_count = icm->accel_count = 1;
    agenda_at(icm->world->agenda, &icm->gyro_item, gyro_time(icm));
    agenda_at(icm->world->agenda, &icm->accel_item, accel_time(icm));
}

static uint64_t sample_gyro(void *who, uint64_t when)
{
    struct icm20948 *icm = who;
    unsigned range = icm->registers[2][GYRO_CONFIG_1] >> 1 & 3; /* 131 / 65.5 / 32.8 / 16.4 LSB/dps; nominal is 2 */

    if (!(icm->registers[0][PWR_MGMT_2] & DISABLE_GYRO))
        for (int i = 0; i < 3; i++)
            icm->gyro[i] = scaled_count(world_record(icm->world, when)->gyro[i], 4, 1 << range);
    icm->fresh = true;
    icm->gyro_count++;
    return gyro_time(icm);
}

static uint64_t sample_accel(void *who, uint64_t when)
{
    struct icm20948 *icm = who;
    unsigned range = icm->registers[2][ACCEL_CONFIG] >> 1 & 3; /* 16384 >> range LSB/g; nominal is 1 */

    if (!(icm->registers[0][PWR_MGMT_2] & DISABLE_ACCEL))
        for (int i = 0; i < 3; i++)
            icm->accel[i] = scaled_count(world_record(icm->world, when)->accel[i], 2, 1 << range);
    icm->fresh = true;
    icm->accel_count++;
    return accel_time(icm);
}

static void reset_registers(struct icm20948 *icm)
{
    memset(icm->registers, 0, sizeof icm->registers);
    icm->registers[0][WHO_AM_I] = 0xEA;
    icm->registers[0][LP_CONFIG] = 0x40;
    icm->registers[0][PWR_MGMT_1] = 0x41;
    icm->registers[2][GYRO_CONFIG_1] = 0x01;
    icm->registers[2][ACCEL_CONFIG] = 0x01;
    icm->bank = icm->pointer = 0;
    icm->pointer_follows = false;
    icm->fresh = false;
    memset(icm->accel, 0, sizeof icm->accel);
    memset(icm->gyro, 0, sizeof icm->gyro);
    icm->answers_from = world_now(icm->world) + REGISTERS_READY;
    restart_sampling(icm);
}

void icm20948_power_on(struct icm20948 *icm)
{
    reset_registers(icm);
}

bool icm20948_bypass(const struct icm20948 *icm)
{
    const uint8_t *bank0 = icm->registers[0];
    return !icm->absent && !icm->all_zero && (bank0[INT_PIN_CFG] & BYPASS_EN) && !(bank0[USER_CTRL] & I2C_MST_EN);
}

static void show(struct icm20948 *icm)
{
    int16_t values[7] = {icm->accel[0], icm->accel[1], icm->accel[2], icm->gyro[0], icm->gyro[1], icm->gyro[2],
                         TEMPERATURE_COUNT};
    for (int i = 0; i < 7; i++) {
        icm->shown[2 * i] = (uint8_t)((uint16_t)values[i] >> 8);
        icm->shown[2 * i + 1] = (uint8_t)values[i];
    }
}

static bool select_icm(void *who, bool reading)
{
    struct icm20948 *icm = who;
    uint64_t now = world_now(icm->world);

    if (icm->absent || now < icm->answers_from || (icm->registers[0][USER_CTRL] & I2C_IF_DIS))
        return false;
    icm->pointer_follows = !reading;
    icm->burst_begins = reading;
    if (reading)
        show(icm); /* the outer set of data registers stands still while the bus is busy (chapter 8) */
    return true;
}

static void write_power(struct icm20948 *icm, uint8_t value)
{
    uint8_t before = icm->registers[0][PWR_MGMT_1];

    if (value & DEVICE_RESET) {
        reset_registers(icm);
        return;
    }
    icm->registers[0][PWR_MGMT_1] = value;
    if ((before & SLEEP) && !(value & SLEEP)) {
        icm->accel_from = world_now(icm->world) + ACCEL_READY;
        icm->gyro_from = world_now(icm->world) + GYRO_READY;
    }
    if ((before ^ value) & (SLEEP | CLKSEL))
        restart_sampling(icm);
}

static void write_register(struct icm20948 *icm, uint8_t value)
{
    uint8_t reg = icm->pointer;

    if (reg == BANK_SEL) {
        icm->bank = value >> 4 & 3;
        return;
    }
    if (icm->bank == 0 && reg == PWR_MGMT_1) {
        write_power(icm, value);
        return;
    }
    if (icm->bank == 0 && reg == USER_CTRL && (value & (FIFO_EN | I2C_MST_EN)))
        events_misuse(icm->world->events, world_now(icm->world), "ICM-20948's FIFO and I2C master are not modelled");
    if (icm->bank == 0 && (reg == WHO_AM_I || (reg >= DATA_FIRST && reg <= DATA_LAST)))
        return;
    icm->registers[icm->bank][reg] = value;
    if (icm->bank == 2)
        restart_sampling(icm);
}

static bool write_icm(void *who, uint8_t value)
{
    struct icm20948 *icm = who;

    if (icm->pointer_follows) {
        icm->pointer = value & 0x7F;
        icm->pointer_follows = false;
        return true;
    }
    if (!icm->all_zero)
        write_register(icm, value);
    icm->pointer = (icm->pointer + 1) & 0x7F;
    return true;
}

static uint8_t read_data(struct icm20948 *icm, uint8_t index)
{
    const int16_t *a = icm->accel, *g = icm->gyro;

    if (icm->burst_begins) {
        icm->reads++;
        events_log(icm->world->events, world_now(icm->world), "motion %d %d %d %d %d %d%s", a[0], a[1], a[2],
                   g[0], g[1], g[2], icm->fresh ? " fresh" : "");
    }
    icm->burst_begins = false;
    icm->fresh = false;
    return icm->shown[index];
}

static uint8_t read_register(struct icm20948 *icm, uint8_t reg)
{
    if (reg == BANK_SEL)
        return (uint8_t)(icm->bank << 4);
    if (icm->bank != 0)
        return icm->registers[icm->bank][reg];
    if (reg >= DATA_FIRST && reg <= DATA_LAST)
        return read_data(icm, reg - DATA_FIRST);
    if (reg == INT_STATUS_1 || reg == DATA_RDY_STATUS)
        return icm->fresh;
    return icm->registers[0][reg];
}

static uint8_t read_icm(void *who)
{
    struct icm20948 *icm = who;
    uint8_t reg = icm->pointer;

    if (!(icm->bank == 0 && reg == FIFO_R_W))
        icm->pointer = (icm->pointer + 1) & 0x7F;
    return icm->all_zero ? 0 : read_register(icm, reg);
}

static void release_icm(void *who)
{
    (void)who;
}

void icm20948_init(struct icm20948 *icm, const struct world *world, uint8_t address)
{
    memset(icm, 0, sizeof *icm);
    icm->world = world;
    icm->device = (struct i2c_device){.address = address, .select = select_icm, .write = write_icm,
                                      .read = read_icm, .release = release_icm, .who = icm};
    icm->gyro_item = (struct agenda_item){.run = sample_gyro, .who = icm};
    icm->accel_item = (struct agenda_item){.run = sample_accel, .who = icm};
    icm20948_power_on(icm);
}
