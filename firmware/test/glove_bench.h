// A whole glove without its hardware: ticks, pads, chips and a line, driven by hand in device time.
#pragma once

#include "core/glove.h"
#include "line.h"
#include "sensor_board.h"

namespace slowhand {

class GloveBench {
 public:
  GloveBench() : glove(line) { glove.begin({77, 5}); }

  // One tick: the scan ends after 0.3 ms, each exchange with a chip takes 0.3 ms.
  void tick(bool overrun = false) {
    const uint32_t t_us = now_us;
    const Glove::Due due = glove.tick(t_us, overrun);
    measurements += due == Glove::Due::measurement;
    if (due == Glove::Due::report) glove.report(health);
    now_us += 300;
    glove.scanned(pads);
    look_at_motor();
    exchange_all(t_us);
    now_us = t_us + 1000000U / glove.rate_hz();
    look_at_motor();
  }
  void ticks(int count) {
    for (int i = 0; i < count; ++i) tick();
  }
  void run_for(uint32_t us) {
    const uint32_t end_us = now_us + us;
    while (static_cast<int32_t>(end_us - now_us) > 0) tick();
  }

  void say(const std::vector<uint8_t>& bytes) {
    for (const uint8_t byte : bytes) glove.receive(byte, now_us, now_us + 50);
  }
  template <class Message>
  void say(const Message& message, uint16_t seq = 0) {
    say(said(message, seq));
  }
  // As most tests begin: everything found, streaming, what was said until then forgotten. `at_us`: device time then.
  void start(uint16_t rate_hz = 200, uint32_t at_us = 400000U) {
    run_for(400000U);
    // The clock leaps; the glove counts one second of uptime a tick until it has caught up.
    for (; now_us != at_us; now_us = at_us)
      for (int i = 0; i < 4300; ++i) glove.tick(at_us, false);
    run_for(20000U);
    say(wire::Start{rate_hz});
    line.heard.clear();
  }

  Line line;
  Glove glove;
  SensorBoard board;
  BoardHealth health{5000, 0, 1};
  uint16_t pads[kPads] = {};
  uint32_t now_us = 0;
  uint8_t motor = 0;
  uint32_t motor_on_since_us = 0;
  uint32_t longest_on_us = 0;
  int measurements = 0;

 private:
  void exchange_all(uint32_t t_us) {
    const uint32_t period_us = 1000000U / glove.rate_hz();
    Transfer transfer = {};
    while (true) {
      const bool room = now_us - t_us < period_us - 700;
      if (!glove.sensors().next(transfer, now_us, room)) break;
      const uint32_t started_us = now_us;
      now_us += 300;
      const TransferEnd end = board.carry_out(transfer);
      glove.sensors().ended(transfer, end, started_us, now_us);
      glove.send_what_is_complete();
      if (end == TransferEnd::stuck) break;
    }
    glove.send_what_is_complete();
  }

  void look_at_motor() {
    const uint8_t strength = glove.motor_strength(now_us);
    if (strength != 0 && motor == 0) motor_on_since_us = now_us;
    if (motor != 0) longest_on_us = std::max(longest_on_us, now_us - motor_on_since_us);
    motor = strength;
  }
};

}  // namespace slowhand
