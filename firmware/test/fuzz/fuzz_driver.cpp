// Feeds the fuzz target without libFuzzer: fuzz_run BYTES [SEED]. The same seed gives the same bytes.
//
// Noise alone never passes a CRC of 32 bits. So most of what comes are commands, whole ones with any values, some of them
// damaged, cut off, too long, run together.
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "fuzz_commands.h"
#include "line.h"

using namespace slowhand;

namespace {

using Random = std::mt19937;

uint8_t any_byte(Random& random) { return static_cast<uint8_t>(random()); }

size_t right_length(uint8_t type, Random& random) {
  switch (type) {
    case wire::Identify::kType: return wire::Identify::kSize;
    case wire::Start::kType: return wire::Start::kSize;
    case wire::Stop::kType: return wire::Stop::kSize;
    case wire::Limits::kType: return wire::Limits::kSize;
    case wire::Pace::kType: return wire::Pace::kSize;
    case wire::Cue::kType: return wire::Cue::kSize;
    case wire::Ping::kType: return wire::Ping::kSize;
    default: return random() % 40;
  }
}

// Mostly of the right length, most values sensible.
std::vector<uint8_t> payload_for(Random& random, uint8_t type) {
  const size_t right = right_length(type, random);
  std::vector<uint8_t> payload(random() % 20 == 0 ? random() % 40 : right);
  for (uint8_t& byte : payload) byte = any_byte(random);
  const uint16_t rates_hz[] = {100, 200, 400, 500};
  if (type == wire::Start::kType && payload.size() == 2 && random() % 4) {
    wire::Start{rates_hz[random() % 4]}.pack(payload.data());
  } else if (type == wire::Cue::kType && payload.size() == 2 && random() % 4) {
    payload[0] = static_cast<uint8_t>(random() % 5);
  } else if (type == wire::Pace::kType && payload.size() == 5 && random() % 4) {
    const uint16_t period_ms = static_cast<uint16_t>(100 + random() % 3000);
    wire::Pace{period_ms, static_cast<uint16_t>(1 + random() % (period_ms / 2)), any_byte(random)}.pack(payload.data());
  }
  return payload;
}

void damage(Random& random, std::vector<uint8_t>& frame) {
  switch (random() % 6) {
    case 0: frame[random() % frame.size()] ^= static_cast<uint8_t>(1 << random() % 8); break;
    case 1: frame[random() % frame.size()] = 0; break;
    case 2: frame.resize(random() % frame.size()); break;
    case 3: frame.insert(frame.begin() + static_cast<long>(random() % frame.size()), any_byte(random)); break;
    case 4: frame.pop_back(); break;  // runs into the next one
    default: frame.insert(frame.begin(), random() % 300, static_cast<uint8_t>(1 + random() % 255)); break;
  }
}

// One input: mostly commands, some damaged, some noise.
std::vector<uint8_t> input(Random& random, size_t bytes) {
  std::vector<uint8_t> made = {any_byte(random), any_byte(random)};
  while (made.size() < bytes) {
    if (random() % 10 == 0) {
      for (size_t n = random() % 200; n != 0; --n) made.push_back(any_byte(random));
      continue;
    }
    const uint8_t type = random() % 12 == 0 ? any_byte(random) : static_cast<uint8_t>(0x81 + random() % 7);
    std::vector<uint8_t> frame = raw_frame(type, static_cast<uint16_t>(random()), payload_for(random, type));
    if (random() % 3 == 0) damage(random, frame);
    made.insert(made.end(), frame.begin(), frame.end());
  }
  return made;
}

}  // namespace

int main(int count, char** words) {
  const uint64_t wanted = count > 1 ? std::strtoull(words[1], nullptr, 10) : 0;
  const uint32_t seed = count > 2 ? static_cast<uint32_t>(std::strtoul(words[2], nullptr, 10)) : 1;
  if (wanted == 0) {
    std::fprintf(stderr, "usage: fuzz_run BYTES [SEED]\n");
    return 2;
  }
  Random random(seed);
  uint64_t bytes = 0, inputs = 0;
  while (bytes < wanted) {
    const std::vector<uint8_t> one = input(random, 2 + random() % 20000);
    LLVMFuzzerTestOneInput(one.data(), one.size());
    bytes += one.size();
    ++inputs;
  }
  std::printf("%" PRIu64 " bytes in %" PRIu64 " inputs, %" PRIu64 " commands obeyed\n", bytes, inputs,
              fuzz_commands_obeyed);
  return 0;
}
