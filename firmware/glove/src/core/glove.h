// The glove as a machine of decisions: told of time, bytes and measurements, it says what to send, what to ask the
// sensors and how strong the motor is. It touches no hardware.
#ifndef SLOWHAND_CORE_GLOVE_H
#define SLOWHAND_CORE_GLOVE_H

#include <stdint.h>

#include "commands.h"
#include "motor.h"
#include "outbox.h"
#include "pad_watch.h"
#include "reflex.h"
#include "sample_assembly.h"
#include "sensors.h"

namespace slowhand {

constexpr uint16_t kDefaultRateHz = 200;
constexpr uint16_t kFieldRateHz = 100;

struct Identity {
  uint32_t unit_id;
  uint32_t boot_id;
};

// What only the board knows of its health.
struct BoardHealth {
  uint16_t supply_mv;  // 0: not measured yet
  uint16_t uart_overruns;
  uint8_t reset_cause;
};

class Glove {
 public:
  // Constant, so that the glove's only instance costs no code at the start.
  explicit constexpr Glove(ByteSink& sink) : outbox_(sink) {}
  void begin(const Identity& identity);

  // What the board owes after a tick: once a second a report(), and just before that to measure what it will tell.
  enum class Due : uint8_t { nothing, measurement, report };

  // A tick has begun: the pads are being sampled at `t_us`. `overrun`: one before it was missed.
  Due tick(uint32_t t_us, bool overrun);
  void report(const BoardHealth& health);
  // The pads of this tick; the reflex looks at them at once.
  void scanned(const uint16_t counts[kPads]);
  // A byte from the host that came in at `came_us`.
  void receive(uint8_t byte, uint32_t came_us, uint32_t now_us);

  Sensors& sensors() { return sensors_; }
  // Call after each exchange with a sensor and after scanned(): sends the tick's frames when all is there.
  void send_what_is_complete();

  // Strength of the motor from `now_us` on.
  uint8_t motor_strength(uint32_t now_us);
  // When it changes next by itself; a moment far ahead when it does not.
  uint32_t next_motor_edge_us(uint32_t now_us) const { return motor_.next_edge_us(now_us); }

  uint16_t rate_hz() const { return rate_hz_; }
  bool streaming() const { return streaming_; }

 private:
  void send_frames();
  void send_hello();
  void send_event(uint32_t t_us, uint8_t kind, uint8_t pad, uint16_t count, uint16_t limit);
  void send_pad_events(uint8_t pads, uint8_t kind, const uint16_t counts[kPads]);
  void obey(const Command& command, uint32_t came_us, uint32_t now_us);
  // Carries it out; 0, or the reason why not (wire::nak_reason).
  uint8_t carry_out(const Command& command, uint32_t now_us);
  uint8_t start(uint16_t rate_hz);
  void stop();
  void refuse(const Command& command, uint8_t reason, uint32_t now_us);
  void greet_when_ready();
  Due count_seconds(uint32_t t_us);

  Outbox outbox_;
  Identity identity_ = {0, 0};
  Sensors sensors_;
  PadWatch pad_watch_;
  Reflex reflex_;
  Motor motor_;
  SampleAssembly assembly_;
  CommandParser parser_;

  uint16_t rate_hz_ = kDefaultRateHz;
  bool streaming_ = false;
  bool greeted_ = false;
  uint8_t ticks_to_field_ = 0;
  uint16_t bad_commands_ = 0;
  uint32_t uptime_s_ = 0;
  uint32_t second_us_ = 0;  // device time at which the present second began
  bool measured_ = false;   // in the present second
  uint8_t silent_s_ = 0;    // whole seconds without a command
};

}  // namespace slowhand

#endif
