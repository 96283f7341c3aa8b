#include "sample_assembly.h"

namespace slowhand {

void SampleAssembly::begin(uint32_t t_us, bool with_field, bool overrun, bool motor_on) {
  t_us_ = t_us;
  with_field_ = with_field;
  overrun_ = overrun;
  motor_on_ = motor_on;
  has_pads_ = false;
  open_ = true;
}

void SampleAssembly::add_pads(const uint16_t counts[kPads]) {
  for (uint8_t pad = 0; pad < kPads; ++pad) counts_[pad] = counts[pad];
  has_pads_ = true;
}

wire::Sample SampleAssembly::sample(const MotionReading& motion, bool reflex_active) const {
  wire::Sample sample;
  sample.t_us = t_us_;
  for (uint8_t pad = 0; pad < kPads; ++pad) sample.pads[pad] = counts_[pad];
  for (uint8_t axis = 0; axis < 3; ++axis) {
    sample.accel[axis] = motion.accel[axis];
    sample.gyro[axis] = motion.gyro[axis];
  }
  sample.flags = 0;
  if (motor_on_) sample.flags |= wire::sample_flags::motor_on;
  if (reflex_active) sample.flags |= wire::sample_flags::reflex_active;
  if (!motion.good) sample.flags |= wire::sample_flags::i2c_fault;
  if (overrun_) sample.flags |= wire::sample_flags::overrun;
  return sample;
}

wire::Field SampleAssembly::field(const FieldReading& field0, const FieldReading& field1) const {
  wire::Field field;
  field.t_us = field0.read ? field0.t_us : field1.read ? field1.t_us : t_us_;
  field.lag1_us = field0.read && field1.read ? static_cast<int16_t>(field1.t_us - field0.t_us) : 0;
  for (uint8_t axis = 0; axis < 3; ++axis) {
    field.field0[axis] = field0.field[axis];
    field.field1[axis] = field1.field[axis];
  }
  field.flags = 0;
  if (field0.fresh) field.flags |= wire::field_flags::fresh0;
  if (field1.fresh) field.flags |= wire::field_flags::fresh1;
  if (field0.overflow) field.flags |= wire::field_flags::overflow0;
  if (field1.overflow) field.flags |= wire::field_flags::overflow1;
  if (motor_on_) field.flags |= wire::field_flags::motor_on;
  return field;
}

}  // namespace slowhand
