"""The hash chain of records, and what a record commits to.

Each record commits to its redacted form (names replaced by pseudonyms) and, by a salted hash, to its full
form. A record exported with names pseudonymized therefore still fits the chain, and nobody can guess a name
from a hash.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

GENESIS: Final = "sha256:" + "0" * 64
#: Keys of parties and owners that are personal data.
PERSONAL_KEYS: Final = frozenset(
    {
        "name", "full_name", "address", "birth_date", "birth_place", "aliases", "identifiers", "passport", "email", "phone",
        "contact", "website", "note", "notes", "comment", "description", "entry", "matched_name",
    }
)  # fmt: skip
_PEOPLE: Final = frozenset({"parties", "owners", "person", "screening", "candidates", "query"})
_KEYS: Final = frozenset({"seq", "at", "kind", "previous", "hash", "commitment", "redacted"})


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
            ChainFault: a key is missing, unknown or of the wrong kind.
        """
        if not isinstance(raw, Mapping) or set(raw) not in (_KEYS, _KEYS | {"salt", "full"}):
            raise ChainFault("not a record of an export: other keys than a record has")
        texts = ("at", "kind", "previous", "hash", "commitment", *(("salt",) if "salt" in raw else ()))
        wrong = [k for k in texts if not isinstance(raw[k], str)]
        if type(raw["seq"]) is not int or wrong:
            raise ChainFault(f"not a record of an export: {', '.join(wrong) or 'seq'} is of the wrong kind")
        full = canonical(raw["full"]) if "full" in raw else None
        return Record(
            raw["seq"], raw["at"], raw["kind"], canonical(raw["redacted"]), raw["commitment"], raw["previous"], raw["hash"],
            full, raw.get("salt"),
        )  # fmt: skip


def commit(full: bytes, salt: str) -> str:
    return sha256(salt.encode() + b"\n" + full)


def link(seq: int, at: str, kind: str, redacted: bytes, commitment: str, previous: str) -> str:
    """The hash of a record, which the next one names as its previous."""
    return sha256(canonical([seq, at, kind, sha256(redacted), commitment, previous]))


def redact(content: Mapping[str, Any]) -> Any:
    """The content with personal values replaced by numbered pseudonyms, also where they recur in other texts.

    The same value gets the same pseudonym within one record and none across records. Case and spacing are not told
    apart; a list's entry is personal too, since the list gives its name.
    """
    values: dict[str, str] = {}
    _collect(content, values, personal=False)
    return _replace(content, values, _pattern(values)) if values else content


def _collect(node: Any, values: dict[str, str], *, personal: bool) -> None:
    if isinstance(node, Mapping):
        for key, below in node.items():
            # A party's own fields; an item's or table's name is not personal.
            if personal and key in PERSONAL_KEYS:
                _take(below, values)
            else:
                _collect(below, values, personal=personal or key in _PEOPLE)
    elif isinstance(node, (list, tuple)):
        for below in node:
            _collect(below, values, personal=personal)


def _take(node: Any, values: dict[str, str]) -> None:
    if isinstance(node, str):
        if key := _fold(node):
            values.setdefault(key, f"party-{len(values) + 1}")
    elif isinstance(node, (list, tuple)):
        for below in node:
            _take(below, values)
    elif isinstance(node, Mapping):
        for key, below in node.items():
            if key != "list":  # which list it is says nothing of who is on it
                _take(below, values)


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def _pattern(values: Mapping[str, str]) -> re.Pattern[str]:
    """Finds any of the values in a text, the longest first; one of less than four letters only as a whole word."""
    parts = []
    for value in sorted(values, key=len, reverse=True):
        words = r"\s+".join(re.escape(w) for w in value.split())
        parts.append(words if len(value) >= 4 else rf"(?<!\w){words}(?!\w)")
    return re.compile("|".join(parts), re.IGNORECASE)


def _replace(node: Any, values: Mapping[str, str], pattern: re.Pattern[str]) -> Any:
    if isinstance(node, Mapping):
        return {k: _replace(v, values, pattern) for k, v in node.items()}
    if isinstance(node, (list, tuple)):
        return [_replace(v, values, pattern) for v in node]
    if isinstance(node, str):
        whole = values.get(_fold(node))
        return whole or pattern.sub(lambda m: values.get(_fold(m.group()), "party"), node)
    return node
