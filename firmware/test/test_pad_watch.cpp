#include <doctest/doctest.h>

#include <algorithm>

#include "core/pad_watch.h"

using namespace slowhand;

namespace {

struct Second {
  uint16_t counts[kPads] = {};
  Second& with(int pad, uint16_t count) {
    counts[pad] = count;
    return *this;
  }
};

void pass(PadWatch& watch, const Second& second, int seconds = 1) {
  for (int s = 0; s < seconds; ++s) {
    for (int i = 0; i < 200; ++i) watch.look(second.counts);
    watch.second_over();
  }
}

}  // namespace

TEST_CASE("full scale for two whole seconds is a short, and its end is seen at once") {
  for (int pad = 0; pad < kPads; ++pad) {
    PadWatch watch;
    pass(watch, Second());
    pass(watch, Second().with(pad, 1020));
    CHECK(watch.shorted() == 0);
    pass(watch, Second().with(pad, 1023));
    CHECK(watch.shorted() == 1 << pad);
    CHECK(watch.status_faults() == wire::status_faults::pad_shorted);
    watch.look(Second().with(pad, 1019).counts);
    CHECK(watch.status_faults() == 0);
  }
}

TEST_CASE("one sample below full scale each second is no short, nor is the hardest press that a limit knows") {
  PadWatch watch;
  for (int s = 0; s < 10; ++s) {
    watch.look(Second().with(2, 1000).counts);
    pass(watch, Second().with(2, 1023));
    CHECK(watch.shorted() == 0);
  }
  pass(watch, Second().with(0, absolute_limit(0) + 100).with(4, absolute_limit(4) + 300), 10);
  CHECK(watch.shorted() == 0);
}

TEST_CASE("a pad is silent that feels nothing in a minute in which three others do") {
  PadWatch watch;
  Second touch = Second().with(0, 300).with(1, 200).with(2, 100).with(3, 19).with(4, 50).with(5, 20);
  pass(watch, touch, 59);
  CHECK(watch.silent() == 0);
  pass(watch, touch);
  CHECK(watch.silent() == 1 << 3);
  CHECK(watch.status_faults() == wire::status_faults::pad_silent);
  watch.look(Second().with(3, 20).counts);
  watch.second_over();
  CHECK(watch.silent() == 0);
}

TEST_CASE("a hand away, or one that touches with a finger or two, says nothing about the other pads") {
  PadWatch watch;
  pass(watch, Second(), 600);
  pass(watch, Second().with(0, 300).with(1, 300), 600);
  CHECK(watch.silent() == 0);
}
