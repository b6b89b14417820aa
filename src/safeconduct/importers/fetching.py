"""Fetching official publications over the network. Only ``safeconduct data update`` uses it.

Tested against a local server; never run live against the official addresses. A reply counts as a publication only when it
came whole, within its size, of a type that fits, is no page of HTML, and has the form and the number of rows expected.
Library: urllib3 (connections, TLS, timeouts, decoding); what is tried again, and redirects, are decided here.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from urllib.parse import urljoin, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from lxml import etree

from safeconduct.importers.sheets import SourceError
from safeconduct.importers.us_bis_lists.merge import bis_settings
from safeconduct.importers.us_bis_lists.read import DPL_COLUMNS
from safeconduct.importers.us_ccl.fetch import ECFR_DATES
from safeconduct.importers.us_csl.map import csl_settings

__all__ = [
    "FetchError",
    "Fetched",
    "Limits",
    "Wanted",
    "ecfr_amendments",
    "ecfr_day",
    "fetch",
    "official",
    "rebased",
]  # fmt: skip

#: The list of titles of the eCFR: up to which day each is current. Asked first; a later day is answered with an error.
ECFR_TITLES: Final = "https://www.ecfr.gov/api/versioner/v1/titles.json"
_AGENT: Final = "safeconduct (open-source export controls; data update)"
_JSON: Final = ("application/json", "text/json", "text/plain", "application/octet-stream", "binary/octet-stream")
_XML: Final = ("application/xml", "text/xml", "text/plain", "application/octet-stream")
_TEXT: Final = (
    "text/plain",
    "text/csv",
    "text/tab-separated-values",
    "application/octet-stream",
    "binary/octet-stream",
)
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
MIB: Final = 1024 * 1024


class FetchError(SourceError):
    """A publication could not be fetched, or is not what it should be; nothing was changed."""


@dataclass(frozen=True)
class Limits:
    """How long and how often: times in seconds; ``total`` for one publication with all its attempts."""

    attempts: int = 4
    connect: float = 10
    read: float = 30
    total: float = 600
    backoff: float = 1
    longest_wait: float = 60
    redirects: int = 5


@dataclass(frozen=True)
class Wanted:
    """A publication to fetch.

    Attributes:
        into: path in a data folder. types: media types that fit. least, most: bytes. check: raises ``SourceError``
            when the content is not of the form; returns the number of rows. bounds: rows expected, both included.
        day: day of the text when the address names it (the eCFR); else it is the day of fetching.
    """

    name: str
    url: str
    into: str
    types: tuple[str, ...]
    least: int
    most: int
    check: Callable[[bytes], int]
    bounds: tuple[int, int]
    day: date | None = None


@dataclass(frozen=True)
class Fetched:
    """A reply that passed. ``data`` is None when the server said that nothing changed."""

    name: str
    url: str
    data: bytes | None
    rows: int | None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str | None:
        return hashlib.sha256(self.data).hexdigest() if self.data is not None else None


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


# -- what a reply must be ------------------------------------------------------------------------------------------


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


# -- the eCFR's own dates ------------------------------------------------------------------------------------------


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


# -- the transport -------------------------------------------------------------------------------------------------


def rebased(url: str, base: str | None) -> str:
    """The address at another host: path and query stay.

    Raises:
        FetchError: the base is not an http(s) address.
    """
    if base is None:
        return url
    to, here = urlsplit(base), urlsplit(url)
    if to.scheme not in ("http", "https") or not to.netloc or to.query or to.fragment:
        raise FetchError(f"base address {base!r}: expected http(s)://host[:port][/path] and nothing after")
    return urlunsplit((to.scheme, to.netloc, to.path.rstrip("/") + here.path, here.query, ""))


def fetch(
    wanted: Wanted,
    limits: Limits = Limits(),
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    any_host: bool = False,
    sleep: Callable[[float], None] = time.sleep,
    say: Callable[[str], None] | None = None,
) -> Fetched:
    """Fetch and check one publication.

    Network faults, busy servers and cut replies are tried again after a growing wait (with a random part, and as
    long as the server asks); all else is final.

    Args:
        etag, last_modified: of the copy at hand; an unchanged publication is then not sent again.
        any_host: the base address was given by the user: plain http, and any host, may be asked.
    Raises:
        FetchError: names the address, what came, what was expected and what to do.
    """
    end = time.monotonic() + limits.total
    headers = {"User-Agent": _AGENT, "Accept-Encoding": "gzip"}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": last_modified} if last_modified else {}
    last = ""
    with _Pools() as pools:
        for attempt in range(1, limits.attempts + 1):
            wait = limits.backoff * 2 ** (attempt - 1) * (1 + random.random() / 4)
            try:
                return _once(pools, wanted, headers, limits, end, any_host)
            except _TryAgain as e:
                last = str(e)
                wait = max(wait, e.after)
            except (urllib3.exceptions.HTTPError, OSError) as e:
                last = f"{type(e).__name__}: {e}"
            if attempt == limits.attempts or time.monotonic() + min(wait, limits.longest_wait) > end:
                break
            if say:
                say(f"{wanted.name}: {last}; attempt {attempt + 1} of {limits.attempts} follows")
            sleep(min(wait, limits.longest_wait))
    raise FetchError(
        f"{wanted.name}: {wanted.url}: {last}, {attempt} attempts. The edition in use stays; try later, or fetch the file "
        f"by hand into {wanted.into or 'a folder'} and use: safeconduct data import"
    )


class _TryAgain(Exception):
    def __init__(self, why: str, after: float = 0) -> None:
        super().__init__(why)
        self.after = after


class _Pools:
    """Connections, directly or by the proxy that the environment names (``HTTPS_PROXY``, ``NO_PROXY``…)."""

    def __init__(self) -> None:
        self._made: dict[str | None, urllib3.PoolManager] = {}

    def of(self, url: str) -> urllib3.PoolManager:
        parts = urlsplit(url)
        host = parts.hostname or ""
        direct = host in ("127.0.0.1", "localhost", "::1") or proxy_bypass(host)
        proxy = None if direct else getproxies().get(parts.scheme)
        if proxy not in self._made:
            self._made[proxy] = (
                urllib3.ProxyManager(proxy, retries=False) if proxy else urllib3.PoolManager(retries=False)
            )
        return self._made[proxy]

    def __enter__(self) -> _Pools:
        return self

    def __exit__(self, *_: object) -> None:
        for pool in self._made.values():
            pool.clear()


def _once(
    pools: _Pools, wanted: Wanted, headers: Mapping[str, str], limits: Limits, end: float, any_host: bool
) -> Fetched:
    url, seen = wanted.url, {wanted.url}
    while True:
        if urlsplit(url).scheme != "https" and not any_host:
            raise FetchError(f"{wanted.name}: {url}: not https; the official addresses are")
        reply = pools.of(url).request(
            "GET", url, headers=dict(headers), redirect=False, preload_content=False,
            timeout=urllib3.Timeout(connect=limits.connect, read=limits.read),
        )  # fmt: skip
        try:
            where = reply.headers.get("Location")
            if reply.status in (301, 302, 303, 307, 308) and where:
                target = urljoin(url, where)
                _may_follow(wanted, url, target, any_host)
                if target in seen or len(seen) > limits.redirects:
                    raise FetchError(
                        f"{wanted.name}: {wanted.url}: redirected in a circle or more than {limits.redirects} times"
                    )
                seen.add(target)
                url = target
                continue
            return _read(wanted, reply, limits, end)
        finally:
            reply.close()


def _may_follow(wanted: Wanted, url: str, target: str, any_host: bool) -> None:
    """A redirect may lead to the same host, and from an official address to another of the government over https."""
    here, there = urlsplit(url), urlsplit(target)
    same = there.hostname == here.hostname and not (here.scheme == "https" and there.scheme != "https")
    government = not any_host and there.scheme == "https" and (there.hostname or "").endswith(".gov")
    if not (same or government):
        raise FetchError(
            f"{wanted.name}: {url} redirects to {target}, another host; look at it, fetch by hand and use data import"
        )


def _read(wanted: Wanted, reply: urllib3.BaseHTTPResponse, limits: Limits, end: float) -> Fetched:
    kept = {k: reply.headers[k] for k in ("ETag", "Last-Modified") if k in reply.headers}
    if reply.status == 304:
        return Fetched(wanted.name, wanted.url, None, None, kept)
    if reply.status in _AGAIN:
        after = reply.headers.get("Retry-After", "")
        raise _TryAgain(
            f"the server answered {reply.status}", min(float(after), limits.longest_wait) if after.isdigit() else 0
        )
    if reply.status != 200:
        raise FetchError(f"{wanted.name}: {wanted.url}: the server answered {reply.status}, expected 200")
    kind = reply.headers.get("Content-Type", "").partition(";")[0].strip().casefold()
    if kind and kind not in wanted.types:
        raise FetchError(
            f"{wanted.name}: {wanted.url}: came as {kind}, expected {wanted.types[0]}; it is not the publication"
        )
    length = reply.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > wanted.most:
        raise FetchError(_too_large(wanted, int(length)))
    data = bytearray()
    while True:
        try:
            piece = reply.read1(MIB, decode_content=True)
        except (urllib3.exceptions.HTTPError, OSError) as e:
            raise _TryAgain(f"the reply was cut after {len(data)} bytes ({type(e).__name__})") from None
        if not piece:
            break
        data += piece
        if len(data) > wanted.most:
            raise FetchError(_too_large(wanted, len(data)))
        if time.monotonic() > end:
            raise FetchError(
                f"{wanted.name}: {wanted.url}: {len(data)} bytes in {limits.total:g} s, too slow; the edition in use stays"
            )
    return Fetched(wanted.name, wanted.url, bytes(data), _checked(wanted, bytes(data)), kept)


def _too_large(wanted: Wanted, size: int) -> str:
    return (
        f"{wanted.name}: {wanted.url}: {size} bytes or more, expected at most {wanted.most}; it is not the publication"
    )


def _checked(wanted: Wanted, data: bytes) -> int:
    """Number of rows; a page of HTML, a short, cut or shrunken reply is refused by its name."""
    start = data[:500].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise FetchError(f"{wanted.name}: {wanted.url}: a page of HTML came where data was expected (an error page?)")
    if len(data) < wanted.least:
        raise FetchError(
            f"{wanted.name}: {wanted.url}: {len(data)} bytes, expected at least {wanted.least}; it is cut or empty"
        )
    try:
        rows = wanted.check(data)
    except SourceError as e:
        raise FetchError(f"{wanted.name}: {wanted.url}: {e}") from None
    low, high = wanted.bounds
    if not low <= rows <= high:
        raise FetchError(
            f"{wanted.name}: {wanted.url}: {rows} rows, expected {low} to {high}; a list that shrank or grew so much is refused. "
            "If the law did change so, adjust source.toml of the importer"
        )
    return rows
