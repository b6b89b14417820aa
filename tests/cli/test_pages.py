"""The pages made from the code are those in the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from safeconduct.acts.coverage import NO_RULE, coverage
from safeconduct.acts.session import Session
from safeconduct.cli.pages import PAGES, readme_page
from safeconduct.jurisdictions.us.sections import SECTIONS, WITHOUT_RULE
from safeconduct.lawdata import embedded_folder


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_is_up_to_date(name: str) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / name).read_text("utf-8")
    assert page == PAGES[name](Session(embedded_folder())), f"docs/{name} is out of date: run make docs"


def test_readme_shows_what_the_demo_prints_and_what_is_modeled() -> None:
    text = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
    assert readme_page(text, Session(embedded_folder())) == text, "README.md is out of date: run make docs"


def test_every_section_of_parts_734_to_746_has_a_rule_a_trigger_or_a_reason() -> None:
    rows = {r["section"]: r for r in coverage(Session(embedded_folder()).engine)}
    assert set(SECTIONS) <= set(rows)
    silent = [s for s in SECTIONS if not rows[s]["rules"] and rows[s]["state"] != NO_RULE]
    assert not silent, f"neither a rule nor a reason: {', '.join(silent)}"
    both = [s for s in WITHOUT_RULE if rows[s]["rules"]]
    assert not both, f"a rule cites what is said to need none: {', '.join(both)}"
