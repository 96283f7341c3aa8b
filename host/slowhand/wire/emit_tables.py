"""Writes the tables in `docs/protocol.md` from the wire's definition; people write the prose around them."""

from __future__ import annotations

from slowhand.errors import BadInputError
from slowhand.wire.schema import Field, Message, Names, Schema

BEGIN = "<!-- generated from protocol.toml by `python -m slowhand.wire.codegen`: begin -->"
END = "<!-- generated: end -->"


def page_with_tables(page: str, schema: Schema) -> str:
    """The page with what stands between its markers made anew.

    Raises:
        BadInputError: the markers are missing, doubled or in the wrong order.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in after or END in after:
        raise BadInputError(f"docs/protocol.md: needs exactly one '{BEGIN}' and, after it, one '{END}'")
    return f"{before}{BEGIN}\n\n{tables(schema)}\n{END}{after}"


def tables(schema: Schema) -> str:
    parts = [
        f"Protocol version {schema.protocol_version}, schema hash `0x{schema.hash:08X}`, {schema.baud} baud, "
        f"at most {schema.max_body_bytes} bytes of body.\n",
        "### Messages\n",
        _overview(schema),
    ]
    parts += [_message_table(message) for message in schema.messages if message.fields]
    parts.append("### Numbers with names\n")
    parts += [_names_table(names, "value") for names in schema.enums]
    parts += [_names_table(names, "bit") for names in schema.bits]
    return "\n".join(parts)


def _overview(schema: Schema) -> str:
    lines = ["| type | name | way | payload bytes | what |", "| --- | --- | --- | --- | --- |"]
    for m in schema.messages:
        way = "host to glove" if m.to_glove else "glove to host"
        lines.append(f"| `0x{m.type:02X}` | {m.name} | {way} | {m.size_bytes} | {m.doc} |")
    return "\n".join(lines) + "\n"


def _message_table(message: Message) -> str:
    lines = [f"#### {message.name} (`0x{message.type:02X}`, {message.size_bytes} bytes)", ""]
    lines += ["| at | field | type | unit | what |", "| --- | --- | --- | --- | --- |"]
    at = 0
    for field in message.fields:
        lines.append(f"| {at} | `{field.name}` | {_type_text(field)} | {field.unit} | {_what(field)} |")
        at += field.size_bytes
    return "\n".join(lines) + "\n"


def _type_text(field: Field) -> str:
    return f"{field.type}[{field.count}]" if field.count > 1 else field.type


def _what(field: Field) -> str:
    named = f"`{field.enum or field.bits}`" if field.enum or field.bits else ""
    return "; ".join(text for text in (named, field.doc) if text)


def _names_table(names: Names, kind: str) -> str:
    lines = [f"| `{names.name}` | {kind} |", "| --- | --- |"]
    lines += [f"| {name} | {number} |" for name, number in names.numbers]
    return "\n".join(lines) + "\n"
