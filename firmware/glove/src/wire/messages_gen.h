// The messages on the wire. Generated from protocol.toml by `python -m slowhand.wire.codegen`: do not edit.
#ifndef SLOWHAND_WIRE_MESSAGES_GEN_H
#define SLOWHAND_WIRE_MESSAGES_GEN_H

#include <stdint.h>
#include <string.h>

namespace slowhand {
namespace wire {

constexpr uint8_t kProtocolVersion = 1;
constexpr uint32_t kSchemaHash = 0xABEE992AUL;
constexpr uint32_t kBaud = 250000UL;
constexpr uint8_t kMaxBodyBytes = 96;
constexpr uint8_t kMaxPayloadToHost = 39;
constexpr uint8_t kMaxPayloadToGlove = 14;

namespace hand {
enum : uint8_t {
  unknown = 0,
  right = 1,
  left = 2,
};
}  // namespace hand

namespace nak_reason {
enum : uint8_t {
  unknown_command = 1,
  bad_length = 2,
  bad_value = 3,
};
}  // namespace nak_reason

namespace event_kind {
enum : uint8_t {
  reflex_on = 1,
  reflex_off = 2,
  motor_limit = 3,
  limits_expired = 4,
};
}  // namespace event_kind

namespace cue_pattern {
enum : uint8_t {
  none = 0,
  slower = 1,
  lighter = 2,
  spine = 3,
  done = 4,
};
}  // namespace cue_pattern

namespace sample_flags {
enum : uint8_t {
  motor_on = 1 << 0,
  reflex_active = 1 << 1,
  i2c_fault = 1 << 2,
  overrun = 1 << 3,
};
}  // namespace sample_flags

namespace field_flags {
enum : uint8_t {
  fresh0 = 1 << 0,
  fresh1 = 1 << 1,
  motor_on = 1 << 2,
  overflow0 = 1 << 3,
  overflow1 = 1 << 4,
};
}  // namespace field_flags

namespace channels {
enum : uint8_t {
  pads = 1 << 0,
  motion = 1 << 1,
  field0 = 1 << 2,
  field1 = 1 << 3,
  motor = 1 << 4,
};
}  // namespace channels

namespace status_faults {
enum : uint8_t {
  motion_absent = 1 << 0,
  field0_absent = 1 << 1,
  field1_absent = 1 << 2,
  i2c_bus = 1 << 3,
  supply_low = 1 << 4,
  limits_builtin = 1 << 5,
  pad_shorted = 1 << 6,
  pad_silent = 1 << 7,
};
}  // namespace status_faults

static_assert(sizeof(float) == 4, "f32 is copied as four bytes");

// Little-endian, whatever the machine; each returns where the next value goes.
inline uint8_t* put(uint8_t* at, uint8_t v) { at[0] = v; return at + 1; }
inline uint8_t* put(uint8_t* at, int8_t v) { return put(at, static_cast<uint8_t>(v)); }
inline uint8_t* put(uint8_t* at, uint16_t v) {
  at[0] = static_cast<uint8_t>(v);
  at[1] = static_cast<uint8_t>(v >> 8);
  return at + 2;
}
inline uint8_t* put(uint8_t* at, int16_t v) { return put(at, static_cast<uint16_t>(v)); }
inline uint8_t* put(uint8_t* at, uint32_t v) {
  return put(put(at, static_cast<uint16_t>(v)), static_cast<uint16_t>(v >> 16));
}
inline uint8_t* put(uint8_t* at, int32_t v) { return put(at, static_cast<uint32_t>(v)); }
inline uint8_t* put(uint8_t* at, float v) {
  uint32_t bits;
  memcpy(&bits, &v, 4);
  return put(at, bits);
}

inline const uint8_t* get(const uint8_t* at, uint8_t& v) { v = at[0]; return at + 1; }
inline const uint8_t* get(const uint8_t* at, int8_t& v) { v = static_cast<int8_t>(at[0]); return at + 1; }
inline const uint8_t* get(const uint8_t* at, uint16_t& v) {
  v = static_cast<uint16_t>(at[0] | static_cast<uint16_t>(static_cast<uint16_t>(at[1]) << 8));
  return at + 2;
}
inline const uint8_t* get(const uint8_t* at, int16_t& v) {
  uint16_t bits;
  at = get(at, bits);
  v = static_cast<int16_t>(bits);
  return at;
}
inline const uint8_t* get(const uint8_t* at, uint32_t& v) {
  uint16_t low, high;
  at = get(get(at, low), high);
  v = low | static_cast<uint32_t>(high) << 16;
  return at;
}
inline const uint8_t* get(const uint8_t* at, int32_t& v) {
  uint32_t bits;
  at = get(at, bits);
  v = static_cast<int32_t>(bits);
  return at;
}
inline const uint8_t* get(const uint8_t* at, float& v) {
  uint32_t bits;
  at = get(at, bits);
  memcpy(&v, &bits, 4);
  return at;
}

// Who the glove is; sent after a reset and on Identify.
struct Hello {
  enum : uint8_t { kType = 0x01, kSize = 39 };

