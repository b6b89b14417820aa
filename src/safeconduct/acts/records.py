"""Acts on recorded answers: verify, replay, export, the signed head."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from safeconduct.acts.check import check
from safeconduct.acts.determine import digest
from safeconduct.acts.faults import RequestError
from safeconduct.acts.session import Session
from safeconduct.records import ChainFault, Record, RecordStore
from safeconduct.records.chain import GENESIS
from safeconduct.records.signing import SigningError, check_signature, sign


def verify_store(store: RecordStore, head: Mapping[str, Any] | None = None, public_key: str | None = None) -> list[str]:
    """Faults of the chain; with a head exported earlier, also whether the chain still contains it.

    A rewrite of the whole chain is sound in itself: only a head kept elsewhere shows it.
    """
    faults = list(store.faults())
    for record in store:
        faults += answer_faults(record)
    if head is not None:
        faults += head_faults(store, head, public_key)
    return faults


def head_faults(store: RecordStore, head: Mapping[str, Any], public_key: str | None = None) -> Iterator[str]:
    """Why a head does not fit the store."""
    if public_key is not None or "signature" in head:
        try:
            check_signature(head, public_key)
        except SigningError as e:
            yield f"head: {e}"
    count, expected = head.get("records"), str(head.get("head", ""))
    if not isinstance(count, int) or not 0 <= count < 2**63:
        yield "head: does not say how many records there were"
        return
    if count == 0:
        if expected != GENESIS:
            yield "head: names no records but a hash"
        return
    record = store.get(count)
    if record is None:
        yield f"head: names {count} records, the store has {store.head()[0]}"
    elif record.hash != expected:
        yield f"head: record {count} was {expected[:19]}… when the head was made and is {record.hash[:19]}… now"


def answer_faults(record: Record) -> Iterator[str]:
    """Whether the recorded answer's own digest still fits it."""
    if record.full is None:
        return
    try:
        answer = record.content.get("answer")
    except (ValueError, TypeError):
        answer = None
    if not isinstance(answer, dict):
        yield f"record {record.seq}: holds no answer"
        return
    lines = answer.get("items", [])
    for a in [answer, *(x for x in lines if isinstance(x, dict))]:
        body = {k: v for k, v in a.items() if k != "digest"}
        if digest(body) != a.get("digest"):
            yield f"record {record.seq}: the answer's digest is not that of the answer"


def make_head(store: RecordStore, key: Path | None = None) -> dict[str, Any]:
    """The chain's head for keeping elsewhere, signed when a key is given."""
    count, head = store.head()
    body = {
        "kind": "safeconduct.head",
        "records": count,
        "head": head,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return sign(body, key) if key else body


def export(records: Iterable[Record], *, pseudonymize: bool = False) -> Iterator[str]:
    """Records as JSON Lines, whole or with names pseudonymized; both still fit the chain."""
    for record in records:
        yield _line(record.as_json(pseudonymize=pseudonymize))


def _line(record: Mapping[str, Any]) -> str:
    # Escapes keep line separators and lone surrogates inside the line.
    return json.dumps(record, sort_keys=True, separators=(",", ":"))


def verify_export(lines: Iterable[str]) -> list[str]:
    """Faults of an exported stretch of the chain, one line each."""
    faults: list[str] = []
    previous: Record | None = None
    for n, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            record = Record.from_json(raw)
            if _line(raw) != line.strip():
                raise ChainFault("written otherwise than an export is: it was edited or formatted anew")
        except (ChainFault, ValueError, RecursionError) as e:
            faults.append(f"line {n}: {e}")
            continue
        follows = record.previous if previous is None else previous.hash
        faults += record.faults(follows)
        faults += answer_faults(record)
        if previous is not None and record.seq != previous.seq + 1:
            faults.append(f"line {n}: record {record.seq} follows {previous.seq}: some are missing between")
        previous = record
    if previous is None and not faults:
        faults.append("no record in the export")
    return faults


@dataclass(frozen=True)
class Replay:
    """What evaluating a record again came to. ``made_by``: what made the difference: law data, rules, engine."""

    same: bool
    then: str
    now: str
    made_by: tuple[str, ...]
    differences: tuple[str, ...]


def replay(session: Session, record: Record) -> Replay:
    """Evaluate a recorded request again with the session's edition and today's engine.

    Raises:
        RequestError: today's reader no longer accepts the request.
        ChainFault: the record was exported without names and cannot be evaluated.
    """
    if record.full is None:
        raise ChainFault(f"record {record.seq} has no full content; it cannot be evaluated again")
    content = record.content
    return compare(content["answer"], check(session, content["request"], record=False))


def compare(then: Mapping[str, Any], now: Mapping[str, Any]) -> Replay:
    """What differs between two answers to the same request, and what made the difference."""
    lines = list(zip(then.get("items") or [then], now.get("items") or [now], strict=False))
    made_by: list[str] = []
    changed: list[str] = []
    for old, new in lines:
        a, b = old["editions"], new["editions"]
        if a.get("edition_digest") != b.get("edition_digest"):
            made_by.append(f"law data: edition {a.get('edition')} then, {b.get('edition')} now")
        if a.get("rules") != b.get("rules"):
            made_by.append("rules: changed since")
        if a.get("overlay_digest") != b.get("overlay_digest"):
            made_by.append(
                f"own records: {a.get('overlay') or 'none'} then, {b.get('overlay') or 'none'} now (changed)"
            )
        if a.get("engine") != b.get("engine"):
            made_by.append(f"engine: {a.get('engine')} then, {b.get('engine')} now")
        changed += list(_changes(old, new))
    same = not changed
    return Replay(same, then["outcome"], now["outcome"], () if same else tuple(dict.fromkeys(made_by)), tuple(changed))


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """What differs between two answers to the same line, in words."""
    if old["outcome"] != new["outcome"]:
        yield f"outcome: {old['outcome']} then, {new['outcome']} now"
    for d_old, d_new in zip(old["determinations"], new["determinations"], strict=False):
        for what, key in (("requirements", "reason"), ("exceptions", "symbol"), ("prohibitions", "reason")):
            was = {(x[key], str(x.get("available"))) for x in d_old[what]}
            is_ = {(x[key], str(x.get("available"))) for x in d_new[what]}
            for name, state in sorted(was - is_):
                yield f"{what}: {name} ({state}) no longer" if what == "exceptions" else f"{what}: {name} no longer"
            for name, state in sorted(is_ - was):
                yield f"{what}: {name} ({state}) new" if what == "exceptions" else f"{what}: {name} new"
    before, after = _alerts(old), _alerts(new)
    for party, list_, entry in sorted(after - before):
        yield f"screening: party {party + 1} is now found on {list_} ({entry})"
    for party, list_, entry in sorted(before - after):
        yield f"screening: party {party + 1} is no longer found on {list_} ({entry})"


def _alerts(answer: Mapping[str, Any]) -> set[tuple[int, str, str]]:
    screening = answer.get("screening")
    parties = screening.get("parties", ()) if isinstance(screening, Mapping) else ()
    return {
        (p["party"], str(c["entry"]["list"]), str(c["entry"]["id"])) for p in parties for c in p.get("candidates", ())
    }


__all__ = ["Replay", "RequestError", "export", "make_head", "replay", "verify_export", "verify_store"]
