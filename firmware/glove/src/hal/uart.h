// The serial line to the host: 250000 baud, 8N1, rings on both ways.
#ifndef SLOWHAND_HAL_UART_H
#define SLOWHAND_HAL_UART_H

#include <stdint.h>

#include "../core/outbox.h"

namespace slowhand {
namespace hal {
namespace uart {

void begin();

// The ring of what is to be sent.
class Sink : public ByteSink {
 public:
  uint8_t room() const override;
  void write(const uint8_t* bytes, uint8_t length) override;  // no more than room()
};

// False when nothing is there. `came_us` is when the byte came in, to the microsecond for a delimiter (0x00), and now
// for any other.
bool read(uint8_t& byte, uint32_t& came_us);

// Received bytes lost: the loop or an interrupt was late, or the line disturbed.
uint16_t overruns();

}  // namespace uart
}  // namespace hal
}  // namespace slowhand

#endif
