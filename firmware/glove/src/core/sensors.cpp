#include "sensors.h"

#include "../wire/messages_gen.h"
#include "counters.h"

namespace slowhand {

namespace {

// Registers of the AK09916, counted from ST1.
constexpr uint8_t kSt1Ready = 0x01;     // DRDY
constexpr uint8_t kSt2 = 8;
constexpr uint8_t kSt2Overflow = 0x08;  // HOFL: the sum of the fields is beyond +-4912 uT
constexpr uint8_t kLis3mdlReady = 0x08; // STATUS_REG: ZYXDA

int16_t high_first(const uint8_t* at) { return static_cast<int16_t>(static_cast<uint16_t>(at[0]) << 8 | at[1]); }
int16_t low_first(const uint8_t* at) { return static_cast<int16_t>(static_cast<uint16_t>(at[1]) << 8 | at[0]); }

bool all_zero(const uint8_t* at, uint8_t length) {
  for (uint8_t i = 0; i < length; ++i)
    if (at[i] != 0) return false;
  return true;
}

bool at_the_end_of_range(int16_t value) { return value == 32767 || value == -32768; }

}  // namespace

Chip& Sensors::chip(uint8_t which) {
  return which == kMotion ? motion_chip_ : which == kField0 ? field0_chip_ : field1_chip_;
}

void Sensors::begin_tick(bool with_fields) {
  motion_.good = false;
  field0_.read = field1_.read = false;
  field0_.fresh = field1_.fresh = false;
  pending_ = kNothing;
  if (motion_chip_.ready()) pending_ |= kMotion;
  if (with_fields && field0_chip_.ready()) pending_ |= kField0;
  if (with_fields && field1_chip_.ready()) pending_ |= kField1;
}

bool Sensors::next(Transfer& transfer, uint32_t now_us, bool room_for_bring_up) {
  if (asked_ != kNothing) return false;
  if (next_read(transfer)) return true;
  return room_for_bring_up && next_bring_up(transfer, now_us);
}

bool Sensors::next_read(Transfer& transfer) {
  for (uint8_t which = kMotion; which <= kField1; which = static_cast<uint8_t>(which << 1)) {
    if (!(pending_ & which)) continue;
    chip(which).prepare_read(transfer);
    asked_ = which;
    reading_ = true;
    return true;
  }
  return false;
}

// In turn, so that a chip that is never there does not keep the others from being looked for.
bool Sensors::next_bring_up(Transfer& transfer, uint32_t now_us) {
  for (uint8_t tries = 0; tries < 3; ++tries) {
    const uint8_t which = bring_up_turn_;
    bring_up_turn_ = which == kField1 ? static_cast<uint8_t>(kMotion) : static_cast<uint8_t>(which << 1);
    // The AK09916 is behind the motion sensor's bypass switch: unreachable before that one is set up.
    if (which == kField0 && !motion_chip_.ready()) {
      field0_chip_.wait_on(now_us);
      continue;
    }
    if (!chip(which).prepare_bring_up(transfer, now_us)) continue;
    asked_ = which;
    reading_ = false;
    return true;
  }
  return false;
}

void Sensors::ended(const Transfer& transfer, TransferEnd end, uint32_t started_us, uint32_t now_us) {
  const uint8_t which = asked_;
  asked_ = kNothing;
  bus_hangs_ = end == TransferEnd::stuck;
  // Nobody at an address that is only being tried is no error: the chip is absent, and STATUS says so.
  if (end != TransferEnd::done && (reading_ || end != TransferEnd::no_answer)) count_up(errors_);
  if (!reading_) return chip(which).bring_up_ended(transfer, end, now_us);

  pending_ = static_cast<uint8_t>(pending_ & ~which);
  const bool done = end == TransferEnd::done;
  if (which == kMotion) return took_motion(transfer, done, now_us);
  FieldReading& reading = which == kField0 ? field0_ : field1_;
  reading.t_us = started_us;
  reading.read = done;
  if (which == kField0) {
    took_field0(transfer, done, now_us);
  } else {
    took_field1(transfer, done, now_us);
  }
}

void Sensors::took_motion(const Transfer& transfer, bool done, uint32_t now_us) {
  // A chip that starts, or lost its power for a moment and sleeps, answers with zeros.
  const bool good = done && !all_zero(transfer.read, 12);
  motion_.good = good;
  motion_chip_.read_ended(good, now_us);
  if (!good) return;
  for (uint8_t axis = 0; axis < 3; ++axis) {
    motion_.accel[axis] = high_first(transfer.read + 2 * axis);
    motion_.gyro[axis] = high_first(transfer.read + 6 + 2 * axis);
  }
}

void Sensors::took_field0(const Transfer& transfer, bool done, uint32_t now_us) {
  field0_.fresh = done && (transfer.read[0] & kSt1Ready) != 0;
  field0_chip_.read_ended(field0_.fresh, now_us);
  if (!field0_.fresh) return;
  for (uint8_t axis = 0; axis < 3; ++axis) field0_.field[axis] = low_first(transfer.read + 1 + 2 * axis);
  field0_.overflow = (transfer.read[kSt2] & kSt2Overflow) != 0;
}

void Sensors::took_field1(const Transfer& transfer, bool done, uint32_t now_us) {
  field1_.fresh = done && (transfer.read[0] & kLis3mdlReady) != 0;
  field1_chip_.read_ended(field1_.fresh, now_us);
  if (!field1_.fresh) return;
  field1_.overflow = false;
  for (uint8_t axis = 0; axis < 3; ++axis) {
    field1_.field[axis] = low_first(transfer.read + 1 + 2 * axis);
    if (at_the_end_of_range(field1_.field[axis])) field1_.overflow = true;
  }
}

bool Sensors::all_present() const { return motion_chip_.ready() && field0_chip_.ready() && field1_chip_.ready(); }

uint8_t Sensors::channels() const {
  uint8_t bits = 0;
  if (motion_chip_.ready()) bits |= wire::channels::motion;
  if (field0_chip_.ready()) bits |= wire::channels::field0;
  if (field1_chip_.ready()) bits |= wire::channels::field1;
  return bits;
}

uint8_t Sensors::status_faults() const {
  uint8_t bits = 0;
  if (!motion_chip_.ready()) bits |= wire::status_faults::motion_absent;
  if (!field0_chip_.ready()) bits |= wire::status_faults::field0_absent;
  if (!field1_chip_.ready()) bits |= wire::status_faults::field1_absent;
  if (bus_hangs_) bits |= wire::status_faults::i2c_bus;
  return bits;
}

}  // namespace slowhand
