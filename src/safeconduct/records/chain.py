"""The hash chain of records, and what a record commits to.

Each record commits to its redacted form (names replaced by pseudonyms) and, by a salted hash, to its full
form. A record exported with names pseudonymized therefore still fits the chain, and nobody can guess a name
from a hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

GENESIS: Final = "sha256:" + "0" * 64
#: Keys of parties and owners that are personal data.
PERSONAL_KEYS: Final = ("name", "address", "birth_date", "aliases", "identifiers")


class ChainFault(ValueError):
    """A record does not fit the chain."""


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def sha256(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Record:
    """One record as stored.

    seq: from 1 without a gap. at: UTC time of recording, ISO 8601. kind: ``check``. full: canonical JSON of
    ``{"request": …, "answer": …}``, None in a pseudonymized export. redacted: the same with pseudonyms.
    salt: 32 random bytes as hex, None in a pseudonymized export. commitment: salted hash of ``full``.
    """

    seq: int
    at: str
    kind: str
    redacted: bytes
    commitment: str
    previous: str
    hash: str
    full: bytes | None = None
    salt: str | None = None

    @staticmethod
    def make(seq: int, at: str, kind: str, content: Mapping[str, Any], salt: str, previous: str) -> Record:
        full = canonical(content)
        redacted = canonical(redact(json.loads(full)))
        commitment = commit(full, salt)
        return Record(
            seq,
            at,
            kind,
            redacted,
            commitment,
            previous,
            link(seq, at, kind, redacted, commitment, previous),
            full,
            salt,
        )

    @property
    def content(self) -> dict[str, Any]:
        """The full content, or the redacted one where names were left out."""
        return dict(json.loads(self.full if self.full is not None else self.redacted))

    def faults(self, previous: str) -> Iterator[str]:
        """Why the record does not fit after ``previous``; nothing when it does."""
        if self.previous != previous:
            yield f"record {self.seq}: follows {self.previous[:19]}…, expected {previous[:19]}…"
        if self.full is not None:
            if commit(self.full, self.salt or "") != self.commitment:
                yield f"record {self.seq}: its full content was changed"
            try:
                if canonical(redact(json.loads(self.full))) != self.redacted:
                    yield f"record {self.seq}: its redacted form is not that of its content"
            except ValueError:
                yield f"record {self.seq}: its content is not JSON"
        if link(self.seq, self.at, self.kind, self.redacted, self.commitment, self.previous) != self.hash:
            yield f"record {self.seq}: its hash is not that of its content"

    def as_json(self, *, pseudonymize: bool = False) -> dict[str, Any]:
        """For export; with ``pseudonymize`` without names and without the salt that would allow guessing them."""
        out: dict[str, Any] = {
            "seq": self.seq, "at": self.at, "kind": self.kind, "previous": self.previous, "hash": self.hash,
            "commitment": self.commitment, "redacted": json.loads(self.redacted),
        }  # fmt: skip
        if not pseudonymize and self.full is not None:
            out["salt"] = self.salt
            out["full"] = json.loads(self.full)
        return out

    @staticmethod
    def from_json(raw: Mapping[str, Any]) -> Record:
        """A record from an export.

        Raises:
            ChainFault: a key is missing or of the wrong kind.
        """
        try:
            full = canonical(raw["full"]) if "full" in raw else None
            return Record(
                int(raw["seq"]), str(raw["at"]), str(raw["kind"]), canonical(raw["redacted"]), str(raw["commitment"]),
                str(raw["previous"]), str(raw["hash"]), full, raw.get("salt"),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as e:
            raise ChainFault(f"not a record of an export: {e!r}") from None


def commit(full: bytes, salt: str) -> str:
    return sha256(salt.encode() + b"\n" + full)


def link(seq: int, at: str, kind: str, redacted: bytes, commitment: str, previous: str) -> str:
    """The hash of a record, which the next one names as its previous."""
    return sha256(canonical([seq, at, kind, sha256(redacted), commitment, previous]))


def redact(content: Mapping[str, Any]) -> Any:
    """The content with personal values replaced by numbered pseudonyms, also where they recur in other texts.

    The same value gets the same pseudonym within one record and none across records.
    """
    values: dict[str, str] = {}
    _collect(content, values, personal=False)
    ordered = sorted(values, key=len, reverse=True)
    return _replace(content, values, ordered)


def _collect(node: Any, values: dict[str, str], *, personal: bool) -> None:
    if isinstance(node, Mapping):
        for key, below in node.items():
            # A party's own fields; an item's or table's name is not personal.
            inside = key in ("parties", "owners", "matched_name", "query")
            if (personal and key in PERSONAL_KEYS) or key in ("matched_name",):
                _take(below, values)
            else:
                _collect(below, values, personal=inside or (personal and key not in ("listed", "entry")))
    elif isinstance(node, (list, tuple)):
        for below in node:
            _collect(below, values, personal=personal)


def _take(node: Any, values: dict[str, str]) -> None:
    if isinstance(node, str):
        if node.strip():
            values.setdefault(node, f"party-{len(values) + 1}")
    elif isinstance(node, (list, tuple)):
        for below in node:
            _take(below, values)
    elif isinstance(node, Mapping):
        for below in node.values():
            _take(below, values)


def _replace(node: Any, values: Mapping[str, str], ordered: list[str]) -> Any:
    if isinstance(node, Mapping):
        return {k: _replace(v, values, ordered) for k, v in node.items()}
    if isinstance(node, (list, tuple)):
        return [_replace(v, values, ordered) for v in node]
    if isinstance(node, str):
        if node in values:
            return values[node]
        for value in ordered:
            # Short values would tear ordinary words apart; they are replaced only as a whole field.
            if len(value) >= 4 and value in node:
                node = node.replace(value, values[value])
    return node
