"""`python -m slowhand.wire.codegen [--check]`: makes from protocol.toml what is made from it.

Without an option it writes the Python module, the C++ header and the tables of docs/protocol.md. With
`--check` it writes nothing, names the files that differ from a fresh generation and ends with exit code 1.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from slowhand.errors import BadInputError
from slowhand.wire.emit_cpp import cpp_source
from slowhand.wire.emit_python import python_source
from slowhand.wire.emit_tables import page_with_tables
from slowhand.wire.schema import PROTOCOL_TOML, Schema, load_schema

REPOSITORY = Path(__file__).resolve().parents[3]
REMEDY = "run `python -m slowhand.wire.codegen`"


def generate(schema: Schema, root: Path = REPOSITORY) -> dict[Path, str]:
    """What each generated file below the repository's root should contain.

    Raises:
        BadInputError: this is no checkout of the repository, or docs/protocol.md lost its markers.
    """
    page = root / "docs" / "protocol.md"
    try:
        text = page.read_text("utf-8")
    except OSError as error:
        raise BadInputError(f"{page}: cannot be read ({error.strerror}); run this in a checkout") from error
    return {
        root / "host" / "slowhand" / "wire" / "messages_gen.py": python_source(schema),
        root / "firmware" / "glove" / "src" / "wire" / "messages_gen.h": cpp_source(schema),
        page: page_with_tables(text, schema),
    }


def differing(files: dict[Path, str]) -> list[Path]:
    """The files whose content on disk is another one, or that are absent."""
    return [path for path, text in files.items() if not path.exists() or path.read_bytes() != text.encode()]


def main(arguments: list[str] | None = None, root: Path = REPOSITORY) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m slowhand.wire.codegen",
        description="Write the wire's generated files from protocol.toml.",
        epilog="Example: python -m slowhand.wire.codegen --check",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when a file differs")
    check = parser.parse_args(arguments).check
    try:
        files = generate(load_schema(PROTOCOL_TOML), root)
    except BadInputError as error:
        print(error, file=sys.stderr)
        return 2
    stale = differing(files)
    for path in stale:
        name = path.relative_to(root)
        if check:
            print(f"{name} differs from protocol.toml; {REMEDY}", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[path].encode())
            print(f"wrote {name}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
