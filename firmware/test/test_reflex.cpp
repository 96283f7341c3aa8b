#include <doctest/doctest.h>

#include <initializer_list>

#include "core/reflex.h"

using namespace slowhand;

namespace {

constexpr uint16_t kNone = 65535;

struct Pads {
  uint16_t counts[kPads] = {};
  Pads& press(uint8_t pad, uint16_t count) {
    counts[pad] = count;
    return *this;
  }
};

}  // namespace

TEST_CASE("the built-in limits hold when no host has spoken") {
  for (uint8_t pad = 0; pad < kPads; ++pad) {
    Reflex reflex;
    CHECK(reflex.judge(Pads().press(pad, absolute_limit(pad)).counts, 0, 1000).went_on == 0);
    CHECK_FALSE(reflex.active());
    CHECK(reflex.judge(Pads().press(pad, absolute_limit(pad) + 1).counts, 0, 2000).went_on == 1 << pad);
    CHECK(reflex.active());
  }
}

TEST_CASE("the built-in limits are the forces that they claim to be") {
  // FSR 402 at 20 N over 3.3 kOhm, FlexiForce at 100 N over 47 kOhm (host/slowhand/sensing/nominal_glove.toml).
  const double fsr = 1390e-6 * 3300, flexi = 36e-6 * 47000;
  CHECK(absolute_limit(0) == doctest::Approx(fsr / (1 + fsr) * 1023).epsilon(0.01));
  CHECK(absolute_limit(5) == doctest::Approx(flexi / (1 + flexi) * 1023).epsilon(0.01));
}

TEST_CASE("a host's threshold is felt within the sample that crosses it, on that pad alone") {
  Reflex reflex;
  const uint16_t limits[kPads] = {300, kNone, kNone, kNone, kNone, kNone};
  reflex.set_limits(limits, 1000, 0);
  CHECK(reflex.judge(Pads().press(0, 300).press(1, 700).counts, 0, 5000).went_on == 0);
  CHECK(reflex.judge(Pads().press(0, 301).press(1, 700).counts, 0, 10000).went_on == 1);
}

TEST_CASE("a host cannot raise a limit above the built-in one") {
  Reflex reflex;
  const uint16_t limits[kPads] = {kNone, 1023, kNone, kNone, kNone, 900};
  reflex.set_limits(limits, 1000, 0);
  CHECK(reflex.limit(0) == absolute_limit(0));
  CHECK(reflex.limit(1) == absolute_limit(1));
  CHECK(reflex.judge(Pads().press(5, absolute_limit(5) + 1).counts, 0, 5000).went_on == 1 << 5);
}

TEST_CASE("thresholds that grow old give way to the built-in ones, once, across the clock's wrap") {
  for (const uint32_t start_us : {0U, 0xFFFFFFFFU - 1000000U}) {
    Reflex reflex;
    const uint16_t limits[kPads] = {100, 100, 100, 100, 100, 100};
    const uint32_t t0 = start_us;
    reflex.set_limits(limits, 2000, t0);
    CHECK_FALSE(reflex.judge(Pads().counts, 0, t0 + 1999000U).limits_expired);
    CHECK(reflex.host_limits());
    CHECK(reflex.judge(Pads().press(0, 200).counts, 0, t0 + 2000000U).limits_expired);
    CHECK_FALSE(reflex.host_limits());
    CHECK_FALSE(reflex.judge(Pads().press(0, 200).counts, 0, t0 + 2005000U).limits_expired);
    CHECK(reflex.limit(0) == absolute_limit(0));
  }
}

TEST_CASE("a time to live of zero takes the thresholds back without a word") {
  Reflex reflex;
  const uint16_t limits[kPads] = {100, 100, 100, 100, 100, 100};
  reflex.set_limits(limits, 5000, 0);
  reflex.set_limits(limits, 0, 1000);
  CHECK_FALSE(reflex.host_limits());
  CHECK_FALSE(reflex.judge(Pads().press(0, 200).counts, 0, 5000).limits_expired);
}

TEST_CASE("a pad that hovers at its threshold fires once, and is released well below it") {
  Reflex reflex;
  const uint16_t limits[kPads] = {320, kNone, kNone, kNone, kNone, kNone};
  reflex.set_limits(limits, 60000, 0);
  int fired = 0, released = 0;
  uint32_t t_us = 0;
  for (int i = 0; i < 100; ++i) {
    t_us += 5000;
    const Reflex::Change change = reflex.judge(Pads().press(0, i % 2 ? 322 : 318).counts, 0, t_us);
    fired += change.went_on != 0;
    released += change.went_off != 0;
  }
  CHECK(fired == 1);
  CHECK(released == 0);
  CHECK(reflex.judge(Pads().press(0, 300).counts, 0, t_us + 5000).went_off == 0);
  CHECK(reflex.judge(Pads().press(0, 299).counts, 0, t_us + 10000).went_off == 1);
}

TEST_CASE("a short crossing buzzes for long enough to be felt") {
  Reflex reflex;
  reflex.judge(Pads().press(0, 1000).counts, 0, 0);
  uint32_t t_us = 0;
  do {
    t_us += 5000;
    reflex.judge(Pads().counts, 0, t_us);
  } while (reflex.active() && t_us < 1000000U);
  CHECK(t_us == 150000U);
}

TEST_CASE("a pad that is not to be believed neither begins nor holds a reflex") {
  Reflex reflex;
  CHECK(reflex.judge(Pads().press(3, 1023).counts, 1 << 3, 0).went_on == 0);
  CHECK_FALSE(reflex.active());
  CHECK(reflex.judge(Pads().press(3, 1023).counts, 0, 5000).went_on == 1 << 3);
  CHECK(reflex.judge(Pads().press(3, 1023).counts, 1 << 3, 10000).went_off == 1 << 3);
  CHECK(reflex.judge(Pads().press(3, 1023).press(0, 900).counts, 1 << 3, 15000).went_on == 1 << 0);
}
