"""Raw logs: the CSV through which anyone can bring their own data, read strictly and written exactly."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from slowhand.errors import BadInputError
from slowhand.sensing.rows import PAD_COUNT, RAW_DTYPE

PADS = tuple(f"fsr{k}" for k in range(PAD_COUNT))
MOTION = ("ax", "ay", "az", "gx", "gy", "gz")
FIELD0 = ("m0x", "m0y", "m0z")
FIELD1 = ("m1x", "m1y", "m1z")  # may be missing altogether: a glove with one magnetometer
COLUMNS = ("t_us", "seq", *PADS, *MOTION, *FIELD0, *FIELD1, "mag_new", "haptic")

# Whole numbers and their ranges; every other column is a finite number. 2^53: beyond it a double skips integers.
WHOLE = {"t_us": (0, 2**53), "seq": (0, 65535), "mag_new": (0, 1), "haptic": (0, 1)} | dict.fromkeys(PADS, (0, 1023))

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# Rates that gloves and loggers are set to; a measured one within 2 % of these is this one.
_USUAL_RATES_HZ = (50, 100, 125, 200, 250, 400, 500, 1000)


@dataclass(frozen=True)
class RawLog:
    """A raw log in memory."""

    rows: np.ndarray            # RAW_DTYPE
    rate_hz: float              # from the median step of time
    comments: tuple[str, ...]   # without the leading "#"
    sha256: str                 # of the file's bytes


def read_raw_log(path: Path | str) -> RawLog:
    """Read a raw log (design: "Files and commands").

    Raises:
        BadInputError: the first thing that is wrong, by file, row (line of the file) and column.
    """
    path = Path(path)
    content = _read(path)
    lines = _text(path, content).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), None)
    if start is None:
        raise BadInputError(f"{path}: holds no header and no rows; is it a raw log?")
    columns = _columns(path, start + 1, lines[start])
    table = _fast_table(lines[start + 1 :], columns)
    if table is None:
        table = _checked_table(path, lines, start + 1, columns)
    if len(table) == 0:
        raise BadInputError(f"{path}: row {start + 1} is the header, but no rows follow it")
    rows = _raw_rows(table, columns)
    comments = tuple(line[1:].strip() for line in lines[:start] if line.startswith("#"))
    return RawLog(rows, rate_of(rows["t_us"]), comments, hashlib.sha256(content).hexdigest())


def write_raw_log(path: Path | str, rows: np.ndarray, comments: Sequence[str] = ()) -> None:
    """Write ``RAW_DTYPE`` rows so that reading gives the same numbers, to the bit.

    The second magnetometer's columns are left out when there is none. Values that are not there (NaN) in other
    columns are written as zeros: all zeros is what a sensor that is not there reads, and so it is taken.
    """
    with Path(path).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"# {comment}\n" for comment in comments)
        with_second = bool(np.any(np.isfinite(rows["m1"])))
        names = [name for name in COLUMNS if with_second or name not in FIELD1]
        file.write(",".join(names) + "\n")
        file.writelines(",".join(map(repr, row)) + "\n" for row in _plain_rows(rows, with_second))


def rate_of(t_us: np.ndarray) -> float:
    """Rows per second from the median step, rounded to a usual rate when it is within 2 % of one."""
    if len(t_us) < 2:
        return 200.0
    measured = 1e6 / float(np.median(np.diff(t_us)))
    usual = min(_USUAL_RATES_HZ, key=lambda rate: abs(rate - measured))
    return float(usual) if abs(usual - measured) <= 0.02 * usual else measured


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadInputError(f"{path}: cannot be read ({reason}); give the path of a raw log") from error


def _text(path: Path, content: bytes) -> str:
    if not content.strip():
        raise BadInputError(f"{path}: is empty; a raw log has a header and rows")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise BadInputError(f"{path}, row {row}: byte {error.start} is not UTF-8 text; is it a raw log?") from error
    return text


def _columns(path: Path, row: int, header: str) -> list[str]:
    """The header's names in their order, all of them known and none missing."""
    names = [_unquoted(name) for name in header.split(",")]
    needed = [name for name in COLUMNS if name not in FIELD1 or any(other in names for other in FIELD1)]
    if not any(name in COLUMNS for name in names):
        raise BadInputError(
            f"{path}, row {row}: expected the header {','.join(COLUMNS[:3])},... but found {_short(header)}"
        )
    for name in needed:
        if name not in names:
            raise BadInputError(f"{path}, row {row}: the header lacks the column {name}")
    for name in names:
        if name not in COLUMNS:
            raise BadInputError(f"{path}, row {row}: the header has an unknown column {_short(name)}")
        if names.count(name) > 1:
            raise BadInputError(f"{path}, row {row}: the header has the column {name} twice")
    return names


