"""The record chain: append only, every kind of tampering shows, names can be left out, two writers leave no gap."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from safeconduct.acts.determine import digest
from safeconduct.acts.records import export, make_head, verify_export, verify_store
from safeconduct.records import ChainFault, Record, RecordStore, StoreError
from safeconduct.records.chain import GENESIS, commit, link, redact
from safeconduct.records.signing import SigningError, check_signature, make_key, sign

AT = "2026-08-03T10:00:00+00:00"


def content(n: int, **party: Any) -> dict[str, Any]:
    """A record's content as check makes it; the name stands in free texts too."""
    name = f"Example Works {n}"
    request = {
        "id": f"PO-{n}", "destination": "CN",
        "item": {"description": f"a pump for EXAMPLE  works {n}, Mr. Li", "name": "not a person"},
        "parties": [
            {"role": "end_user", "name": name, "address": "1 Invented Street, Nowhere", "country": "CN", "aliases": ["Exwo", "Li"],
             "listed": [{"list": "us.entity_list", "entry": "Example Works Alias Ltd", "status": "open"}],
             "owners": [{"name": "Jane Doe Invented", "share": "60", "passport": "X1234567"}], **party},
        ],
        "person": {"name": "John Roe Invented", "most_recent_citizenship": "IN"},
    }  # fmt: skip
    answer: dict[str, Any] = {
        "id": f"PO-{n}", "outcome": "undetermined", "determinations": [{"says": f"Ask {name} first. Owner: jane doe invented."}],
        "screening": {"status": "incomplete", "parties": [
            {"party": 0, "candidates": [{"entry": {"id": "el:0123456789ab", "list": "us.entity_list"}, "matched_name": f"example works {n}"}]}
        ]},
    }  # fmt: skip
    answer["digest"] = digest(answer)
    return {"request": request, "answer": answer}


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    s = RecordStore(tmp_path / "deep" / "er" / "records.sqlite3")
    for n in (1, 2, 3):
        s.append("check", f"PO-{n}", AT, content(n))
    return s


def test_records_are_numbered_linked_and_found(store: RecordStore) -> None:
    records = list(store)
    assert [r.seq for r in records] == [1, 2, 3]
    assert [r.previous for r in records] == [GENESIS, records[0].hash, records[1].hash]
    assert len({r.salt for r in records}) == 3
    assert store.head() == (3, records[2].hash)
    assert verify_store(store) == []
    for key in ("2", "PO-2", records[1].hash, records[1].hash[7:20], records[1].hash[:15]):
        assert store.find(key) == [records[1]], key
    assert store.find("PO-9") == store.find(records[1].hash[7:12]) == store.find("9" * 40) == []
    assert store.get(2) == records[1]
    assert store.get(9) is None
    assert records[1].content == content(2)


