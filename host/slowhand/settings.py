"""Reads a TOML file into a pydantic model, or says in one line which key of which file is wrong."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from slowhand.errors import BadInputError

Model = TypeVar("Model", bound=BaseModel)

# A settings file is a few kilobytes. Anything far larger is a wrong file, and need not be parsed to know it.
MAX_BYTES = 1_000_000


def read_toml(path: Path | str, model: type[Model]) -> Model:
    """Read the TOML file ``path`` and check it against ``model``.

    Raises:
        BadInputError: no such file, not TOML, a number that is not finite, or a key that the model
            refuses; the line names file and key, what was found and what was expected.
    """
    path = Path(path)
    table = _parse(path)
    _refuse_non_finite(path, table, ())
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise BadInputError(_describe(path, error)) from error


def _parse(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BadInputError(f"{path}: cannot be read ({reason}); give the path of a TOML file") from error
    if len(content) > MAX_BYTES:
        raise BadInputError(f"{path}: larger than {MAX_BYTES} bytes; this is no settings file")
    try:
        # An editor on Windows puts a byte order mark in front; it is no mistake of the user's.
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path}: byte {error.start} is not UTF-8; save it as UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"{path}: is not valid TOML: {error}") from error
    except (RecursionError, ValueError) as error:  # nested beyond reason; an integer of thousands of digits
        raise BadInputError(f"{path}: is not usable TOML: {_first_line(str(error))}") from error


def _refuse_non_finite(path: Path, value: Any, key: tuple[int | str, ...]) -> None:
    # TOML knows nan and inf; no setting of ours means anything with them, and a comparison with nan is
    # silently false, which would switch a limit off.
    if isinstance(value, dict):
        for name, inner in value.items():
            _refuse_non_finite(path, inner, (*key, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _refuse_non_finite(path, inner, (*key, index))
    elif isinstance(value, float) and not math.isfinite(value):
        raise BadInputError(f"{path}: {_key_name(key)}: found {value}, expected a finite number")


def _describe(path: Path, error: ValidationError) -> str:
    problems = error.errors(include_url=False)
    first = problems[0]
    key = _key_name(first["loc"])
    others = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    if first["type"] == "missing":
        return f"{path}: {key}: is missing; add it{others}"
    if first["type"] == "extra_forbidden":
        return f"{path}: {key}: unknown key, perhaps misspelt; remove or rename it{others}"
    return f"{path}: {key}: found {_shorten(first['input'])}, expected {_expected(first['msg'])}{others}"


def _expected(message: str) -> str:
    for prefix in ("Input should be ", "Value error, ", "Assertion failed, "):
        message = message.removeprefix(prefix)
    return _first_line(message)


def _key_name(location: tuple[int | str, ...]) -> str:
    """The key as one writes it, counting from 0: ``pad[2].curve[0]``."""
    name = ""
    for part in location:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return name or "the whole file"


def _shorten(value: Any) -> str:
    text = repr(value).replace("\n", " ")
    return text if len(text) <= 60 else text[:57] + "..."


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0]
