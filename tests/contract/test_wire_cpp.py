"""The firmware's codec built for this machine with sanitizers: the vectors, and what both languages tell each other."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from slowhand.wire.framing import Decoder, Fault, Frame, encode_frame
from slowhand.wire.messages_gen import MESSAGES
from tests.contract import wire_reference as reference

pytestmark = pytest.mark.xdist_group("wire_cpp")  # one build serves all

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
BUILD = [
    "g++", "-std=c++14", "-O0", "-g", "-Wall", "-Wextra", "-Werror",
    "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
]  # fmt: skip


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("g++") is None:
        pytest.fail("g++ is not installed, so the firmware's codec cannot be tested: apt install g++", pytrace=False)
    path = tmp_path_factory.mktemp("wire") / "wire_contract"
    sources = [HERE / "cpp" / "wire_contract.cpp", ROOT / "firmware" / "glove" / "src" / "core" / "framing.cpp"]
    built = subprocess.run([*BUILD, *sources, "-o", path], capture_output=True, text=True, check=False)
    if "doctest/doctest.h: No such file" in built.stderr:
        pytest.fail("doctest is not installed: apt install doctest-dev", pytrace=False)
    assert built.returncode == 0, built.stderr
    return path


def run(program: Path, mode: str, lines: list[str]) -> list[str]:
    done = subprocess.run(
        [program, mode], input="\n".join(lines) + "\n", capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    answer = done.stdout.split("\n")[:-1]
    assert len(answer) == len(lines)
    return answer


def events_text(data: bytes) -> str:
    """What Python's decoder reports, in the words of the C++ program."""
    return ";".join(_event_text(event) for event in Decoder().feed(data))


def _event_text(event: Frame | Fault) -> str:
    if isinstance(event, Fault):
        return f"!{event.kind}"
    name = type(event.message).__name__
    values = {f: getattr(event.message, f) for f, _, _ in reference.LAYOUTS[name][1]}
    return reference.text_of(name, event.seq, {f: v if isinstance(v, tuple) else [v] for f, v in values.items()})


def random_messages(count: int, seed: int) -> list[tuple[str, bytes]]:
    """Texts and Python's frames for them."""
    rng = random.Random(seed)
    made = []
    for _ in range(count):
        name = rng.choice(sorted(reference.LAYOUTS))
        values = reference.random_values(name, rng)
        kind = next(kind for kind in MESSAGES.values() if kind.__name__ == name)
        counts = {field: n for field, _, n in reference.LAYOUTS[name][1]}
        message = kind(**{f: tuple(v) if counts[f] > 1 else v[0] for f, v in values.items()})
        seq = rng.randrange(65536)
        made.append((reference.text_of(name, seq, values), encode_frame(message, seq)))
    return made


def test_cpp_agrees_with_the_vectors(program: Path) -> None:
    done = subprocess.run([program, HERE / "vectors"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "test cases: 4 | 4 passed" in " ".join(done.stdout.split())


def test_cpp_decodes_what_python_encoded(program: Path) -> None:
    made = random_messages(1500, seed=1)
    assert run(program, "--decode", [frame.hex() for _, frame in made]) == [text for text, _ in made]


def test_python_decodes_what_cpp_encoded(program: Path) -> None:
    made = random_messages(1500, seed=2)
    frames = run(program, "--encode", [text for text, _ in made])
    assert [events_text(bytes.fromhex(frame)) for frame in frames] == [text for text, _ in made]
    assert frames == [frame.hex() for _, frame in made]


def test_both_decoders_report_the_same_for_damaged_streams(program: Path) -> None:
    rng = random.Random(3)
    streams = []
    for number in range(300):
        stream = bytearray(b"".join(frame for _, frame in random_messages(5, seed=1000 + number)))
        for _ in range(rng.randrange(6)):
            at = rng.randrange(len(stream))
            damage = rng.choice(["flip", "drop", "double", "zero", "noise"])
            if damage == "flip":
                stream[at] ^= 1 << rng.randrange(8)
            elif damage == "drop":
                del stream[at : at + rng.randrange(1, 9)]
            elif damage == "double":
                stream[at:at] = stream[at : at + rng.randrange(1, 60)]
            elif damage == "zero":
                stream[at] = 0
            else:
                stream[at:at] = rng.randbytes(rng.randrange(1, 150))
        streams.append(bytes(stream))
    reports = run(program, "--decode", [stream.hex() for stream in streams])
    assert reports == [events_text(stream) for stream in streams]
    assert all(any(f"!{cause}" in report for report in reports) for cause in ("cobs", "crc", "too_long", "length"))
