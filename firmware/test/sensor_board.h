// Chips on a bus for tests: registers that remember, addresses that answer or do not. Written from the data sheets
// anew, not from the driver.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "core/sensors.h"

namespace slowhand {

struct BoardChip {
  bool present = true;
  bool asleep = true;              // answers with zeros where its data are
  std::map<uint16_t, uint8_t> at;  // register, with the bank in the upper byte
  uint8_t bank = 0;
};

class SensorBoard {
 public:
  uint8_t motion_address = 0x69;
  uint8_t field1_address = 0x1C;
  BoardChip motion, field0, field1;
  std::array<int16_t, 3> accel{10, -20, 8192}, gyro{5, -6, 7}, field0_value{100, -200, 300}, field1_value{-1, 2, -3};
  bool field0_ready = true, field1_ready = true, field0_overflow = false;
  bool hangs = false;
  int exchanges = 0;

  TransferEnd carry_out(Transfer& transfer) {
    ++exchanges;
    if (hangs) return TransferEnd::stuck;
    BoardChip* chip = who(transfer.address);
    if (chip == nullptr) return TransferEnd::no_answer;
    if (transfer.write_length == 2) write(*chip, transfer.write[0], transfer.write[1]);
    for (uint8_t i = 0; i < transfer.read_length; ++i) transfer.read[i] = read(*chip, transfer.write[0], i);
    return TransferEnd::done;
  }

 private:
  // Through the bypass switch alone, and only while the chip's own master is off.
  bool bypass() { return motion.present && (motion.at[0x0F] & 2) != 0 && (motion.at[0x03] & 0x20) == 0; }

  BoardChip* who(uint8_t address) {
    if (address == motion_address && motion.present) return &motion;
    if (address == field1_address && field1.present) return &field1;
    if (address == 0x0C && field0.present && bypass()) return &field0;
    return nullptr;
  }

  void write(BoardChip& chip, uint8_t reg, uint8_t value) {
    if (&chip == &motion) return write_motion(reg, value);
    if (&chip == &field0 && reg == 0x32) field0.at.clear();
    if (&chip == &field1 && reg == 0x21 && (value & 4)) field1.at.clear();
    chip.at[reg] = value;
    if (&chip == &field0) chip.asleep = field0.at[0x31] != 8;
    if (&chip == &field1) chip.asleep = field1.at[0x22] != 0 || field1.at[0x20] != 0x62;
  }

  void write_motion(uint8_t reg, uint8_t value) {
    if (reg == 0x7F) {
      motion.bank = value >> 4;
    } else if (motion.bank == 0 && reg == 0x06 && (value & 0x80)) {
      motion = BoardChip();
    } else {
      motion.at[static_cast<uint16_t>(motion.bank << 8 | reg)] = value;
      if (motion.bank == 0 && reg == 0x06) motion.asleep = (value & 0x40) != 0;
    }
  }

  static uint8_t byte_of(int16_t value, bool high) {
    return static_cast<uint8_t>(high ? static_cast<uint16_t>(value) >> 8 : value);
  }

  uint8_t read(BoardChip& chip, uint8_t reg, uint8_t i) {
    if (&chip == &motion) {
      if (motion.bank != 0) return motion.at[static_cast<uint16_t>(motion.bank << 8 | (reg + i))];
      if (reg == 0x00) return 0xEA;
      if (reg != 0x2D || motion.asleep) return 0;
      return byte_of(i < 6 ? accel[i / 2] : gyro[(i - 6) / 2], i % 2 == 0);
    }
    if (&chip == &field0) {
      if (reg == 0x01) return 0x09;
      if (i == 0) return !chip.asleep && field0_ready ? 1 : 0;
      return i == 8 ? (field0_overflow ? 8 : 0) : i == 7 ? 0 : byte_of(field0_value[(i - 1) / 2], i % 2 == 0);
    }
    if (reg == 0x0F) return 0x3D;
    if (reg != (0x80 | 0x27)) return chip.at[reg];
    return i == 0 ? (!chip.asleep && field1_ready ? 0x0F : 0) : byte_of(field1_value[(i - 1) / 2], i % 2 == 0);
  }
};

}  // namespace slowhand
