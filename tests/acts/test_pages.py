"""The pages made from the code are those in the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from safeconduct.acts.pages import PAGES
from safeconduct.acts.session import Session
from safeconduct.lawdata import embedded_folder


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_is_up_to_date(name: str) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / name).read_text("utf-8")
    assert page == PAGES[name](Session(embedded_folder())), f"docs/{name} is out of date: run make docs"
