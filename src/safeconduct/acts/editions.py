"""Where a user's editions are kept, which is in use, and the lock that one writer holds.

``$SAFECONDUCT_HOME/editions/<name>/`` holds one edition each; ``editions/current`` names the one in use and
``editions/history`` those in use before it, oldest first.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from safeconduct.acts.session import current_edition_folder, home
from safeconduct.lawdata.store import Edition, embedded_folder

EMBEDDED: Final = "embedded"
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_RESERVED: Final = (EMBEDDED, "current", "history")
BUILDING: Final = ".building-"


class DataError(ValueError):
    """What was asked of the editions cannot be done: what was given, what was expected, what to do."""


def editions_folder() -> Path:
    return home() / "editions"


def check_name(name: str) -> str:
    """The name of an edition, when it may be one.

    Raises:
        DataError: it could not be a folder's name, or means something else.
    """
    if not NAME.fullmatch(name) or name.casefold() in _RESERVED:
        raise DataError(
            f"edition name {name!r}: expected 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or "
            f"digit, and none of {', '.join(_RESERVED)}"
        )
    return name


def current_name() -> str:
    """The name of the edition in use; ``embedded`` when none was imported.

    Raises:
        DataError: the pointer names an edition that is not there.
    """
    pointer = editions_folder() / "current"
    if not pointer.is_file():
        return EMBEDDED
    name = pointer.read_text("utf-8").strip()
    if name != EMBEDDED and not (editions_folder() / name / "edition.json").is_file():
        raise DataError(
            f"{pointer} names the edition '{name}', which is not there; "
            f"go back to another with: safeconduct data rollback NAME (installed: {', '.join(installed_names())})"
        )
    return name


def installed_names() -> list[str]:
    folder = editions_folder()
    own = sorted(p.parent.name for p in folder.glob("*/edition.json") if not p.parent.name.startswith("."))
    return [EMBEDDED, *own]


def find_edition(name: str | None) -> Edition:
    """An edition by its installed name, by folder, ``embedded``, or (None) the one in use.

    Raises:
        DataError: nothing by that name. EditionError: its manifest is damaged.
    """
    if name is None:
        return Edition(current_edition_folder()) if current_name() else Edition(embedded_folder())
    if name == EMBEDDED:
        return Edition(embedded_folder())
    if NAME.fullmatch(name) and (editions_folder() / name / "edition.json").is_file():
        return Edition(editions_folder() / name)
    path = Path(name)
    if path.is_file():
        raise DataError(f"{name} is a file; expected the folder of an edition, with edition.json in it")
    if not path.is_dir():
        raise DataError(
            f"no edition '{name}': installed are {', '.join(installed_names())}; or give an edition's folder"
        )
    return Edition(path)


@contextmanager
def locked() -> Iterator[Path]:
    """Hold the editions' folder for one writer; yields the folder. The lock falls with the process.

    Raises:
        DataError: another import, update, rollback or signing is running.
    """
    folder = editions_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise DataError(
            f"{folder}: cannot be made: {e.strerror}; set SAFECONDUCT_HOME to a folder you may write"
        ) from None
    path = folder / ".lock"
    with path.open("a+b") as file:
        try:
            _lock(file.fileno())
        except OSError:
            raise DataError(f"another import or update is at work ({path} is held); wait until it has ended") from None
        for left in folder.glob(f"{BUILDING}*"):  # of an import that was killed
            shutil.rmtree(left, ignore_errors=True)
        yield folder


def _lock(fd: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


def use(folder: Path, name: str, *, going_back: bool = False) -> None:
    """Name the edition in use; the one before goes to the history. Each file is replaced in one step."""
    before = (folder / "current").read_text("utf-8").strip() if (folder / "current").is_file() else EMBEDDED
    if before != name and not going_back:
        replace_text(folder / "history", "\n".join([*used_before(folder), before]) + "\n")
    replace_text(folder / "current", name + "\n")


def used_before(folder: Path) -> list[str]:
    path = folder / "history"
    return path.read_text("utf-8").split() if path.is_file() else []


def replace_text(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, "utf-8")
    os.replace(new, path)
