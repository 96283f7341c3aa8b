// Pulses in time: the pace that leads the giver, and the patterns that tell something. Exact in device time: a
// pulse begins where the one before began plus the period, however late anybody looked.
#ifndef SLOWHAND_CORE_PULSE_TRAIN_H
#define SLOWHAND_CORE_PULSE_TRAIN_H

#include <stdint.h>

namespace slowhand {

class PulseTrain {
 public:
  static constexpr uint8_t kEndless = 0;

  void start(uint32_t now_us, uint32_t period_us, uint32_t on_us, uint8_t count, uint8_t strength);
  void stop() { running_ = false; }

  // The motor's strength now, 0-255; 0 between pulses. Call at least every 35 minutes, in order of time.
  uint8_t strength(uint32_t now_us);
  // Between its first and its last pulse, gaps included.
  bool running() const { return running_; }
  // When the strength changes next. Only while running, and after strength() for the same moment.
  uint32_t next_edge_us(uint32_t now_us) const;

 private:
  uint32_t pulse_us_ = 0;  // where the present pulse began
  uint32_t period_us_ = 0;
  uint32_t on_us_ = 0;
  uint8_t left_ = 0;  // pulses after the present one; not counted when endless
  uint8_t strength_ = 0;
  bool endless_ = false;
  bool running_ = false;
};

}  // namespace slowhand

#endif
