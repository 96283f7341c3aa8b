#include <doctest/doctest.h>

#include <initializer_list>

#include "core/pulse_train.h"

using namespace slowhand;

TEST_CASE("pulses come at exact multiples of the period, however rarely one looks, across the clock's wrap") {
  for (const uint32_t start_us : {0U, 123456U, 0xFFFFFFFFU - 2500000U}) {
    PulseTrain train;
    train.start(start_us, 1001000U, 150000U, PulseTrain::kEndless, 90);
    for (uint32_t n = 0; n < 100; ++n) {
      const uint32_t begin_us = start_us + n * 1001000U;
      REQUIRE(train.strength(begin_us) == 90);
      REQUIRE(train.next_edge_us(begin_us) == begin_us + 150000U);
      REQUIRE(train.strength(begin_us + 149999U) == 90);
      REQUIRE(train.strength(begin_us + 150000U) == 0);
      REQUIRE(train.next_edge_us(begin_us + 150000U) == begin_us + 1001000U);
      REQUIRE(train.strength(begin_us + 1000999U) == 0);
    }
    // Nobody looked for 50 periods and a bit.
    const uint32_t late_us = start_us + 150 * 1001000U;
    CHECK(train.strength(late_us + 10) == 90);
    CHECK(train.next_edge_us(late_us + 10) == late_us + 150000U);
  }
}

TEST_CASE("a train ends after its last pulse") {
  PulseTrain train;
  train.start(0, 200, 100, 3, 5);
  int on = 0;
  uint32_t t_us = 0;
  for (; train.running() && t_us < 5000; ++t_us) on += train.strength(t_us) != 0;
  CHECK(on == 300);
  CHECK(t_us == 601);  // the last gap belongs to it
  CHECK(train.strength(10000) == 0);
}

TEST_CASE("stopped is silent, and started again begins with a pulse") {
  PulseTrain train;
  CHECK_FALSE(train.running());
  train.start(0, 1000, 500, PulseTrain::kEndless, 5);
  train.stop();
  CHECK(train.strength(10) == 0);
  train.start(700, 1000, 500, PulseTrain::kEndless, 6);
  CHECK(train.strength(700) == 6);
}
