// The firmware's codec against the vector files that Python reads too, and as a filter for the exchange with Python:
//   wire_contract VECTORS_DIR [doctest options]   the tests
//   wire_contract --encode < messages             each line of text to hex
//   wire_contract --decode < streams              each line of hex to its events, joined by ';'
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <fstream>
#include <iostream>
#include <vector>

#include "message_text.h"

using namespace contract;

namespace {

std::string vectors;

// The parts of each line between " | ", comments left out.
std::vector<std::vector<std::string>> lines_of(const std::string& file) {
  std::ifstream in(vectors + "/" + file);
  REQUIRE_MESSAGE(in.good(), "cannot read " << vectors << "/" << file);
  std::vector<std::vector<std::string>> lines;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::vector<std::string> parts;
    for (size_t at = 0, bar; at <= line.size(); at = bar + 3) {
      bar = std::min(line.find(" | ", at), line.size());
      parts.push_back(line.substr(at, bar - at));
    }
    lines.push_back(parts);
  }
  return lines;
}

std::string joined(const std::string& bytes, const char* separator) {
  std::string all;
  decode_stream(bytes, [&](const std::string& event) { all += (all.empty() ? "" : separator) + event; });
  return all;
}

}  // namespace

TEST_CASE("CRC-32 has its check value") {
  const uint8_t* digits = reinterpret_cast<const uint8_t*>("123456789");
  CHECK(slowhand::crc_end(slowhand::crc_add(slowhand::kCrcStart, digits, 9)) == 0xCBF43926UL);
}

TEST_CASE("every message is decoded and encoded as the vectors say") {
  const auto lines = lines_of("messages.txt");
  CHECK(lines.size() >= 15);
  for (const auto& line : lines) {
    CAPTURE(line[0]);
    REQUIRE(line.size() == 2);
    CHECK(joined(bytes_of(line[1]), ";") == line[0]);
    CHECK(encode_text(line[0]) == line[1]);
  }
}

TEST_CASE("every stream gives the events that the vectors say") {
  const auto lines = lines_of("streams.txt");
  CHECK(lines.size() >= 20);
  for (const auto& line : lines) {
    CAPTURE(line[0]);
    REQUIRE(line.size() == 3);
    std::string events;
    decode_stream(bytes_of(line[1]), [&](const std::string& event) {
      std::istringstream words(event);
      std::string name, seq;
      words >> name >> seq;
      events += (events.empty() ? "" : " ") + (seq.empty() ? name : name + "/" + seq);
    });
    CHECK(events == line[2]);
  }
}

TEST_CASE("a small decoder refuses what does not fit and goes on") {
  slowhand::FrameDecoder<wire::kMaxPayloadToGlove> decoder;
  uint8_t frame[slowhand::kMaxFrameToHost];
  slowhand::decoded::Result last = slowhand::decoded::nothing;
  const uint8_t too_long = slowhand::encode_frame(wire::Sample(), 0, frame);
  for (uint8_t i = 0; i < too_long; ++i) last = decoder.push(frame[i]);
  CHECK(last == slowhand::decoded::too_long);
  wire::Limits limits = wire::Limits();
  limits.pads[5] = 1023;
  const uint8_t fits = slowhand::encode_frame(limits, 0xFFFE, frame);
  for (uint8_t i = 0; i < fits; ++i) last = decoder.push(frame[i]);
  CHECK(last == slowhand::decoded::frame);
  CHECK(decoder.seq() == 0xFFFE);
  wire::Limits read = wire::Limits();
  CHECK(read.unpack(decoder.payload(), decoder.payload_length()));
  CHECK(read.pads[5] == 1023);
  CHECK_FALSE(wire::Ping().unpack(decoder.payload(), decoder.payload_length()));
}

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "--encode" || mode == "--decode") {
    for (std::string line; std::getline(std::cin, line);)
      std::cout << (mode == "--encode" ? encode_text(line) : joined(bytes_of(line), ";")) << "\n";
    return 0;
  }
  vectors = mode;
  doctest::Context context;
  context.applyCommandLine(argc, argv);
  return context.run();
}
