#include "uart.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/atomic.h>

#include "barrier.h"
#include "clock.h"
#include "events.h"

namespace slowhand {
namespace hal {
namespace uart {

namespace {

constexpr uint8_t kRxSize = 64;    // 2.5 ms of line time; the loop is never away for longer than 1.2 ms
constexpr uint8_t kStampSize = 4;  // delimiters that wait with their time

uint8_t tx_ring[256];  // indices of eight bits wrap by themselves
volatile uint8_t tx_head, tx_tail;

uint8_t rx_ring[kRxSize];
volatile uint8_t rx_head, rx_tail;
volatile uint16_t rx_lost;

volatile uint16_t stamps[kStampSize];  // TCNT1 when a delimiter came in
volatile uint8_t stamp_head;
uint8_t stamp_tail;

constexpr uint8_t next_rx(uint8_t at) { return static_cast<uint8_t>((at + 1) & (kRxSize - 1)); }

}  // namespace

void begin() {
  UCSR0B = 0;
  UCSR0A = _BV(U2X0);  // before UBRR
  UBRR0 = F_CPU / 8 / wire::kBaud - 1;
  static_assert(F_CPU % (8 * wire::kBaud) == 0, "the baud rate is exact");
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
}

uint8_t Sink::room() const { return static_cast<uint8_t>(tx_tail - tx_head - 1); }

void Sink::write(const uint8_t* bytes, uint8_t length) {
  uint8_t head = tx_head;
  for (uint8_t i = 0; i < length; ++i) tx_ring[head++] = bytes[i];
  barrier();
  tx_head = head;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { UCSR0B |= _BV(UDRIE0); }
}

bool read(uint8_t& byte, uint32_t& came_us) {
  const uint8_t tail = rx_tail;
  if (tail == rx_head) return false;
  barrier();
  byte = rx_ring[tail];
  barrier();
  rx_tail = next_rx(tail);
  if (byte != 0) {
    came_us = clock::now_us();
    return true;
  }
  uint16_t stamp;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { stamp = stamps[stamp_tail]; }
  stamp_tail = static_cast<uint8_t>((stamp_tail + 1) % kStampSize);
  came_us = clock::time_of(stamp);
  return true;
}

uint16_t overruns() {
  uint16_t lost;
  ATOMIC_BLOCK(ATOMIC_RESTORESTATE) { lost = rx_lost; }
  return lost;
}

ISR(USART_UDRE_vect) {
  const uint8_t tail = tx_tail;
  UDR0 = tx_ring[tail];
  const uint8_t next = static_cast<uint8_t>(tail + 1);
  tx_tail = next;
  if (next == tx_head) UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
}

ISR(USART_RX_vect) {
  const uint8_t status = UCSR0A;  // before the byte: reading that clears it
  const uint8_t byte = UDR0;
  if (status & _BV(DOR0)) count_up(const_cast<uint16_t&>(rx_lost));
  const uint8_t head = rx_head;
  const uint8_t next = next_rx(head);
  if (next == rx_tail) {
    count_up(const_cast<uint16_t&>(rx_lost));
    return;
  }
  rx_ring[head] = byte;
  if (byte == 0) {
    stamps[stamp_head] = TCNT1;
    stamp_head = static_cast<uint8_t>((stamp_head + 1) % kStampSize);
  }
  rx_head = next;
  events::raise(events::received);
}

}  // namespace uart
}  // namespace hal
}  // namespace slowhand
