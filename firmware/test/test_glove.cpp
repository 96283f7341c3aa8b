#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <random>

#include "glove_bench.h"

using namespace slowhand;

namespace {

constexpr uint32_t kNearWrap = 0xFFFFFFFFU - 700000U;

}  // namespace

TEST_CASE("it says hello once by itself, and streams only when told to") {
  GloveBench bench;
  bench.run_for(2000000U);
  REQUIRE(bench.line.heard.size() == 1);
  const wire::Hello hello = bench.line.heard[0].as<wire::Hello>();
  CHECK(hello.protocol_version == wire::kProtocolVersion);
  CHECK(hello.schema_hash == wire::kSchemaHash);
  CHECK(hello.unit_id == 77);
  CHECK(hello.boot_id == 5);
  CHECK(hello.rate_hz == 0);
  CHECK(hello.channels == (wire::channels::pads | wire::channels::motion | wire::channels::field0 |
                           wire::channels::field1 | wire::channels::motor));
  CHECK(hello.accel_scale * 8192 == doctest::Approx(9.80665));
  CHECK(hello.gyro_scale * 32.8 * 180 / 3.14159265358979 == doctest::Approx(1.0));
  CHECK(hello.field1_scale * 1711 == doctest::Approx(100.0));
}

TEST_CASE("its first byte parts it from what a boot loader has sent") {
  GloveBench bench;
  bench.run_for(400000U);
  CHECK(bench.line.bytes_written.front() == 0);
  REQUIRE(bench.line.heard.size() == 1);
  CHECK(bench.line.bytes_written.size() == 1 + frame_bytes(wire::Hello::kSize));
}

TEST_CASE("a glove without sensors says hello all the same, and streams its pads") {
  GloveBench bench;
  bench.board.motion.present = bench.board.field1.present = false;
  bench.run_for(400000U);
  REQUIRE(bench.line.heard.size() == 1);
  CHECK(bench.line.heard[0].as<wire::Hello>().channels == (wire::channels::pads | wire::channels::motor));
  bench.say(wire::Start{200});
  bench.pads[3] = 321;
  bench.run_for(1000000U);
  CHECK(bench.line.all<wire::Field>().empty());
  const auto samples = bench.line.all<wire::Sample>();
  REQUIRE(samples.size() == 200);
  CHECK(samples.back().pads[3] == 321);
  CHECK(samples.back().flags == wire::sample_flags::i2c_fault);
  CHECK((bench.line.all<wire::Status>().back().faults & 7) == 7);
}

TEST_CASE("at every rate: samples on the tick, fields at 100 Hz before the sample of their tick, status at 1 Hz") {
  for (const int rate_hz : {100, 200, 400, 500}) {
    for (const uint32_t begin_us : {400000U, kNearWrap}) {
      GloveBench bench;
      bench.start(static_cast<uint16_t>(rate_hz), begin_us);
      bench.tick();
      bench.line.heard.clear();
      bench.run_for(3000000U);
      const auto samples = bench.line.all<wire::Sample>();
      const auto fields = bench.line.all<wire::Field>();
      CHECK(samples.size() == static_cast<size_t>(3 * rate_hz));
      CHECK(fields.size() == 300);
      CHECK(bench.line.all<wire::Status>().size() == 3);
      for (size_t i = 1; i < samples.size(); ++i)
        REQUIRE(samples[i].t_us - samples[i - 1].t_us == 1000000U / static_cast<uint32_t>(rate_hz));
      for (size_t i = 0; i + 1 < bench.line.heard.size(); ++i) {
        if (bench.line.heard[i].type != wire::Field::kType) continue;
        const auto& next = bench.line.heard[i + 1];
        REQUIRE(next.type == wire::Sample::kType);
        const uint32_t lag_us = bench.line.heard[i].as<wire::Field>().t_us - next.as<wire::Sample>().t_us;
        REQUIRE(lag_us < 2000);
      }
      const auto sequence = bench.line.sequence<wire::Sample>();
      for (size_t i = 1; i < sequence.size(); ++i) REQUIRE(sequence[i] == static_cast<uint16_t>(sequence[i - 1] + 1));
    }
  }
}