def _fast_table(lines: list[str], columns: list[str]) -> np.ndarray | None:
    """All rows at once as doubles (n, columns), or ``None`` when something is not as it should be."""
    if not any(line.strip() for line in lines):
        return np.zeros((0, len(columns)))
    try:
        table = np.loadtxt(lines, delimiter=",", comments=None, ndmin=2)
    except ValueError:
        return None
    if table.shape[1] != len(columns) or not np.all(np.isfinite(table)):
        return None
    for name, (low, high) in WHOLE.items():
        values = table[:, columns.index(name)]
        if np.any(values != np.floor(values)) or np.any(values < low) or np.any(values > high):
            return None
    if np.any(np.diff(table[:, columns.index("t_us")]) <= 0):
        return None
    return table


def _checked_table(path: Path, lines: list[str], start: int, columns: list[str]) -> np.ndarray:
    """Row by row, to name the first thing that is wrong."""
    table: list[list[float]] = []
    time_at = columns.index("t_us")
    for row, line in enumerate(lines[start:], start=start + 1):
        if not line.strip():
            continue
        fields = [_unquoted(field) for field in line.split(",")]
        if len(fields) != len(columns):
            what = f"column {columns[len(fields)]} is missing" if len(fields) < len(columns) else "too many"
            raise BadInputError(f"{path}, row {row}: {len(fields)} fields instead of {len(columns)}: {what}")
        values = [_number(path, row, name, text) for name, text in zip(columns, fields, strict=True)]
        if table and values[time_at] <= table[-1][time_at]:
            raise BadInputError(
                f"{path}, row {row}, column t_us: {fields[time_at]} does not come after "
                f"{table[-1][time_at]:.0f} of the row before; time must increase"
            )
        table.append(values)
    return np.array(table).reshape(-1, len(columns))


def _unquoted(field: str) -> str:
    """A field without its quotes; a quote that stands alone is left to be refused."""
    text = field.strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] == '"' else text


def _number(path: Path, row: int, column: str, text: str) -> float:
    low, high = WHOLE.get(column, (0, 0))
    expected = f"a whole number {low}..{high}" if column in WHOLE else "a finite number"
    value = float(text) if _NUMBER.fullmatch(text.strip()) else math.nan
    good = math.isfinite(value) and (column not in WHOLE or (value.is_integer() and low <= value <= high))
    if not good:
        raise BadInputError(f"{path}, row {row}, column {column}: found {_short(text)}, expected {expected}")
    return value


def _raw_rows(table: np.ndarray, columns: list[str]) -> np.ndarray:
    def take(*names: str) -> np.ndarray:
        return table[:, [columns.index(name) for name in names]]

    rows = np.zeros(len(table), RAW_DTYPE)
    rows["t_us"], rows["seq"] = take("t_us")[:, 0], take("seq")[:, 0]
    rows["pads"] = take(*PADS)
    rows["accel"], rows["gyro"] = take(*MOTION[:3]), take(*MOTION[3:])
    rows["m0"] = take(*FIELD0)
    rows["m1"] = take(*FIELD1) if FIELD1[0] in columns else np.nan
    rows["mag_new"], rows["haptic"] = take("mag_new")[:, 0], take("haptic")[:, 0]
    return rows


def _plain_rows(rows: np.ndarray, with_second: bool, block: int = 10_000) -> Iterator[Iterable[int | float]]:
    """Each row's values in the order of the columns, as Python numbers, a block at a time to spare memory."""
    for start in range(0, len(rows), block):
        part = rows[start : start + block]
        whole = np.column_stack([part["t_us"], part["seq"], part["pads"]]).tolist()
        vectors = [part["accel"], part["gyro"], part["m0"]] + ([part["m1"]] if with_second else [])
        real = np.nan_to_num(np.column_stack(vectors), nan=0.0).tolist()
        marks = np.column_stack([part["mag_new"], part["haptic"]]).astype(int).tolist()
        for numbers in zip(whole, real, marks, strict=True):
            yield [value for group in numbers for value in group]


def _short(text: str) -> str:
    shown = repr(text.strip())
    return shown if len(shown) <= 60 else shown[:57] + "..."
