#include "clock.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "events.h"
#include "pads.h"

namespace slowhand {
namespace hal {
namespace clock {

namespace {

constexpr uint16_t kCountsPerUs = 2;  // 16 MHz / 8
constexpr uint32_t kCountsPerSecond = F_CPU / 8;
static_assert(kCountsPerSecond == 1000000UL * kCountsPerUs, "written for 16 MHz");

// The tick's interrupt comes this much before the tick and waits for it. Its own way to the start of the conversion takes
// 5.5 us; so another interrupt (6 us for a byte from the host), or a stretch of the loop with interrupts off, may hold
// it up, and the instant of sampling does not feel it.
constexpr uint16_t kLeadCounts = 12 * kCountsPerUs;

volatile uint16_t period_counts;
volatile uint16_t tick_count;  // TCNT1 at the last tick
volatile uint32_t tick_us;     // device time at the last tick
volatile uint32_t sampled_us;
volatile bool sampled_after_miss;
bool missed;  // a tick since the last sample

}  // namespace

void begin(uint16_t rate_hz) {
  TCCR1A = 0;
  TCCR1B = 0;
  TCNT1 = 0;
  set_rate(rate_hz);
  tick_us = 0;
  tick_count = 0;
  OCR1A = period_counts - kLeadCounts;
  TIFR1 = _BV(OCF1A) | _BV(OCF1B) | _BV(TOV1);
  TIMSK1 = _BV(OCIE1A);
  TCCR1B = _BV(CS11);
}

void set_rate(uint16_t rate_hz) {
  static uint16_t rate_now_hz;
  if (rate_hz == rate_now_hz) return;
  rate_now_hz = rate_hz;
  const uint16_t counts = static_cast<uint16_t>(kCountsPerSecond / rate_hz);
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { period_counts = counts; }
}

uint32_t time_of(uint16_t count) {
  uint32_t us;
  uint16_t last;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    us = tick_us;
    last = tick_count;
  }
  // Signed: the count may have been latched before the last tick.
  return us + static_cast<int32_t>(static_cast<int16_t>(count - last) / static_cast<int16_t>(kCountsPerUs));
}

uint32_t now_us() {
  uint32_t us;
  uint16_t passed;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    us = tick_us;
    passed = TCNT1 - tick_count;
  }
  return us + passed / kCountsPerUs;
}

uint16_t until_next_tick_us() {
  uint16_t left;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { left = OCR1A + kLeadCounts - TCNT1; }
  return left > period_counts ? 0 : left / kCountsPerUs;
}

Tick take_tick() {
  Tick tick;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    tick.t_us = sampled_us;
    tick.overrun = sampled_after_miss;
  }
  return tick;
}

void wake_at(uint32_t t_us) {
  const uint32_t ahead_us = t_us - now_us();
  if (ahead_us > 30000UL) return;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) {
    // Never nearer than the timer moves on while this is written.
    OCR1B = static_cast<uint16_t>(TCNT1 + (ahead_us < 10 ? 10 : ahead_us) * kCountsPerUs);
    TIFR1 = _BV(OCF1B);
    TIMSK1 |= _BV(OCIE1B);
  }
}

// The instant of sampling: the conversion is started and the time latched before anything else is done.
ISR(TIMER1_COMPA_vect) {
  const bool busy = events::pending(events::tick | events::scan) || pads::scanning();
  const uint16_t period = period_counts;
  uint16_t due = OCR1A + kLeadCounts;
  // Held up for more than a period, it would wait for a compare that is over: time would be lost, unseen.
  while (static_cast<uint16_t>(TCNT1 - due + 2 * kLeadCounts) >= period) {
    due += period;
    missed = true;
  }
  while (static_cast<int16_t>(TCNT1 - due) < 0) {
  }
  if (!busy) pads::start_scan();
  const uint16_t count = TCNT1;
  const uint32_t due_us = tick_us + static_cast<uint16_t>(due - tick_count) / kCountsPerUs;
  tick_count = due;
  tick_us = due_us;
  OCR1A = due + period - kLeadCounts;
  if (busy) {
    missed = true;
  } else {
    sampled_after_miss = missed;
    missed = false;
    sampled_us = due_us + static_cast<uint16_t>(count - due) / kCountsPerUs;
    events::raise(events::tick);
  }
}

ISR(TIMER1_COMPB_vect) {
  TIMSK1 = _BV(OCIE1A);
  events::raise(events::alarm);
}

}  // namespace clock
}  // namespace hal
}  // namespace slowhand
