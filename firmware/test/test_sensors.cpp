#include <doctest/doctest.h>

#include <initializer_list>

#include "core/sensors.h"
#include "sensor_board.h"
#include "wire/messages_gen.h"

using namespace slowhand;

namespace {

// Ticks of 5 ms with a field every second one, as at 200 Hz.
struct Running {
  Sensors sensors;
  SensorBoard board;
  uint32_t now_us;
  bool with_field = false;

  // Begins at 0 as a glove does; `at_us`: what the clock leaps to once all is found.
  explicit Running(uint32_t at_us = 0) : now_us(0) {
    if (at_us == 0) return;
    run_ms(200);
    now_us = at_us;
  }

  void tick() {
    const uint32_t t_us = now_us;
    with_field = !with_field;
    sensors.begin_tick(with_field);
    Transfer transfer = {};
    while (sensors.next(transfer, now_us, now_us - t_us < 4000)) {
      const uint32_t started_us = now_us;
      now_us += 300;
      const TransferEnd end = board.carry_out(transfer);
      sensors.ended(transfer, end, started_us, now_us);
      if (end == TransferEnd::stuck) break;
    }
    now_us = t_us + 5000;
  }
  void run_ms(int ms) {
    for (int passed = 0; passed < ms; passed += 5) tick();
  }
  // Until the last tick was one with a field.
  void run_to_field() {
    do tick();
    while (!with_field);
  }
};

constexpr uint8_t kAll = wire::channels::motion | wire::channels::field0 | wire::channels::field1;

}  // namespace

TEST_CASE("all chips are found, set up as the host's scales need them, and read") {
  for (const uint32_t start_us : {0U, 0xFFFFFFFFU - 50000U}) {
    Running glove(start_us);
    glove.run_ms(150);
    REQUIRE(glove.sensors.channels() == kAll);
    CHECK(glove.sensors.status_faults() == 0);
    CHECK(glove.sensors.errors() == 0);
    CHECK((glove.board.motion.at[0x201] & 0x07) == 0x05);  // +-1000 dps behind the filter
    CHECK((glove.board.motion.at[0x214] & 0x07) == 0x03);  // +-4 g behind the filter
    CHECK((glove.board.field1.at[0x21] & 0x60) == 0x60);   // +-16 gauss
    glove.run_to_field();
    CHECK(glove.sensors.motion().good);
    for (int axis = 0; axis < 3; ++axis) {
      CHECK(glove.sensors.motion().accel[axis] == glove.board.accel[axis]);
      CHECK(glove.sensors.motion().gyro[axis] == glove.board.gyro[axis]);
      CHECK(glove.sensors.field0().field[axis] == glove.board.field0_value[axis]);
      CHECK(glove.sensors.field1().field[axis] == glove.board.field1_value[axis]);
    }
    CHECK(glove.sensors.field0().fresh);
    CHECK(glove.sensors.field1().fresh);
    CHECK(glove.sensors.field1().t_us - glove.sensors.field0().t_us == 300);
  }
}

TEST_CASE("the alternative addresses are found as well") {
  Running glove;
  glove.board.motion_address = 0x68;
  glove.board.field1_address = 0x1E;
  glove.run_ms(200);
  CHECK(glove.sensors.channels() == kAll);
}

TEST_CASE("another chip at the address is not taken for ours") {
  Running glove;
  glove.board.field1_address = 0x50;
  glove.board.motion_address = 0x1C;  // answers, but WHO_AM_I differs
  glove.run_ms(500);
  CHECK(glove.sensors.channels() == 0);
}

TEST_CASE("a chip left in another register bank by a reset of the glove is found") {
  Running glove;
  glove.board.motion.bank = 2;
  glove.run_ms(150);
  CHECK(glove.sensors.channels() == kAll);
}

TEST_CASE("a glove without one chip uses the others, says so, and counts no errors for it") {
  SUBCASE("no second magnetometer") {
    Running glove;
    glove.board.field1.present = false;
    glove.run_ms(500);
    CHECK(glove.sensors.channels() == (wire::channels::motion | wire::channels::field0));
    CHECK(glove.sensors.status_faults() == wire::status_faults::field1_absent);
    CHECK(glove.sensors.errors() == 0);
    CHECK_FALSE(glove.sensors.field1().fresh);
  }
  SUBCASE("no motion sensor, and so not its magnetometer either") {
    Running glove;
    glove.board.motion.present = false;
    glove.run_ms(500);
    CHECK(glove.sensors.channels() == wire::channels::field1);
    CHECK(glove.sensors.errors() == 0);
    CHECK(glove.sensors.reads_done());
  }
}

