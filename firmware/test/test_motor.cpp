#include <doctest/doctest.h>

#include <initializer_list>
#include <random>

#include "core/motor.h"
#include "wire/messages_gen.h"

using namespace slowhand;

namespace {

constexpr uint32_t kTickUs = 5000;

}  // namespace

TEST_CASE("the guard cuts a motor that is never told to stop below one second, then lets it rest") {
  for (const uint32_t tick_us : {2000U, 2500U, 5000U, 10000U}) {
    for (const uint32_t start_us : {0U, 0xFFFFFFFFU - 500000U}) {
      MotorGuard guard;
      uint32_t on_us = 0, longest_us = 0, cuts = 0, total_on_us = 0;
      guard.allow(0, start_us);
      uint32_t passed_us = 0;
      for (; passed_us < 30000000U; passed_us += tick_us) {
        const uint8_t strength = guard.allow(200, start_us + passed_us);
        on_us = strength ? on_us + tick_us : 0;
        total_on_us += strength ? tick_us : 0;
        longest_us = on_us > longest_us ? on_us : longest_us;
        cuts += guard.take_cut();
      }
      CHECK(longest_us <= 1000000U);
      CHECK(longest_us >= 980000U);
      CHECK(cuts >= 19);
      CHECK(total_on_us < passed_us / 3 * 2 + 1000000U);
      CHECK(guard.on_ms() == doctest::Approx(total_on_us / 1000.0).epsilon(0.001));
    }
  }
}

TEST_CASE("a clock that steps back adds nothing to the motor's account") {
  MotorGuard guard;
  guard.allow(255, 10000);
  CHECK(guard.allow(255, 20000) == 255);
  CHECK(guard.allow(255, 15000) == 255);
  CHECK(guard.allow(255, 30000) == 255);
  CHECK(guard.on_ms() == 10 + 15);
}

TEST_CASE("gaps of one tick do not fool the guard") {
  MotorGuard guard;
  uint32_t on_ticks = 0;
  const uint32_t ticks = 12000;  // a minute
  for (uint32_t i = 0; i < ticks; ++i) on_ticks += guard.allow(i % 50 ? 255 : 0, i * kTickUs) != 0;
  CHECK(on_ticks < ticks * 68 / 100);
}

TEST_CASE("pulses for half of the time are never cut") {
  MotorGuard guard;
  bool cut = false;
  for (uint32_t i = 0; i < 24000; ++i) {
    guard.allow(i / 100 % 2 ? 255 : 0, i * kTickUs);
    cut = cut || guard.take_cut();
  }
  CHECK_FALSE(cut);
}

TEST_CASE("the reflex goes before a cue, a cue before the pace") {
  Motor motor;
  REQUIRE(motor.set_pace(1000, 400, 60, 0));
  CHECK(motor.strength(false, 0) == 60);
  REQUIRE(motor.play(wire::cue_pattern::slower, 180, 5000));
  CHECK(motor.strength(false, 5000) == 180);
  CHECK(motor.strength(true, 10000) == 255);
  CHECK(motor.strength(false, 5000 + 140000) == 0);      // the gap in the cue, though the pace would pulse
  CHECK(motor.strength(false, 5000 + 260000) == 180);    // its second pulse
  CHECK(motor.strength(false, 5000 + 2 * 260000) == 0);  // it is over, and the pace is in its gap
  CHECK(motor.strength(false, 1000000) == 60);           // the pace has kept its rhythm
}

TEST_CASE("the pace refuses what cannot be felt or would tire the guard") {
  Motor motor;
  CHECK_FALSE(motor.set_pace(99, 40, 60, 0));
  CHECK_FALSE(motor.set_pace(1000, 501, 60, 0));
  CHECK_FALSE(motor.set_pace(1000, 0, 60, 0));
  CHECK_FALSE(motor.set_pace(65535, 1000, 60, 0));
  CHECK(motor.set_pace(65535, 989, 60, 0));
  CHECK(motor.set_pace(0, 0, 0, 0));
  CHECK(motor.strength(false, 0) == 0);
}

TEST_CASE("the same pace said again keeps its rhythm, another one begins anew") {
  Motor motor;
  motor.set_pace(1000, 100, 60, 0);
  motor.set_pace(1000, 100, 60, 300000);
  CHECK(motor.strength(false, 300000) == 0);
  CHECK(motor.strength(false, 1000000) == 60);
  motor.set_pace(1500, 100, 60, 1300000);
  CHECK(motor.strength(false, 1300000) == 60);
  CHECK(motor.strength(false, 1400000) == 0);
  CHECK(motor.strength(false, 2800000) == 60);
}

TEST_CASE("each pattern is another rhythm, and none nears the guard") {
  for (uint8_t pattern = wire::cue_pattern::slower; pattern <= wire::cue_pattern::done; ++pattern) {
    Motor motor;
    REQUIRE(motor.play(pattern, 200, 0));
    int on_ms = 0, pulses = 0;
    uint8_t before = 0;
    for (uint32_t t_ms = 0; t_ms < 3000; ++t_ms) {
      const uint8_t now = motor.strength(false, t_ms * 1000);
      on_ms += now != 0;
      pulses += now != 0 && before == 0;
      before = now;
    }
    CHECK(pulses == (pattern == wire::cue_pattern::slower ? 2 : pattern == wire::cue_pattern::spine ? 6 : 1));
    CHECK(on_ms >= 200);
    CHECK(on_ms <= 500);
    CHECK_FALSE(motor.guard().take_cut());
  }
  Motor motor;
  CHECK_FALSE(motor.play(5, 200, 0));
  REQUIRE(motor.play(wire::cue_pattern::lighter, 200, 0));
  CHECK(motor.strength(false, 1000) == 200);
  REQUIRE(motor.play(wire::cue_pattern::none, 0, 1000));
  CHECK(motor.strength(false, 1000) == 0);
}

TEST_CASE("the next edge is when the strength changes") {
  Motor motor;
  motor.set_pace(2003, 151, 60, 1000);
  uint32_t now_us = 1000;
  uint8_t strength = motor.strength(false, now_us);
  for (int edges = 0; edges < 200; ++edges) {
    const uint32_t next_us = motor.next_edge_us(now_us);
    REQUIRE(motor.strength(false, next_us - 1) == strength);
    REQUIRE(motor.strength(false, next_us) != strength);
    strength = motor.strength(false, next_us);
    now_us = next_us;
  }
  CHECK(now_us == 1000 + 100 * 2003000U);
}

TEST_CASE("whatever is asked, the motor is never on for longer than a second") {
  std::mt19937 random(7);
  Motor motor;
  uint32_t on_since_us = 0, now_us = 0xFFFFFFFFU - 60000000U;  // wraps on the way
  bool on = false, reflex = false;
  for (int i = 0; i < 60000; ++i) {
    now_us += kTickUs;
    if (random() % 200 == 0) reflex = !reflex;
    if (random() % 100 == 0) motor.play(random() % 6, static_cast<uint8_t>(random()), now_us);
    if (random() % 300 == 0) motor.set_pace(random() % 2000, random() % 1000, static_cast<uint8_t>(random()), now_us);
    const bool now_on = motor.strength(reflex, now_us) != 0;
    if (now_on && !on) on_since_us = now_us;
    if (on) REQUIRE(now_us - on_since_us <= 1000000U);
    on = now_on;
  }
}
