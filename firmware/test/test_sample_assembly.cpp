#include <doctest/doctest.h>

#include "core/sample_assembly.h"

using namespace slowhand;

namespace {

const uint16_t kCounts[kPads] = {1, 2, 3, 1021, 1022, 1023};

MotionReading motion(bool good) { return {{-1, 2, -32768}, {32767, 0, 5}, good}; }

}  // namespace

TEST_CASE("a sample carries the tick's time, its pads and the motion values") {
  SampleAssembly assembly;
  assembly.begin(123456, false, false, false);
  CHECK_FALSE(assembly.has_pads());
  assembly.add_pads(kCounts);
  CHECK(assembly.has_pads());
  const wire::Sample sample = assembly.sample(motion(true), false);
  CHECK(sample.t_us == 123456);
  for (uint8_t pad = 0; pad < kPads; ++pad) CHECK(sample.pads[pad] == kCounts[pad]);
  CHECK(sample.accel[2] == -32768);
  CHECK(sample.gyro[0] == 32767);
  CHECK(sample.flags == 0);
}

TEST_CASE("each flag of a sample says one thing") {
  SampleAssembly assembly;
  assembly.begin(1, false, true, false);
  CHECK(assembly.sample(motion(true), false).flags == wire::sample_flags::overrun);
  assembly.begin(1, false, false, false);
  CHECK(assembly.sample(motion(false), false).flags == wire::sample_flags::i2c_fault);
  CHECK(assembly.sample(motion(true), true).flags == wire::sample_flags::reflex_active);
  assembly.note_motor_on();
  CHECK(assembly.sample(motion(true), false).flags == wire::sample_flags::motor_on);
  assembly.begin(2, false, false, false);
  CHECK(assembly.sample(motion(true), false).flags == 0);
}

TEST_CASE("a field has the time of its first reading, and the second one's lag across the clock's wrap") {
  SampleAssembly assembly;
  assembly.begin(5, true, false, false);
  const FieldReading first{{1, 2, 3}, 0xFFFFFF00UL, true, true, false};
  const FieldReading second{{4, 5, 6}, 0x00000080UL, true, true, false};
  const wire::Field field = assembly.field(first, second);
  CHECK(field.t_us == 0xFFFFFF00UL);
  CHECK(field.lag1_us == 0x180);
  CHECK(field.field0[0] == 1);
  CHECK(field.field1[2] == 6);
  CHECK(field.flags == (wire::field_flags::fresh0 | wire::field_flags::fresh1));
}

TEST_CASE("a field of one sensor, or of none") {
  SampleAssembly assembly;
  assembly.begin(5000, true, false, false);
  const FieldReading absent{{9, 9, 9}, 100, false, false, false};
  const FieldReading there{{4, 5, 6}, 5900, true, true, true};
  const wire::Field only_second = assembly.field(absent, there);
  CHECK(only_second.t_us == 5900);
  CHECK(only_second.lag1_us == 0);
  CHECK(only_second.flags == (wire::field_flags::fresh1 | wire::field_flags::overflow1));
  const wire::Field only_first = assembly.field(there, absent);
  CHECK(only_first.t_us == 5900);
  CHECK(only_first.lag1_us == 0);
  CHECK(only_first.flags == (wire::field_flags::fresh0 | wire::field_flags::overflow0));
  CHECK(assembly.field(absent, absent).t_us == 5000);
  CHECK(assembly.field(absent, absent).flags == 0);
}
