#include "motor_pin.h"

#include <avr/io.h>

namespace slowhand {
namespace hal {
namespace motor_pin {

namespace {

constexpr uint8_t kFastPwm = _BV(WGM21) | _BV(WGM20);
constexpr uint8_t kPinToPwm = _BV(COM2B1);
constexpr uint8_t kClock = _BV(CS22);  // 16 MHz / 64 / 256 = 976 Hz

uint8_t strength_now;

}  // namespace

void begin() {
  PORTD = static_cast<uint8_t>(PORTD & ~_BV(PD3));
  DDRD |= _BV(PD3);
  TIMSK2 = 0;
  TCCR2B = 0;
  TCCR2A = kFastPwm;
  OCR2B = 0;
  strength_now = 0;
}

void set(uint8_t strength) {
  if (strength == strength_now) return;
  OCR2B = strength;
  if (strength == 0) {
    TCCR2A = kFastPwm;  // the pin falls back to PORTD, which is low
    TCCR2B = 0;
  } else if (strength_now == 0) {
    TCNT2 = 0xFF;  // OCR2B is taken over at the bottom, one count from here
    TCCR2B = kClock;
    TCCR2A = kFastPwm | kPinToPwm;
  }
  strength_now = strength;
}

}  // namespace motor_pin
}  // namespace hal
}  // namespace slowhand
