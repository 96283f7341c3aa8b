// How the three chips are set up, from their data sheets. In flash: read them with from_flash().
#ifndef SLOWHAND_CORE_CHIP_SHEETS_H
#define SLOWHAND_CORE_CHIP_SHEETS_H

#include "chip.h"

namespace slowhand {

extern const ChipSheet kMotionSheet;  // ICM-20948: accelerometer and gyroscope
extern const ChipSheet kField0Sheet;  // AK09916, inside the ICM-20948, behind its bypass switch
extern const ChipSheet kField1Sheet;  // LIS3MDL

}  // namespace slowhand

#endif
