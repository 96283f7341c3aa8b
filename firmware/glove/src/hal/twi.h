// The sensor bus: one exchange at a time, by interrupt, 400 kHz.
#ifndef SLOWHAND_HAL_TWI_H
#define SLOWHAND_HAL_TWI_H

#include "../core/transfer.h"

namespace slowhand {
namespace hal {
namespace twi {

void begin();

// The transfer must live until it has ended. Only when idle.
void start(Transfer& transfer);
bool idle();
// True once for each exchange that has ended; `end` says how.
bool take_end(TransferEnd& end);

// For an exchange that does not end: ends it as stuck, and clocks out of its byte a chip that holds the data line.
// Takes 0.1 ms.
void free_the_bus();

}  // namespace twi
}  // namespace hal
}  // namespace slowhand

#endif
