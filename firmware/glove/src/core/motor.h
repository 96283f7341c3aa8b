// Who may move the motor: the reflex before a cue, a cue before the pace; and the guard before all.
#ifndef SLOWHAND_CORE_MOTOR_H
#define SLOWHAND_CORE_MOTOR_H

#include <stdint.h>

#include "motor_guard.h"
#include "pulse_train.h"

namespace slowhand {

class Motor {
 public:
  // False, and nothing changed, when the pulses cannot be felt apart or would tire the guard.
  bool set_pace(uint16_t period_ms, uint16_t on_ms, uint8_t strength, uint32_t now_us);
  // False, and nothing changed, for a pattern that nobody knows.
  bool play(uint8_t pattern, uint8_t strength, uint32_t now_us);
  void stop_pace() { pace_.stop(); }
  void stop_all();

  // The strength from `now_us` on, 0-255. Call in order of time, at least once a tick.
  uint8_t strength(bool reflex, uint32_t now_us);
  // The next moment at which a pulse begins or ends; a minute from now when none will. After strength().
  uint32_t next_edge_us(uint32_t now_us) const;

  bool on() const { return on_; }
  MotorGuard& guard() { return guard_; }

 private:
  PulseTrain pace_;
  PulseTrain cue_;
  MotorGuard guard_;
  uint16_t pace_period_ms_ = 0;
  uint16_t pace_on_ms_ = 0;
  uint8_t pace_strength_ = 0;
  bool on_ = false;
};

}  // namespace slowhand

#endif
