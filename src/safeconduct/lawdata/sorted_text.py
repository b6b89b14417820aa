"""Find lines in a large sorted text file without loading it.

A file holds one record a line, UTF-8, LF, sorted by bytes. The search halves the file's bytes, so a look-up reads some
twenty short stretches of a mapped file, whatever its size; nothing is kept between calls and nothing is written.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator
from pathlib import Path


class UnsortedTextError(ValueError):
    """The file's lines are not in the order of their bytes, so a search in it would miss records."""


def _lower_bound(data: mmap.mmap, wanted: bytes) -> int:
    """Return the offset of the first line that is not below ``wanted`` (the file's length if none is)."""
    low, high = 0, len(data)
    while low < high:
        middle = (low + high) // 2
        start = data.rfind(b"\n", low, middle) + 1 or low
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        if data[start:end] < wanted:
            low = min(end + 1, len(data))
        else:
            high = start
    return low


def _from(path: Path, wanted: bytes) -> Iterator[bytes]:
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start = _lower_bound(data, wanted)
        while start < len(data):
            end = data.find(b"\n", start)
            end = len(data) if end < 0 else end
            line = data[start:end]
            if not line.startswith(wanted):
                return
            yield line
            start = end + 1


def find_prefix(path: Path, prefix: str, *, limit: int | None = None) -> list[str]:
    """Return the lines that begin with ``prefix``, in the file's order, at most ``limit``."""
    found: list[str] = []
    for line in _from(path, prefix.encode("utf-8")):
        if limit is not None and len(found) >= limit:
            break
        found.append(line.decode("utf-8"))
    return found


def find(path: Path, key: str, *, separator: str = "\t") -> list[str]:
    """Return the lines whose first field is exactly ``key`` (fields parted by ``separator``), whole."""
    return find_prefix(path, key + separator)


def find_all(paths: Iterable[Path], key: str, *, separator: str = "\t") -> list[str]:
    """Return :func:`find` over several files (the parts of one table), in the order given."""
    return [line for path in paths for line in find(path, key, separator=separator)]


def find_entry(paths: Iterable[Path], entry_id: str) -> str | None:
    """Return the JSON line of the entry ``entry_id`` from files whose lines begin ``{"id":"…"``, or None."""
    for path in paths:
        lines = find_prefix(path, f'{{"id":"{entry_id}"', limit=1)
        if lines:
            return lines[0]
    return None


def require_sorted(path: Path) -> int:
    """Return the number of lines; raise :class:`UnsortedTextError` naming the first line out of order.

    Reads the whole file: for the check of an edition, not for a question.
    """
    before, number = b"", 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            line = line.rstrip(b"\n")
            if line < before:
                raise UnsortedTextError(f"{path.name}, line {number}: sorts before the line above it")
            before = line
    return number