TEST_CASE("a rate that is not offered is refused, and the stream goes on as it was") {
  GloveBench bench;
  bench.start(200);
  bench.say(wire::Start{300}, 9);
  const auto naks = bench.line.all<wire::Nak>();
  REQUIRE(naks.size() == 1);
  CHECK(naks[0].reason == wire::nak_reason::bad_value);
  CHECK(naks[0].command == wire::Start::kType);
  CHECK(naks[0].command_seq == 9);
  CHECK(bench.glove.rate_hz() == 200);
  CHECK(bench.glove.streaming());
}

TEST_CASE("every command is answered once, with its own number") {
  GloveBench bench;
  bench.start();
  bench.say(wire::Identify{99});
  CHECK(bench.line.heard.back().as<wire::Hello>().rate_hz == 200);
  bench.now_us += 1234;
  bench.say(wire::Ping{0xCAFEF00DU}, 3);
  CHECK(bench.line.heard.back().as<wire::Pong>().token == 0xCAFEF00DU);
  CHECK(bench.line.heard.back().as<wire::Pong>().t_us == bench.now_us);  // when its last byte came, not later
  bench.say(wire::Pace{1000, 100, 50}, 11);
  CHECK(bench.line.heard.back().as<wire::Ack>().command == wire::Pace::kType);
  CHECK(bench.line.heard.back().as<wire::Ack>().command_seq == 11);
  bench.say(wire::Pace{1000, 900, 50}, 12);
  CHECK(bench.line.heard.back().as<wire::Nak>().reason == wire::nak_reason::bad_value);
  bench.say(wire::Cue{77, 1}, 13);
  CHECK(bench.line.heard.back().as<wire::Nak>().reason == wire::nak_reason::bad_value);
  bench.say(raw_frame(0xEE, 14, {1, 2, 3}));
  CHECK(bench.line.heard.back().as<wire::Nak>().reason == wire::nak_reason::unknown_command);
  bench.say(raw_frame(wire::Limits::kType, 15, {1, 2, 3}));
  CHECK(bench.line.heard.back().as<wire::Nak>().reason == wire::nak_reason::bad_length);
  bench.say(wire::Limits{{1, 2, 3, 4, 5, 6}, 100}, 16);
  CHECK(bench.line.heard.back().as<wire::Ack>().command_seq == 16);
  CHECK(bench.line.heard.size() == 8);
}

TEST_CASE("what is not understood is counted and the stream goes on") {
  GloveBench bench;
  bench.start();
  std::vector<uint8_t> damaged = said(wire::Stop{});
  damaged[3] ^= 1;
  bench.say(damaged);
  bench.say({1, 2, 3, 0});
  bench.say(raw_frame(0xEE, 0, {}));
  bench.run_for(1100000U);
  CHECK(bench.line.all<wire::Status>().back().bad_commands == 3);
  CHECK(bench.glove.streaming());
}

TEST_CASE("what a report tells is measured just before it, once; a low supply is flagged, an unknown one is not") {
  GloveBench bench;
  bench.start();
  const int before = bench.measurements;
  bench.run_for(5000000U);
  CHECK(bench.measurements == before + 5);
  const auto supply_flag = [&](uint16_t supply_mv) {
    bench.health.supply_mv = supply_mv;
    bench.run_for(1000000U);
    return (bench.line.all<wire::Status>().back().faults & wire::status_faults::supply_low) != 0;
  };
  CHECK_FALSE(supply_flag(4500));
  CHECK(supply_flag(3900));
  CHECK_FALSE(supply_flag(0));
}

TEST_CASE("a crossing moves the motor within the sample, and is told with pad, count and limit") {
  for (const uint32_t begin_us : {400000U, kNearWrap}) {
    GloveBench bench;
    bench.start(200, begin_us);
    bench.say(wire::Limits{{300, 300, 300, 300, 300, 300}, 60000});
    bench.ticks(5);
    bench.line.heard.clear();
    CHECK(bench.motor == 0);
    bench.pads[2] = 301;
    const uint32_t t_us = bench.now_us;
    bench.tick();
    CHECK(bench.motor == 255);
    const auto events = bench.line.all<wire::Event>();
    REQUIRE(events.size() == 1);
    CHECK(events[0].t_us == t_us);
    CHECK(events[0].kind == wire::event_kind::reflex_on);
    CHECK(events[0].pad == 2);
    CHECK(events[0].count == 301);
    CHECK(events[0].limit == 300);
    const wire::Sample sample = bench.line.heard.back().as<wire::Sample>();
    CHECK((sample.flags & wire::sample_flags::reflex_active) != 0);
    CHECK((sample.flags & wire::sample_flags::motor_on) != 0);
    bench.pads[2] = 0;
    bench.run_for(200000U);
    CHECK(bench.motor == 0);
    CHECK(bench.line.all<wire::Event>().back().kind == wire::event_kind::reflex_off);
  }
}

