#include "chip.h"

#include "device_time.h"

namespace slowhand {

namespace {

// An absent chip costs one address byte per try; at this pace one that comes back is streaming again within 100 ms.
constexpr uint32_t kRetryUs = 10 * kMillisecondUs;
// A chip that resets itself in its script does not answer for a while: 100 ms at most (ICM-20948 table 1).
constexpr uint32_t kDeafUs = 5 * kMillisecondUs;
constexpr uint8_t kDeafTries = 20;
// Without a good read for this long a chip is set up anew: five periods of the slowest one.
constexpr uint32_t kLostAfterUs = 50 * kMillisecondUs;

}  // namespace

bool Chip::prepare_bring_up(Transfer& transfer, uint32_t now_us) const {
  if (ready() || !reached(now_us, due_us_)) return false;
  const uint8_t bank_register = from_flash(sheet_.bank_register);
  if (stage_ == Stage::bank && bank_register != 0) {
    write_register(transfer, address(), bank_register, 0);
  } else if (stage_ == Stage::script) {
    const RegisterWrite step = from_flash(from_flash(sheet_.script)[step_]);
    write_register(transfer, address(), step.reg, step.value);
  } else {
    read_registers(transfer, address(), from_flash(sheet_.who_register), 1);
  }
  return true;
}

void Chip::bring_up_ended(const Transfer& transfer, TransferEnd end, uint32_t now_us) {
  due_us_ = now_us;
  if (end == TransferEnd::no_answer && stage_ != Stage::script) return try_other_address(now_us);
  if (end == TransferEnd::no_answer && ++deaf_ < kDeafTries) {
    due_us_ = now_us + kDeafUs;
    return;
  }
  if (end != TransferEnd::done) return start_again(now_us);
  if (transfer.read_length != 0) {
    if (transfer.read[0] != from_flash(sheet_.who_value)) return try_other_address(now_us);
    stage_ = Stage::script;
    step_ = 0;
    deaf_ = 0;
  } else if (stage_ == Stage::bank) {
    stage_ = Stage::who;
  } else {
    due_us_ = now_us + from_flash(from_flash(sheet_.script)[step_].wait_ms) * kMillisecondUs;
    if (++step_ == from_flash(sheet_.script_length)) {
      stage_ = Stage::ready;
      due_us_ = now_us + kLostAfterUs;
    }
  }
}

void Chip::prepare_read(Transfer& transfer) const {
  read_registers(transfer, address(), from_flash(sheet_.data_register), from_flash(sheet_.data_length));
}

void Chip::read_ended(bool good, uint32_t now_us) {
  if (good) {
    due_us_ = now_us + kLostAfterUs;
  } else if (reached(now_us, due_us_)) {
    lose(now_us);
  }
}

void Chip::lose(uint32_t now_us) {
  if (!ready()) return;
  start_again(now_us);
  due_us_ = now_us;
}

void Chip::start_again(uint32_t now_us) {
  stage_ = Stage::bank;
  due_us_ = now_us + kRetryUs;
}

void Chip::try_other_address(uint32_t now_us) {
  other_address_ = !other_address_;
  start_again(now_us);
}

}  // namespace slowhand
