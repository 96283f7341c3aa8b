// The target, as libFuzzer knows it, and what it counts for the driver.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

extern uint64_t fuzz_commands_obeyed;  // commands that the glove has carried out, in all
