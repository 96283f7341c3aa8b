#include "board.h"

#include <avr/boot.h>
#include <avr/eeprom.h>
#include <avr/io.h>
#include <avr/power.h>
#include <avr/sleep.h>
#include <avr/wdt.h>

#include "pads.h"
#include "uart.h"

namespace slowhand {
namespace hal {
namespace board {

namespace {

uint32_t* const kUnitIdAt = reinterpret_cast<uint32_t*>(0);
uint32_t* const kBootIdAt = reinterpret_cast<uint32_t*>(4);
constexpr uint32_t kBlank = 0xFFFFFFFFUL;

// Not cleared at the start: written before main.
uint8_t cause __attribute__((section(".noinit")));

// The chip's lot, wafer and place on it stand behind its calibration bytes (documented for the ATmega328PB, there in
// the 328P as well): as good as a serial number.
uint32_t new_unit_id() {
  uint32_t crc = kCrcStart;
  for (uint8_t at = 0x0E; at <= 0x17; ++at) crc = crc_add(crc, boot_signature_byte_get(at));
  return crc_end(crc);
}

}  // namespace

// Before main: the watchdog may still be running from a reset that it made, with its shortest time. Optiboot clears
// MCUSR and hands what was in it on in r2.
extern "C" void slowhand_keep_reset_cause() __attribute__((naked, used, section(".init3")));
extern "C" void slowhand_keep_reset_cause() {
  uint8_t handed_on;
  asm volatile("mov %0, r2" : "=r"(handed_on));
  const uint8_t mine = MCUSR;
  cause = (mine != 0 ? mine : handed_on) & 0x0F;
  MCUSR = 0;
  wdt_disable();
}

void begin() {
  TIMSK0 = 0;  // the core's millis() interrupt would only disturb the sampling instants
  power_timer0_disable();
  power_spi_disable();
  ACSR = _BV(ACD);
  set_sleep_mode(SLEEP_MODE_IDLE);
}

Identity wake_up() {
  Identity identity;
  identity.unit_id = eeprom_read_dword(kUnitIdAt);
  if (identity.unit_id == kBlank) {
    identity.unit_id = new_unit_id();
    eeprom_update_dword(kUnitIdAt, identity.unit_id);
  }
  identity.boot_id = eeprom_read_dword(kBootIdAt) + 1;  // a blank EEPROM begins at 0
  eeprom_update_dword(kBootIdAt, identity.boot_id);
  return identity;
}

BoardHealth health() { return BoardHealth{pads::supply_mv(), uart::overruns(), cause}; }

void watchdog_on() { wdt_enable(WDTO_120MS); }
void feed_watchdog() { wdt_reset(); }

}  // namespace board
}  // namespace hal
}  // namespace slowhand
