// From the host's bytes to commands that are known to be whole and sensible in form.
#ifndef SLOWHAND_CORE_COMMANDS_H
#define SLOWHAND_CORE_COMMANDS_H

#include <stdint.h>

#include "../wire/messages_gen.h"
#include "framing.h"

namespace slowhand {

// One command, unpacked; which member holds is said by `type`.
struct Command {
  uint8_t type;
  uint16_t seq;
  union {
    wire::Identify identify;
    wire::Start start;
    wire::Limits limits;
    wire::Pace pace;
    wire::Cue cue;
    wire::Ping ping;
  };
};

// Bytes in, commands out.
class CommandParser {
 public:
  constexpr CommandParser() {}

  enum class Brought : uint8_t {
    nothing,
    command,
    bad_frame,        // garbage, a wrong CRC, too long: nobody to answer
    unknown_command,  // whole, but of a type that this glove does not know
    bad_length,       // known, but not of the length that this version of the wire has
  };

  // With `command`, `command()` holds until the next push; with the last two its type and seq do.
  Brought push(uint8_t byte);
  const Command& command() const { return command_; }

 private:
  Brought understand();

  FrameDecoder<wire::kMaxPayloadToGlove> decoder_;
  Command command_ = {};
};

}  // namespace slowhand

#endif
