"""check: a request -> resolve and screen parties -> determine -> record -> answer.

Parties are resolved by exact and normalized name only until the screening room exists: the answer says
``screening.status: "incomplete"`` and is never clear, unless every party carries ``listed`` itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from safeconduct.acts.determine import Answer, combine_answers, determine_line, parse_lines
from safeconduct.acts.request import ParsedLine
from safeconduct.acts.session import Session, home
from safeconduct.lawdata.names import keys
from safeconduct.lawdata.sorted_text import find
from safeconduct.model import Listing, thaw
from safeconduct.records import RecordStore

INCOMPLETE = "Names were compared exactly and normalized only; similar names, other scripts and addresses were not."


def record_store() -> RecordStore:
    """The user's record store."""
    return RecordStore(home() / "records.sqlite3")


def check(session: Session, request: Any, *, record: bool = True, store: RecordStore | None = None) -> dict[str, Any]:
    """One request to one answer, recorded.

    Raises:
        RequestError: the request cannot be read. StoreError: the answer cannot be recorded.
    """
    answers = [_check_line(session, line) for line in parse_lines(session, request)]
    answer = combine_answers(request, answers)
    if record:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        content = {"request": _as_json(request), "answer": answer}
        saved = (store or record_store()).append("check", answer["id"], at, content)
        return answer | {"record": {"seq": saved.seq, "hash": saved.hash, "at": saved.at}}
    return answer


def _as_json(request: Any) -> Any:
    """A request of Python or Parquet as JSON would hold it: days and decimals as text, keys as text."""
    if isinstance(request, Mapping):
        return {str(k): _as_json(v) for k, v in request.items()}
    return [_as_json(v) for v in request] if isinstance(request, (list, tuple)) else thaw(request)


def _check_line(session: Session, line: ParsedLine) -> Answer:
    count = line.cells.get("parties") or 0
    stated = True
    parties = []
    for i in range(count if isinstance(count, int) else 0):
        path = f"parties[{i}]"
        if line.cells.get(f"{path}.listed") is not None:
            parties.append({"party": i, "status": "stated", "candidates": []})
            continue
        stated = False
        name = line.cells.get(f"{path}.name")
        found = resolve(session, str(name)) if name else []
        if found:
            line.cells[f"{path}.listed"] = tuple(Listing(list_, "open", entry) for _, list_, entry in found)
        candidates = [
            {"score": 1.0, "alert": True, "entry": {"id": entry, "list": list_}, "matched_name": key,
             "because": [{"feature": "name", "score": 1.0, "detail": "same name after normalization"}]}
            for key, list_, entry in found
        ]  # fmt: skip
        parties.append({"party": i, "status": "incomplete" if name else "no_name", "candidates": candidates})
    answer = determine_line(session, line)
    complete = stated and count != 0
    answer.hold = not complete
    answer.screening = {"status": "stated" if complete else "incomplete", "parties": parties}
    if not complete:
        answer.screening["because"] = INCOMPLETE if count else "No party was named."
    return answer


def resolve(session: Session, name: str) -> list[tuple[str, str, str]]:
    """Listings whose name or alias has the same key as a name: (key, list, entry id), in the lists' order."""
    found: dict[tuple[str, str], str] = {}
    for path in key_files(session):
        for key in keys(name[:1000].encode("utf-8", "replace").decode()):  # no listed name holds half a character
            for line in find(path, key):
                _, list_, entry = line.split("\t")
                found.setdefault((list_, entry), key)
    return [(key, list_, entry) for (list_, entry), key in found.items()]


def key_files(session: Session) -> list[Path]:
    """The edition's sorted files of name keys."""
    return [p for t in session.edition.tables if t.endswith(".keys") for p in session.edition.paths(t)]
