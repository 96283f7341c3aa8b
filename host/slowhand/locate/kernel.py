"""How the locator's functions are compiled: once, kept on disk, and never stale.

numba's own cache looks only at the file that a function is written in. A kernel that calls another
file's kernel would go on using the old one after an edit. So the cache lives in a folder named after the
contents of all files of this package: any change starts afresh.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core import config
from platformdirs import user_cache_path

KEPT_CACHES = 3  # so that two installed versions do not throw out each other's


def _source_digest() -> str:
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__}".encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _forget_old_caches(root: Path, current: Path) -> None:
    try:
        others = [folder for folder in root.glob("kernels-*") if folder != current]
        others.sort(key=lambda folder: folder.stat().st_mtime, reverse=True)
    except OSError:
        return  # another process is tidying up at the same moment
    for folder in others[KEPT_CACHES - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)


def _cache_folder() -> Path:
    root = Path(os.environ.get("NUMBA_CACHE_DIR") or user_cache_path("slowhand"))
    folder = root / f"kernels-{_source_digest()}"
    if not folder.exists():
        _forget_old_caches(root, folder)
    return folder


CACHE_FOLDER = _cache_folder()


def kernel(function: Callable[..., Any]) -> Any:
    """Compile ``function`` on first call and keep the machine code in ``CACHE_FOLDER``.

    No fast-math: results must not depend on how a loop was vectorised, and NaN must stay NaN. Pass constants as
    ``np.int64(3)``: a bare 3 makes numba compile the callee once more for that very number.
    """
    return _compiled(function)


def inner(function: Callable[..., Any]) -> Any:
    """As ``kernel``, for functions that only other kernels call: without the way in from Python."""
    return _compiled(function, no_cpython_wrapper=True)


def _compiled(function: Callable[..., Any], **options: Any) -> Any:
    before = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE_FOLDER)
    try:
        return numba.njit(cache=True, nogil=True, error_model="numpy", no_cfunc_wrapper=True, **options)(function)
    finally:
        config.CACHE_DIR = before


def plain_bools(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The same table with bytes for booleans (numba takes no nested arrays of booleans); same layout."""
    fields: list[Any] = []
    for name in dtype.names or ():
        base, shape = dtype[name].subdtype or (dtype[name], ())
        fields.append((name, np.dtype("u1") if base == np.dtype("?") else base, shape))
    return np.dtype(fields)
