// Frames to the host: numbered per message type, so that the host counts every loss under its name.
#ifndef SLOWHAND_CORE_OUTBOX_H
#define SLOWHAND_CORE_OUTBOX_H

#include <stdint.h>

#include "../wire/messages_gen.h"
#include "counters.h"
#include "framing.h"

namespace slowhand {

// Where the bytes go: the UART's ring on the glove, a vector in the tests.
struct ByteSink {
  virtual uint8_t room() const = 0;
  virtual void write(const uint8_t* bytes, uint8_t length) = 0;
};

class Outbox {
 public:
  explicit constexpr Outbox(ByteSink& sink) : sink_(sink) {}

  // Parts the first frame from whatever a boot loader has left on the line.
  void begin() {
    const uint8_t delimiter = 0;
    sink_.write(&delimiter, 1);
  }

  // Never inlined: its buffer would lie on the caller's stack while other frames are sent.
  // A frame that finds no room is dropped and counted; its number is used up all the same, which tells the host
  // exactly what is missing.
  template <class Message>
  __attribute__((noinline)) void send(const Message& message) {
    const uint16_t seq = sequence_[Message::kType]++;
    if (sink_.room() < frame_bytes(Message::kSize) + kept_free(Message::kType)) return count_up(dropped_);
    uint8_t frame[frame_bytes(Message::kSize)];
    encode_frame(message, seq, frame);
    sink_.write(frame, sizeof frame);
  }

  uint16_t dropped() const { return dropped_; }

 private:
  // What must stay free behind a frame. Answers leave room for a tick's stream, so that a flood of commands cannot
  // starve it; the stream leaves room for what is rare and matters more, an event or a status.
  static constexpr uint8_t kKeptForTheRare = 40;
  static constexpr uint8_t kKeptForTheStream =
      kKeptForTheRare + frame_bytes(wire::Sample::kSize) + frame_bytes(wire::Field::kSize);
  static constexpr uint8_t kept_free(uint8_t type) {
    return type == wire::Event::kType || type == wire::Status::kType ? 0
           : type == wire::Sample::kType || type == wire::Field::kType ? kKeptForTheRare
                                                                         : kKeptForTheStream;
  }

  ByteSink& sink_;
  uint16_t sequence_[wire::Pong::kType + 1] = {};  // by message type; 0 is not used
  uint16_t dropped_ = 0;
};

}  // namespace slowhand

#endif
