#include "reflex.h"

#include "device_time.h"

namespace slowhand {

namespace {

// A coin motor needs 50-100 ms to spin up: a shorter buzz is not felt.
constexpr uint32_t kShortestBuzzUs = 150 * kMillisecondUs;

// A pad must fall by a sixteenth below its threshold before it counts as released: more than the noise of a few
// counts, and near the 10 % by which the host's flags close.
uint16_t release_below(uint16_t limit) { return static_cast<uint16_t>(limit - (limit >> 4)); }

}  // namespace

void Reflex::set_limits(const uint16_t counts[kPads], uint16_t ttl_ms, uint32_t now_us) {
  for (uint8_t pad = 0; pad < kPads; ++pad) limit_[pad] = counts[pad];
  from_host_ = ttl_ms != 0;
  until_us_ = now_us + ttl_ms * kMillisecondUs;
}

uint16_t Reflex::limit(uint8_t pad) const {
  const uint16_t absolute = absolute_limit(pad);
  return from_host_ && limit_[pad] < absolute ? limit_[pad] : absolute;
}

Reflex::Change Reflex::judge(const uint16_t counts[kPads], uint8_t unreliable, uint32_t now_us) {
  Change change = {0, 0, false};
  if (from_host_ && reached(now_us, until_us_)) {
    from_host_ = false;
    change.limits_expired = true;
  }
  const uint8_t before = over_;
  for (uint8_t pad = 0; pad < kPads; ++pad) {
    const uint8_t bit = static_cast<uint8_t>(1 << pad);
    if ((unreliable & bit) != 0) {
      over_ = static_cast<uint8_t>(over_ & ~bit);
    } else if (counts[pad] > limit(pad)) {
      over_ |= bit;
    } else if ((over_ & bit) != 0 && counts[pad] < release_below(limit(pad))) {
      over_ = static_cast<uint8_t>(over_ & ~bit);
    }
  }
  change.went_on = static_cast<uint8_t>(over_ & ~before);
  change.went_off = static_cast<uint8_t>(before & ~over_);
  if (change.went_on != 0) {
    holding_ = true;
    hold_until_us_ = now_us + kShortestBuzzUs;
  } else if (holding_ && reached(now_us, hold_until_us_)) {
    holding_ = false;
  }
  return change;
}

}  // namespace slowhand