def test_the_file_itself_refuses_changes(store: RecordStore) -> None:
    db = sqlite3.connect(store.path)
    for sql in (
        "update record set at = 'x' where seq = 1",
        "delete from record where seq = 3",
        "delete from record",
        "update record set line = 'x'",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(sql)
    db.close()
    assert verify_store(store) == []


def test_several_are_appended_all_or_none(store: RecordStore) -> None:
    with pytest.raises(TypeError):
        store.append_many("check", AT, [("a", content(4)), ("b", {"not": object()})])
    assert store.head()[0] == 3
    assert [r.seq for r in store.append_many("check", AT, [("PO-4", content(4)), ("PO-5", content(5))])] == [4, 5]
    assert verify_store(store) == []


# -- tampering -----------------------------------------------------------------------------------------------
def edit(store: RecordStore, *sql: str | tuple[str, tuple[Any, ...]]) -> None:
    """Change the file by hand, past its triggers."""
    db = sqlite3.connect(store.path, isolation_level=None)
    db.execute("drop trigger record_no_update")
    db.execute("drop trigger record_no_delete")
    for s in sql:
        db.execute(*((s,) if isinstance(s, str) else s))
    db.close()


def forged(seq: int, previous: str, **changes: Any) -> Record:
    base = content(seq)
    base["answer"] |= {"outcome": "no_license_required", "digest": ""}
    base["answer"]["digest"] = digest({k: v for k, v in base["answer"].items() if k != "digest"})
    return replace(Record.make(seq, AT, "check", base, "00" * 32, previous), **changes)


TAMPERINGS: dict[str, tuple[str, ...]] = {
    "time": ("update record set at = '2025-01-01T00:00:00+00:00' where seq = 2",),
    "kind": ("update record set kind = 'other' where seq = 2",),
    "full content": ("update record set full = cast(replace(cast(full as text), 'undetermined', 'no_license_required') as blob) where seq = 2",),
    "redacted content": ("update record set redacted = cast(replace(cast(redacted as text), 'CN', 'DE') as blob) where seq = 2",),
    "salt": ("update record set salt = 'ff' where seq = 2",),
    "commitment": ("update record set commitment = 'sha256:00' where seq = 2",),
    "previous": ("update record set previous = 'sha256:00' where seq = 2",),
    "hash": ("update record set hash = 'sha256:00' where seq = 2",),
    "hash of the last": ("update record set hash = 'sha256:00' where seq = 3",),
    "record taken out": ("delete from record where seq = 2",),
    "first taken out": ("delete from record where seq = 1",),
    "taken out and renumbered": ("delete from record where seq = 2", "update record set seq = 2 where seq = 3"),
    "two swapped": ("update record set seq = 9 where seq = 1", "update record set seq = 1 where seq = 2", "update record set seq = 2 where seq = 9"),
    "renumbered": ("update record set seq = 7 where seq = 3",),
    "filed under another id": ("update record set line = 'PO-1' where seq = 2",),
    "not JSON": ("update record set full = cast('{' as blob) where seq = 2",),
    "another type": ("update record set full = 5 where seq = 2",),
    "text for bytes": ("update record set full = 'x', redacted = 'y', salt = x'00' where seq = 2",),
    "nothing": ("update record set full = x'', redacted = x'', at = '' where seq = 2",),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERINGS)
def test_every_kind_of_tampering_shows(store: RecordStore, what: str) -> None:
    edit(store, *TAMPERINGS[what])
    assert verify_store(store)


def test_a_forged_record_that_fits_its_place_breaks_the_next(store: RecordStore) -> None:
    f = forged(2, next(iter(store)).hash)
    edit(
        store,
        (
            "update record set redacted = ?, full = ?, salt = ?, commitment = ?, hash = ? where seq = 2",
            (f.redacted, f.full, f.salt, f.commitment, f.hash),
        ),
    )
    assert any("record 3: follows" in x for x in verify_store(store))


def test_an_answer_changed_before_it_was_recorded_shows_by_its_digest(tmp_path: Path) -> None:
    s = RecordStore(tmp_path / "r.sqlite3")
    c = content(1)
    c["answer"]["outcome"] = "no_license_required"
    s.append("check", "PO-1", AT, c)
    assert verify_store(s) == ["record 1: the answer's digest is not that of the answer"]


def rewrite(store: RecordStore, n: int) -> None:
    """Replace the whole chain by another that is sound in itself."""
    for p in store.path.parent.glob(store.path.name + "*"):
        p.unlink()
    for i in range(1, n + 1):
        c = content(i)
        c["request"]["destination"] = "DE"
        store.append("check", f"PO-{i}", AT, c)


def test_only_a_head_kept_elsewhere_shows_a_rewrite_of_the_whole_chain(store: RecordStore, tmp_path: Path) -> None:
    public = make_key(tmp_path / "key.pem")
    head = make_head(store, tmp_path / "key.pem")
    assert check_signature(head) == public
    assert verify_store(store, head, public) == []
    store.append("check", "PO-4", AT, content(4))
    assert verify_store(store, head, public) == []  # growing is no fault
    rewrite(store, 4)
    assert verify_store(store) == []  # sound in itself
    assert any("record 3 was" in f for f in verify_store(store, head, public))
    rewrite(store, 2)  # the end cut off
    assert any("names 3 records, the store has 2" in f for f in verify_store(store, head, public))


def test_a_head_made_up_by_another_is_refused(store: RecordStore, tmp_path: Path) -> None:
    public, other = make_key(tmp_path / "a.pem"), make_key(tmp_path / "b.pem")
    head = make_head(store, tmp_path / "a.pem")
    rewrite(store, 3)
    forged_heads = [
        make_head(store, tmp_path / "b.pem"),  # another's signature
        make_head(store),  # none
        {**head, "head": store.head()[1]},  # the old signature over another hash
        {**make_head(store, tmp_path / "b.pem"), "public_key": public},
        {**head, "signature": "zz"}, {**head, "signature": 5}, {**head, "public_key": "00"},
    ]  # fmt: skip
    for h in forged_heads:
        assert verify_store(store, h, public), h
    assert other != public
    with pytest.raises(SigningError, match="expected"):
        check_signature(forged_heads[0], public)


@pytest.mark.parametrize(
    "head",
    [{}, {"records": "three"}, {"records": None, "head": "x"}, {"records": [1]}, {"records": -1}, {"records": 10**30}],
)
def test_a_head_that_is_none_is_a_fault(store: RecordStore, head: dict[str, Any]) -> None:
    assert verify_store(store, head)


def test_keys_are_never_overwritten_and_bad_ones_named(tmp_path: Path) -> None:
    key = tmp_path / "k.pem"
    make_key(key)
    assert key.stat().st_mode & 0o077 == 0
    with pytest.raises(SigningError, match="never overwritten"):
        make_key(key)
    (tmp_path / "bad.pem").write_text("no key", "utf-8")
    for bad in (tmp_path / "bad.pem", tmp_path / "absent.pem", tmp_path):
        with pytest.raises(SigningError, match="private key"):
            sign({"a": 1}, bad)


# -- exports -------------------------------------------------------------------------------------------------
NAMES = ("example works", "exwo", "invented street", "jane doe", "john roe", "x1234567", "el:0123456789ab", "alias ltd")


def test_a_pseudonymized_export_verifies_and_holds_no_name(store: RecordStore) -> None:
    lines = list(export(store, pseudonymize=True))
    assert verify_export(lines) == []
    for line in lines:
        raw = json.loads(line)
        assert "salt" not in raw  # it would allow guessing names
        assert "full" not in raw
        text = " ".join(line.casefold().split())
        for name in NAMES:
            assert name not in text
        assert " li." not in text
        assert ' li"' not in text
        # What is not personal stays: the answer can still be judged.
        assert raw["redacted"]["answer"]["outcome"] == "undetermined"
        assert raw["redacted"]["request"]["destination"] == "CN"
        assert raw["redacted"]["request"]["item"]["name"] == "not a person"
        assert raw["redacted"]["request"]["parties"][0]["listed"][0]["list"] == "us.entity_list"


def test_the_same_name_has_one_pseudonym_within_a_record() -> None:
    out = redact(
        {"parties": [{"name": "Acme"}, {"name": "ACME"}, {"name": "Other"}], "text": "Acme and Other, part of acme"}
    )
    first, second, third = (p["name"] for p in out["parties"])
    assert first == second != third
    assert out["text"] == f"{first} and {third}, part of {first}"


def test_pseudonyms_are_not_replaced_again_and_short_names_tear_no_words_apart() -> None:
    out = redact({"parties": [{"name": "party"}, {"name": "Li"}], "text": "a party of Li in Lisbon"})
    one, two = (p["name"] for p in out["parties"])
    assert out["text"] == f"a {one} of {two} in Lisbon"


def test_names_of_regular_expression_signs_are_taken_as_written() -> None:
    out = redact({"parties": [{"name": "A.+B (C)*"}], "text": "A.+B (C)* and AxxB C"})
    assert out["text"].endswith(" and AxxB C")
    assert "A.+B" not in out["text"]


def test_whole_and_pseudonymized_exports_show_the_same_chain(store: RecordStore) -> None:
    whole = [json.loads(x) for x in export(store)]
    bare = [json.loads(x) for x in export(store, pseudonymize=True)]
    assert [w["hash"] for w in whole] == [b["hash"] for b in bare]
    assert verify_export(export(store)) == []
    assert verify_export([*list(export(store))[1:]]) == []  # a stretch from the middle
    assert any("missing between" in f for f in verify_export([x for i, x in enumerate(export(store)) if i != 1]))
    assert verify_export([]) == verify_export(["", "  "]) == ["no record in the export"]


@pytest.mark.parametrize("pseudonymize", [False, True])
def test_every_single_change_of_an_export_is_refused(store: RecordStore, pseudonymize: bool) -> None:
    lines = list(export(store, pseudonymize=pseudonymize))
    r = random.Random(7)
    signs = 'abcdefXYZ0123456789 "{}[],:.-\\\t\x00é'
    for _ in range(200):
        n = r.randrange(len(lines))
        at = r.randrange(len(lines[n]))
        old = lines[n]
        new = r.choice(
            [old[:at] + old[at + 1 :], old[:at] + r.choice(signs) + old[at + 1 :], old[:at] + r.choice(signs) + old[at:],
             old[:at] + old[at : at + 1].swapcase() + old[at + 1 :]]
        )  # fmt: skip
        if new == old:
            continue
        assert verify_export([*lines[:n], new, *lines[n + 1 :]]), (
            f"line {n} at {at}: {old[at - 20 : at + 20]!r} to {new[at - 20 : at + 20]!r}"
        )


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw | {"seq": str(raw["seq"])}, lambda raw: raw | {"seq": float(raw["seq"])}, lambda raw: raw | {"extra": 1},
        lambda raw: {k: v for k, v in raw.items() if k != "full"}, lambda raw: {k: v for k, v in raw.items() if k != "salt"},
        lambda raw: {("fulk" if k == "full" else k): v for k, v in raw.items()}, lambda raw: raw | {"salt": None}, lambda raw: raw | {"full": None},
        lambda raw: [raw], lambda raw: None, lambda raw: raw | {"hash": GENESIS},
    ],
)  # fmt: skip
def test_a_record_of_other_keys_or_kinds_is_refused(store: RecordStore, change: Callable[[Any], Any]) -> None:
    lines = list(export(store))
    lines[1] = json.dumps(change(json.loads(lines[1])), sort_keys=True, separators=(",", ":"))
    assert verify_export(lines)


