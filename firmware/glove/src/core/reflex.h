// The glove's own guard of the force: every sample of every pad against the host's threshold, while that is fresh,
// and against the built-in one, always.
#ifndef SLOWHAND_CORE_REFLEX_H
#define SLOWHAND_CORE_REFLEX_H

#include <stdint.h>

#include "glove_build.h"

namespace slowhand {

class Reflex {
 public:
  // What one sample changed.
  struct Change {
    uint8_t went_on;   // bit per pad
    uint8_t went_off;
    bool limits_expired;
  };

  // Thresholds of the host; `ttl_ms` 0 takes them back.
  void set_limits(const uint16_t counts[kPads], uint16_t ttl_ms, uint32_t now_us);
  // Back to the built-in limits, with nothing felt; the next sample is judged afresh.
  void reset() { from_host_ = holding_ = false; over_ = 0; }

  // Call with every sample, in order of time. `unreliable`: a bit per pad whose count is not a force.
  Change judge(const uint16_t counts[kPads], uint8_t unreliable, uint32_t now_us);

  // A pad is over its threshold, or was so lately that the buzz would not have been felt yet.
  bool active() const { return over_ != 0 || holding_; }
  bool host_limits() const { return from_host_; }
  uint16_t limit(uint8_t pad) const;

 private:
  uint16_t limit_[kPads] = {};
  bool from_host_ = false;
  uint32_t until_us_ = 0;  // the host's thresholds hold
  uint8_t over_ = 0;       // bit per pad
  bool holding_ = false;
  uint32_t hold_until_us_ = 0;
};

}  // namespace slowhand

#endif
