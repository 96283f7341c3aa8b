// What a host may say, sane or not, against the whole glove: a target for libFuzzer, or for the driver beside it.
//
//   clang++ -std=c++17 -g -O1 -fsanitize=fuzzer,address,undefined -Iglove/src -Itest test/fuzz/fuzz_commands.cpp
//     glove/src/core/*.cpp -o fuzz && ./fuzz
//
// Input: one byte says how many bytes come in each tick, one how the pads are pressed meanwhile, the rest is the line.
#include <cstdio>
#include <cstdlib>

#include "fuzz_commands.h"
#include "glove_bench.h"

using namespace slowhand;

namespace {

constexpr uint32_t kLongestOnUs = 1000000;  // the motor's maximum
constexpr size_t kLineBytes = 125;          // of 250000 baud in 5 ms
constexpr uint32_t kBeginUs = 0xFFFFFFFFU - 500000U;  // the clock wraps soon

void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// Nobody, a hand that changes, a hand that presses for good, a short.
void press(GloveBench& bench, uint8_t how, uint32_t tick) {
  for (uint8_t pad = 0; pad < kPads; ++pad) {
    const uint32_t noise = (tick * 2654435761U + pad * 40503U) >> 16;
    bench.pads[pad] = how % 4 == 0   ? 0
                      : how % 4 == 1 ? static_cast<uint16_t>(noise % 1024)
                      : how % 4 == 2 ? 900
                                     : 1023;
  }
}

// What every byte from the glove was, `Line` has checked: it throws at a frame that is not whole.
void must_have_sent_sense(GloveBench& bench) {
  for (const Heard& heard : bench.line.heard)
    must(heard.type >= wire::Hello::kType && heard.type <= wire::Pong::kType, "the glove sends only what is its to send");
  bench.line.heard.clear();
  bench.line.bytes_written.clear();
}

void must_obey_still(GloveBench& bench) {
  for (uint16_t& count : bench.pads) count = 0;
  bench.say(std::vector<uint8_t>{0});
  bench.say(wire::Stop{});
  bench.ticks(2);
  must(bench.motor == 0, "after Stop the motor is off");
  must(!bench.glove.streaming(), "after Stop it does not stream");
  bench.line.heard.clear();
  bench.say(wire::Ping{0xC0FFEE});
  must(!bench.line.heard.empty() && bench.line.heard.back().as<wire::Pong>().token == 0xC0FFEE, "it answers a Ping");
}

}  // namespace

uint64_t fuzz_commands_obeyed = 0;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const size_t step = 1 + data[0] * data[0] * (kLineBytes - 1) / (255 * 255);  // often few: much time goes by
  GloveBench bench;
  bench.now_us = kBeginUs;
  bench.ticks(1);
  bench.motor_on_since_us = bench.now_us;
  bench.longest_on_us = 0;
  uint32_t tick = 0;
  for (size_t at = 2; at < size; at += step) {
    const size_t end = at + step < size ? at + step : size;
    for (size_t i = at; i < end; ++i) bench.glove.receive(data[i], bench.now_us, bench.now_us + 50);
    press(bench, data[1], tick++);
    bench.tick();
    fuzz_commands_obeyed += bench.line.all<wire::Ack>().size() + bench.line.all<wire::Pong>().size();
    must_have_sent_sense(bench);
    must(bench.motor == 0 || bench.now_us - bench.motor_on_since_us <= kLongestOnUs, "the motor is never on for longer");
  }
  must(bench.longest_on_us <= kLongestOnUs, "the motor was never on for longer");
  must_obey_still(bench);
  return 0;
}
