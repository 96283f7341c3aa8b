// The ADC: six pads, one after the other, by interrupt; and now and then the supply.
#ifndef SLOWHAND_HAL_PADS_H
#define SLOWHAND_HAL_PADS_H

#include <avr/io.h>
#include <stdint.h>

namespace slowhand {
namespace hal {
namespace pads {

constexpr uint8_t kCount = 6;

void begin();

// 16 MHz / 64 = 250 kHz: a scan takes 312 us, and at every offered rate the tick is a whole number of ADC clocks, so
// that each scan begins in the same phase of it. Ten bits hold up to 200 kHz (data sheet, section 24.4); at 250 kHz
// the loss is far below the pads' own repeatability.
constexpr uint8_t kAdcOn = _BV(ADEN) | _BV(ADIE) | _BV(ADPS2) | _BV(ADPS1);

inline bool scanning() { return (ADCSRA & _BV(ADSC)) != 0; }
// The first pad is selected already. Only from the tick, and not while scanning.
inline void start_scan() { ADCSRA = kAdcOn | _BV(ADSC); }

void take_scan(uint16_t counts[kCount]);

// Has the supply measured behind the next scan.
void ask_supply();
// Millivolts at the last measurement, against the bandgap (1.0-1.2 V by the data sheet: +-10 %); 0 before.
uint16_t supply_mv();

}  // namespace pads
}  // namespace hal
}  // namespace slowhand

#endif
