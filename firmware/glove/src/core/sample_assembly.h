// One tick's measurements put together into the frames that carry them.
#ifndef SLOWHAND_CORE_SAMPLE_ASSEMBLY_H
#define SLOWHAND_CORE_SAMPLE_ASSEMBLY_H

#include <stdint.h>

#include "../wire/messages_gen.h"
#include "glove_build.h"
#include "sensors.h"

namespace slowhand {

// Collects what belongs to one tick. The motor's flag covers the whole tick: its field may still be in a reading that
// began before it stopped.
class SampleAssembly {
 public:
  void begin(uint32_t t_us, bool with_field, bool overrun, bool motor_on);
  void add_pads(const uint16_t counts[kPads]);
  void note_motor_on() { motor_on_ = true; }
  void close() { open_ = false; }

  bool open() const { return open_; }
  bool has_pads() const { return has_pads_; }
  bool with_field() const { return with_field_; }
  uint32_t t_us() const { return t_us_; }

  // Motion values stay those of the last good reading while `i2c_fault` is flagged; zeros before the first.
  wire::Sample sample(const MotionReading& motion, bool reflex_active) const;
  // Stamped with the first sensor's reading, or the second one's; with the tick when neither answered.
  wire::Field field(const FieldReading& field0, const FieldReading& field1) const;

 private:
  uint32_t t_us_ = 0;
  uint16_t counts_[kPads] = {};
  bool open_ = false;
  bool has_pads_ = false;
  bool with_field_ = false;
  bool overrun_ = false;
  bool motor_on_ = false;
};

}  // namespace slowhand

#endif
