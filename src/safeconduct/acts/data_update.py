"""Bringing the publications up to date from their official addresses. Tested against a local server, never run live.

The order is: fetch everything asked for into a scratch folder, check each reply, build and prove an edition, put it in
use, and only then keep the publications in ``$SAFECONDUCT_HOME/publications`` for conditional requests next time.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from safeconduct.acts.data import Installed, build_and_use
from safeconduct.acts.editions import DataError, check_name, find_edition, locked
from safeconduct.acts.session import home
from safeconduct.importers.fetching import Fetched, FetchError, Limits, Wanted, fetch, rebased
from safeconduct.importers.official import ecfr_amendments, ecfr_day, official
from safeconduct.lawdata.store import Edition, sha256_of

#: Not a publication of its own: the eCFR's list of amendments, to tell which tables must be imported anew by hand.
AMENDMENTS: Final = "amendments"
#: Importer -> the publications whose days count for its tables.
READ_BY: Final = {"us_csl": ("csl",), "us_bis_lists": ("csl", "entity_list", "meu_list", "denied_persons")}
_CITE: Final = re.compile(r"15 CFR (7\d\d)(?:\.(\d+))?(?: Supp\. (\d+))?")


@dataclass
class Updated:
    """What an update did. ``installed`` is None when only the amendments were asked for."""

    installed: Installed | None
    fetched: list[dict[str, Any]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def update(
    sources: Sequence[str] = (),
    *,
    base_url: str | None = None,
    name: str | None = None,
    key: Path | None = None,
    accept_fewer: Collection[str] = (),
    today: date | None = None,
    limits: Limits | None = None,
    say: Callable[[str], None] | None = None,
) -> Updated:
    """Fetch publications and put the edition made of them in use, or leave everything as it was.

    Args:
        sources: names of publications (default all). base_url: a mirror in place of the official hosts.
        today: day of fetching. say: takes one line of progress.
    Raises:
        DataError: a source that is not known, or another update at work.
        FetchError, EditionError, ValueError: nothing was changed; says why.
    """
    if name is not None:
        check_name(name)
    day = today or date.today()
    limits = limits or Limits()
    known = [w.name for w in official(day)]
    if wrong := [s for s in sources if s not in (*known, AMENDMENTS)]:
        raise DataError(f"no source '{wrong[0]}'; sources: {', '.join((*known, AMENDMENTS))}")
    wanted_names = list(sources) or [*known, AMENDMENTS]
    done = Updated(None)
    with locked() as folder:
        scratch = folder / f".building-fetch-{os.getpid()}"
        try:
            wanted = _wanted(wanted_names, base_url, limits, day)
            kept = _Kept.read(home() / "publications")
            days = {w.name: _fetch_one(w, kept, scratch, limits, day, base_url is not None, done, say) for w in wanted}
            if days:
                days = kept.fill(scratch, days, known) | days
                source_days = {
                    i: min(found) for i, names in READ_BY.items() if (found := [days[n] for n in names if n in days])
                }
                done.installed = build_and_use(
                    folder,
                    scratch,
                    name=name,
                    as_of=None,
                    key=key,
                    days=source_days,
                    accept_fewer=accept_fewer,
                    say=say,
                )
                kept.keep(scratch, done.fetched)
            if AMENDMENTS in wanted_names:
                done.notices += amended(find_edition(None), base_url, limits, say)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return done


def _wanted(names: Sequence[str], base: str | None, limits: Limits, today: date) -> list[Wanted]:
    chosen = [w for w in official(today) if w.name in names]
    if any(w.day for w in chosen):  # the eCFR answers only for days it has reached
        chosen = [w for w in official(ecfr_day(base, limits)) if w.name in names]
    return [Wanted(**(vars(w) | {"url": rebased(w.url, base)})) for w in chosen]


def _fetch_one(
    wanted: Wanted, kept: _Kept, scratch: Path, limits: Limits, today: date, any_host: bool, done: Updated,
    say: Callable[[str], None] | None,
) -> date:  # fmt: skip
    """Fetch one publication into the scratch folder; the day its content is known to be of."""
    before = kept.usable(wanted)
    if say:
        say(f"{wanted.name}: {wanted.url}")
    got: Fetched = fetch(
        wanted, limits, etag=before.get("ETag"), last_modified=before.get("Last-Modified"), any_host=any_host, say=say
    )
    path = scratch / wanted.into
    path.parent.mkdir(parents=True, exist_ok=True)
    if got.data is None:
        if not before:
            raise FetchError(f"{wanted.name}: {wanted.url}: 'not modified' though no copy is at hand")
        shutil.copyfile(kept.folder / wanted.into, path)
    else:
        path.write_bytes(got.data)
    day = wanted.day or today
    done.fetched.append(
        {
            "name": wanted.name, "url": wanted.url, "into": wanted.into, "day": day.isoformat(), "rows": got.rows,
            "status": "unchanged" if got.data is None else "fetched", "sha256": sha256_of(path), "bytes": path.stat().st_size,
            "headers": {**{k: before[k] for k in ("ETag", "Last-Modified") if k in before and got.data is None}, **got.headers},
        }
    )  # fmt: skip
    return day


@dataclass
class _Kept:
    """Publications of earlier updates: ``fetched.json`` names them with the day and what the server said."""

    folder: Path
    state: dict[str, dict[str, Any]]

    @staticmethod
    def read(folder: Path) -> _Kept:
        try:
            state = json.loads((folder / "fetched.json").read_text("utf-8"))
            return _Kept(folder, {n: s for n, s in state.items() if isinstance(s, dict)})
        except (OSError, ValueError, AttributeError):
            return _Kept(folder, {})  # no copy, or a damaged note of it: fetched whole

    def usable(self, wanted: Wanted) -> Mapping[str, str]:
        """Headers for a conditional request: only for the same address, and a copy that is whole."""
        state = self.state.get(wanted.name, {})
        path = self.folder / wanted.into
        if state.get("url") != wanted.url or not path.is_file() or sha256_of(path) != state.get("sha256"):
            return {}
        return dict(state.get("headers", {}))

    def fill(self, scratch: Path, days: Mapping[str, date], known: Sequence[str]) -> dict[str, date]:
        """Put kept publications beside those fetched, where none was asked for now; their days."""
        out = {}
        for name in known:
            state = self.state.get(name)
            if name in days or state is None:
                continue
            path = self.folder / state["into"]
            if path.is_file() and sha256_of(path) == state["sha256"]:
                (scratch / state["into"]).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, scratch / state["into"])
                out[name] = date.fromisoformat(state["day"])
        return out

    def keep(self, scratch: Path, fetched: list[dict[str, Any]]) -> None:
        for one in fetched:
            path = self.folder / one["into"]
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(scratch / one["into"], path.with_name(path.name + ".new"))
            os.replace(path.with_name(path.name + ".new"), path)
            self.state[one["name"]] = {k: one[k] for k in ("url", "into", "day", "sha256", "headers")}
        new = self.folder / "fetched.json.new"
        new.write_text(json.dumps(self.state, sort_keys=True, indent=1) + "\n", "utf-8")
        os.replace(new, self.folder / "fetched.json")


def amended(edition: Edition, base: str | None, limits: Limits, say: Callable[[str], None] | None = None) -> list[str]:
    """Tables whose section or supplement was amended after they were read, by the eCFR's own list of versions.

    A part that cannot be asked is told, not raised: the list only warns.
    """
    cited: dict[str, list[tuple[str, str]]] = {}  # part -> (table, identifier in the eCFR)
    for table_id, table in sorted(edition.tables.items()):
        for part, section, supplement in _CITE.findall(table.cite):
            if section or supplement:
                what = f"Supplement No. {supplement} to Part {part}" if supplement else f"{part}.{section}"
                cited.setdefault(part, []).append((table_id, what))
    out = []
    for part, tables in sorted(cited.items()):
        if say:
            say(f"amendments of part {part}")
        try:
            newest = ecfr_amendments(part, base, limits)
        except FetchError as e:
            out.append(f"whether part {part} was amended is not known: {e}")
            continue
        for table_id, what in tables:
            day, until = newest.get(what), edition.tables[table_id].verified_until
            if day is not None and day >= until:
                out.append(
                    f"{table_id}: {what} was amended on {day}, after the last day the table was read for "
                    f"(until {until}); import the new publication (data import)"
                )
    return out