TEST_CASE("the built-in limits guard before any host, after the host's have expired, and after Stop") {
  GloveBench bench;
  bench.run_for(500000U);
  bench.pads[0] = 1000;
  bench.tick();
  CHECK(bench.motor == 255);
  CHECK(bench.line.all<wire::Event>().empty());  // nobody streams: nobody is told
  bench.pads[0] = 0;
  bench.run_for(500000U);

  bench.say(wire::Start{200});
  bench.say(wire::Limits{{300, 65535, 65535, 65535, 65535, 65535}, 500});
  bench.run_for(490000U);
  CHECK(bench.line.all<wire::Event>().empty());
  bench.run_for(20000U);
  CHECK(bench.line.all<wire::Event>().back().kind == wire::event_kind::limits_expired);
  bench.pads[0] = 700;
  bench.tick();
  CHECK(bench.motor == 0);

  bench.say(wire::Limits{{300, 300, 300, 300, 300, 300}, 60000});
  bench.tick();
  CHECK(bench.motor == 255);
  bench.say(wire::Stop{});
  bench.tick();
  CHECK(bench.motor == 0);  // 700 is below the built-in limit
  bench.pads[0] = 1000;
  bench.tick();
  CHECK(bench.motor == 255);
}

TEST_CASE("status says that the host's limits are missing or fresh") {
  GloveBench bench;
  bench.start();
  bench.run_for(1100000U);
  CHECK((bench.line.all<wire::Status>().back().faults & wire::status_faults::limits_builtin) != 0);
  bench.say(wire::Limits{{300, 300, 300, 300, 300, 300}, 60000});
  bench.run_for(1100000U);
  CHECK((bench.line.all<wire::Status>().back().faults & wire::status_faults::limits_builtin) == 0);
}

TEST_CASE("a pad pressed for good: the motor never runs for a second, and each cut is told") {
  GloveBench bench;
  bench.start();
  bench.pads[1] = 1000;
  bench.run_for(10000000U);
  CHECK(bench.longest_on_us <= 1000000U);
  CHECK(bench.longest_on_us > 900000U);
  int cuts = 0;
  for (const auto& event : bench.line.all<wire::Event>()) cuts += event.kind == wire::event_kind::motor_limit;
  CHECK(cuts >= 6);
  CHECK(bench.line.all<wire::Status>().back().motor_ms > 5000);
}

TEST_CASE("a shorted pad is told and buzzes no more, the others are guarded all the same, and it counts again once mended") {
  GloveBench bench;
  bench.start();
  const auto faults = [&] { return bench.line.all<wire::Status>().back().faults; };
  bench.pads[4] = 1023;
  bench.run_for(4500000U);
  CHECK((faults() & wire::status_faults::pad_shorted) != 0);
  CHECK(bench.motor == 0);
  bench.pads[1] = 900;
  bench.tick();
  CHECK(bench.motor == 255);
  bench.pads[1] = bench.pads[4] = 0;
  bench.run_for(2100000U);
  CHECK((faults() & wire::status_faults::pad_shorted) == 0);
  bench.pads[4] = 700;
  bench.tick();
  CHECK(bench.motor == 255);
}

TEST_CASE("no room on the line: frames are dropped and counted, and their numbers tell which") {
  GloveBench bench;
  bench.start();
  bench.ticks(10);
  const uint16_t last = bench.line.sequence<wire::Sample>().back();
  const auto dropped_before = bench.line.all<wire::Status>().empty() ? 0 : bench.line.all<wire::Status>().back().frames_dropped;
  REQUIRE(dropped_before == 0);
  bench.line.free_bytes = 20;
  bench.ticks(30);
  bench.line.free_bytes = 255;
  bench.line.heard.clear();
  bench.tick();
  CHECK(bench.line.sequence<wire::Sample>().front() == static_cast<uint16_t>(last + 31));
  bench.run_for(1100000U);
  CHECK(bench.line.all<wire::Status>().back().frames_dropped == 30 + 15);
}

