// The rest of the board: why it was reset, who it is, its watchdog, what it does not need.
#ifndef SLOWHAND_HAL_BOARD_H
#define SLOWHAND_HAL_BOARD_H

#include "../core/glove.h"

namespace slowhand {
namespace hal {
namespace board {

// Silences what the Arduino core has set going, switches off what the glove has no use for.
void begin();

// From the EEPROM; counts this boot there. A new board gets a unit id. Takes some milliseconds.
Identity wake_up();

BoardHealth health();

// From here on the loop must feed it every 120 ms; else the chip is reset, and with it the motor.
void watchdog_on();
void feed_watchdog();

}  // namespace board
}  // namespace hal
}  // namespace slowhand

#endif
