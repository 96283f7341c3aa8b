#include "sensor_bus.h"

#include "clock.h"
#include "twi.h"

namespace slowhand {
namespace hal {

namespace {

// The longest exchange takes 0.4 ms, and the loop looks at least once a tick.
constexpr uint32_t kHangsAfterUs = 2500;
// A step of the bring-up must be over before the next tick: an interrupt of the bus would shift the sampling instant.
constexpr uint16_t kRoomForBringUpUs = 300;

}  // namespace

void SensorBus::advance() {
  const uint32_t now_us = clock::now_us();
  TransferEnd end;
  bool ended = twi::take_end(end);
  if (!ended && !twi::idle() && now_us - started_us_ > kHangsAfterUs) {
    twi::free_the_bus();
    ended = twi::take_end(end);
  }
  if (ended) sensors_.ended(transfer_, end, started_us_, now_us);
  if (!twi::idle()) return;
  if (!sensors_.next(transfer_, now_us, clock::until_next_tick_us() > kRoomForBringUpUs)) return;
  started_us_ = clock::now_us();
  twi::start(transfer_);
}

}  // namespace hal
}  // namespace slowhand