TEST_CASE("a chip that went away and came back is set up anew within 100 ms") {
  Running glove;
  glove.run_ms(300);
  glove.board.motion.present = false;
  glove.tick();
  CHECK_FALSE(glove.sensors.motion().good);
  glove.run_ms(1000);
  CHECK(glove.sensors.channels() == wire::channels::field1);
  CHECK(glove.sensors.errors() > 0);
  glove.board.motion = BoardChip();  // power-on: asleep, bypass off
  glove.run_ms(100);
  CHECK(glove.sensors.channels() == kAll);
  CHECK(glove.sensors.motion().good);
}

TEST_CASE("the zeros of a chip that sleeps are not taken for motion, and it is woken") {
  Running glove;
  glove.run_ms(300);
  glove.board.motion = BoardChip();  // it lost its power for a moment
  glove.tick();
  CHECK_FALSE(glove.sensors.motion().good);
  CHECK(glove.sensors.motion().accel[2] == glove.board.accel[2]);  // the last good value stays, flagged
  glove.run_ms(150);
  CHECK(glove.sensors.motion().good);
}

TEST_CASE("a magnetometer that has nothing new is not fresh, and one that never has is set up again") {
  Running glove;
  glove.run_ms(300);
  glove.board.field0_ready = false;
  glove.board.field1_ready = false;
  glove.run_to_field();
  CHECK_FALSE(glove.sensors.field0().fresh);
  CHECK_FALSE(glove.sensors.field1().fresh);
  CHECK(glove.sensors.field0().read);
  glove.board.field0 = BoardChip();  // reset by a dip of the supply: powered down
  glove.board.field1 = BoardChip();
  glove.board.field0_ready = glove.board.field1_ready = true;
  glove.run_ms(150);
  glove.run_to_field();
  CHECK(glove.sensors.field0().fresh);
  CHECK(glove.sensors.field1().fresh);
}

TEST_CASE("a field beyond the range is flagged") {
  Running glove;
  glove.run_ms(300);
  CHECK_FALSE(glove.sensors.field0().overflow);
  glove.board.field0_overflow = true;
  glove.board.field1_value = {0, -32768, 0};
  glove.run_to_field();
  CHECK(glove.sensors.field0().overflow);
  CHECK(glove.sensors.field1().overflow);
  glove.board.field0_overflow = false;
  glove.board.field1_value = {0, -32767, 32766};
  glove.run_to_field();
  CHECK_FALSE(glove.sensors.field0().overflow);
  CHECK_FALSE(glove.sensors.field1().overflow);
}

TEST_CASE("a hanging bus is reported, keeps nobody waiting, and is used again when it is free") {
  Running glove;
  glove.run_ms(300);
  glove.board.hangs = true;
  glove.run_ms(500);
  CHECK(glove.sensors.bus_hangs());
  CHECK((glove.sensors.status_faults() & wire::status_faults::i2c_bus) != 0);
  CHECK(glove.sensors.errors() > 0);
  glove.sensors.begin_tick(true);
  CHECK(glove.sensors.reads_done());
  glove.board.hangs = false;
  glove.run_ms(100);
  CHECK(glove.sensors.channels() == kAll);
  CHECK(glove.sensors.status_faults() == 0);
  CHECK(glove.sensors.motion().good);
}

TEST_CASE("nothing is begun on the bus when the next tick is near, but the reads of this one") {
  Running glove;
  glove.board.field1.present = false;
  glove.run_ms(200);
  glove.now_us += 100000;
  glove.sensors.begin_tick(false);
  Transfer transfer = {};
  REQUIRE(glove.sensors.next(transfer, glove.now_us, false));
  CHECK(transfer.read_length == 12);
  glove.sensors.ended(transfer, glove.board.carry_out(transfer), glove.now_us, glove.now_us);
  CHECK_FALSE(glove.sensors.next(transfer, glove.now_us, false));
  CHECK(glove.sensors.next(transfer, glove.now_us, true));
}

TEST_CASE("a motion sensor that is plugged in after 40 minutes brings its magnetometer with it") {
  Running glove;
  glove.board.motion.present = false;
  glove.run_ms(200);
  for (uint32_t end_us = 2400000000U; glove.now_us < end_us; glove.now_us += 1000000U) glove.tick();
  glove.board.motion.present = true;
  glove.run_ms(200);
  CHECK(glove.sensors.channels() == kAll);
}
