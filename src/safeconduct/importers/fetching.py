"""Fetching official publications over the network. Only ``safeconduct data update`` uses it.

Tested against a local server; never run live against the official addresses. A reply counts as a publication only when it
came whole, within its size, of a type that fits, is no page of HTML, and has the form and the number of rows expected.
Library: urllib3 (connections, TLS, timeouts, decoding); what is tried again, and redirects, are decided here.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from urllib.parse import urljoin, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

from safeconduct.importers.sheets import SourceError

__all__ = ["MIB", "FetchError", "Fetched", "Limits", "Wanted", "fetch", "rebased"]

_AGENT: Final = "safeconduct (open-source export controls; data update)"
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
