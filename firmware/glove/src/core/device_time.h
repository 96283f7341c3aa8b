// Comparing moments of a clock of 32 bits that wraps every 71.6 minutes, well inside a session.
#ifndef SLOWHAND_CORE_DEVICE_TIME_H
#define SLOWHAND_CORE_DEVICE_TIME_H

#include <stdint.h>

namespace slowhand {

// True from `due_us` on, for up to 35.8 minutes after it: compare often, and never keep a moment for longer.
inline bool reached(uint32_t now_us, uint32_t due_us) { return static_cast<uint32_t>(now_us - due_us) < 0x80000000UL; }

constexpr uint32_t kMillisecondUs = 1000UL;
constexpr uint32_t kSecondUs = 1000000UL;

}  // namespace slowhand

#endif
