#include "chip_sheets.h"

#include "flash_table.h"

namespace slowhand {

namespace {

template <uint8_t N>
constexpr uint8_t length_of(const RegisterWrite (&)[N]) {
  return N;
}

// ICM-20948 data sheet DS-000189 rev 1.3, sections 7 and 8.
const RegisterWrite kMotionScript[] SLOWHAND_FLASH_TABLE = {
    {0x06, 0x80, 12},  // PWR_MGMT_1: reset; registers answer after 11 ms (table 1)
    {0x06, 0x01, 5},   // PWR_MGMT_1: wake, best clock
    {0x03, 0x00, 0},   // USER_CTRL: the chip's own I2C master off, so that the bypass holds
    {0x0F, 0x02, 0},   // INT_PIN_CFG: bypass on: its magnetometer is on our bus
    {0x07, 0x00, 0},   // PWR_MGMT_2: all axes on
    {0x7F, 0x20, 0},   // bank 2
    {0x00, 0x00, 0},   // GYRO_SMPLRT_DIV: 1125 Hz
    {0x01, 0x1D, 0},   // GYRO_CONFIG_1: +-1000 dps, low pass 51 Hz: well under half of 200 Hz
    {0x10, 0x00, 0},   // ACCEL_SMPLRT_DIV: 1125 Hz
    {0x11, 0x00, 0},
    {0x14, 0x1B, 0},   // ACCEL_CONFIG: +-4 g, low pass 50 Hz
    {0x7F, 0x00, 31},  // bank 0, where the data are; they are zeros until 35 ms after the wake (gyroscope, table 1)
};

// AK09916 data sheet, section 11.
const RegisterWrite kField0Script[] SLOWHAND_FLASH_TABLE = {
    {0x32, 0x01, 1},  // CNTL3: reset
    {0x31, 0x08, 0},  // CNTL2: continuous mode 4, 100 Hz
};

// LIS3MDL data sheet DocID024204, section 7.
const RegisterWrite kField1Script[] SLOWHAND_FLASH_TABLE = {
    {0x21, 0x04, 10},  // CTRL_REG2: reset
    {0x21, 0x60, 0},   // CTRL_REG2: +-16 gauss
    {0x20, 0x62, 0},   // CTRL_REG1: ultra-high performance in x and y, fast rate: 155 Hz
    {0x23, 0x0C, 0},   // CTRL_REG4: the same in z, low byte first
    {0x24, 0x40, 0},   // CTRL_REG5: both bytes of a value are from one measurement
    {0x22, 0x00, 0},   // CTRL_REG3: continuous
};

}  // namespace

const ChipSheet kMotionSheet SLOWHAND_FLASH_TABLE = {
    0x69, 0x68, 0x7F, 0x00, 0xEA, kMotionScript, length_of(kMotionScript),
    0x2D, 12,  // ACCEL_XOUT_H to GYRO_ZOUT_L
};

const ChipSheet kField0Sheet SLOWHAND_FLASH_TABLE = {
    0x0C, 0x0C, 0, 0x01, 0x09, kField0Script, length_of(kField0Script),
    0x10, 9,  // ST1 to ST2: a measurement is released only when ST2 has been read
};

const ChipSheet kField1Sheet SLOWHAND_FLASH_TABLE = {
    0x1C, 0x1E, 0, 0x0F, 0x3D, kField1Script, length_of(kField1Script),
    0x80 | 0x27, 7,  // STATUS_REG to OUT_Z_H; the top bit steps the register on
};

}  // namespace slowhand
