#include "pads.h"

#include <avr/interrupt.h>
#include <util/atomic.h>

#include "events.h"

namespace slowhand {
namespace hal {
namespace pads {

namespace {

constexpr uint8_t kAvccReference = _BV(REFS0);
constexpr uint8_t kBandgap = _BV(MUX3) | _BV(MUX2) | _BV(MUX1);
// The bandgap is a weak source: the conversions before the last one only let it settle (70 us at most).
constexpr uint8_t kSupplyConversions = 4;
constexpr uint32_t kBandgapMv = 1100;

// Wire order to analog input: A4 and A5 are the sensor bus.
constexpr uint8_t channel_of(uint8_t pad) { return pad < 4 ? pad : static_cast<uint8_t>(pad + 2); }

volatile uint16_t counts_[kCount];
volatile uint16_t bandgap_count;
volatile bool supply_wanted;
uint8_t step;  // of the scan; kCount and above: the supply's

inline void select(uint8_t channel) { ADMUX = kAvccReference | channel; }
inline void convert() { ADCSRA = kAdcOn | _BV(ADSC); }

}  // namespace

void begin() {
  ADCSRB = 0;
  DIDR0 = _BV(ADC0D) | _BV(ADC1D) | _BV(ADC2D) | _BV(ADC3D);  // A6 and A7 have no digital input
  select(channel_of(0));
  ADCSRA = kAdcOn;
}

void take_scan(uint16_t counts[kCount]) {
  for (uint8_t pad = 0; pad < kCount; ++pad) counts[pad] = counts_[pad];  // complete, and quiet until the next tick
}

void ask_supply() { supply_wanted = true; }

uint16_t supply_mv() {
  uint16_t count;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { count = bandgap_count; }
  return count == 0 ? 0 : static_cast<uint16_t>(kBandgapMv * 1023 / count);
}

// Reads the result before it turns to the next input.
ISR(ADC_vect) {
  const uint16_t count = ADC;
  const uint8_t done = step++;
  if (done < kCount) counts_[done] = count;
  if (done < kCount - 1) {
    select(channel_of(static_cast<uint8_t>(done + 1)));
    convert();
    return;
  }
  if (done == kCount - 1) events::raise(events::scan);
  if (supply_wanted) {
    if (done < kCount - 1 + kSupplyConversions) {
      select(kBandgap);
      convert();
      return;
    }
    bandgap_count = count;
    supply_wanted = false;
  }
  select(channel_of(0));
  step = 0;
}

}  // namespace pads
}  // namespace hal
}  // namespace slowhand
