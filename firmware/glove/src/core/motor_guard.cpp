#include "motor_guard.h"

#include "device_time.h"

namespace slowhand {

uint8_t MotorGuard::allow(uint8_t wanted, uint32_t now_us) {
  account(now_us);
  if (spent_us_ >= kMaxOnUs && !cooling_) {
    cooling_ = true;
    cut_ = true;
  } else if (spent_us_ == 0) {
    cooling_ = false;
  }
  const uint8_t strength = cooling_ ? 0 : wanted;
  on_ = strength != 0;
  return strength;
}

bool MotorGuard::take_cut() {
  const bool cut = cut_;
  cut_ = false;
  return cut;
}

void MotorGuard::account(uint32_t now_us) {
  // A clock that stepped back must not look like an hour.
  const uint32_t passed_us = reached(now_us, last_us_) ? now_us - last_us_ : 0;
  last_us_ = now_us;
  if (on_) {
    spent_us_ += passed_us;
    on_rest_us_ += passed_us;
    while (on_rest_us_ >= kMillisecondUs) {
      on_rest_us_ -= kMillisecondUs;
      ++on_ms_;
    }
  } else {
    const uint32_t rest_us = passed_us < kMaxOnUs ? kRestWeight * passed_us : spent_us_;
    spent_us_ = rest_us < spent_us_ ? spent_us_ - rest_us : 0;
  }
}

}  // namespace slowhand
