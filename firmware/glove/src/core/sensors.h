// The three chips on one bus: what to ask next, and what the last answers were. Chip axes, LSB.
#ifndef SLOWHAND_CORE_SENSORS_H
#define SLOWHAND_CORE_SENSORS_H

#include <stdint.h>

#include "chip.h"
#include "chip_sheets.h"

namespace slowhand {

struct MotionReading {
  int16_t accel[3];
  int16_t gyro[3];
  bool good;  // read in this tick, and not the zeros of a chip that starts
};

struct FieldReading {
  int16_t field[3];
  uint32_t t_us;  // when the read began
  bool read;      // asked and answered in this tick
  bool fresh;
  bool overflow;
};

// In a tick the chips that are ready are read first, one after the other; then one that is missing is looked for.
class Sensors {
 public:
  constexpr Sensors() : motion_chip_(kMotionSheet), field0_chip_(kField0Sheet), field1_chip_(kField1Sheet) {}

  void begin_tick(bool with_fields);

  // The next exchange, if there is one; `room_for_bring_up` is false when the next tick is near.
  bool next(Transfer& transfer, uint32_t now_us, bool room_for_bring_up);
  // How the exchange that `next` gave has ended; `started_us` is when it began.
  void ended(const Transfer& transfer, TransferEnd end, uint32_t started_us, uint32_t now_us);

  // All reads of this tick have ended, or cannot be made because the bus hangs.
  bool reads_done() const { return pending_ == 0 || bus_hangs(); }
  bool bus_hangs() const { return bus_hangs_; }
  bool all_present() const;

  const MotionReading& motion() const { return motion_; }
  const FieldReading& field0() const { return field0_; }
  const FieldReading& field1() const { return field1_; }

  uint16_t errors() const { return errors_; }
  uint8_t channels() const;       // wire::channels bits of the chips that are present
  uint8_t status_faults() const;  // wire::status_faults bits

 private:
  enum : uint8_t { kMotion = 1, kField0 = 2, kField1 = 4, kNothing = 0 };

  Chip& chip(uint8_t which);
  bool next_read(Transfer& transfer);
  bool next_bring_up(Transfer& transfer, uint32_t now_us);
  void took_motion(const Transfer& transfer, bool done, uint32_t now_us);
  void took_field0(const Transfer& transfer, bool done, uint32_t now_us);
  void took_field1(const Transfer& transfer, bool done, uint32_t now_us);

  Chip motion_chip_;
  Chip field0_chip_;
  Chip field1_chip_;
  MotionReading motion_ = {};
  FieldReading field0_ = {};
  FieldReading field1_ = {};
  uint8_t pending_ = kNothing;   // reads of this tick still to be made
  uint8_t asked_ = kNothing;     // whose exchange is under way
  bool reading_ = false;         // it is a read, not a step of the bring-up
  uint8_t bring_up_turn_ = kMotion;
  bool bus_hangs_ = false;
  uint16_t errors_ = 0;
};

}  // namespace slowhand

#endif
