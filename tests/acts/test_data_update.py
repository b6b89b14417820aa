"""``safeconduct data update`` against a local server: all or nothing, from the command line to the edition in use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.acts.invented_edition import PARTIES, House, house
from tests.importers.test_fetching import Server, send

from safeconduct.acts import data as acts
from safeconduct.acts import data_update, editions
from safeconduct.cli.data import data
from safeconduct.importers.fetching import FetchError, Limits, Wanted
from safeconduct.importers.official import ECFR_TITLES
from safeconduct.importers.sheets import SourceError

__all__ = ["house"]

TITLES = ECFR_TITLES.removeprefix("https://www.ecfr.gov")
VERSIONS = "/api/versioner/v1/versions/title-15.json"


def _names(body: bytes) -> int:
    try:
        return len(json.loads(body)["names"])
    except (ValueError, KeyError) as e:
        raise SourceError(f"not a list of parties ({e!r})") from None


def _wanted(day: date) -> list[Wanted]:
    common: dict[str, Any] = {"types": ("application/json",), "least": 2, "most": 100_000}
    return [
        Wanted("csl", "https://lists.gov/parties.json", "us/lists/parties.json", check=_names, bounds=(30, 60), **common),
        Wanted("entity_list", f"https://code.gov/{day}/list.json", "us/ccl/list.json", check=lambda _: 1, bounds=(1, 1),
               day=day, **common),
    ]  # fmt: skip


@pytest.fixture
def server(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server()
    monkeypatch.setattr(data_update, "official", _wanted)
    monkeypatch.setattr(data_update, "READ_BY", {"us_csl": ("csl",), "us_ccl": ("entity_list",)})
    monkeypatch.setattr(data_update, "Limits", lambda: Limits(attempts=2, connect=2, read=1, total=5, backoff=0.01))
    put(made, "/parties.json", {"names": [*PARTIES, "Newcomer Ltd."]}, ETag='"1"')
    put(made, "/2026-09-22/list.json", {"limit": "5000"})
    put(made, TITLES, {"titles": [{"number": 15, "up_to_date_as_of": "2026-09-22"}]})
    put(made, VERSIONS, {"content_versions": []})
    yield made
    made.close()


def put(server: Server, path: str, content: Any, **headers: str) -> None:
    body = json.dumps(content).encode()

    def answer(_: Server, h: BaseHTTPRequestHandler) -> None:
        if "ETag" in headers and h.headers.get("If-None-Match") == headers["ETag"]:
            h.send_response(304)
            h.end_headers()
        else:
            send(h, body, **headers)

    server.answers[path] = answer


def update(server: Server, *arguments: str) -> Result:
    return CliRunner().invoke(data, ["update", "--base-url", server.base, *arguments], catch_exceptions=False)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != ".lock"
    }


def test_update_fetches_builds_and_uses(house: House, server: Server) -> None:
    result = update(server, "--name", "fresh")
    assert result.exit_code == 0, result.output
    edition = editions.find_edition(None)
    assert edition.name == "fresh"
    # The eCFR's text is of the day the eCFR gave; a list is of the day it was fetched.
    assert edition.table("us.ccl.exceptions").as_of == date(2026, 9, 22)
    assert edition.table("us.entity_list").as_of == date.today()
    assert edition.table("us.entity_list").rows == 41
    assert acts.verify(edition) == ([], None)
    assert (house.home / "publications/us/lists/parties.json").is_file()


def test_a_second_update_asks_only_what_changed(house: House, server: Server) -> None:
    assert update(server).exit_code == 0
    before = tree(house.home / "editions")
    server.asked.clear()
    result = update(server, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["new"] is False
    assert [f["status"] for f in found["fetched"]] == ["unchanged", "fetched"]
    assert next(h for p, h in server.asked if p == "/parties.json")["if-none-match"] == '"1"'
    assert tree(house.home / "editions") == before


def test_one_source_only(house: House, server: Server) -> None:
    assert update(server, "--source", "csl").exit_code == 0
    assert [p for p, _ in server.asked] == ["/parties.json"]
    assert editions.find_edition(None).table("us.ccl.exceptions").as_of == date(2026, 7, 31)
    # What was fetched before stands beside what is fetched later.
    server.asked.clear()
    assert update(server, "--source", "entity_list").exit_code == 0
    assert editions.find_edition(None).table("us.entity_list").rows == 41
    result = update(server, "--source", "other")
    assert result.exit_code == 2
    assert "no source 'other'; sources: csl, entity_list, amendments" in result.stderr


def test_a_damaged_copy_is_fetched_whole(house: House, server: Server) -> None:
    assert update(server).exit_code == 0
    (house.home / "publications/us/lists/parties.json").write_text("{}")
    server.asked.clear()
    assert update(server).exit_code == 0
    assert "if-none-match" not in next(h for p, h in server.asked if p == "/parties.json")
    (house.home / "publications/fetched.json").write_text("[")
    assert update(server).exit_code == 0


def _cut(server: Server) -> None:
    server.answers["/2026-09-22/list.json"] = lambda _, h: send(h, b'{"limit"', length=500)


def _shrunken(server: Server) -> None:
    put(server, "/parties.json", {"names": PARTIES[:10]})


def _shrunken_inside_its_range(server: Server) -> None:
    put(server, "/parties.json", {"names": PARTIES[:31]})


def _changed(server: Server) -> None:
    put(server, "/parties.json", {"names": PARTIES, "unknown": 1})


def _oversized(server: Server) -> None:
    put(server, "/parties.json", {"names": ["x" * 200_000]})


def _page(server: Server) -> None:
    server.answers["/parties.json"] = lambda _, h: send(h, b"<html>maintenance</html>", kind="text/html")


def _down(server: Server) -> None:
    server.answers["/2026-09-22/list.json"] = lambda _, h: send(h, b"", status=503)


def _no_day(server: Server) -> None:
    put(server, TITLES, {"titles": []})


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_cut, "was cut"), (_shrunken, "10 rows, expected 30 to 60"), (_shrunken_inside_its_range, "shrinks"),
        (_changed, "field 'unknown' is not known"), (_oversized, "expected at most"), (_page, "came as text/html"),
        (_down, "answered 503"), (_no_day, "up_to_date_as_of"),
    ],
)  # fmt: skip
def test_all_or_nothing(house: House, server: Server, spoil: Any, why: str) -> None:
    """Whatever comes, the edition in use and the publications kept stay byte for byte."""
    assert update(server).exit_code == 0
    before = tree(house.home)
    put(server, "/parties.json", {"names": [*PARTIES, "Later Ltd."]}, ETag='"2"')
    spoil(server)
    result = update(server)
    assert result.exit_code == 2
    assert why in result.stderr
    assert "Traceback" not in result.stderr
    assert tree(house.home) == before
    assert not list((house.home / "editions").glob(".building*"))


def test_amendments_since_are_told(house: House, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    toml = house.embedded / "us/tables.toml"
    toml.write_text(toml.read_text().replace("Book of us.country_groups", "15 CFR 740 Supp. 1").replace("Book of us.iso", "15 CFR 746.8(a)(1)"))  # fmt: skip
    from safeconduct.lawdata.store import write_manifest

    write_manifest(house.embedded, "invented")
    versions = [
        {"identifier": "Supplement No. 1 to Part 740", "date": "2026-08-15"},
        {"identifier": "746.8", "date": "2026-07-31"},
        {"identifier": "746.9", "date": "2026-08-15"},
    ]
    put(server, VERSIONS, {"content_versions": versions})
    result = update(server, "--source", "amendments")
    assert result.exit_code == 0
    assert "us.country_groups: Supplement No. 1 to Part 740 was amended on 2026-08-15" in result.stdout
    assert "us.iso" not in result.stdout
    assert editions.current_name() == "embedded"
    server.answers.pop(VERSIONS)
    result = update(server, "--source", "amendments")
    assert result.exit_code == 0
    assert "whether part 740 was amended is not known" in result.stdout


def test_a_wrong_base_address(house: House, server: Server) -> None:
    result = CliRunner().invoke(data, ["update", "--base-url", "ftp://x", "--source", "csl"])
    assert result.exit_code == 2
    assert "expected http(s)://" in result.stderr
    assert issubclass(FetchError, SourceError)


def test_help_says_that_it_was_never_run_live() -> None:
    assert "NEVER RUN LIVE" in CliRunner().invoke(data, ["update", "--help"]).output
