"""The generated files are those that protocol.toml gives, and a definition that cannot become code is refused."""

from __future__ import annotations

import dataclasses
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from slowhand.errors import BadInputError
from slowhand.wire import codegen, messages_gen
from slowhand.wire.emit_cpp import cpp_source
from slowhand.wire.emit_python import python_source
from slowhand.wire.emit_tables import BEGIN, END, page_with_tables
from slowhand.wire.schema import PROTOCOL_TOML, Schema, load_schema

SCHEMA = load_schema()


def schema_from(tmp_path: Path, *replacements: tuple[str, str]) -> Schema:
    text = PROTOCOL_TOML.read_text("utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "protocol.toml"
    path.write_text(text, "utf-8")
    return load_schema(path)


def test_the_committed_files_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "slowhand.wire.codegen", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def checkout(tmp_path: Path) -> Path:
    """The least that the generator needs of a checkout."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "protocol.md").write_text(f"prose\n{BEGIN}\nold\n{END}\nmore prose\n", "utf-8")
    return tmp_path


def test_check_names_what_differs_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = checkout(tmp_path)
    assert codegen.main(["--check"], root) == 1
    complaint = capsys.readouterr().err
    for name in ("messages_gen.py", "messages_gen.h", "docs/protocol.md"):
        assert name in complaint
    assert "old" in (root / "docs" / "protocol.md").read_text("utf-8")
    assert codegen.main([], root) == 0
    assert codegen.main(["--check"], root) == 0
    page = (root / "docs" / "protocol.md").read_text("utf-8")
    assert page.startswith("prose\n")
    assert page.endswith("more prose\n")
    header = root / "firmware" / "glove" / "src" / "wire" / "messages_gen.h"
    header.write_text(header.read_text("utf-8") + "// by hand\n", "utf-8")
    capsys.readouterr()
    assert codegen.main(["--check"], root) == 1
    assert capsys.readouterr().err.count("differs") == 1


def test_outside_a_checkout_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert codegen.main([], tmp_path) == 2
    assert "checkout" in capsys.readouterr().err
    with pytest.raises(BadInputError, match="exactly one"):
        page_with_tables("no markers", SCHEMA)


def test_the_hash_follows_what_a_peer_could_misread_and_nothing_else(tmp_path: Path) -> None:
    assert schema_from(tmp_path, ('doc = "Health, once a second."', 'doc = "other words"')).hash == SCHEMA.hash
    for old, new in [
        ('name = "uptime_s"', 'name = "uptime"'),
        ('name = "supply_mv", type = "u16"', 'name = "supply_mv", type = "i16"'),
        ('type = "u16", count = 6, unit = "count" },\n  { name = "accel"',
         'type = "u16", count = 5, unit = "count" },\n  { name = "accel"'),
        ("type = 0x04", "type = 0x14"),
        ('unit = "m/s2 per LSB"', 'unit = "g per LSB"'),
        ("lighter = 2", "lighter = 7"),
        ("overrun = 3", "overrun = 4"),
    ]:  # fmt: skip
        assert schema_from(tmp_path, (old, new)).hash != SCHEMA.hash, (old, new)
    assert SCHEMA.hash == messages_gen.SCHEMA_HASH


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('type = "u8", doc = "its type"', 'type = "u7", doc = "its type"', "type must be one of"),
        ("type = 0x04", "type = 0x02", "type is used twice"),
        ('name = "Status"', 'name = "Sample"', "name is used twice"),
        ('name = "uptime_s"', 'name = "t_us"', "name is used twice"),
        ('name = "uptime_s"', 'name = "while"', "not a usable name"),
        ('name = "uptime_s"', 'name = "Uptime"', "not a usable name"),
        ('enum = "hand"', 'enum = "foot"', "no enum foot"),
        ('bits = "channels"', 'bits = "nets"', "no bits nets"),
        ('name = "pads", type = "u16", count = 6', 'name = "pads", type = "u16", count = 60', "longer than"),
        ("max_body_bytes = 96", "max_body_bytes = 254", "max_body_bytes must be"),
        ("protocol_version = 1", "protocol_version = 0", "protocol_version must be"),
        ("left = 2", "left = 1", "used twice"),
        ("type = 0x81", "type = 0x80", "needs a CamelCase name and a type"),
        ("baud = 250000", "", "a key is missing"),
        ("[enums.hand]", "[enums.hand", "cannot be read as TOML"),
    ],
)
def test_a_definition_that_cannot_become_code_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(BadInputError, match=words) as caught:
        schema_from(tmp_path, (old, new))
    assert "protocol.toml" in str(caught.value)


def test_a_definition_that_is_absent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError):
        load_schema(tmp_path / "absent.toml")


def test_a_new_message_comes_out_in_every_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schema = schema_from(
        tmp_path,
        ('[[message]]\nname = "Identify"',
         '[[message]]\nname = "Warmth"\ntype = 0x09\ndoc = "New."\nfields = [\n'
         '  { name = "skin", type = "i32", count = 2, unit = "mK" },\n  { name = "air", type = "f32" },\n]\n\n'
         '[[message]]\nname = "Identify"'),
    )  # fmt: skip
    (tmp_path / "generated_for_a_test.py").write_text(python_source(schema), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    generated = importlib.import_module("generated_for_a_test")
    message = generated.Warmth((-5, 70000), 1.5)
    assert message.pack() == bytes.fromhex("fbffffff 70110100 0000c03f")
    assert generated.Warmth.unpack(message.pack()) == message
    assert generated.MESSAGES[9] is generated.Warmth
    header = cpp_source(schema)
    assert "struct Warmth" in header
    assert "int32_t skin[2];  // mK" in header
    assert "kSize = 12" in header


def test_generated_messages_match_the_definition() -> None:
    assert {m.type for m in SCHEMA.messages} == set(messages_gen.MESSAGES)
    for message in SCHEMA.messages:
        kind = messages_gen.MESSAGES[message.type]
        assert (kind.__name__, kind.TYPE, kind.SIZE) == (message.name, message.type, message.size_bytes)
        assert [f.name for f in dataclasses.fields(kind)] == [f.name for f in message.fields]
    assert messages_gen.SampleFlags.OVERRUN == 1 << 3
    assert messages_gen.EventKind.LIMITS_EXPIRED == 4
