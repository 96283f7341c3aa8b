// Timer1: device time, the tick that samples, and one alarm.
#ifndef SLOWHAND_HAL_CLOCK_H
#define SLOWHAND_HAL_CLOCK_H

#include <stdint.h>

namespace slowhand {
namespace hal {
namespace clock {

// Ticks begin once interrupts are on.
void begin(uint16_t rate_hz);
// From the next tick on; a divisor of 1 MHz, not below 62 Hz.
void set_rate(uint16_t rate_hz);

// Device time in microseconds, from the reset; wraps after 71.6 minutes.
uint32_t now_us();
// Device time of a TCNT1 value latched within the last 30 ms.
uint32_t time_of(uint16_t count);
uint16_t until_next_tick_us();

struct Tick {
  uint32_t t_us;  // when the first pad's conversion was started
  bool overrun;   // a tick before this one was skipped
};
Tick take_tick();

// Raises events::alarm at that moment if it comes within 30 ms; replaces the alarm before.
void wake_at(uint32_t t_us);

}  // namespace clock
}  // namespace hal
}  // namespace slowhand

#endif