  uint8_t protocol_version;  // protocol_version of this file
  uint32_t schema_hash;  // CRC-32 of the messages' names, types and fields
  uint8_t firmware_major;
  uint8_t firmware_minor;
  uint8_t firmware_patch;
  uint32_t unit_id;  // this glove, kept in EEPROM
  uint32_t boot_id;  // counts resets, kept in EEPROM
  uint8_t hand;  // hand
  uint16_t rate_hz;  // Hz; sample rate now; 0 when stopped
  uint16_t channels;  // channels; what is present
  uint16_t adc_max;  // full scale of a pad's count
  float accel_scale;  // m/s2 per LSB
  float gyro_scale;  // rad/s per LSB
  float field0_scale;  // uT per LSB
  float field1_scale;  // uT per LSB

  // Writes kSize bytes.
  void pack(uint8_t* at) const {
    at = put(at, protocol_version);
    at = put(at, schema_hash);
    at = put(at, firmware_major);
    at = put(at, firmware_minor);
    at = put(at, firmware_patch);
    at = put(at, unit_id);
    at = put(at, boot_id);
    at = put(at, hand);
    at = put(at, rate_hz);
    at = put(at, channels);
    at = put(at, adc_max);
    at = put(at, accel_scale);
    at = put(at, gyro_scale);
    at = put(at, field0_scale);
    put(at, field1_scale);
  }
  // False, and nothing changed, when the payload has another length.
  bool unpack(const uint8_t* at, uint8_t length) {
    if (length != kSize) return false;
    at = get(at, protocol_version);
    at = get(at, schema_hash);
    at = get(at, firmware_major);
    at = get(at, firmware_minor);
    at = get(at, firmware_patch);
    at = get(at, unit_id);
    at = get(at, boot_id);
    at = get(at, hand);
    at = get(at, rate_hz);
    at = get(at, channels);
    at = get(at, adc_max);
    at = get(at, accel_scale);
    at = get(at, gyro_scale);
    at = get(at, field0_scale);
    get(at, field1_scale);
    return true;
  }
};

// One tick: six pads and the motion sensor, chip axes.
struct Sample {
  enum : uint8_t { kType = 0x02, kSize = 29 };

  uint32_t t_us;  // us; device time, wraps
  uint16_t pads[6];  // count
  int16_t accel[3];  // LSB
  int16_t gyro[3];  // LSB
  uint8_t flags;  // sample_flags

  // Writes kSize bytes.
  void pack(uint8_t* at) const {
    at = put(at, t_us);
    for (uint8_t i = 0; i < 6; ++i) at = put(at, pads[i]);
    for (uint8_t i = 0; i < 3; ++i) at = put(at, accel[i]);
    for (uint8_t i = 0; i < 3; ++i) at = put(at, gyro[i]);
    put(at, flags);
  }
  // False, and nothing changed, when the payload has another length.
  bool unpack(const uint8_t* at, uint8_t length) {
    if (length != kSize) return false;
    at = get(at, t_us);
    for (uint8_t i = 0; i < 6; ++i) at = get(at, pads[i]);
    for (uint8_t i = 0; i < 3; ++i) at = get(at, accel[i]);
    for (uint8_t i = 0; i < 3; ++i) at = get(at, gyro[i]);
    get(at, flags);
    return true;
  }
};

// Both magnetometers, chip axes; comes before the Sample of the same tick, which it belongs to.
struct Field {
  enum : uint8_t { kType = 0x03, kSize = 19 };

  uint32_t t_us;  // us; device time of the first one's reading, wraps
  int16_t lag1_us;  // us; reading of the second one, after t_us
  int16_t field0[3];  // LSB; AK09916 in the motion sensor
  int16_t field1[3];  // LSB; LIS3MDL
  uint8_t flags;  // field_flags

  // Writes kSize bytes.
  void pack(uint8_t* at) const {
    at = put(at, t_us);
    at = put(at, lag1_us);
    for (uint8_t i = 0; i < 3; ++i) at = put(at, field0[i]);
    for (uint8_t i = 0; i < 3; ++i) at = put(at, field1[i]);
    put(at, flags);
  }
  // False, and nothing changed, when the payload has another length.
  bool unpack(const uint8_t* at, uint8_t length) {
    if (length != kSize) return false;
    at = get(at, t_us);
    at = get(at, lag1_us);
    for (uint8_t i = 0; i < 3; ++i) at = get(at, field0[i]);
    for (uint8_t i = 0; i < 3; ++i) at = get(at, field1[i]);
    get(at, flags);
    return true;
  }
};

// Health, once a second.
struct Status {
  enum : uint8_t { kType = 0x04, kSize = 24 };