def test_odd_texts_survive_storing_and_exporting(tmp_path: Path) -> None:
    s = RecordStore(tmp_path / "r.sqlite3")
    for odd in ("🛰️\x00", "half \ud800 a character", "line\u2028separator\nand\x85more", "x" * 1_000_000):
        c = content(1, name=odd)
        c["request"]["id"] = c["answer"]["id"] = odd
        c["answer"]["digest"] = digest({k: v for k, v in c["answer"].items() if k != "digest"})
        s.append("check", odd, AT, c)
        assert s.find(odd)
    assert verify_store(s) == []
    text = "".join(x + "\n" for x in export(s))
    assert verify_export(text.splitlines()) == []


def test_a_record_without_a_salted_commitment_could_be_guessed() -> None:
    """The commitment depends on the salt, and the hash on everything."""
    assert commit(b"x", "a") != commit(b"x", "b")
    one = (1, AT, "check", b"r", "c", "p")
    assert len({link(*one), link(2, *one[1:]), link(1, "t", *one[2:]), link(1, AT, "k", *one[3:]), link(*one[:3], b"q", *one[4:]),
                link(*one[:4], "d", "p"), link(*one[:5], "q")}) == 7  # fmt: skip


def test_from_json_names_what_is_wrong() -> None:
    with pytest.raises(ChainFault, match="other keys"):
        Record.from_json({})


