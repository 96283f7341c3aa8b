// What interrupts have to tell the loop, and sleeping until there is something.
#ifndef SLOWHAND_HAL_EVENTS_H
#define SLOWHAND_HAL_EVENTS_H

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stdint.h>

namespace slowhand {
namespace hal {
namespace events {

enum : uint8_t {
  tick = 1 << 0,      // the pads are being sampled
  scan = 1 << 1,      // all six are there
  transfer = 1 << 2,  // an exchange on the sensor bus has ended
  received = 1 << 3,  // a byte from the host
  alarm = 1 << 4,     // the moment of clock::wake_at
};

// GPIOR0 is a register within reach of SBI: setting one bit takes one instruction and cannot be torn apart.
inline void raise(uint8_t event) { GPIOR0 |= event; }
inline bool pending(uint8_t any_of) { return (GPIOR0 & any_of) != 0; }

// Idles until something was raised, takes it and returns it. Idle mode: all clocks that this glove uses go on.
inline uint8_t wait() {
  cli();
  while (GPIOR0 == 0) {
    sleep_enable();
    sei();  // takes effect after the next instruction: nothing can slip in before the sleep
    sleep_cpu();
    sleep_disable();
    cli();
  }
  const uint8_t seen = GPIOR0;
  GPIOR0 = 0;
  sei();
  return seen;
}

}  // namespace events
}  // namespace hal
}  // namespace slowhand

#endif
