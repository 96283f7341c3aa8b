#include "framing.h"

#include "flash_table.h"

namespace slowhand {

namespace {

// CRC of the sixteen values of the lower and of the upper half of a byte, polynomial 0xEDB88320 (reflected). A CRC is
// linear, so the entry for a whole byte is the sum (exclusive or) of the two: nearly as fast as the table of 1 KiB.
const uint32_t kLowerHalfCrc[16] SLOWHAND_FLASH_TABLE = {
    0x00000000UL, 0x77073096UL, 0xEE0E612CUL, 0x990951BAUL, 0x076DC419UL, 0x706AF48FUL, 0xE963A535UL, 0x9E6495A3UL,
    0x0EDB8832UL, 0x79DCB8A4UL, 0xE0D5E91EUL, 0x97D2D988UL, 0x09B64C2BUL, 0x7EB17CBDUL, 0xE7B82D07UL, 0x90BF1D91UL,
};
const uint32_t kUpperHalfCrc[16] SLOWHAND_FLASH_TABLE = {
    0x00000000UL, 0x1DB71064UL, 0x3B6E20C8UL, 0x26D930ACUL, 0x76DC4190UL, 0x6B6B51F4UL, 0x4DB26158UL, 0x5005713CUL,
    0xEDB88320UL, 0xF00F9344UL, 0xD6D6A3E8UL, 0xCB61B38CUL, 0x9B64C2B0UL, 0x86D3D2D4UL, 0xA00AE278UL, 0xBDBDF21CUL,
};

}  // namespace

uint32_t crc_add(uint32_t crc, uint8_t byte) {
  const uint8_t index = static_cast<uint8_t>(static_cast<uint8_t>(crc) ^ byte);
  return (crc >> 8) ^ read_flash_u32(&kLowerHalfCrc[index & 0x0F]) ^
         read_flash_u32(&kUpperHalfCrc[index >> 4]);
}

uint32_t crc_add(uint32_t crc, const uint8_t* bytes, uint8_t length) {
  for (uint8_t i = 0; i < length; ++i) crc = crc_add(crc, bytes[i]);
  return crc;
}

void cobs_encode(const uint8_t* body, uint8_t length, uint8_t* out) {
  uint8_t* run_length = out++;
  uint8_t run = 1;
  for (uint8_t i = 0; i < length; ++i) {
    if (body[i] != 0) {
      *out++ = body[i];
      ++run;
    } else {
      *run_length = run;
      run_length = out++;
      run = 1;
    }
  }
  *run_length = run;
}

uint8_t finish_frame(uint8_t* body, uint8_t type, uint16_t seq, uint8_t payload_bytes, uint8_t* out) {
  wire::put(wire::put(body, type), seq);
  const uint8_t checked = static_cast<uint8_t>(payload_bytes + kHeaderBytes);
  wire::put(body + checked, crc_end(crc_add(kCrcStart, body, checked)));
  const uint8_t length = static_cast<uint8_t>(payload_bytes + kFrameOverhead);
  cobs_encode(body, length, out);
  out[length + 1] = 0;
  return static_cast<uint8_t>(length + 2);
}

decoded::Result FrameDecoderBase::push(uint8_t byte) {
  if (byte == 0) {
    const decoded::Result result = begun_ ? end_of_frame() : decoded::nothing;
    begin();
    return result;
  }
  begun_ = true;
  if (too_long_) return decoded::nothing;
  if (run_left_ != 0) {
    --run_left_;
    take(byte);
  } else {
    if (zero_due_) take(0);
    run_left_ = static_cast<uint8_t>(byte - 1);
    zero_due_ = true;  // a full run (255) has no zero, but no body is long enough to hold one
  }
  return decoded::nothing;
}

void FrameDecoderBase::take(uint8_t byte) {
  if (length_ == capacity_) {
    too_long_ = true;
  } else {
    body_[length_++] = byte;
  }
}

void FrameDecoderBase::begin() {
  length_ = 0;
  run_left_ = 0;
  zero_due_ = false;
  begun_ = false;
  too_long_ = false;
}

decoded::Result FrameDecoderBase::end_of_frame() {
  if (too_long_) return decoded::too_long;
  if (run_left_ != 0) return decoded::cobs;
  if (length_ < kFrameOverhead) return decoded::length;
  // A message with its own CRC behind it always gives the same rest.
  if (crc_end(crc_add(kCrcStart, body_, length_)) != 0x2144DF1CUL) return decoded::crc;
  payload_length_ = static_cast<uint8_t>(length_ - kFrameOverhead);
  return decoded::frame;
}

}  // namespace slowhand