# -- files and writers ---------------------------------------------------------------------------------------
def test_two_writers_leave_no_gap(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite3"
    code = (
        "import sys, pathlib\n"
        "from safeconduct.records import RecordStore\n"
        f"s = RecordStore(pathlib.Path({str(path)!r}))\n"
        "for n in range(25):\n"
        "    s.append('check', sys.argv[1], 'now', {'answer': {'id': sys.argv[1], 'n': n}})\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, name], stderr=subprocess.PIPE) for name in ("a", "b", "c")]
    errors = [w.communicate()[1] for w in writers]
    assert [w.returncode for w in writers] == [0, 0, 0], errors
    s = RecordStore(path)
    assert [r.seq for r in s] == list(range(1, 76))
    assert list(s.faults()) == []
    for name in ("a", "b", "c"):
        assert [r.content["answer"]["n"] for r in s.find(name)] == list(range(25))


def test_a_store_that_is_not_there_is_empty_and_stays_absent(tmp_path: Path) -> None:
    s = RecordStore(tmp_path / "none" / "records.sqlite3")
    assert list(s) == []
    assert s.head() == (0, GENESIS)
    assert s.get(1) is None
    assert s.find("a") == []
    assert not (tmp_path / "none").exists()


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(StoreError, match="cannot be created"):
        RecordStore(tmp_path / "file" / "records.sqlite3").append("check", "a", AT, content(1))
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="folder"):
        RecordStore(tmp_path / "folder").append("check", "a", AT, content(1))


def test_a_file_that_is_no_store_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, only some text that is long enough to be looked at\n" * 50, "utf-8")
    for use in (
        lambda s: list(s),
        lambda s: s.head(),
        lambda s: s.get(1),
        lambda s: s.find("a"),
        lambda s: s.append("check", "a", AT, content(1)),
    ):
        with pytest.raises(StoreError, match=r"notes\.txt"):
            use(RecordStore(path))


def test_a_read_only_file_system_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StoreError, match="Permission denied"):
        RecordStore(tmp_path / "r.sqlite3").append("check", "a", AT, content(1))
