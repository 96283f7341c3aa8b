// Both ends of the serial line for tests: what the glove sent, taken apart; what a host says, as bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "core/framing.h"
#include "core/outbox.h"

namespace slowhand {

struct Heard {
  uint8_t type;
  uint16_t seq;
  std::vector<uint8_t> payload;

  template <class Message>
  Message as() const {
    Message message;
    if (type != Message::kType || !message.unpack(payload.data(), static_cast<uint8_t>(payload.size())))
      throw "another message than expected";
    return message;
  }
};

// A sink that decodes what it is given; `free_bytes` is the room it says it has.
class Line : public ByteSink {
 public:
  uint8_t room() const override { return free_bytes; }
  void write(const uint8_t* bytes, uint8_t length) override {
    bytes_written.insert(bytes_written.end(), bytes, bytes + length);
    for (uint8_t i = 0; i < length; ++i) {
      const decoded::Result result = decoder_.push(bytes[i]);
      if (result == decoded::nothing) continue;
      if (result != decoded::frame) throw "the glove sent a bad frame";
      const uint8_t* payload = decoder_.payload();
      heard.push_back({decoder_.type(), decoder_.seq(), {payload, payload + decoder_.payload_length()}});
    }
  }

  template <class Message>
  std::vector<Message> all() const {
    std::vector<Message> found;
    for (const Heard& one : heard)
      if (one.type == Message::kType) found.push_back(one.as<Message>());
    return found;
  }

  template <class Message>
  std::vector<uint16_t> sequence() const {
    std::vector<uint16_t> found;
    for (const Heard& one : heard)
      if (one.type == Message::kType) found.push_back(one.seq);
    return found;
  }

  std::vector<Heard> heard;
  std::vector<uint8_t> bytes_written;
  uint8_t free_bytes = 255;

 private:
  FrameDecoder<wire::kMaxPayloadToHost> decoder_;
};

// A frame around any payload, sensible or not.
inline std::vector<uint8_t> raw_frame(uint8_t type, uint16_t seq, std::vector<uint8_t> payload) {
  const uint8_t size = static_cast<uint8_t>(payload.size());
  std::vector<uint8_t> body(size + kFrameOverhead);
  std::copy(payload.begin(), payload.end(), body.begin() + kHeaderBytes);
  std::vector<uint8_t> frame(frame_bytes(size));
  finish_frame(body.data(), type, seq, size, frame.data());
  return frame;
}

template <class Message>
std::vector<uint8_t> said(const Message& message, uint16_t seq = 0) {
  std::vector<uint8_t> payload(Message::kSize);
  message.pack(payload.data());
  return raw_frame(Message::kType, seq, payload);
}

}  // namespace slowhand
