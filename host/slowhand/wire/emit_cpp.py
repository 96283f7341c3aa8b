"""Writes `messages_gen.h` from the wire's definition.

Values are put byte by byte: a struct's layout and the size of int differ between the ATmega and a desktop.
"""

from __future__ import annotations

from slowhand.wire.schema import Field, Message, Names, Schema

_CPP_TYPE = {
    "u8": "uint8_t",
    "i8": "int8_t",
    "u16": "uint16_t",
    "i16": "int16_t",
    "u32": "uint32_t",
    "i32": "int32_t",
    "f32": "float",
}

_HEAD = """\
// The messages on the wire. Generated from protocol.toml by `python -m slowhand.wire.codegen`: do not edit.
#ifndef SLOWHAND_WIRE_MESSAGES_GEN_H
#define SLOWHAND_WIRE_MESSAGES_GEN_H

#include <stdint.h>
#include <string.h>

namespace slowhand {
namespace wire {
"""

_BYTES = """\
static_assert(sizeof(float) == 4, "f32 is copied as four bytes");

// Little-endian, whatever the machine; each returns where the next value goes.
inline uint8_t* put(uint8_t* at, uint8_t v) { at[0] = v; return at + 1; }
inline uint8_t* put(uint8_t* at, int8_t v) { return put(at, static_cast<uint8_t>(v)); }
inline uint8_t* put(uint8_t* at, uint16_t v) {
  at[0] = static_cast<uint8_t>(v);
  at[1] = static_cast<uint8_t>(v >> 8);
  return at + 2;
}
inline uint8_t* put(uint8_t* at, int16_t v) { return put(at, static_cast<uint16_t>(v)); }
inline uint8_t* put(uint8_t* at, uint32_t v) {
  return put(put(at, static_cast<uint16_t>(v)), static_cast<uint16_t>(v >> 16));
}
inline uint8_t* put(uint8_t* at, int32_t v) { return put(at, static_cast<uint32_t>(v)); }
inline uint8_t* put(uint8_t* at, float v) {
  uint32_t bits;
  memcpy(&bits, &v, 4);
  return put(at, bits);
}

inline const uint8_t* get(const uint8_t* at, uint8_t& v) { v = at[0]; return at + 1; }
inline const uint8_t* get(const uint8_t* at, int8_t& v) { v = static_cast<int8_t>(at[0]); return at + 1; }
inline const uint8_t* get(const uint8_t* at, uint16_t& v) {
  v = static_cast<uint16_t>(at[0] | static_cast<uint16_t>(static_cast<uint16_t>(at[1]) << 8));
  return at + 2;
}
inline const uint8_t* get(const uint8_t* at, int16_t& v) {
  uint16_t bits;
  at = get(at, bits);
  v = static_cast<int16_t>(bits);
  return at;
}
inline const uint8_t* get(const uint8_t* at, uint32_t& v) {
  uint16_t low, high;
  at = get(get(at, low), high);
  v = low | static_cast<uint32_t>(high) << 16;
  return at;
}
inline const uint8_t* get(const uint8_t* at, int32_t& v) {
  uint32_t bits;
  at = get(at, bits);
  v = static_cast<int32_t>(bits);
  return at;
}
inline const uint8_t* get(const uint8_t* at, float& v) {
  uint32_t bits;
  at = get(at, bits);
  memcpy(&v, &bits, 4);
  return at;
}
"""

_FOOT = """\
}  // namespace wire
}  // namespace slowhand

#endif
"""


def cpp_source(schema: Schema) -> str:
    to_host = max(m.size_bytes for m in schema.messages if not m.to_glove)
    to_glove = max(m.size_bytes for m in schema.messages if m.to_glove)
    constants = (
        f"constexpr uint8_t kProtocolVersion = {schema.protocol_version};\n"
        f"constexpr uint32_t kSchemaHash = 0x{schema.hash:08X}UL;\n"
        f"constexpr uint32_t kBaud = {schema.baud}UL;\n"
        f"constexpr uint8_t kMaxBodyBytes = {schema.max_body_bytes};\n"
        f"constexpr uint8_t kMaxPayloadToHost = {to_host};\n"
        f"constexpr uint8_t kMaxPayloadToGlove = {to_glove};\n"
    )
    parts = [_HEAD, constants]
    parts += [_names_source(names, shift=False) for names in schema.enums]
    parts += [_names_source(names, shift=True) for names in schema.bits]
    parts.append(_BYTES)
    parts += [_message_source(message) for message in schema.messages]
    parts.append(_payload_size_source(schema))
    parts.append(_FOOT)
    return "\n".join(parts)


def _names_source(names: Names, *, shift: bool) -> str:
    lines = [f"namespace {names.name} {{", "enum : uint8_t {"]
    lines += [f"  {name} = {f'1 << {number}' if shift else number}," for name, number in names.numbers]
    lines += ["};", f"}}  // namespace {names.name}"]
    return "\n".join(lines) + "\n"


def _message_source(message: Message) -> str:
    lines = [f"// {message.doc}", f"struct {message.name} {{"]
    lines.append(f"  enum : uint8_t {{ kType = 0x{message.type:02X}, kSize = {message.size_bytes} }};")
    if message.fields:
        lines += ["", *(_field_line(field) for field in message.fields)]
    lines += ["", "  // Writes kSize bytes."]
    if message.fields:
        lines += ["  void pack(uint8_t* at) const {", *_pack_lines(message), "  }"]
    else:
        lines.append("  void pack(uint8_t*) const {}")
    lines += ["  // False, and nothing changed, when the payload has another length."]
    if message.fields:
        lines.append("  bool unpack(const uint8_t* at, uint8_t length) {")
        lines.append("    if (length != kSize) return false;")
        lines += [*_unpack_lines(message), "    return true;", "  }"]
    else:
        lines.append("  bool unpack(const uint8_t*, uint8_t length) { return length == kSize; }")
    return "\n".join([*lines, "};"]) + "\n"


def _field_line(field: Field) -> str:
    array = f"[{field.count}]" if field.count > 1 else ""
    remark = "; ".join(text for text in (field.unit, field.enum or field.bits, field.doc) if text)
    return f"  {_CPP_TYPE[field.type]} {field.name}{array};" + (f"  // {remark}" if remark else "")


def _pack_lines(message: Message) -> list[str]:
    return [_step(field, "put", last=field is message.fields[-1]) for field in message.fields]


def _unpack_lines(message: Message) -> list[str]:
    return [_step(field, "get", last=field is message.fields[-1]) for field in message.fields]


def _step(field: Field, verb: str, *, last: bool) -> str:
    if field.count > 1:
        return f"    for (uint8_t i = 0; i < {field.count}; ++i) at = {verb}(at, {field.name}[i]);"
    return f"    {'' if last else 'at = '}{verb}(at, {field.name});"


def _payload_size_source(schema: Schema) -> str:
    lines = [
        "constexpr uint8_t kUnknownType = 255;",
        "",
        "// Bytes of the payload of a message type, or kUnknownType.",
        "inline uint8_t payload_size(uint8_t type) {",
        "  switch (type) {",
    ]
    lines += [f"    case {m.name}::kType: return {m.name}::kSize;" for m in schema.messages]
    lines += ["    default: return kUnknownType;", "  }", "}"]
    return "\n".join(lines) + "\n"
