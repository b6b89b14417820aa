"""The record store in SQLite: append only, one writer at a time, many readers."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safeconduct.records.chain import GENESIS, Record

SCHEMA = """
create table if not exists record (
    seq integer primary key, at text not null, kind text not null, line text not null, redacted blob not null,
    commitment text not null, previous text not null, hash text not null unique, full blob not null, salt text not null
);
create index if not exists record_line on record(line);
create trigger if not exists record_no_update before update on record
    begin select raise(abort, 'records are append-only'); end;
create trigger if not exists record_no_delete before delete on record
    begin select raise(abort, 'records are append-only'); end;
"""
_COLUMNS = "seq, at, kind, redacted, commitment, previous, hash, full, salt"


class StoreError(OSError):
    """The store cannot be opened or written."""


class RecordStore:
    """Records in one SQLite file (created with its folder when it is first written).

    Raises:
        StoreError: the file is not a record store, or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def _open(self, *, write: bool = False) -> Iterator[sqlite3.Connection]:
        if write:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as e:
                raise StoreError(f"{self.path.parent}: cannot be created for the records: {e.strerror}") from None
        try:
            db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            try:
                if write:
                    db.execute("pragma journal_mode = wal")
                    db.executescript(SCHEMA)
                yield db
            finally:
                db.close()
        except sqlite3.Error as e:
            raise StoreError(f"{self.path}: {e}") from None

    def append(self, kind: str, line: str, at: str, content: Mapping[str, Any]) -> Record:
        """Append one record. ``line`` is the requester's id, for finding it again."""
        return self.append_many(kind, at, [(line, content)])[0]

    def append_many(self, kind: str, at: str, lines: list[tuple[str, Mapping[str, Any]]]) -> list[Record]:
        """Append records in one transaction: all or none."""
        made = []
        with self._open(write=True) as db:
            db.execute("begin immediate")
            try:
                row = db.execute("select seq, hash from record order by seq desc limit 1").fetchone()
                seq, previous = row or (0, GENESIS)
                for line, content in lines:
                    seq += 1
                    record = Record.make(seq, at, kind, content, secrets.token_hex(32), previous)
                    db.execute(
                        f"insert into record ({_COLUMNS}, line) values (?,?,?,?,?,?,?,?,?,?)",
                        (record.seq, record.at, record.kind, record.redacted, record.commitment, record.previous,
                         record.hash, record.full, record.salt, _storable(line)),
                    )  # fmt: skip
                    previous = record.hash
                    made.append(record)
                db.execute("commit")
            except BaseException:
                if db.in_transaction:
                    db.execute("rollback")
                raise
        return made

    def __iter__(self) -> Iterator[Record]:
        if not self.path.is_file():
            return
        with self._open() as db:
            for row in db.execute(f"select {_COLUMNS} from record order by seq"):
                yield _record(row)

    def get(self, seq: int) -> Record | None:
        """The record of that number."""
        if not self.path.is_file():
            return None
        with self._open() as db:
            row = db.execute(f"select {_COLUMNS} from record where seq = ?", (seq,)).fetchone()
        return _record(row) if row else None

    def find(self, key: str) -> list[Record]:
        """Records by number, by the requester's id, or by the beginning of the hash (6 characters or more)."""
        if not self.path.is_file():
            return []
        with self._open() as db:
            found = f"select {_COLUMNS} from record where line = ? order by seq"
            rows = db.execute(found, (_storable(key),)).fetchall()
            if not rows and key.isdigit():
                rows = db.execute(f"select {_COLUMNS} from record where seq = ?", (int(key[:18]),)).fetchall()
            if not rows and len(key) >= 6:
                prefix = key if key.startswith("sha256:") else "sha256:" + key
                rows = db.execute(
                    f"select {_COLUMNS} from record where substr(hash, 1, ?) = ? order by seq", (len(prefix), prefix)
                ).fetchall()
        return [_record(r) for r in rows]

    def head(self) -> tuple[int, str]:
        """The number of records and the hash of the last."""
        if not self.path.is_file():
            return 0, GENESIS
        with self._open() as db:
            row = db.execute("select seq, hash from record order by seq desc limit 1").fetchone()
        return row or (0, GENESIS)

    def faults(self) -> Iterator[str]:
        """Every fault of the chain, in order; nothing when it is whole."""
        previous = GENESIS
        expected = 1
        for record in self:
            if record.seq != expected:
                yield f"record {expected}: missing; the next is {record.seq}"
                expected = record.seq
            yield from record.faults(previous)
            previous = record.hash
            expected += 1
        yield from self._misfiled()

    def _misfiled(self) -> Iterator[str]:
        """Records filed under another id than their answer's: the id is for finding and stands outside the hash."""
        if not self.path.is_file():
            return
        with self._open() as db:
            for seq, line, full in db.execute("select seq, line, full from record order by seq"):
                try:
                    answer = json.loads(full)["answer"]["id"]
                except (ValueError, KeyError, TypeError):
                    continue  # no answer in it; damage was named above
                if line != _storable(str(answer)):
                    yield f"record {seq}: filed under another id than its answer's"


def _record(row: tuple[Any, ...]) -> Record:
    """A stored row; a value of a kind the store never writes (a row edited by hand) is made comparable, not fatal."""
    seq, at, kind, redacted, commitment, previous, hash_, full, salt = row
    return Record(
        seq, str(at), str(kind), _bytes(redacted), str(commitment), str(previous), str(hash_), _bytes(full), str(salt)
    )


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def _storable(text: str) -> str:
    """Text as SQLite takes it: a lone surrogate is written as its escape."""
    return text.encode("utf-8", "backslashreplace").decode()
