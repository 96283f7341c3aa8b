// Frames on the wire: COBS(type u8, sequence u16, payload, CRC-32 u32), then 0x00. See docs/protocol.md.
//
// Portable: no Arduino or AVR header here. The decoder takes one byte at a time into a buffer of its own, so
// whatever comes in, its memory is bounded; after garbage it is in step again at the next 0x00.
#ifndef SLOWHAND_CORE_FRAMING_H
#define SLOWHAND_CORE_FRAMING_H

#include <stdint.h>

#include "../wire/messages_gen.h"

namespace slowhand {

constexpr uint8_t kFrameOverhead = 7;   // type, sequence, CRC-32
constexpr uint8_t kHeaderBytes = 3;     // type, sequence

// Bytes of a whole frame on the line: body, one byte of COBS (bodies are shorter than 254), delimiter.
constexpr uint8_t frame_bytes(uint8_t payload_bytes) {
  return static_cast<uint8_t>(payload_bytes + kFrameOverhead + 2);
}
constexpr uint8_t kMaxFrameToHost = frame_bytes(wire::kMaxPayloadToHost);

// CRC-32 of IEEE 802.3, as zlib's: start from kCrcStart, add the bytes, then crc_end().
constexpr uint32_t kCrcStart = 0xFFFFFFFFUL;
uint32_t crc_add(uint32_t crc, uint8_t byte);
uint32_t crc_add(uint32_t crc, const uint8_t* bytes, uint8_t length);
constexpr uint32_t crc_end(uint32_t crc) { return ~crc; }

// Codes `body[0..length)`, length <= 253, to length + 1 bytes without 0x00. `out` may be `body - 1`: since so short a
// body needs one length byte at its head alone, every other byte stays where it is. No other overlap.
void cobs_encode(const uint8_t* body, uint8_t length, uint8_t* out);

// Writes the frame of a payload that stands at body + kHeaderBytes; `body` has room for kFrameOverhead more than
// the payload. `out` may be `body - 1`. Returns the bytes written to `out`, delimiter included:
// frame_bytes(payload_bytes).
uint8_t finish_frame(uint8_t* body, uint8_t type, uint16_t seq, uint8_t payload_bytes, uint8_t* out);

// Writes a message's frame to `out`, which has room for frame_bytes(Message::kSize). Returns the bytes written.
template <class Message>
uint8_t encode_frame(const Message& message, uint16_t seq, uint8_t* out) {
  uint8_t* body = out + 1;  // coded where it stands: stack is short on the glove
  message.pack(body + kHeaderBytes);
  return finish_frame(body, Message::kType, seq, Message::kSize, out);
}

// What a byte brought.
namespace decoded {
enum Result : uint8_t {
  nothing,   // no frame has ended, or an empty one
  frame,     // type(), seq(), payload() hold until the next push
  cobs,      // from here on faults: a length byte points beyond the end
  crc,
  length,    // shorter than any frame
  too_long,
};
}  // namespace decoded

// Decodes while the bytes come in. The payload's length is not compared with its type's: the message's unpack()
// does that, so that a command of a wrong length can be refused by name.
template <uint8_t max_payload>
class FrameDecoder;

// The decoder without its buffer; use FrameDecoder.
class FrameDecoderBase {
 public:
  decoded::Result push(uint8_t byte);

  uint8_t type() const { return body_[0]; }
  uint16_t seq() const { return static_cast<uint16_t>(body_[1] | static_cast<uint16_t>(body_[2]) << 8); }
  const uint8_t* payload() const { return body_ + kHeaderBytes; }
  uint8_t payload_length() const { return payload_length_; }

 protected:
  constexpr FrameDecoderBase(uint8_t* body, uint8_t capacity) : body_(body), capacity_(capacity) {}

 private:
  decoded::Result end_of_frame();
  void take(uint8_t byte);
  void begin();

  uint8_t* body_;
  uint8_t capacity_;
  uint8_t length_ = 0;          // of the body so far
  uint8_t run_left_ = 0;        // bytes until the next length byte
  bool zero_due_ = false;       // the run that ends here stands for a zero, if anything follows
  bool begun_ = false;          // a byte has come since the delimiter
  bool too_long_ = false;
  uint8_t payload_length_ = 0;
};

template <uint8_t max_payload>
class FrameDecoder : public FrameDecoderBase {
 public:
  static_assert(max_payload + kFrameOverhead <= 253, "COBS costs one byte only up to 253");
  constexpr FrameDecoder() : FrameDecoderBase(buffer_, sizeof buffer_), buffer_() {}
  FrameDecoder(const FrameDecoder&) = delete;             // the base points into this object
  FrameDecoder& operator=(const FrameDecoder&) = delete;

 private:
  uint8_t buffer_[max_payload + kFrameOverhead];
};

}  // namespace slowhand

#endif
