"""Keys of names and the search in sorted files."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from safeconduct.lawdata.names import keys, normalise, without_legal_form
from safeconduct.lawdata.sorted_text import (
    UnsortedTextError,
    find,
    find_all,
    find_entry,
    find_prefix,
    require_sorted,
)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Example Optics Co., Ltd.", "example optics co ltd"),
        ("  THE  Example—Optics ", "example optics"),
        ("Türk Şirketi A.Ş.", "turk sirketi as"),
        ("Ørsted & Łódź", "orsted and lodz"),
        ("L.L.C. Zavod", "llc zavod"),
        ("Xi'an O’Neill", "xian oneill"),
        ("ﬁne Ｗｉｄｅ", "fine wide"),
        ("ООО «Завод»", "ооо завод"),
        ("…", ""),
    ],
)
def test_normalise(name: str, key: str) -> None:
    assert normalise(name) == key
    assert normalise(key) == key


def test_legal_forms_at_both_ends_and_never_the_whole_name() -> None:
    assert without_legal_form("ooo zavod jsc") == "zavod"
    assert without_legal_form("co ltd") == ""
    assert without_legal_form("a ltd") == "a ltd"
    assert keys("Ltd.") == ("ltd",)
    assert keys("...") == ()


def test_keys_of_persons_and_brackets() -> None:
    assert keys("DOE, Jon", person=True) == ("doe jon", "jon doe")
    assert keys("Sample Industry Corporation (SICX)") == (
        "sample industry corporation sicx", "sample industry corporation", "sicx", "sample industry",
    )  # fmt: skip
    assert "beijing" not in keys("Sample Industry (Beijing)")


@pytest.fixture
def sorted_file(tmp_path: Path) -> Path:
    words = sorted(
        {f"{random.Random(n).choice('abcéж')}{n % 97} word\tlist\tid:{n}" for n in range(5000)}, key=str.encode
    )
    path = tmp_path / "keys.tsv"
    path.write_text("\n".join(words) + "\n", encoding="utf-8")
    return path


def test_find_agrees_with_reading_it_all(sorted_file: Path) -> None:
    lines = sorted_file.read_text(encoding="utf-8").splitlines()
    for key in {line.split("\t")[0] for line in lines} | {"", "a", "zzz", "é", "a1 wor"}:
        assert find(sorted_file, key) == [line for line in lines if line.split("\t")[0] == key]
    assert find_prefix(sorted_file, "é1") == [line for line in lines if line.startswith("é1")]
    assert find_prefix(sorted_file, "a", limit=3) == [line for line in lines if line.startswith("a")][:3]
    assert find_all([sorted_file, sorted_file], "a1 word") == find(sorted_file, "a1 word") * 2


def test_edges(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    assert find(empty, "a") == []
    one = tmp_path / "one"
    one.write_bytes(b"a\tx")
    assert find(one, "a") == ["a\tx"]
    assert find(one, "b") == []
    assert require_sorted(one) == 1
    one.write_bytes(b"b\na\n")
    with pytest.raises(UnsortedTextError, match="line 2"):
        require_sorted(one)


def test_entry_by_id(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"id":"el:01","name":"a"}\n{"id":"el:012","name":"b"}\n', encoding="utf-8")
    assert find_entry([path], "el:01") == '{"id":"el:01","name":"a"}'
    assert find_entry([path], "el:012") == '{"id":"el:012","name":"b"}'
    assert find_entry([path], "el:0") is None


def test_the_embedded_lists_are_sorted_and_fast() -> None:
    folder = Path(__file__).parents[2] / "src/safeconduct/lawdata/records/us/lists"
    index = sorted(folder.glob("keys.*.tsv"))
    lists = sorted(folder.glob("*.jsonl"))
    assert index
    assert lists
    for path in index + lists:
        assert require_sorted(path) > 0
        assert path.stat().st_size < 4 * 1024 * 1024
    started = time.perf_counter()
    for _ in range(20):
        assert find_all(index, "no such party at all") == []
    assert (time.perf_counter() - started) / 20 < 0.005