TEST_CASE("with little room what is rare still gets through") {
  GloveBench bench;
  bench.start();
  bench.line.free_bytes = 60;  // enough for a sample, but then not for an event behind it
  bench.pads[0] = 1000;
  bench.tick();
  CHECK(bench.line.all<wire::Sample>().empty());
  CHECK(bench.line.all<wire::Event>().size() == 1);
}

TEST_CASE("a flood of commands cannot take the room of the stream") {
  GloveBench bench;
  bench.start();
  bench.line.free_bytes = 100;
  bench.say(wire::Ping{1});
  CHECK(bench.line.all<wire::Pong>().empty());
  bench.tick();
  CHECK(bench.line.all<wire::Sample>().size() == 1);
}

TEST_CASE("a missed tick is flagged in the sample after it") {
  GloveBench bench;
  bench.start();
  bench.tick();
  bench.tick(true);
  bench.tick();
  const auto samples = bench.line.all<wire::Sample>();
  CHECK((samples[0].flags & wire::sample_flags::overrun) == 0);
  CHECK((samples[1].flags & wire::sample_flags::overrun) != 0);
  CHECK((samples[2].flags & wire::sample_flags::overrun) == 0);
}

TEST_CASE("a bus that hangs costs motion, never pads") {
  GloveBench bench;
  bench.start();
  bench.board.hangs = true;
  bench.pads[4] = 222;
  bench.run_for(1000000U);
  const auto samples = bench.line.all<wire::Sample>();
  CHECK(samples.size() >= 199);
  CHECK(samples.back().pads[4] == 222);
  CHECK((samples.back().flags & wire::sample_flags::i2c_fault) != 0);
  bench.board.hangs = false;
  bench.run_for(200000U);
  CHECK(bench.line.heard.back().as<wire::Sample>().flags == 0);
}

TEST_CASE("the pace ends when the host is gone, and goes on while it asks for the time") {
  GloveBench bench;
  bench.start();
  bench.say(wire::Pace{500, 200, 80});
  for (int s = 0; s < 20; ++s) {
    bench.say(wire::Ping{0});
    bench.run_for(1000000U);
  }
  bench.longest_on_us = 0;
  bench.run_for(1000000U);
  CHECK(bench.longest_on_us > 0);
  bench.run_for(11000000U);
  bench.longest_on_us = 0;
  bench.run_for(2000000U);
  CHECK(bench.longest_on_us == 0);
}

TEST_CASE("garbage for minutes: no crash, no bad frame, the motor never stuck, and still obedient") {
  std::mt19937 random(3);
  GloveBench bench;
  bench.start(200, kNearWrap);
  const std::vector<std::vector<uint8_t>> known = {
      said(wire::Start{400}),          said(wire::Stop{}),        said(wire::Pace{300, 150, 255}),
      said(wire::Cue{2, 255}),         said(wire::Ping{5}),       said(wire::Limits{{1, 1, 1, 1, 1, 1}, 5000}),
      said(wire::Pace{60000, 900, 1}), said(wire::Identify{1}),
  };
  for (int round = 0; round < 20000; ++round) {
    std::vector<uint8_t> bytes = known[random() % known.size()];
    if (random() % 3 == 0) bytes[random() % bytes.size()] = static_cast<uint8_t>(random());
    if (random() % 5 == 0) bytes.resize(random() % bytes.size());
    bench.say(bytes);
    for (uint16_t& count : bench.pads) count = static_cast<uint16_t>(random() % 1024);
    bench.tick();
  }
  CHECK(bench.longest_on_us <= 1000000U);
  bench.say(std::vector<uint8_t>{0});
  std::fill(std::begin(bench.pads), std::end(bench.pads), 0);
  bench.say(wire::Stop{});
  bench.ticks(2);
  CHECK(bench.motor == 0);
  bench.line.heard.clear();
  bench.say(wire::Ping{42});
  CHECK(bench.line.heard.back().as<wire::Pong>().token == 42);
}
