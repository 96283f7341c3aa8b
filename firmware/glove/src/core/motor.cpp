#include "motor.h"

#include "../wire/messages_gen.h"
#include "device_time.h"
#include "flash_table.h"

namespace slowhand {

namespace {

constexpr uint8_t kReflexStrength = 255;
constexpr uint16_t kShortestPaceMs = 100;  // faster than the alarm for kneading (120 a minute) by far

struct Pattern {
  uint16_t period_ms;
  uint16_t on_ms;
  uint8_t count;
  uint8_t softer;  // halvings of the strength
};

// By wire::cue_pattern, from 1 on. Told apart by rhythm alone; each pulse is long enough for a coin motor to spin up.
const Pattern kPatterns[] SLOWHAND_FLASH_TABLE = {
    {260, 130, 2, 0},  // slower: two short pulses
    {500, 500, 1, 0},  // lighter: one long pulse
    {120, 70, 6, 0},   // spine: rapid train
    {200, 200, 1, 1},  // done: one soft pulse
};
constexpr uint8_t kPatternCount = sizeof kPatterns / sizeof kPatterns[0];
static_assert(kPatternCount == wire::cue_pattern::done, "a pattern for every cue of the protocol");

}  // namespace

bool Motor::set_pace(uint16_t period_ms, uint16_t on_ms, uint8_t strength, uint32_t now_us) {
  if (period_ms == 0) {
    pace_.stop();
    return true;
  }
  if (period_ms < kShortestPaceMs || on_ms == 0 || on_ms > period_ms / 2) return false;
  if (on_ms >= MotorGuard::kMaxOnUs / kMillisecondUs) return false;
  // The same pace said again keeps its rhythm.
  const bool same = pace_period_ms_ == period_ms && pace_on_ms_ == on_ms && pace_strength_ == strength;
  if (same && pace_.running()) return true;
  pace_period_ms_ = period_ms;
  pace_on_ms_ = on_ms;
  pace_strength_ = strength;
  pace_.start(now_us, period_ms * kMillisecondUs, on_ms * kMillisecondUs, PulseTrain::kEndless, strength);
  return true;
}

bool Motor::play(uint8_t pattern, uint8_t strength, uint32_t now_us) {
  if (pattern > kPatternCount) return false;
  if (pattern == wire::cue_pattern::none) {
    cue_.stop();
    return true;
  }
  const Pattern played = from_flash(kPatterns[pattern - 1]);
  cue_.start(now_us, played.period_ms * kMillisecondUs, played.on_ms * kMillisecondUs, played.count,
             static_cast<uint8_t>(strength >> played.softer));
  return true;
}

void Motor::stop_all() {
  pace_.stop();
  cue_.stop();
}

uint8_t Motor::strength(bool reflex, uint32_t now_us) {
  // All trains are asked each time, so that none falls behind.
  const uint8_t pace = pace_.strength(now_us);
  const uint8_t cue = cue_.strength(now_us);
  const uint8_t wanted = reflex ? kReflexStrength : cue_.running() ? cue : pace;
  const uint8_t strength = guard_.allow(wanted, now_us);
  on_ = strength != 0;
  return strength;
}

uint32_t Motor::next_edge_us(uint32_t now_us) const {
  uint32_t next_us = now_us + 60 * kSecondUs;
  if (pace_.running() && !reached(pace_.next_edge_us(now_us), next_us)) next_us = pace_.next_edge_us(now_us);
  if (cue_.running() && !reached(cue_.next_edge_us(now_us), next_us)) next_us = cue_.next_edge_us(now_us);
  return next_us;
}

}  // namespace slowhand
