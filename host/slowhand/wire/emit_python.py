"""Writes `messages_gen.py` from the wire's definition."""

from __future__ import annotations

import textwrap

from slowhand.wire.schema import Field, Message, Names, Schema

LINE_LENGTH = 110

_FORMAT = {"u8": "B", "i8": "b", "u16": "H", "i16": "h", "u32": "I", "i32": "i", "f32": "f"}

_HEAD = '''"""The messages on the wire.

Generated from protocol.toml by `python -m slowhand.wire.codegen`: do not edit.

`pack` and `unpack` raise `struct.error` when a value does not fit its type or the payload has not SIZE bytes.
Enum and bit fields are plain integers, since a newer peer may send numbers that are not known here.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import ClassVar, TypeAlias
'''


def python_source(schema: Schema) -> str:
    parts = [
        _HEAD,
        f"PROTOCOL_VERSION = {schema.protocol_version}\n"
        f"SCHEMA_HASH = 0x{schema.hash:08X}\n"
        f"MAX_BODY_BYTES = {schema.max_body_bytes}\n"
        f"BAUD = {schema.baud}\n",
    ]
    parts += ["\n" + _names_source(names, "IntEnum", shift=False) for names in schema.enums]
    parts += ["\n" + _names_source(names, "IntFlag", shift=True) for names in schema.bits]
    parts += ["\n" + _message_source(message) for message in schema.messages]
    union = "\n    | ".join(message.name for message in schema.messages)
    parts.append(f"\nMessage: TypeAlias = (\n    {union}\n)\n")
    table = "".join(f"    {message.name}.TYPE: {message.name},\n" for message in schema.messages)
    parts.append("MESSAGES: dict[int, type[Message]] = {\n" + table + "}\n")
    return "\n".join(parts)


def class_name(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _names_source(names: Names, base: str, *, shift: bool) -> str:
    lines = [f"class {class_name(names.name)}({base}):"]
    lines += [f"    {name.upper()} = {1 << number if shift else number}" for name, number in names.numbers]
    return "\n".join(lines) + "\n"


def _message_source(message: Message) -> str:
    packer = f"_{message.name.upper()}"
    form = "<" + "".join((str(f.count) if f.count > 1 else "") + _FORMAT[f.type] for f in message.fields)
    lines = [f'{packer} = struct.Struct("{form}")', "", ""]
    lines += ["@dataclass(frozen=True, slots=True)", f"class {message.name}:", f'    """{message.doc}"""', ""]
    lines.append(f"    TYPE: ClassVar[int] = 0x{message.type:02X}")
    lines.append(f"    SIZE: ClassVar[int] = {message.size_bytes}")
    if message.fields:
        lines += ["", *(line for field in message.fields for line in _field_lines(field))]
    lines += ["", "    def pack(self) -> bytes:", *_pack_lines(message, packer), ""]
    lines += ["    @classmethod", f"    def unpack(cls, payload: bytes | memoryview) -> {message.name}:"]
    lines += _unpack_lines(message, packer)
    return "\n".join(lines) + "\n"


def _field_lines(field: Field) -> list[str]:
    base = "float" if field.type == "f32" else "int"
    annotation = base if field.count == 1 else f"tuple[{', '.join([base] * field.count)}]"
    kind = class_name(field.enum or field.bits) if field.enum or field.bits else ""
    remark = "; ".join(text for text in (field.unit, kind, field.doc) if text)
    line = f"    {field.name}: {annotation}"
    if len(line) + len(remark) + 4 > LINE_LENGTH:
        above = textwrap.wrap(remark, LINE_LENGTH, initial_indent="    # ", subsequent_indent="    # ")
        return [*above, line]
    return [line + (f"  # {remark}" if remark else "")]


def _pack_lines(message: Message, packer: str) -> list[str]:
    values = [f"{'*' if f.count > 1 else ''}self.{f.name}" for f in message.fields]
    line = f"        return {packer}.pack({', '.join(values)})"
    if len(line) <= LINE_LENGTH:
        return [line]
    return [f"        return {packer}.pack(", *(f"            {value}," for value in values), "        )"]


def _unpack_lines(message: Message, packer: str) -> list[str]:
    if not message.fields:
        return [f"        {packer}.unpack(payload)", "        return cls()"]
    picks, at = [], 0
    for field in message.fields:
        picks.append(f"v[{at}]" if field.count == 1 else f"v[{at}:{at + field.count}]")
        at += field.count
    if at == len(message.fields):
        return [f"        return cls(*{packer}.unpack(payload))"]
    return [f"        v = {packer}.unpack(payload)", f"        return cls({', '.join(picks)})"]
