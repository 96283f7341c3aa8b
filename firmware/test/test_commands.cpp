#include <doctest/doctest.h>

#include <random>

#include "core/commands.h"
#include "line.h"

using namespace slowhand;
using Brought = CommandParser::Brought;

namespace {

// What the last byte of these brought; every byte before it must have brought nothing.
Brought feed(CommandParser& parser, const std::vector<uint8_t>& bytes) {
  Brought brought = Brought::nothing;
  for (const uint8_t byte : bytes) {
    REQUIRE(brought == Brought::nothing);
    brought = parser.push(byte);
  }
  return brought;
}

}  // namespace

TEST_CASE("every command arrives with its values") {
  CommandParser parser;
  CHECK(feed(parser, said(wire::Identify{3}, 1)) == Brought::command);
  CHECK(parser.command().identify.protocol_version == 3);
  CHECK(feed(parser, said(wire::Start{400}, 2)) == Brought::command);
  CHECK(parser.command().start.rate_hz == 400);
  CHECK(feed(parser, said(wire::Stop{}, 3)) == Brought::command);
  CHECK(parser.command().type == wire::Stop::kType);
  CHECK(feed(parser, said(wire::Limits{{0, 1, 255, 256, 1023, 65535}, 2500}, 4)) == Brought::command);
  CHECK(parser.command().limits.pads[2] == 255);
  CHECK(parser.command().limits.pads[5] == 65535);
  CHECK(parser.command().limits.ttl_ms == 2500);
  CHECK(feed(parser, said(wire::Pace{3000, 150, 200}, 5)) == Brought::command);
  CHECK(parser.command().pace.on_ms == 150);
  CHECK(feed(parser, said(wire::Cue{2, 99}, 6)) == Brought::command);
  CHECK(parser.command().cue.strength == 99);
  CHECK(feed(parser, said(wire::Ping{0x01020304UL}, 65535)) == Brought::command);
  CHECK(parser.command().ping.token == 0x01020304UL);
  CHECK(parser.command().seq == 65535);
}

TEST_CASE("what cannot be obeyed is told apart") {
  CommandParser parser;
  CHECK(feed(parser, raw_frame(0x99, 7, {1, 2})) == Brought::unknown_command);
  CHECK(parser.command().type == 0x99);
  CHECK(parser.command().seq == 7);
  CHECK(feed(parser, raw_frame(wire::Start::kType, 8, {200})) == Brought::bad_length);
  CHECK(feed(parser, raw_frame(wire::Stop::kType, 9, {0})) == Brought::bad_length);
  CHECK(feed(parser, raw_frame(wire::Hello::kType, 9, {})) == Brought::unknown_command);

  std::vector<uint8_t> damaged = said(wire::Ping{5});
  damaged[4] ^= 0x10;
  CHECK(feed(parser, damaged) == Brought::bad_frame);
  CHECK(feed(parser, said(wire::Ping{6})) == Brought::command);
}

TEST_CASE("a frame that is too long is thrown away, and the next one is whole") {
  CommandParser parser;
  CHECK(feed(parser, raw_frame(wire::Ping::kType, 0, std::vector<uint8_t>(100, 1))) == Brought::bad_frame);
  CHECK(feed(parser, said(wire::Ping{6})) == Brought::command);
}

TEST_CASE("garbage never makes a command, and never keeps the next one from being heard") {
  std::mt19937 random(1);
  CommandParser parser;
  for (int round = 0; round < 2000; ++round) {
    const int length = static_cast<int>(random() % 60);
    for (int i = 0; i < length; ++i) REQUIRE(parser.push(static_cast<uint8_t>(random())) != Brought::command);
    parser.push(0);
    REQUIRE(feed(parser, said(wire::Ping{static_cast<uint32_t>(round)})) == Brought::command);
    REQUIRE(parser.command().ping.token == static_cast<uint32_t>(round));
  }
}
