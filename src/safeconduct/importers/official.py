"""Which publications an update fetches, from where, and what each must look like.

The addresses are those of the importers' own settings. Never asked live; see ``fetching``.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Final

from lxml import etree

from safeconduct.importers.fetching import MIB, FetchError, Limits, Wanted, fetch, rebased
from safeconduct.importers.sheets import SourceError
from safeconduct.importers.us_bis_lists.merge import bis_settings
from safeconduct.importers.us_bis_lists.read import DPL_COLUMNS
from safeconduct.importers.us_ccl.fetch import ECFR_DATES
from safeconduct.importers.us_csl.map import csl_settings

__all__ = ["ECFR_TITLES", "check_denied", "check_rows", "check_screening", "ecfr_amendments", "ecfr_day", "official"]

#: The list of titles of the eCFR: up to which day each is current. Asked first; a later day is answered with an error.
ECFR_TITLES: Final = "https://www.ecfr.gov/api/versioner/v1/titles.json"
_JSON: Final = ("application/json", "text/json", "text/plain", "application/octet-stream", "binary/octet-stream")
_XML: Final = ("application/xml", "text/xml", "text/plain", "application/octet-stream")
_TEXT: Final = (
    "text/plain",
    "text/csv",
    "text/tab-separated-values",
    "application/octet-stream",
    "binary/octet-stream",
)


def official(ecfr: date) -> list[Wanted]:
    """The publications that the importers read in their official form; those of the eCFR as of a day."""
    lists = bis_settings()
    entity_list: str = lists["official"]["entity_list_xml"].format(date=ecfr.isoformat())
    screening = csl_settings()
    counts = lists["counts"]
    return [
        Wanted("csl", screening["official"]["json"], screening["files"]["current"][0], _JSON, 5 * MIB, 400 * MIB,
               check_screening, _pair(screening["counts"]["rows"])),
        Wanted("entity_list", entity_list, lists["files"]["entity_list"][0], _XML, 100_000, 60 * MIB,
               check_rows, (counts["entity_list"][0] // 2, counts["entity_list"][1] * 2), ecfr),
        # Supplement No. 7 stands in the same part; the Entity List is Supplement No. 4.
        Wanted("meu_list", entity_list.replace("No.%204", "No.%207"), lists["files"]["meu_list"][0], _XML, 2_000, 10 * MIB,
               check_rows, (counts["meu_list"][0] // 2, counts["meu_list"][1] * 2), ecfr),
        Wanted("denied_persons", lists["official"]["denied_persons"], lists["files"]["denied_persons"][0], _TEXT, 20_000,
               20 * MIB, check_denied, _pair(counts["denied_persons"])),
    ]  # fmt: skip


def _pair(bounds: Any) -> tuple[int, int]:
    low, high = bounds
    return int(low), int(high)


def check_screening(data: bytes) -> int:
    """Rows of a Consolidated Screening List in its official JSON form."""
    decoded = _json(data)
    results = decoded.get("results") if isinstance(decoded, dict) else decoded
    if not isinstance(results, list) or not all(isinstance(r, dict) and "name" in r and "source" in r for r in results):
        raise SourceError("not a Consolidated Screening List: expected 'results', each with name and source")
    total = decoded.get("total") if isinstance(decoded, dict) else None
    if isinstance(total, int) and total != len(results):
        raise SourceError(f"{len(results)} results, the file itself says {total}: it is cut")
    return len(results)


def check_rows(data: bytes) -> int:
    """Rows of the tables of an eCFR supplement."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as e:
        raise SourceError(f"not whole XML ({e}): it is cut or damaged") from None
    return sum(1 for _ in root.iter("TR", "ROW"))


def check_denied(data: bytes) -> int:
    """Lines of the Denied Persons List, tab separated."""
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    lines = text.split("\n")
    header = tuple(c.strip() for c in lines[0].split("\t"))
    if header != DPL_COLUMNS:
        raise SourceError(f"columns {list(header)[:14]}, expected {list(DPL_COLUMNS)}")
    if lines[-1]:
        raise SourceError("the last line is not ended: the list is cut")
    return len(lines) - 2


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError as e:
        raise SourceError(f"not whole JSON ({e}): it is cut or damaged") from None


def ecfr_day(base: str | None, limits: Limits, title: int = 15) -> date:
    """The day up to which the eCFR is current for a title.

    Raises:
        FetchError: no answer, or none of the form expected.
    """
    wanted = Wanted(
        "ecfr_titles", rebased(ECFR_TITLES, base), "", _JSON, 2, 5 * MIB, lambda d: len(_json(d)), (0, 10**6)
    )
    got = fetch(wanted, limits, any_host=base is not None)
    try:
        rows = json.loads(got.data or b"")["titles"]
        return date.fromisoformat(next(t["up_to_date_as_of"] for t in rows if t["number"] == title))
    except (KeyError, TypeError, ValueError, StopIteration) as e:
        raise FetchError(f"{wanted.url}: no up_to_date_as_of of title {title} in the reply ({e!r})") from None


def ecfr_amendments(part: str, base: str | None, limits: Limits) -> dict[str, date]:
    """Section or supplement of a part (as the eCFR names it) -> day of its newest amendment.

    Raises:
        FetchError: no answer, or none of the form expected.
    """
    url = rebased(ECFR_DATES.replace("part=774", f"part={part}"), base)
    got = fetch(Wanted(f"ecfr_{part}", url, "", _JSON, 2, 50 * MIB, lambda d: len(_json(d)), (0, 10**6)), limits, any_host=base is not None)  # fmt: skip
    newest: dict[str, date] = {}
    try:
        for row in json.loads(got.data or b"")["content_versions"]:
            day = date.fromisoformat(row.get("amendment_date") or row["date"])
            newest[row["identifier"]] = max(day, newest.get(row["identifier"], day))
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        raise FetchError(f"{url}: not a list of versions ({e!r})") from None
    return newest
