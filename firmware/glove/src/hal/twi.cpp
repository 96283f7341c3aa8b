#include "twi.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/delay.h>
#include <util/twi.h>

#include "barrier.h"
#include "events.h"

namespace slowhand {
namespace hal {
namespace twi {

namespace {

constexpr uint8_t kSda = _BV(PC4);
constexpr uint8_t kScl = _BV(PC5);

constexpr uint8_t kGo = _BV(TWINT) | _BV(TWEN) | _BV(TWIE);
constexpr uint8_t kGoAndAck = kGo | _BV(TWEA);
constexpr uint8_t kGoAndStart = kGo | _BV(TWSTA);
constexpr uint8_t kStop = _BV(TWINT) | _BV(TWEN) | _BV(TWSTO);

enum class Phase : uint8_t { idle, running, ended };

volatile Phase phase = Phase::idle;
volatile TransferEnd how;
Transfer* under_way;
uint8_t index;  // of the next byte to write or to read
bool reading;

inline void finish(TransferEnd end, uint8_t control) {
  TWCR = control;
  how = end;
  phase = Phase::ended;
  events::raise(events::transfer);
}

// Open drain by hand: a line is pulled low or let go, never driven high.
void pull(uint8_t line) {
  PORTC = static_cast<uint8_t>(PORTC & ~line);
  DDRC |= line;
}
void let_go(uint8_t line) {
  DDRC = static_cast<uint8_t>(DDRC & ~line);
  PORTC |= line;
}

}  // namespace

void begin() {
  let_go(kSda | kScl);  // with the weak pull-ups on: an empty bus then reads as free instead of hanging
  TWSR = 0;
  TWBR = 12;  // 16 MHz / (16 + 2 * 12) = 400 kHz
  TWCR = _BV(TWEN);
}

bool idle() { return phase == Phase::idle; }

void start(Transfer& transfer) {
  under_way = &transfer;
  index = 0;
  reading = transfer.write_length == 0;
  phase = Phase::running;
  // A STOP that is still on its way out finishes within two bits (5 us).
  for (uint8_t i = 0; i < 60 && (TWCR & _BV(TWSTO)); ++i) {
  }
  barrier();
  TWCR = kGoAndStart;
}

bool take_end(TransferEnd& end) {
  if (phase != Phase::ended) return false;
  barrier();
  end = how;
  phase = Phase::idle;
  return true;
}

void free_the_bus() {
  TWCR = 0;
  let_go(kSda | kScl);
  // A chip that was cut off in the middle of a byte holds SDA until it has been clocked to its end: at most 9 bits.
  for (uint8_t bit = 0; bit < 9; ++bit) {
    pull(kScl);
    _delay_us(5);
    let_go(kScl);
    _delay_us(5);
  }
  pull(kSda);  // STOP
  _delay_us(5);
  let_go(kSda);
  _delay_us(5);
  TWCR = _BV(TWEN);
  how = TransferEnd::stuck;
  phase = Phase::ended;
}

// ATmega328P data sheet, tables 21-3 and 21-4.
ISR(TWI_vect) {
  Transfer& transfer = *under_way;
  switch (TWSR & TW_STATUS_MASK) {
    case TW_START:
    case TW_REP_START:
      TWDR = static_cast<uint8_t>(transfer.address << 1 | (reading ? TW_READ : TW_WRITE));
      TWCR = kGo;
      return;
    case TW_MT_SLA_ACK:
    case TW_MT_DATA_ACK:
      if (index < transfer.write_length) {
        TWDR = transfer.write[index++];
        TWCR = kGo;
      } else if (transfer.read_length != 0) {
        index = 0;
        reading = true;
        TWCR = kGoAndStart;
      } else {
        finish(TransferEnd::done, kStop);
      }
      return;
    case TW_MR_DATA_ACK:
      transfer.read[index++] = TWDR;
      TWCR = index + 1 < transfer.read_length ? kGoAndAck : kGo;
      return;
    case TW_MR_SLA_ACK:
      TWCR = transfer.read_length > 1 ? kGoAndAck : kGo;
      return;
    case TW_MR_DATA_NACK:
      transfer.read[index] = TWDR;
      return finish(TransferEnd::done, kStop);
    case TW_MT_SLA_NACK:
    case TW_MR_SLA_NACK:
      return finish(TransferEnd::no_answer, kStop);
    case TW_MT_DATA_NACK:
      return finish(TransferEnd::failed, kStop);
    case TW_MT_ARB_LOST:  // the same code as TW_MR_ARB_LOST; no STOP: the bus is another's, or disturbed
      return finish(TransferEnd::failed, _BV(TWINT) | _BV(TWEN));
    case TW_NO_INFO:  // 0xF8: nothing has happened
      return;
    default:  // 0x00, a START or STOP in the wrong place; a STOP brings the unit back (section 21.7.5)
      return finish(TransferEnd::failed, kStop);
  }
}

}  // namespace twi
}  // namespace hal
}  // namespace slowhand
