// A sensor chip on the bus: found, set up, read, lost, found again. The same course for every chip; what differs
// is on its sheet.
#ifndef SLOWHAND_CORE_CHIP_H
#define SLOWHAND_CORE_CHIP_H

#include <stdint.h>

#include "flash_table.h"
#include "transfer.h"

namespace slowhand {

struct RegisterWrite {
  uint8_t reg;
  uint8_t value;
  uint8_t wait_ms;  // before the next step
};

// What the data sheet says about one chip. Both the sheet and its script are in flash.
struct ChipSheet {
  uint8_t address;
  uint8_t other_address;  // the alternative strapping; the same again when there is none
  uint8_t bank_register;  // written with 0 before anything else, for a chip left in another bank; 0 when it has none
  uint8_t who_register;
  uint8_t who_value;
  const RegisterWrite* script;
  uint8_t script_length;
  uint8_t data_register;
  uint8_t data_length;
};

class Chip {
 public:
  explicit constexpr Chip(const ChipSheet& sheet) : sheet_(sheet) {}

  bool ready() const { return stage_ == Stage::ready; }

  // The next step of finding and setting up, if one is due now. Never when ready.
  bool prepare_bring_up(Transfer& transfer, uint32_t now_us) const;
  void bring_up_ended(const Transfer& transfer, TransferEnd end, uint32_t now_us);

  // It cannot be looked for now. To be called at least every half hour instead: no due moment may grow older.
  void wait_on(uint32_t now_us) {
    if (!ready()) due_us_ = now_us;
  }

  void prepare_read(Transfer& transfer) const;
  // Call with every read: a chip that fails, or gives nothing new, for too long counts as lost.
  void read_ended(bool good, uint32_t now_us);
  void lose(uint32_t now_us);

 private:
  enum class Stage : uint8_t { bank, who, script, ready };

  uint8_t address() const { return from_flash(other_address_ ? sheet_.other_address : sheet_.address); }
  void start_again(uint32_t now_us);
  void try_other_address(uint32_t now_us);

  const ChipSheet& sheet_;
  bool other_address_ = false;
  Stage stage_ = Stage::bank;
  uint8_t step_ = 0;
  uint8_t deaf_ = 0;     // tries in this script without an answer
  uint32_t due_us_ = 0;  // of the next step; when ready: lost, unless a good read comes before
};

}  // namespace slowhand

#endif
