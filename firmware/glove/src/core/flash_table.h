// Where constant tables live: in flash on the ATmega, which would else copy them to its 2 KiB of RAM; in ordinary
// memory elsewhere. The attribute and the instruction are the compiler's own, so this folder needs no AVR header.
#ifndef SLOWHAND_CORE_FLASH_TABLE_H
#define SLOWHAND_CORE_FLASH_TABLE_H

#include <stdint.h>

namespace slowhand {

#if defined(__AVR__)

#define SLOWHAND_FLASH_TABLE __attribute__((__progmem__))

inline uint32_t read_flash_u32(const uint32_t* at) {
  uint32_t value;
  asm("lpm %A0, Z+\n\tlpm %B0, Z+\n\tlpm %C0, Z+\n\tlpm %D0, Z+" : "=&r"(value), "+z"(at));
  return value;
}

// A copy of something that was declared with SLOWHAND_FLASH_TABLE.
template <class T>
T from_flash(const T& there) {
  T value;
  uint8_t* to = reinterpret_cast<uint8_t*>(&value);
  const T* at = &there;
  for (uint8_t i = 0; i < sizeof value; ++i) asm("lpm %0, Z+" : "=r"(to[i]), "+z"(at));
  return value;
}

#else

#define SLOWHAND_FLASH_TABLE

inline uint32_t read_flash_u32(const uint32_t* at) { return *at; }

template <class T>
T from_flash(const T& there) {
  return there;
}

#endif

}  // namespace slowhand

#endif
