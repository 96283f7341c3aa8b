// The motor is never on for longer than a second, and not for more than two thirds of the time: a stuck command
// must not numb the hand, warm the motor or disturb the magnetometers for good.
#ifndef SLOWHAND_CORE_MOTOR_GUARD_H
#define SLOWHAND_CORE_MOTOR_GUARD_H

#include <stdint.h>

namespace slowhand {

class MotorGuard {
 public:
  // 990 ms: looked at once a tick (10 ms at the slowest rate), it stays below one second.
  static constexpr uint32_t kMaxOnUs = 990000UL;
  // Time off counts twice against time on: half a second of rest after a full second.
  static constexpr uint32_t kRestWeight = 2;

  // The strength that the motor may have from `now_us` on. Call in order of time, at least once a tick.
  uint8_t allow(uint8_t wanted, uint32_t now_us);

  bool cooling() const { return cooling_; }
  // True once after each time that the guard has cut in.
  bool take_cut();
  uint32_t on_ms() const { return on_ms_; }

 private:
  void account(uint32_t now_us);

  uint32_t last_us_ = 0;
  uint32_t spent_us_ = 0;  // on-time not yet made good by rest
  uint32_t on_rest_us_ = 0;
  uint32_t on_ms_ = 0;
  bool on_ = false;
  bool cooling_ = false;
  bool cut_ = false;
};

}  // namespace slowhand

#endif
