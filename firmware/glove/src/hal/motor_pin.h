// The vibration motor on D3 (OC2B), through a transistor: Timer2, fast PWM, 976 Hz.
#ifndef SLOWHAND_HAL_MOTOR_PIN_H
#define SLOWHAND_HAL_MOTOR_PIN_H

#include <stdint.h>

namespace slowhand {
namespace hal {
namespace motor_pin {

void begin();               // off
void set(uint8_t strength);  // 0: off, and the timer stands still; 255: on throughout

}  // namespace motor_pin
}  // namespace hal
}  // namespace slowhand

#endif
