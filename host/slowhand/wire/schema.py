"""What `protocol.toml` says, read and checked, before any code is made from it."""

from __future__ import annotations

import keyword
import re
import tomllib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slowhand.errors import BadInputError

PROTOCOL_TOML = Path(__file__).parent / "protocol.toml"

TYPE_BYTES = {"u8": 1, "i8": 1, "u16": 2, "i16": 2, "u32": 4, "i32": 4, "f32": 4}
BODY_OVERHEAD_BYTES = 1 + 2 + 4  # type, sequence, CRC-32
FIRST_TO_GLOVE = 0x80  # types above go from the host to the glove

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MESSAGE_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
_CPP_RESERVED = frozenset(
    ("auto", "bool", "char", "const", "default", "delete", "double", "float", "int", "long", "new", "short")
) | frozenset(("operator", "signed", "struct", "switch", "this", "union", "unsigned", "void"))


@dataclass(frozen=True)
class Field:
    name: str
    type: str
    count: int  # 1 = a plain value
    unit: str
    enum: str  # name of the enum or "" for none
    bits: str
    doc: str

    @property
    def size_bytes(self) -> int:
        return TYPE_BYTES[self.type] * self.count


@dataclass(frozen=True)
class Message:
    name: str
    type: int
    doc: str
    fields: tuple[Field, ...]

    @property
    def size_bytes(self) -> int:
        """Bytes of the payload."""
        return sum(field.size_bytes for field in self.fields)

    @property
    def to_glove(self) -> bool:
        return self.type >= FIRST_TO_GLOVE


@dataclass(frozen=True)
class Names:
    """An enum (the number is the value) or a set of bits (the number is the bit's position)."""

    name: str
    numbers: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Schema:
    protocol_version: int
    max_body_bytes: int
    baud: int
    enums: tuple[Names, ...]
    bits: tuple[Names, ...]
    messages: tuple[Message, ...]

    @property
    def hash(self) -> int:
        """CRC-32 over everything that a peer could misread; texts for people are left out."""
        return zlib.crc32(canonical_text(self).encode())


def load_schema(path: Path = PROTOCOL_TOML) -> Schema:
    """Read and check the wire's definition.

    Raises:
        BadInputError: the file cannot be read, or says something that cannot become code.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInputError(f"{path}: cannot be read as TOML: {error}") from error
    try:
        schema = _schema_from(table)
    except (KeyError, TypeError) as error:
        raise BadInputError(f"{path}: a key is missing or of the wrong kind: {error}") from error
    for problem in _problems(schema):
        raise BadInputError(f"{path}: {problem}")
    return schema


def canonical_text(schema: Schema) -> str:
    """One line per name and field, in the file's order: the same text on every system."""
    lines = [f"enum {e.name} " + " ".join(f"{n}={v}" for n, v in e.numbers) for e in schema.enums]
    lines += [f"bits {b.name} " + " ".join(f"{n}={v}" for n, v in b.numbers) for b in schema.bits]
    for message in schema.messages:
        lines.append(f"message {message.name} {message.type}")
        for f in message.fields:
            lines.append(f"field {f.name} {f.type} {f.count} unit={f.unit} enum={f.enum} bits={f.bits}")
    return "\n".join(lines) + "\n"


def _schema_from(table: dict[str, Any]) -> Schema:
    return Schema(
        protocol_version=int(table["protocol_version"]),
        max_body_bytes=int(table["max_body_bytes"]),
        baud=int(table["baud"]),
        enums=tuple(Names(name, tuple(numbers.items())) for name, numbers in table["enums"].items()),
        bits=tuple(Names(name, tuple(numbers.items())) for name, numbers in table["bits"].items()),
        messages=tuple(
            Message(m["name"], m["type"], m.get("doc", ""), tuple(_field_from(f) for f in m["fields"]))
            for m in table["message"]
        ),
    )


def _field_from(field: dict[str, Any]) -> Field:
    return Field(
        name=field["name"],
        type=field["type"],
        count=field.get("count", 1),
        unit=field.get("unit", ""),
        enum=field.get("enum", ""),
        bits=field.get("bits", ""),
        doc=field.get("doc", ""),
    )


def _problems(schema: Schema) -> list[str]:
    """What is wrong with it, in words; empty when it can become code."""
    found = []
    if not 1 <= schema.protocol_version <= 255:
        found.append("protocol_version must be 1-255")
    if not BODY_OVERHEAD_BYTES <= schema.max_body_bytes <= 253:
        # Up to 253 bytes COBS costs exactly one byte, which the decoders' bounds rely on.
        found.append(f"max_body_bytes must be {BODY_OVERHEAD_BYTES}-253")
    for group in (*schema.enums, *schema.bits):
        found += [f"{group.name}.{name}: not a usable name" for name, _ in group.numbers if not _usable(name)]
        if len({number for _, number in group.numbers}) != len(group.numbers):
            found.append(f"{group.name}: a number is used twice")
    if len({m.type for m in schema.messages}) != len(schema.messages):
        found.append("a message type is used twice")
    if len({m.name for m in schema.messages}) != len(schema.messages):
        found.append("a message name is used twice")
    for message in schema.messages:
        found += _message_problems(message, schema)
    return found


def _message_problems(message: Message, schema: Schema) -> list[str]:
    found = []
    allowed = 1 <= message.type <= 0xFF and message.type != FIRST_TO_GLOVE
    if not _MESSAGE_NAME.fullmatch(message.name) or not allowed:
        found.append(f"message {message.name}: needs a CamelCase name and a type 0x01-0x7F or 0x81-0xFF")
    names = [field.name for field in message.fields]
    if len(set(names)) != len(names):
        found.append(f"message {message.name}: a field's name is used twice")
    for field in message.fields:
        where = f"message {message.name}, field {field.name}"
        if not _usable(field.name):
            found.append(f"{where}: not a usable name")
        if field.type not in TYPE_BYTES or field.count < 1:
            found.append(f"{where}: type must be one of {', '.join(TYPE_BYTES)}, count at least 1")
        elif field.enum and field.enum not in {e.name for e in schema.enums}:
            found.append(f"{where}: no enum {field.enum}")
        elif field.bits and field.bits not in {b.name for b in schema.bits}:
            found.append(f"{where}: no bits {field.bits}")
    if not found and message.size_bytes + BODY_OVERHEAD_BYTES > schema.max_body_bytes:
        found.append(f"message {message.name}: longer than max_body_bytes")
    return found


def _usable(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and not keyword.iskeyword(name) and name not in _CPP_RESERVED