  uint32_t t_us;  // us
  uint32_t uptime_s;  // s
  uint16_t frames_dropped;  // frames not sent because the ring was full
  uint16_t i2c_errors;
  uint16_t uart_overruns;  // times received bytes were lost: each may be several
  uint16_t bad_commands;  // received frames thrown away
  uint16_t supply_mv;  // mV
  uint32_t motor_ms;  // ms; motor on in all since the reset
  uint8_t faults;  // status_faults
  uint8_t reset_cause;  // MCUSR: 1 power, 2 external, 4 brown-out, 8 watchdog

  // Writes kSize bytes.
  void pack(uint8_t* at) const {
    at = put(at, t_us);
    at = put(at, uptime_s);
    at = put(at, frames_dropped);
    at = put(at, i2c_errors);
    at = put(at, uart_overruns);
    at = put(at, bad_commands);
    at = put(at, supply_mv);
    at = put(at, motor_ms);
    at = put(at, faults);
    put(at, reset_cause);
  }
  // False, and nothing changed, when the payload has another length.
  bool unpack(const uint8_t* at, uint8_t length) {
    if (length != kSize) return false;
    at = get(at, t_us);
    at = get(at, uptime_s);
    at = get(at, frames_dropped);
    at = get(at, i2c_errors);
    at = get(at, uart_overruns);
    at = get(at, bad_commands);
    at = get(at, supply_mv);
    at = get(at, motor_ms);
    at = get(at, faults);
    get(at, reset_cause);
    return true;
  }
};

// Something the glove did by itself.
struct Event {
  enum : uint8_t { kType = 0x05, kSize = 10 };

  uint32_t t_us;  // us
  uint8_t kind;  // event_kind
  uint8_t pad;  // 0-5, 255 none
  uint16_t count;  // count
  uint16_t limit;  // count

  // Writes kSize bytes.
  void pack(uint8_t* at) const {
    at = put(at, t_us);
    at = put(at, kind);
    at = put(at, pad);
    at = put(at, count);
    put(at, limit);
  }
  // False, and nothing changed, when the payload has another length.
  bool unpack(const uint8_t* at, uint8_t length) {
    if (length != kSize) return false;
    at = get(at, t_us);
    at = get(at, kind);
    at = get(at, pad);
    at = get(at, count);
    get(at, limit);
    return true;
  }
};

// A command was carried out.
struct Ack {
  enum : uint8_t { kType = 0x06, kSize = 7 };

  uint32_t t_us;  // us
  uint8_t command;  // its type
  uint16_t command_seq;

  // Writes kSize bytes.
  void pack(uint8_t* at) const {
    at = put(at, t_us);
    at = put(at, command);
    put(at, command_seq);
  }
  // False, and nothing changed, when the payload has another length.
  bool unpack(const uint8_t* at, uint8_t length) {
    if (length != kSize) return false;
    at = get(at, t_us);
    at = get(at, command);
    get(at, command_seq);
    return true;
  }
};

// A command was refused.
struct Nak {
  enum : uint8_t { kType = 0x07, kSize = 8 };

  uint32_t t_us;  // us
  uint8_t command;
  uint16_t command_seq;
  uint8_t reason;  // nak_reason

  // Writes kSize bytes.
  void pack(uint8_t* at) const {
    at = put(at, t_us);
    at = put(at, command);
    at = put(at, command_seq);
    put(at, reason);
  }
  // False, and nothing changed, when the payload has another length.
  bool unpack(const uint8_t* at, uint8_t length) {
    if (length != kSize) return false;
    at = get(at, t_us);
    at = get(at, command);
    at = get(at, command_seq);
    get(at, reason);
    return true;
  }
};

// Answer to Ping; t_us is taken when the Ping's last byte came in.
struct Pong {
  enum : uint8_t { kType = 0x08, kSize = 8 };

  uint32_t t_us;  // us
  uint32_t token;

  // Writes kSize bytes.
  void pack(uint8_t* at) const {
    at = put(at, t_us);
    put(at, token);
  }
  // False, and nothing changed, when the payload has another length.
  bool unpack(const uint8_t* at, uint8_t length) {
    if (length != kSize) return false;
    at = get(at, t_us);
    get(at, token);
    return true;
  }
};

// Ask for Hello.
struct Identify {
  enum : uint8_t { kType = 0x81, kSize = 1 };

