// What this glove is built as: edit here for a left hand or other pads.
#ifndef SLOWHAND_CORE_GLOVE_BUILD_H
#define SLOWHAND_CORE_GLOVE_BUILD_H

#include <stdint.h>

#include "../wire/messages_gen.h"

namespace slowhand {

constexpr uint8_t kFirmwareMajor = 0;
constexpr uint8_t kFirmwareMinor = 1;
constexpr uint8_t kFirmwarePatch = 0;

constexpr uint8_t kHand = wire::hand::right;  // left: wire::hand::left

constexpr uint8_t kPads = 6;
constexpr uint16_t kAdcMax = 1023;

// The reflex's built-in limits, in counts: they hold always, whatever a host says and when none listens.
// Pads 0-3: an FSR 402 at 20 N, the end of its range (Interlink FSR 400 data sheet: 0.2-20 N; 1390 uS there),
//   over 3.3 kOhm: 1390e-6 * 3300 = 4.587; 4.587 / 5.587 * 1023 = 840. Beyond it the force is not known any more.
// Pads 4-5: a FlexiForce A401 at 100 N (36 uS at the nominal 0.36 uS/N) over 47 kOhm: 1.692 / 2.692 * 1023 = 643;
//   100 N is also the alarm for the whole hand.
constexpr uint16_t absolute_limit(uint8_t pad) { return pad < 4 ? 840 : 640; }

// What one count of each chip means, as configured by chip_sheets.h.
constexpr float kAccelScale = 9.80665f / 8192.0f;               // m/s2; +-4 g: 8192 LSB/g (ICM-20948 table 2)
constexpr float kGyroScale = 3.14159265f / 180.0f / 32.8f;      // rad/s; +-1000 dps: 32.8 LSB/dps (table 1)
constexpr float kField0Scale = 0.15f;                           // uT (AK09916 data sheet)
constexpr float kField1Scale = 100.0f / 1711.0f;                // uT; +-16 gauss: 1711 LSB/gauss (LIS3MDL table 3)

}  // namespace slowhand

#endif
