"""Raw logs: exact round trips, and one clear line with file, row and column for everything that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slowhand.errors import BadInputError
from slowhand.sensing.rows import RAW_DTYPE
from slowhand.session.rawlog import COLUMNS, read_raw_log, write_raw_log


def some_rows(n: int = 12, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = np.zeros(n, RAW_DTYPE)
    rows["t_us"] = 4_000_000_000 + np.cumsum(rng.integers(4990, 5010, n))
    rows["seq"] = (65530 + np.arange(n)) % 65536
    rows["pads"] = rng.integers(0, 1024, (n, 6))
    for name in ("accel", "gyro", "m0", "m1"):
        rows[name] = rng.normal(0.0, 10.0, (n, 3))
    rows["mag_new"], rows["haptic"] = rng.random(n) < 0.5, rng.random(n) < 0.5
    return rows


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "raw.csv"
    write_raw_log(path, some_rows(), ["made for a test", "unit 7"])
    return path


def test_what_is_written_is_read_to_the_bit(log: Path) -> None:
    read = read_raw_log(log)
    assert read.rows.tobytes() == some_rows().tobytes()
    assert read.rate_hz == 200.0
    assert read.comments == ("made for a test", "unit 7")


@settings(max_examples=30, deadline=None)
@given(values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=9, max_size=9))
def test_any_finite_number_survives(tmp_path_factory: pytest.TempPathFactory, values: list[float]) -> None:
    rows = some_rows(1)
    rows["accel"], rows["gyro"], rows["m0"] = values[:3], values[3:6], values[6:]
    path = tmp_path_factory.mktemp("log") / "raw.csv"
    write_raw_log(path, rows)
    assert read_raw_log(path).rows.tobytes() == rows.tobytes()


def test_a_second_magnetometer_may_be_missing(tmp_path: Path) -> None:
    rows = some_rows()
    rows["m1"] = np.nan
    write_raw_log(tmp_path / "one.csv", rows)
    assert "m1x" not in (tmp_path / "one.csv").read_text()
    assert read_raw_log(tmp_path / "one.csv").rows.tobytes() == rows.tobytes()


def test_what_is_not_there_is_written_as_zeros(tmp_path: Path) -> None:
    rows = some_rows()
    rows["m0"] = np.nan
    write_raw_log(tmp_path / "none.csv", rows)
    assert np.all(read_raw_log(tmp_path / "none.csv").rows["m0"] == 0.0)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n\n",
        lambda text: text.replace(",", " , "),
        lambda text: text.split("\n", 2)[2],  # no comments
    ],
    ids=["byte order mark", "windows line ends", "no last line end", "empty lines at the end", "blanks", "bare"],
)
def test_harmless_varieties_read_the_same(log: Path, change: Callable[[str], str]) -> None:
    log.write_bytes(change(log.read_text()).encode())
    assert read_raw_log(log).rows.tobytes() == some_rows().tobytes()


def test_columns_are_found_by_name(log: Path) -> None:
    lines = [line for line in log.read_text().rstrip("\n").split("\n") if not line.startswith("#")]
    log.write_text("\n".join(",".join(reversed(line.split(","))) for line in lines))
    assert read_raw_log(log).rows.tobytes() == some_rows().tobytes()


HEADER_ROW = 3


def cell(row: int, column: str, text: str) -> Callable[[str], str]:
    """Put ``text`` in one cell; ``row`` is the line of the file, counted from 1."""

    def change(whole: str) -> str:
        lines = whole.split("\n")
        fields = lines[row - 1].split(",")
        fields[COLUMNS.index(column)] = text
        lines[row - 1] = ",".join(fields)
        return "\n".join(lines)

    return change


def line(row: int, edit: Callable[[str], str]) -> Callable[[str], str]:
    def change(whole: str) -> str:
        lines = whole.split("\n")
        lines[row - 1] = edit(lines[row - 1])
        return "\n".join(lines)

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (cell(7, "fsr2", "abc"), ["row 7", "column fsr2", "'abc'", "0..1023"]),
        (cell(7, "fsr2", ""), ["row 7", "column fsr2"]),
        (cell(7, "fsr2", "12.5"), ["row 7", "column fsr2", "12.5"]),
        (cell(7, "fsr5", "1024"), ["row 7", "column fsr5"]),
        (cell(7, "fsr0", "-1"), ["row 7", "column fsr0"]),
        (cell(4, "ax", "nan"), ["row 4", "column ax", "finite"]),
        (cell(4, "gz", "inf"), ["row 4", "column gz"]),
        (cell(4, "m1y", "1e999"), ["row 4", "column m1y"]),
        (cell(4, "m0x", "1_000"), ["row 4", "column m0x"]),
        (cell(15, "m0x", "0x10"), ["row 15", "column m0x"]),
        (cell(9, "seq", "65536"), ["row 9", "column seq", "0..65535"]),
        (cell(9, "mag_new", "2"), ["row 9", "column mag_new", "0..1"]),
        (cell(9, "haptic", "yes"), ["row 9", "column haptic"]),
        (cell(9, "t_us", "1"), ["row 9", "column t_us", "increase"]),
        (cell(9, "t_us", "4000000000.5"), ["row 9", "column t_us", "whole number"]),
        (lambda text: line(10, lambda _: text.split("\n")[8])(text), ["row 10", "column t_us", "increase"]),
        (line(8, lambda text: text.rsplit(",", 1)[0]), ["row 8", "21 fields", "haptic"]),
        (line(8, lambda text: text + ",0"), ["row 8", "23 fields"]),
        (line(8, lambda _: "# a late comment"), ["row 8"]),
        (line(HEADER_ROW, lambda text: text.replace(",gz", "")), ["row 3", "lacks", "gz"]),
        (line(HEADER_ROW, lambda text: text.replace(",m0y", "")), ["row 3", "lacks", "m0y"]),
        (line(HEADER_ROW, lambda text: text.replace(",m1y", "")), ["row 3", "lacks", "m1y"]),
        (line(HEADER_ROW, lambda text: text + ",extra"), ["row 3", "unknown", "extra"]),
        (line(HEADER_ROW, lambda text: text.replace("fsr1", "fsr0")), ["row 3", "fsr1"]),
        (line(HEADER_ROW, lambda _: "time;force"), ["row 3", "time;force"]),
        (lambda text: "\n".join(text.split("\n")[:3]), ["row 3", "no rows"]),
        (lambda text: "\n".join(text.split("\n")[:2]), ["no header"]),
        (lambda text: "", ["empty"]),
    ],
)
def test_bad_input_is_named_by_file_row_and_column(
    log: Path, change: Callable[[str], str], words: list[str]
) -> None:
    log.write_text(change(log.read_text()))
    with pytest.raises(BadInputError) as caught:
        read_raw_log(log)
    message = str(caught.value)
    assert "\n" not in message and str(log) in message
    for word in words:
        assert word in message, message


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=400))
def test_garbage_is_bad_input_and_nothing_else(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("log") / "raw.csv"
    path.write_bytes(content)
    with pytest.raises(BadInputError) as caught:
        read_raw_log(path)
    assert "\n" not in str(caught.value)


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 3000), byte=st.integers(0, 255))
def test_one_wrong_byte_reads_or_is_bad_input(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "raw.csv"
    write_raw_log(path, some_rows())
    content = bytearray(path.read_bytes())
    content[at % len(content)] = byte
    path.write_bytes(content)
    try:
        read = read_raw_log(path)
    except BadInputError as error:
        assert "\n" not in str(error) and "\r" not in str(error)
    else:
        assert len(read.rows) <= 12


def test_a_missing_file_and_a_folder_are_bad_input(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(BadInputError, match="cannot be read"):
            read_raw_log(path)


def test_the_fast_way_and_the_careful_way_agree(log: Path) -> None:
    lines = log.read_text().split("\n")
    first, rest = lines[3].split(",", 1)
    lines[3] = f'"{first}",{rest}'  # quotes: only the careful way reads them
    log.write_text("\n".join(lines))
    assert read_raw_log(log).rows.tobytes() == some_rows().tobytes()


@pytest.mark.parametrize("spoil", ['"{}', '{}"'])
def test_a_quote_without_its_partner_is_refused(log: Path, spoil: str) -> None:
    lines = log.read_text().split("\n")
    first, rest = lines[4].split(",", 1)
    lines[4] = f"{spoil.format(first)},{rest}"
    log.write_text("\n".join(lines))
    with pytest.raises(BadInputError, match="row 5, column t_us"):
        read_raw_log(log)
