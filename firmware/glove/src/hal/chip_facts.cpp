// What this firmware takes for granted of the chip and its compiler, checked where it is compiled for the chip.
#include <avr/io.h>
#include <limits.h>

#include "../core/framing.h"
#include "../core/glove_build.h"
#include "../core/outbox.h"
#include "../core/transfer.h"
#include "pads.h"

namespace slowhand {

#if !defined(__AVR_ATmega328P__) && !defined(__AVR_ATmega328__) && !defined(__AVR_ATmega328PB__)
#error "choose the board Arduino Nano, ATmega328P: timers, pins and the ADC are used by their registers"
#endif

static_assert(F_CPU == 16000000UL, "baud rate, ticks and the ADC's clock are reckoned for 16 MHz");
static_assert(CHAR_BIT == 8 && sizeof(int) == 2, "sums that would overflow 16 bits are widened, none that need 32");
static_assert(sizeof(float) == 4, "a scale in HELLO is an IEEE 754 single");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a scale is packed as it lies in memory");
static_assert(RAMEND - RAMSTART + 1 == 2048, "rings and stack are sized for 2 kB");

// SBI sets one bit in one instruction, which is why interrupts may raise an event while the loop does.
static_assert(_SFR_IO_ADDR(GPIOR0) < 0x20, "out of the reach of SBI");

static_assert(hal::pads::kCount == kPads, "as many inputs as the wire has pads");
static_assert(kMaxFrameToHost < 255, "the longest frame fits into the ring of what is sent");
static_assert(frame_bytes(wire::kMaxPayloadToGlove) < 64, "the longest command fits into the ring of what is received");
static_assert(wire::kMaxPayloadToHost + kFrameOverhead <= wire::kMaxBodyBytes, "the host takes no longer body");
static_assert(kLongestRead >= 12, "accelerometer and gyroscope come in one burst, so that they belong together");

// A tick with a FIELD must have left the line before the next one does, two ticks later at 200 Hz.
constexpr uint32_t kTickBits = 10UL * (frame_bytes(wire::Sample::kSize) + frame_bytes(wire::Field::kSize));
static_assert(kTickBits * 1000000UL / wire::kBaud < 5000, "a SAMPLE and a FIELD take longer than a tick at 200 Hz");

}  // namespace slowhand
