"""The law as of a day: covered, presumed, not covered; dated rows and values; what changes cut time into spans."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from safeconduct.law import Law, NotCovered
from safeconduct.lawdata import Edition, EditionError
from safeconduct.lawdata.store import write_manifest

VERIFIED_FROM, VERIFIED_UNTIL, AGE = date(2020, 1, 1), date(2024, 6, 1), 100
TOML = """[[table]]
id = "{id}"
files = ["{file}"]
as_of = 2024-01-01
verified_from = 2020-01-01
verified_until = 2024-06-01
age_limit_days = 100
cite = "Act"
"""
VALUES = """[[value]]
id = "ut.share"
title = "A share"
cite = "Act s. 5"
unit = "percent"
[[value.version]]
in_force_from = 2021-01-01
in_force_until = 2021-06-01
value = 50
source = "Gazette 1"
[[value.version]]
in_force_from = 2022-06-01
value = 25
source = "Gazette 2"
basis = "inferred"
"""


def write(folder: Path, values: str = VALUES) -> Edition:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "groups.csv").write_text(
        "group,country,from,until\nL,AA,,\nL,BB,2022-07-01,2023-07-01\nOld,CC,,2021-01-01\n", "utf-8"
    )
    (folder / "values.toml").write_text(values, "utf-8")
    (folder / "tables.toml").write_text(
        TOML.format(id="ut.country_groups", file="groups.csv") + TOML.format(id="ut.values", file="values.toml"),
        "utf-8",
    )
    write_manifest(folder, "ut-1")
    return Edition(folder)


@pytest.fixture
def law(tmp_path: Path) -> Law:
    return Law(write(tmp_path / "e"))


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (VERIFIED_FROM - timedelta(days=1), "not_covered"),
        (VERIFIED_FROM, "in_force"),
        (VERIFIED_UNTIL - timedelta(days=1), "in_force"),
        (VERIFIED_UNTIL, "presumed"),
        (VERIFIED_UNTIL + timedelta(days=AGE - 1), "presumed"),
        (VERIFIED_UNTIL + timedelta(days=AGE), "not_covered"),
        (date.min, "not_covered"),
        (date.max, "not_covered"),
    ],
)
def test_a_day_is_in_force_presumed_or_not_covered(law: Law, day: date, state: str) -> None:
    at = law.at(day)
    status = at.status("ut.country_groups")
    assert status.state == state
    assert status.since == (VERIFIED_UNTIL if state == "presumed" else None)
    assert at.covers("ut.country_groups") is (state != "not_covered")
    if state == "not_covered":
        with pytest.raises(NotCovered) as e:
            at.rows("ut.country_groups")
        for named in ("ut.country_groups", "2020-01-01", "2024-06-01", "2024-09-09"):
            assert named in str(e.value)
        for read in (lambda: at.group("ut.L"), lambda: at.index("ut.country_groups", "country")):
            with pytest.raises(NotCovered):
                read()
    else:
        assert at.rows("ut.country_groups")


def test_as_if_answers_from_the_nearest_edition_and_says_so(law: Law) -> None:
    early, late = law.at(date(2019, 1, 1), as_if=True), law.at(date(2030, 1, 1), as_if=True)
    assert early.status("ut.country_groups").state == late.status("ut.country_groups").state == "as_if_edition"
    # The rows are those of the table's own first and last day, not of a day on which no row was dated.
    assert early.group("ut.L").members == {"AA"}
    assert early.group("ut.Old").members == {"CC"}
    assert late.group("ut.L").members == {"AA"}
    # Where the table covers the day, nothing changes.
    assert law.at(date(2023, 1, 1), as_if=True).status("ut.country_groups").state == "in_force"


@pytest.mark.parametrize(
    ("day", "members"),
    [
        ("2022-06-30", {"AA"}), ("2022-07-01", {"AA", "BB"}), ("2023-06-30", {"AA", "BB"}), ("2023-07-01", {"AA"}),
    ],
)  # fmt: skip
def test_dated_rows_hold_from_their_first_day_until_their_last(law: Law, day: str, members: set[str]) -> None:
    assert law.at(date.fromisoformat(day)).group("ut.L").members == members


def test_a_group_that_has_ended_is_empty_and_one_that_never_was_is_a_fault(law: Law) -> None:
    assert law.at(date(2022, 1, 1)).group("ut.Old").members == frozenset()
    with pytest.raises(EditionError, match="no group Nowhere"):
        law.at(date(2022, 1, 1)).group("ut.Nowhere")


@pytest.mark.parametrize(
    ("day", "share"),
    [
        ("2020-12-31", None), ("2021-01-01", 50), ("2021-05-31", 50), ("2021-06-01", None), ("2022-05-31", None), ("2022-06-01", 25),
    ],
)  # fmt: skip
def test_a_value_has_its_gap(law: Law, day: str, share: int | None) -> None:
    version = law.at(date.fromisoformat(day)).value("ut.share")
    assert (version and version.value) == share
    assert version is None or version.basis == ("inferred" if share == 25 else "read")


def test_a_value_nobody_defined_is_a_fault(law: Law) -> None:
    with pytest.raises(EditionError, match=r"no dated value ut\.nothing"):
        law.at(date(2022, 1, 1)).value("ut.nothing")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("in_force_until = 2021-06-01", "in_force_until = 2022-06-02"),  # runs a day into the next
        ("in_force_until = 2021-06-01\n", ""),  # open, though another follows
        ("in_force_from = 2022-06-01", "in_force_from = 2021-05-31"),
        ("in_force_until = 2021-06-01", "in_force_until = 2021-01-01"),  # ends when it starts
    ],
)
def test_overlapping_or_empty_versions_fail(tmp_path: Path, first: str, second: str) -> None:
    assert first in VALUES
    with pytest.raises(EditionError, match=r"ut\.share"):
        Law(write(tmp_path / "e", VALUES.replace(first, second, 1)))


def test_touching_versions_do_not_overlap(tmp_path: Path) -> None:
    Law(write(tmp_path / "e", VALUES.replace("in_force_until = 2021-06-01", "in_force_until = 2022-06-01")))


def test_a_span_is_shared_by_its_days_and_cut_at_every_change(law: Law) -> None:
    changes = {
        VERIFIED_FROM, VERIFIED_UNTIL, VERIFIED_UNTIL + timedelta(days=AGE), date(2022, 7, 1), date(2023, 7, 1), date(2021, 1, 1),
        date(2021, 6, 1), date(2022, 6, 1),
    }  # fmt: skip
    assert set(law.change_days) == changes
    for day in changes:
        assert law.at(day) is not law.at(day - timedelta(days=1))
        assert law.at(day) is law.at(day)
    assert law.at(date(2022, 8, 1)) is law.at(date(2023, 6, 30))
    for day in (date(2022, 8, 1), date(2023, 6, 30)):
        assert law.at(day).span.covers(day)


def test_what_is_read_is_noted_on_the_recorder_only(law: Law) -> None:
    at = law.at(date(2022, 1, 1))
    view, log = at.recorder()
    view.group("ut.L")
    view.value("ut.share")
    at.group("ut.L")
    assert log == ["ut.country_groups", "ut.share"]
