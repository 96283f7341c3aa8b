// Counts that are shown to a person: at the end of their range they stay there ("at least") and never look fine again.
#ifndef SLOWHAND_CORE_COUNTERS_H
#define SLOWHAND_CORE_COUNTERS_H

#include <stdint.h>

namespace slowhand {

inline void count_up(uint16_t& counter) {
  if (counter != 0xFFFF) ++counter;
}

}  // namespace slowhand

#endif
