// Messages as the text of the vector files, and back: `name=value` for each field, written by hand, so that a field
// that the generator puts in another order or place is noticed.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

#include "../../../firmware/glove/src/core/framing.h"

namespace contract {

namespace wire = slowhand::wire;

template <class V> void visit(V& v, wire::Hello& m) {
  v("protocol_version", m.protocol_version), v("schema_hash", m.schema_hash), v("firmware_major", m.firmware_major);
  v("firmware_minor", m.firmware_minor), v("firmware_patch", m.firmware_patch), v("unit_id", m.unit_id);
  v("boot_id", m.boot_id), v("hand", m.hand), v("rate_hz", m.rate_hz), v("channels", m.channels);
  v("adc_max", m.adc_max), v("accel_scale", m.accel_scale), v("gyro_scale", m.gyro_scale);
  v("field0_scale", m.field0_scale), v("field1_scale", m.field1_scale);
}
template <class V> void visit(V& v, wire::Sample& m) {
  v("t_us", m.t_us), v("pads", m.pads), v("accel", m.accel), v("gyro", m.gyro), v("flags", m.flags);
}
template <class V> void visit(V& v, wire::Field& m) {
  v("t_us", m.t_us), v("lag1_us", m.lag1_us), v("field0", m.field0), v("field1", m.field1), v("flags", m.flags);
}
template <class V> void visit(V& v, wire::Status& m) {
  v("t_us", m.t_us), v("uptime_s", m.uptime_s), v("frames_dropped", m.frames_dropped), v("i2c_errors", m.i2c_errors);
  v("uart_overruns", m.uart_overruns), v("bad_commands", m.bad_commands), v("supply_mv", m.supply_mv);
  v("motor_ms", m.motor_ms), v("faults", m.faults), v("reset_cause", m.reset_cause);
}
template <class V> void visit(V& v, wire::Event& m) {
  v("t_us", m.t_us), v("kind", m.kind), v("pad", m.pad), v("count", m.count), v("limit", m.limit);
}
template <class V> void visit(V& v, wire::Ack& m) {
  v("t_us", m.t_us), v("command", m.command), v("command_seq", m.command_seq);
}
template <class V> void visit(V& v, wire::Nak& m) {
  v("t_us", m.t_us), v("command", m.command), v("command_seq", m.command_seq), v("reason", m.reason);
}
template <class V> void visit(V& v, wire::Pong& m) { v("t_us", m.t_us), v("token", m.token); }
template <class V> void visit(V& v, wire::Identify& m) { v("protocol_version", m.protocol_version); }
template <class V> void visit(V& v, wire::Start& m) { v("rate_hz", m.rate_hz); }
template <class V> void visit(V&, wire::Stop&) {}
template <class V> void visit(V& v, wire::Limits& m) { v("pads", m.pads), v("ttl_ms", m.ttl_ms); }
template <class V> void visit(V& v, wire::Pace& m) {
  v("period_ms", m.period_ms), v("on_ms", m.on_ms), v("strength", m.strength);
}
template <class V> void visit(V& v, wire::Cue& m) { v("pattern", m.pattern), v("strength", m.strength); }
template <class V> void visit(V& v, wire::Ping& m) { v("token", m.token); }

class Writer {
 public:
  template <class T> void operator()(const char* name, T& value) { text += std::string(" ") + name + "=" + word(value); }
  template <class T, unsigned n> void operator()(const char* name, T (&values)[n]) {
    text += std::string(" ") + name + "=";
    for (unsigned i = 0; i < n; ++i) text += (i ? "," : "") + word(values[i]);
  }
  std::string text;

 private:
  static std::string word(float value) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.9g", static_cast<double>(value));
    return digits;
  }
  template <class T> static std::string word(T value) { return std::to_string(static_cast<long>(value)); }
};

class Reader {
 public:
  // The fields' `name=value` words. A field that is missing reads as an empty list, and throws.
  explicit Reader(std::istream& words) {
    for (std::string word; words >> word;) values_[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
  }
  template <class T> void operator()(const char* name, T& value) {
    std::istringstream list(values_.at(name));
    next(list, value);
  }
  template <class T, unsigned n> void operator()(const char* name, T (&values)[n]) {
    std::istringstream list(values_.at(name));
    for (unsigned i = 0; i < n; ++i) next(list, values[i]);
  }

 private:
  static void next(std::istream& list, float& value) { value = std::strtof(item(list).c_str(), nullptr); }
  template <class T> static void next(std::istream& list, T& value) { value = static_cast<T>(std::stol(item(list))); }
  static std::string item(std::istream& list) {
    std::string text;
    if (!std::getline(list, text, ',')) throw std::runtime_error("a list is too short");
    return text;
  }
  std::map<std::string, std::string> values_;
};

// Calls f<Message>(name) for the message of this name or type; false when there is none.
template <class F> bool with_message(const std::string& name, int type, F&& f) {
#define ONE(M) if (name == #M || type == wire::M::kType) { wire::M m = wire::M(); f(#M, m); return true; }
  ONE(Hello) ONE(Sample) ONE(Field) ONE(Status) ONE(Event) ONE(Ack) ONE(Nak) ONE(Pong)
  ONE(Identify) ONE(Start) ONE(Stop) ONE(Limits) ONE(Pace) ONE(Cue) ONE(Ping)
#undef ONE
  return false;
}

inline std::string hex_of(const uint8_t* bytes, unsigned count) {
  std::string text;
  char two[3];
  for (unsigned i = 0; i < count; ++i) std::snprintf(two, sizeof two, "%02x", bytes[i]), text += two;
  return text;
}

inline std::string bytes_of(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

// "Sample 3 t_us=..." -> the frame in hex, by the firmware's encoder.
inline std::string encode_text(const std::string& line) {
  std::istringstream words(line);
  std::string name, hex;
  unsigned seq = 0;
  words >> name >> seq;
  const bool known = with_message(name, -1, [&](const char*, auto& message) {
    Reader reader(words);
    visit(reader, message);
    uint8_t out[slowhand::kMaxFrameToHost];
    const uint8_t count = slowhand::encode_frame(message, static_cast<uint16_t>(seq), out);
    hex = hex_of(out, count);
  });
  if (!known) throw std::runtime_error("no message is called " + name);
  return hex;
}

// Every event of a stream, by the firmware's decoder: "Sample 3 t_us=..." or "!crc".
template <class Report> void decode_stream(const std::string& bytes, Report&& report) {
  static const char* const causes[] = {"", "", "!cobs", "!crc", "!length", "!too_long"};
  slowhand::FrameDecoder<wire::kMaxBodyBytes - slowhand::kFrameOverhead> decoder;
  for (char byte : bytes) {
    const slowhand::decoded::Result result = decoder.push(static_cast<uint8_t>(byte));
    if (result == slowhand::decoded::nothing) continue;
    if (result != slowhand::decoded::frame) { report(causes[result]); continue; }
    const uint8_t size = wire::payload_size(decoder.type());
    if (size == wire::kUnknownType) { report("!unknown_type"); continue; }
    with_message("", decoder.type(), [&](const char* name, auto& message) {
      if (!message.unpack(decoder.payload(), decoder.payload_length())) { report("!length"); return; }
      Writer writer;
      visit(writer, message);
      report(std::string(name) + " " + std::to_string(decoder.seq()) + writer.text);
    });
  }
}

}  // namespace contract
