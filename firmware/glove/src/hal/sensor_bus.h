// Carries out what the sensors' course asks for, on the real bus, with a watch on every exchange.
#ifndef SLOWHAND_HAL_SENSOR_BUS_H
#define SLOWHAND_HAL_SENSOR_BUS_H

#include "../core/sensors.h"

namespace slowhand {
namespace hal {

class SensorBus {
 public:
  explicit constexpr SensorBus(Sensors& sensors) : sensors_(sensors) {}

  // Takes the end of an exchange, gives up one that hangs, begins the next. Call whenever the loop is awake.
  void advance();

 private:
  Sensors& sensors_;
  Transfer transfer_ = {};
  uint32_t started_us_ = 0;
};

}  // namespace hal
}  // namespace slowhand

#endif
