#include "pad_watch.h"

namespace slowhand {

namespace {

// Pads 0-3: 1020 counts over 3.3 kOhm are a pad of 10 Ohm; at 20 N an FSR 402 still has 700. Pads 4-5: 140 Ohm, where
// an A401 has 28 kOhm at 100 N.
constexpr uint16_t kFullScale = 1020;
// 6 uS on a finger pad, below its 0.2 N; 0.4 uS on a FlexiForce, 1.2 N: above what either reads untouched.
constexpr uint16_t kTouched = 20;
constexpr uint8_t kSeveral = 3;
constexpr uint8_t kSilentAfterS = 60;

uint8_t count_bits(uint8_t bits) {
  uint8_t count = 0;
  for (; bits != 0; bits = static_cast<uint8_t>(bits & (bits - 1))) ++count;
  return count;
}

}  // namespace

void PadWatch::look(const uint16_t counts[kPads]) {
  uint8_t bit = 1;
  for (uint8_t pad = 0; pad < kPads; ++pad, bit = static_cast<uint8_t>(bit << 1)) {
    if (counts[pad] >= kTouched) touched_ |= bit;
    if (counts[pad] < kFullScale) full_ = static_cast<uint8_t>(full_ & ~bit);
  }
  shorted_ &= full_;
}

void PadWatch::second_over() {
  shorted_ = full_ & full_before_;
  full_before_ = full_;
  full_ = kAll;
  felt_ |= touched_;
  if (count_bits(touched_) >= kSeveral && touched_s_ < kSilentAfterS) ++touched_s_;
  touched_ = 0;
}

uint8_t PadWatch::silent() const {
  return touched_s_ < kSilentAfterS ? 0 : static_cast<uint8_t>(kAll & ~felt_);
}

uint8_t PadWatch::status_faults() const {
  uint8_t bits = 0;
  if (shorted_ != 0) bits |= wire::status_faults::pad_shorted;
  if (silent() != 0) bits |= wire::status_faults::pad_silent;
  return bits;
}

}  // namespace slowhand
