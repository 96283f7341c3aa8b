#include "commands.h"

namespace slowhand {

CommandParser::Brought CommandParser::push(uint8_t byte) {
  switch (decoder_.push(byte)) {
    case decoded::nothing:
      return Brought::nothing;
    case decoded::frame:
      return understand();
    default:
      return Brought::bad_frame;
  }
}

CommandParser::Brought CommandParser::understand() {
  command_.type = decoder_.type();
  command_.seq = decoder_.seq();
  const uint8_t* payload = decoder_.payload();
  const uint8_t length = decoder_.payload_length();
  bool whole = false;
  switch (command_.type) {
    case wire::Identify::kType:
      whole = command_.identify.unpack(payload, length);
      break;
    case wire::Start::kType:
      whole = command_.start.unpack(payload, length);
      break;
    case wire::Stop::kType:
      whole = length == wire::Stop::kSize;
      break;
    case wire::Limits::kType:
      whole = command_.limits.unpack(payload, length);
      break;
    case wire::Pace::kType:
      whole = command_.pace.unpack(payload, length);
      break;
    case wire::Cue::kType:
      whole = command_.cue.unpack(payload, length);
      break;
    case wire::Ping::kType:
      whole = command_.ping.unpack(payload, length);
      break;
    default:
      return Brought::unknown_command;
  }
  return whole ? Brought::command : Brought::bad_length;
}

}  // namespace slowhand
