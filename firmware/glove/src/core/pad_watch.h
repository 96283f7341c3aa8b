// Whether the pads' wires can be believed, as far as their counts tell.
//
// A short to the supply reads full scale, which no force does. A broken wire reads zero, and so does a pad that nothing
// touches: it is suspected only after a minute in which other pads were touched, and that may also mean that this
// hand does not use it.
#ifndef SLOWHAND_CORE_PAD_WATCH_H
#define SLOWHAND_CORE_PAD_WATCH_H

#include <stdint.h>

#include "glove_build.h"

namespace slowhand {

class PadWatch {
 public:
  void look(const uint16_t counts[kPads]);  // every sample
  void second_over();

  uint8_t shorted() const { return shorted_; }  // bit per pad; ends with the first lower count
  uint8_t silent() const;                       // bit per pad
  uint8_t status_faults() const;                // wire::status_faults bits

 private:
  static constexpr uint8_t kAll = (1 << kPads) - 1;

  uint8_t full_ = 0;       // all samples of this second at full scale
  uint8_t full_before_ = 0;
  uint8_t shorted_ = 0;
  uint8_t touched_ = 0;    // in this second
  uint8_t felt_ = 0;       // ever
  uint8_t touched_s_ = 0;  // seconds in which several pads were touched
};

}  // namespace slowhand

#endif