  uint8_t protocol_version;  // the host's

  // Writes kSize bytes.
  void pack(uint8_t* at) const {
    put(at, protocol_version);
  }
  // False, and nothing changed, when the payload has another length.
  bool unpack(const uint8_t* at, uint8_t length) {
    if (length != kSize) return false;
    get(at, protocol_version);
    return true;
  }
};

// Begin to stream.
struct Start {
  enum : uint8_t { kType = 0x82, kSize = 2 };

  uint16_t rate_hz;  // Hz; 100, 200, 400 or 500

  // Writes kSize bytes.
  void pack(uint8_t* at) const {
    put(at, rate_hz);
  }
  // False, and nothing changed, when the payload has another length.
  bool unpack(const uint8_t* at, uint8_t length) {
    if (length != kSize) return false;
    get(at, rate_hz);
    return true;
  }
};

// Stop streaming; motor off.
struct Stop {
  enum : uint8_t { kType = 0x83, kSize = 0 };

  // Writes kSize bytes.
  void pack(uint8_t*) const {}
  // False, and nothing changed, when the payload has another length.
  bool unpack(const uint8_t*, uint8_t length) { return length == kSize; }
};

// Thresholds of the reflex where the hand is now.
struct Limits {
  enum : uint8_t { kType = 0x84, kSize = 14 };

  uint16_t pads[6];  // count; reflex above this; 65535 none (the absolute limits hold always)
  uint16_t ttl_ms;  // ms; after this the built-in limits hold again

  // Writes kSize bytes.
  void pack(uint8_t* at) const {
    for (uint8_t i = 0; i < 6; ++i) at = put(at, pads[i]);
    put(at, ttl_ms);
  }
  // False, and nothing changed, when the payload has another length.
  bool unpack(const uint8_t* at, uint8_t length) {
    if (length != kSize) return false;
    for (uint8_t i = 0; i < 6; ++i) at = get(at, pads[i]);
    get(at, ttl_ms);
    return true;
  }
};

// Pacing pulses made in the glove.
struct Pace {
  enum : uint8_t { kType = 0x85, kSize = 5 };

  uint16_t period_ms;  // ms; 0 stops
  uint16_t on_ms;  // ms
  uint8_t strength;  // 0-255

  // Writes kSize bytes.
  void pack(uint8_t* at) const {
    at = put(at, period_ms);
    at = put(at, on_ms);
    put(at, strength);
  }
  // False, and nothing changed, when the payload has another length.
  bool unpack(const uint8_t* at, uint8_t length) {
    if (length != kSize) return false;
    at = get(at, period_ms);
    at = get(at, on_ms);
    get(at, strength);
    return true;
  }
};

// Play a pattern once.
struct Cue {
  enum : uint8_t { kType = 0x86, kSize = 2 };

  uint8_t pattern;  // cue_pattern
  uint8_t strength;  // 0-255

  // Writes kSize bytes.
  void pack(uint8_t* at) const {
    at = put(at, pattern);
    put(at, strength);
  }
  // False, and nothing changed, when the payload has another length.
  bool unpack(const uint8_t* at, uint8_t length) {
    if (length != kSize) return false;
    at = get(at, pattern);
    get(at, strength);
    return true;
  }
};

// Ask for Pong, for the clock's fit and the link's age.
struct Ping {
  enum : uint8_t { kType = 0x87, kSize = 4 };

  uint32_t token;

  // Writes kSize bytes.
  void pack(uint8_t* at) const {
    put(at, token);
  }
  // False, and nothing changed, when the payload has another length.
  bool unpack(const uint8_t* at, uint8_t length) {
    if (length != kSize) return false;
    get(at, token);
    return true;
  }
};

constexpr uint8_t kUnknownType = 255;

// Bytes of the payload of a message type, or kUnknownType.
inline uint8_t payload_size(uint8_t type) {
  switch (type) {
    case Hello::kType: return Hello::kSize;
    case Sample::kType: return Sample::kSize;
    case Field::kType: return Field::kSize;
    case Status::kType: return Status::kSize;
    case Event::kType: return Event::kSize;
    case Ack::kType: return Ack::kSize;
    case Nak::kType: return Nak::kSize;
    case Pong::kType: return Pong::kSize;
    case Identify::kType: return Identify::kSize;
    case Start::kType: return Start::kSize;
    case Stop::kType: return Stop::kSize;
    case Limits::kType: return Limits::kSize;
    case Pace::kType: return Pace::kSize;
    case Cue::kType: return Cue::kSize;
    case Ping::kType: return Ping::kSize;
    default: return kUnknownType;
  }
}

}  // namespace wire
}  // namespace slowhand

#endif
