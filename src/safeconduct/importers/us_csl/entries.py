"""One listed party as a record, its id made from content, and the canonical lines and keys of a list."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from safeconduct.lawdata.names import keys, normalise

__all__ = ["Address", "Entry", "entry_id", "key_lines", "lines_of", "parted", "unique"]

PART_BYTES = 3_900_000  # the edition allows 4 MiB a file


@dataclass(frozen=True, slots=True)
class Address:
    """One address: its text as printed (None when the source gives only the country) and its country."""

    text: str | None
    country: str | None


@dataclass(slots=True)
class Entry:
    """One listed party. ``extra`` holds what only some lists have; a value that says nothing is not written.

    ``row`` serves messages and is not written: a row more in the source would change every record below it.
    """

    list_id: str
    id: str
    name: str
    row: int
    type: str | None = None
    aliases: list[str] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    programs: list[str] = field(default_factory=list)
    cites: list[str] = field(default_factory=list)
    covers: Any = None
    policy: str | None = None
    exceptions: list[dict[str, Any]] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)
    start: str | None = None
    until: str | None = None
    address_only: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """The record as written: `id` first, other keys sorted, empty values left out (README.md: defaults)."""
        full: dict[str, Any] = {
            "addresses": [_address(one) for one in self.addresses],
            "address_only": self.address_only,
            "aliases": self.aliases,
            "cites": self.cites,
            "covers": self.covers,
            "exceptions": self.exceptions,
            "footnotes": self.footnotes,
            "from": self.start,
            "list": self.list_id,
            "name": self.name,
            "policy": self.policy,
            "programs": self.programs,
            "type": self.type,
            "until": self.until,
        } | self.extra
        said = {key: value for key, value in sorted(full.items()) if value not in (None, [], {}, False, "")}
        return {"id": self.id} | said


def _address(one: Address) -> dict[str, str]:
    parts = {"country": one.country, "text": one.text}
    return {key: value for key, value in parts.items() if value is not None}


def entry_id(prefix: str, *content: str) -> str:
    """`prefix:` and 12 hex digits of the SHA-256 of the content; the same content gives the same id."""
    return f"{prefix}:{hashlib.sha256('|'.join(content).encode()).hexdigest()[:12]}"


def unique(entries: Sequence[Entry], report: dict[str, Any]) -> list[Entry]:
    """Entries sorted by id, each id once.

    Rows equal in everything are one entry (counted in the report as `repeated`); rows
    that share an id and differ get ids of their full content, so that none is lost and order plays no part.
    """
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.id, []).append(entry)
    kept: list[Entry] = []
    for group in groups.values():
        by_content: dict[str, Entry] = {}
        for entry in group:
            text = json.dumps(entry.record(), sort_keys=True, ensure_ascii=False)
            first = by_content.setdefault(text, entry)
            if first is not entry:
                report["repeated"] = report.get("repeated", 0) + 1
        if len(by_content) > 1:
            for text, entry in by_content.items():
                entry.id = entry_id(entry.id.split(":")[0], text)
        kept += by_content.values()
    return sorted(kept, key=lambda entry: entry.id.encode())


def lines_of(entries: Iterable[Entry]) -> list[str]:
    """JSON lines of entries that are already sorted by id."""
    return [json.dumps(entry.record(), ensure_ascii=False, separators=(",", ":")) for entry in entries]


def key_lines(entries: Iterable[Entry]) -> list[str]:
    """Lines `key TAB list TAB id`, sorted by bytes: every name and alias, and the addresses of address-only entries."""
    found: set[str] = set()
    for entry in entries:
        names = [entry.name, *entry.aliases]
        words = [key for name in names for key in keys(name, person=entry.type == "person")]
        if entry.address_only:
            words = [normalise(one.text) for one in entry.addresses if one.text]
        found.update(f"{word}\t{entry.list_id}\t{entry.id}" for word in words if word)
    return sorted(found, key=str.encode)


def parted(stem: str, suffix: str, lines: Sequence[str], *, limit: int = PART_BYTES) -> dict[str, bytes]:
    """Files of at most `limit` bytes: `stem.suffix`, or `stem.0.suffix`, `stem.1.suffix`... when one is not enough."""
    parts: list[list[bytes]] = [[]]
    size = 0
    for line in lines:
        data = line.encode() + b"\n"
        if size + len(data) > limit:
            parts.append([])
            size = 0
        parts[-1].append(data)
        size += len(data)
    if len(parts) == 1:
        return {f"{stem}.{suffix}": b"".join(parts[0])}
    return {f"{stem}.{number}.{suffix}": b"".join(part) for number, part in enumerate(parts)}
