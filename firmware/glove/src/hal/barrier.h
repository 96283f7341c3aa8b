// Order between what the loop and an interrupt share.
#ifndef SLOWHAND_HAL_BARRIER_H
#define SLOWHAND_HAL_BARRIER_H

namespace slowhand {
namespace hal {

// The compiler moves no access to memory from one side of this to the other: data are written before the flag that
// publishes them, and read after it. The chip itself keeps order.
inline void barrier() { asm volatile("" ::: "memory"); }

}  // namespace hal
}  // namespace slowhand

#endif
