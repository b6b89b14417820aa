"""What acts need at hand: an edition, the jurisdictions, the engine. Opened once, used for many lines."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal

from safeconduct.acts.request import Countries, fold
from safeconduct.determination import Engine
from safeconduct.law import Manifest
from safeconduct.law.overlay import faults, overlaid
from safeconduct.lawdata import Edition, EditionError, embedded_folder
from safeconduct.lawdata.overlay import Overlay, OverlayError, read_overlay

HOME_VARIABLE = "SAFECONDUCT_HOME"


def home() -> Path:
    """Where a user's editions and records are kept: ``$SAFECONDUCT_HOME``, else ``~/.local/share/safeconduct``."""
    named = os.environ.get(HOME_VARIABLE)
    return Path(named) if named else Path.home() / ".local" / "share" / "safeconduct"


def current_edition_folder() -> Path:
    """The folder of the user's current edition, or of the embedded one when none was imported.

    Raises:
        EditionError: the pointer names an edition that is not there; other law data is never taken in silence.
    """
    pointer = home() / "editions" / "current"
    if not pointer.is_file() or (name := pointer.read_text("utf-8").strip()) == "embedded":
        return embedded_folder()
    folder = pointer.parent / name
    if not (folder / "edition.json").is_file():
        raise EditionError(
            f"{pointer} names the edition '{name}', which is not there; choose another: safeconduct data list, "
            "then safeconduct data rollback NAME (embedded is one)"
        )
    return folder


def overlay_folder() -> Path | None:
    """The folder of the organization's own records: ``overlay`` in ``home()``, where it is there."""
    folder = home() / "overlay"
    return folder if os.path.lexists(folder) else None  # a dangling link is a fault, not absence


def find_manifests(ids: Iterable[str] | None = None) -> list[Manifest]:
    """The jurisdictions installed as entry points ``safeconduct.jurisdictions``.

    Raises:
        LookupError: one asked for is not installed; names those that are.
    """
    found = {e.name.upper(): e for e in entry_points(group="safeconduct.jurisdictions")}
    wanted = sorted(found) if ids is None else [i.upper() for i in ids]
    missing = [i for i in wanted if i not in found]
    if missing:
        raise LookupError(f"jurisdiction {', '.join(missing)} is not installed; installed: {', '.join(sorted(found))}")
    return [found[i].load() for i in wanted]


class Session:
    """An engine over one edition, and what reading requests needs.

    Args:
        folder: an edition's folder; by default the user's current one, else the embedded one.
        manifests: jurisdictions; by default all that are installed. as_if, bulk: see ``Engine``.
        overlay: folder of the organization's own records; None is the user's own where there is one, False is none.
    Raises:
        EditionError: no such edition. LookupError: a jurisdiction is not installed.
        OverlayError: the overlay has a fault; nothing is answered with a part of it.
    """

    def __init__(
        self,
        folder: Path | None = None,
        manifests: Iterable[Manifest] | None = None,
        *,
        as_if: bool = False,
        bulk: bool = False,
        overlay: Path | Literal[False] | None = None,
    ) -> None:
        self.edition = Edition(folder or current_edition_folder())
        found = list(find_manifests() if manifests is None else manifests)
        records = overlay_folder() if overlay is None else overlay
        self.overlay: Overlay | None = None
        if records:
            self.overlay = read_overlay(records)
            if problems := faults(self.overlay, found, Engine(self.edition, found).vocabulary, self.edition):
                raise OverlayError(records, problems)
            found = [overlaid(m, self.overlay) for m in found]
        self.engine = Engine(self.edition, found, as_if=as_if, bulk=bulk)

    @cached_property
    def countries(self) -> Countries:
        """Country codes and names from the edition's tables, for reading requests."""
        codes: dict[str, str] = {}
        names: dict[str, str] = {}
        for table in self.edition.tables:
            if table.endswith(".iso"):
                for row in self.edition.rows(table):
                    # One file of codes and names, one of other names.
                    if "name" in row:
                        codes[row["code"]] = row["name"]
                    names.setdefault(fold(row.get("name") or row["alias"]), row["code"])
        for m in self.engine.manifests.values():
            for code, name, *aliases in m.extra.get("regions", ()):
                codes[code] = name
                for n in (name, *aliases):
                    names.setdefault(fold(n), code)
        return Countries(codes, names)

    @cached_property
    def codes(self) -> dict[str, Callable[[str], tuple[str | None, str]]]:
        """Readers of classification codes by fact path."""
        readers: dict[str, Callable[[str], tuple[str | None, str]]] = {}
        for m in self.engine.manifests.values():
            readers.update(m.extra.get("codes", {}))
        return readers

    def list_id(self, name: str) -> str | None:
        """The id of a party list for any name a jurisdiction knows it by; None for an unknown list."""
        for m in self.engine.manifests.values():
            find = m.extra.get("list_id")
            found = find(name) if find else None
            if found is not None:
                return str(found)
        known = name in self.edition.tables or not any("list_id" in m.extra for m in self.engine.manifests.values())
        return name if known else None
