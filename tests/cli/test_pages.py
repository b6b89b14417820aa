"""The pages made from the code are those in the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from safeconduct.acts.session import Session
from safeconduct.cli.pages import PAGES, readme_page
from safeconduct.lawdata import embedded_folder


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_is_up_to_date(name: str) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / name).read_text("utf-8")
    assert page == PAGES[name](Session(embedded_folder())), f"docs/{name} is out of date: run make docs"


def test_readme_shows_what_the_demo_prints() -> None:
    text = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
    assert readme_page(text) == text, "README.md is out of date: run make docs"
