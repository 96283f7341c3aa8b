#include "pulse_train.h"

namespace slowhand {

void PulseTrain::start(uint32_t now_us, uint32_t period_us, uint32_t on_us, uint8_t count, uint8_t strength) {
  pulse_us_ = now_us;
  period_us_ = period_us;
  on_us_ = on_us;
  endless_ = count == kEndless;
  left_ = static_cast<uint8_t>(count - 1);
  strength_ = strength;
  running_ = true;
}

uint8_t PulseTrain::strength(uint32_t now_us) {
  while (running_ && static_cast<uint32_t>(now_us - pulse_us_) >= period_us_) {
    if (!endless_ && left_-- == 0) {
      running_ = false;
      return 0;
    }
    pulse_us_ += period_us_;
  }
  return running_ && static_cast<uint32_t>(now_us - pulse_us_) < on_us_ ? strength_ : 0;
}

uint32_t PulseTrain::next_edge_us(uint32_t now_us) const {
  return static_cast<uint32_t>(now_us - pulse_us_) < on_us_ ? pulse_us_ + on_us_ : pulse_us_ + period_us_;
}

}  // namespace slowhand
