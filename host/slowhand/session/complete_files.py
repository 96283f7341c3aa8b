"""Files that appear in a folder only when all of them are complete."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from slowhand.errors import BadInputError, StoreError


@contextmanager
def complete_files(out: Path) -> Iterator[Path]:
    """Gives a folder to write into; when the block ends well its files move to ``out``, in place of older ones.

    After an error ``out`` is as it was, and nothing else is left behind.

    Raises:
        BadInputError: ``out`` is a file.
        StoreError: the files cannot be written.
    """
    if out.exists() and not out.is_dir():
        raise BadInputError(f"{out}: is a file; give a folder for the results")
    made = [folder for folder in (out, *out.parents) if not folder.exists()]  # nearest first
    draft: Path | None = None
    done = False
    try:
        out.mkdir(parents=True, exist_ok=True)
        # Inside `out`, so that moving a file is one rename on one file system.
        draft = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=out))
        yield draft
        for file in sorted(draft.iterdir()):
            file.replace(out / file.name)
        done = True
    except OSError as error:
        if isinstance(error, StoreError):
            raise
        reason = error.strerror or type(error).__name__
        raise StoreError(f"{out}: the results cannot be written ({reason})") from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)
        if not done:
            for folder in made:
                if folder.exists() and not any(folder.iterdir()):
                    folder.rmdir()
