// Slowhand's glove: Arduino Nano (ATmega328P, 16 MHz). Here everything is only wired together; what the glove decides
// is in src/core, what moves registers in src/hal. See docs/hardware.md.
#include "src/core/glove.h"
#include "src/hal/board.h"
#include "src/hal/clock.h"
#include "src/hal/events.h"
#include "src/hal/motor_pin.h"
#include "src/hal/pads.h"
#include "src/hal/sensor_bus.h"
#include "src/hal/twi.h"
#include "src/hal/uart.h"

using namespace slowhand;
using namespace slowhand::hal;

static uart::Sink to_host;
static Glove glove(to_host);
static SensorBus sensor_bus(glove.sensors());

static void begin_tick() {
  board::feed_watchdog();  // by the tick alone: a glove that has stopped sampling is reset
  const clock::Tick tick = clock::take_tick();
  const Glove::Due due = glove.tick(tick.t_us, tick.overrun);
  if (due == Glove::Due::measurement) pads::ask_supply();
  if (due == Glove::Due::report) glove.report(board::health());
}

static void judge_pads() {
  uint16_t counts[kPads];
  pads::take_scan(counts);
  glove.scanned(counts);
}

// Byte by byte, until something else is waiting: a flood of commands cannot keep the loop from the tick.
static void obey_host() {
  uint8_t byte;
  uint32_t came_us;
  while (uart::read(byte, came_us)) {
    glove.receive(byte, came_us, clock::now_us());
    if (!events::pending(events::tick | events::scan | events::transfer | events::alarm)) continue;
    events::raise(events::received);  // there may be more
    break;
  }
  clock::set_rate(glove.rate_hz());
}

static void drive_motor() {
  const uint32_t now_us = clock::now_us();
  motor_pin::set(glove.motor_strength(now_us));
  clock::wake_at(glove.next_motor_edge_us(now_us));
}

void setup() {
  motor_pin::begin();
  board::begin();
  pads::begin();
  twi::begin();
  uart::begin();
  glove.begin(board::wake_up());
  clock::begin(glove.rate_hz());
  board::watchdog_on();
  sei();
}

void loop() {
  const uint8_t what = events::wait();
  if (what & events::tick) begin_tick();
  if (what & events::scan) judge_pads();
  if (what & (events::scan | events::alarm)) drive_motor();  // at once: the reflex is felt before it is reported
  sensor_bus.advance();
  glove.send_what_is_complete();
  if (what & events::received) {
    obey_host();
    drive_motor();
  }
}
