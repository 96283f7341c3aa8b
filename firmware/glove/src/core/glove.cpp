#include "glove.h"

#include "device_time.h"

namespace slowhand {

namespace {

// By then every chip that is there was found, the slowest needing 100 ms for its own start: a glove with less says
// hello now.
constexpr uint32_t kGreetLatestUs = 300 * kMillisecondUs;
// A host that leads a pace also asks for the time: after so long without any command it is gone, and the pace ends.
constexpr uint8_t kHostGoneS = 10;
// The ATmega328P at 16 MHz wants 3.8 V (data sheet, figure 29-1). The bandgap that measures it is within +-10 %.
constexpr uint16_t kSupplyLowMv = 4000;
constexpr uint32_t kMeasureAfterUs = 950 * kMillisecondUs;  // a report tells what is 50 ms old
constexpr uint8_t kNoPad = 255;

bool offered(uint16_t rate_hz) { return rate_hz == 100 || rate_hz == 200 || rate_hz == 400 || rate_hz == 500; }

}  // namespace

void Glove::begin(const Identity& identity) {
  identity_ = identity;
  outbox_.begin();
}

Glove::Due Glove::tick(uint32_t t_us, bool overrun) {
  if (assembly_.open()) send_frames();  // a sensor did not answer in time: better late and flagged than never
  const bool with_field = ticks_to_field_ == 0;
  ticks_to_field_ = static_cast<uint8_t>((with_field ? rate_hz_ / kFieldRateHz : ticks_to_field_) - 1);
  assembly_.begin(t_us, with_field, overrun, motor_.on());
  sensors_.begin_tick(with_field);
  greet_when_ready();
  return count_seconds(t_us);
}

void Glove::scanned(const uint16_t counts[kPads]) {
  assembly_.add_pads(counts);
  pad_watch_.look(counts);
  const uint32_t t_us = assembly_.t_us();
  const Reflex::Change change = reflex_.judge(counts, pad_watch_.shorted(), t_us);
  if (change.limits_expired) send_event(t_us, wire::event_kind::limits_expired, kNoPad, 0, 0);
  send_pad_events(change.went_on, wire::event_kind::reflex_on, counts);
  send_pad_events(change.went_off, wire::event_kind::reflex_off, counts);
}

void Glove::send_pad_events(uint8_t pads, uint8_t kind, const uint16_t counts[kPads]) {
  for (uint8_t pad = 0; pads != 0; ++pad, pads = static_cast<uint8_t>(pads >> 1))
    if (pads & 1) send_event(assembly_.t_us(), kind, pad, counts[pad], reflex_.limit(pad));
}

void Glove::send_what_is_complete() {
  if (assembly_.open() && assembly_.has_pads() && sensors_.reads_done()) send_frames();
}

// The FIELD goes before the SAMPLE of the same tick: the host then has both when the sample comes in.
void Glove::send_frames() {
  assembly_.close();
  if (!streaming_ || !assembly_.has_pads()) return;
  const uint8_t fields = wire::channels::field0 | wire::channels::field1;
  if (assembly_.with_field() && (sensors_.channels() & fields) != 0)
    outbox_.send(assembly_.field(sensors_.field0(), sensors_.field1()));
  outbox_.send(assembly_.sample(sensors_.motion(), reflex_.active()));
}

uint8_t Glove::motor_strength(uint32_t now_us) {
  const uint8_t strength = motor_.strength(reflex_.active(), now_us);
  if (strength != 0) assembly_.note_motor_on();
  if (motor_.guard().take_cut()) send_event(now_us, wire::event_kind::motor_limit, kNoPad, 0, 0);
  return strength;
}

void Glove::receive(uint8_t byte, uint32_t came_us, uint32_t now_us) {
  switch (parser_.push(byte)) {
    case CommandParser::Brought::nothing:
      return;
    case CommandParser::Brought::bad_frame:
      return count_up(bad_commands_);
    case CommandParser::Brought::unknown_command:
      return refuse(parser_.command(), wire::nak_reason::unknown_command, now_us);
    case CommandParser::Brought::bad_length:
      return refuse(parser_.command(), wire::nak_reason::bad_length, now_us);
    case CommandParser::Brought::command:
      return obey(parser_.command(), came_us, now_us);
  }
}

void Glove::obey(const Command& command, uint32_t came_us, uint32_t now_us) {
  silent_s_ = 0;
  // These two are answered by what they ask for; a version that differs is for the host to judge.
  if (command.type == wire::Identify::kType) return send_hello();
  if (command.type == wire::Ping::kType) return outbox_.send(wire::Pong{came_us, command.ping.token});

  const uint8_t reason = carry_out(command, now_us);
  if (reason != 0) return refuse(command, reason, now_us);
  outbox_.send(wire::Ack{now_us, command.type, command.seq});
}

uint8_t Glove::carry_out(const Command& command, uint32_t now_us) {
  bool sensible = true;
  switch (command.type) {
    case wire::Start::kType:
      return start(command.start.rate_hz);
    case wire::Stop::kType:
      stop();
      break;
    case wire::Limits::kType:
      reflex_.set_limits(command.limits.pads, command.limits.ttl_ms, now_us);
      break;
    case wire::Pace::kType:
      sensible = motor_.set_pace(command.pace.period_ms, command.pace.on_ms, command.pace.strength, now_us);
      break;
    default:
      sensible = motor_.play(command.cue.pattern, command.cue.strength, now_us);
      break;
  }
  return sensible ? 0 : wire::nak_reason::bad_value;
}

uint8_t Glove::start(uint16_t rate_hz) {
  if (!offered(rate_hz)) return wire::nak_reason::bad_value;
  rate_hz_ = rate_hz;
  ticks_to_field_ = 0;
  streaming_ = true;
  return 0;
}

void Glove::stop() {
  streaming_ = false;
  motor_.stop_all();
  reflex_.reset();
}

void Glove::refuse(const Command& command, uint8_t reason, uint32_t now_us) {
  count_up(bad_commands_);
  outbox_.send(wire::Nak{now_us, command.type, command.seq, reason});
}

void Glove::greet_when_ready() {
  if (greeted_ || !(sensors_.all_present() || assembly_.t_us() >= kGreetLatestUs)) return;
  greeted_ = true;
  send_hello();
}

Glove::Due Glove::count_seconds(uint32_t t_us) {
  const uint32_t passed_us = t_us - second_us_;
  if (passed_us >= kSecondUs) {
    second_us_ += kSecondUs;
    ++uptime_s_;
    pad_watch_.second_over();
    if (silent_s_ < kHostGoneS && ++silent_s_ == kHostGoneS) motor_.stop_pace();
    measured_ = false;
    return Due::report;
  }
  if (measured_ || passed_us < kMeasureAfterUs) return Due::nothing;
  measured_ = true;
  return Due::measurement;
}

void Glove::send_hello() {
  wire::Hello hello;
  hello.protocol_version = wire::kProtocolVersion;
  hello.schema_hash = wire::kSchemaHash;
  hello.firmware_major = kFirmwareMajor;
  hello.firmware_minor = kFirmwareMinor;
  hello.firmware_patch = kFirmwarePatch;
  hello.unit_id = identity_.unit_id;
  hello.boot_id = identity_.boot_id;
  hello.hand = kHand;
  hello.rate_hz = streaming_ ? rate_hz_ : 0;
  hello.channels = static_cast<uint16_t>(wire::channels::pads | wire::channels::motor | sensors_.channels());
  hello.adc_max = kAdcMax;
  hello.accel_scale = kAccelScale;
  hello.gyro_scale = kGyroScale;
  hello.field0_scale = kField0Scale;
  hello.field1_scale = kField1Scale;
  outbox_.send(hello);
}

void Glove::report(const BoardHealth& health) {
  if (!streaming_) return;
  wire::Status status;
  status.t_us = assembly_.t_us();
  status.uptime_s = uptime_s_;
  status.frames_dropped = outbox_.dropped();
  status.i2c_errors = sensors_.errors();
  status.uart_overruns = health.uart_overruns;
  status.bad_commands = bad_commands_;
  status.supply_mv = health.supply_mv;
  status.motor_ms = motor_.guard().on_ms();
  status.faults = static_cast<uint8_t>(sensors_.status_faults() | pad_watch_.status_faults());
  if (!reflex_.host_limits()) status.faults |= wire::status_faults::limits_builtin;
  if (health.supply_mv != 0 && health.supply_mv < kSupplyLowMv) status.faults |= wire::status_faults::supply_low;
  status.reset_cause = health.reset_cause;
  outbox_.send(status);
}

void Glove::send_event(uint32_t t_us, uint8_t kind, uint8_t pad, uint16_t count, uint16_t limit) {
  if (streaming_) outbox_.send(wire::Event{t_us, kind, pad, count, limit});
}

}  // namespace slowhand
