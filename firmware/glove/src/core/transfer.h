// One exchange on the sensor bus: what a driver needs to carry it out, and how it ended.
#ifndef SLOWHAND_CORE_TRANSFER_H
#define SLOWHAND_CORE_TRANSFER_H

#include <stdint.h>

namespace slowhand {

constexpr uint8_t kLongestRead = 12;  // accelerometer and gyroscope in one burst

// Writes `write_length` bytes, then reads `read_length` after a repeated start; either may be zero.
struct Transfer {
  uint8_t address;  // seven bits
  uint8_t write[2];
  uint8_t write_length;
  uint8_t read[kLongestRead];
  uint8_t read_length;
};

enum class TransferEnd : uint8_t {
  done,
  no_answer,  // nobody at this address
  failed,     // lost arbitration, refused data, bus error
  stuck,      // never came to an end
};

inline void read_registers(Transfer& transfer, uint8_t address, uint8_t first_register, uint8_t length) {
  transfer.address = address;
  transfer.write[0] = first_register;
  transfer.write_length = 1;
  transfer.read_length = length;
}

inline void write_register(Transfer& transfer, uint8_t address, uint8_t reg, uint8_t value) {
  transfer.address = address;
  transfer.write[0] = reg;
  transfer.write[1] = value;
  transfer.write_length = 2;
  transfer.read_length = 0;
}

}  // namespace slowhand

#endif
