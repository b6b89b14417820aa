"""Entity List and Military End-User List: one entry for each row of Commerce's own publication or of the screening list.

What the two say of one entry is joined to the stricter side: footnotes of either, the wider cover, an exception only where both
grant it; every difference is reported.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from safeconduct.importers.sheets import SourceError, read_toml
from safeconduct.importers.us_bis_lists.match import copies, pair
from safeconduct.importers.us_bis_lists.read import Dated, Listed, dated_citations
from safeconduct.importers.us_bis_lists.sentences import BLANK, Sentence, combine, meaning
from safeconduct.importers.us_bis_lists.spelling import address_in, parts_of
from safeconduct.importers.us_csl.entries import Address, Entry, entry_id
from safeconduct.importers.us_csl.read import CslRow
from safeconduct.lawdata.names import normalise

__all__ = ["bis_settings", "merged"]

Started = dict[tuple[str, str], str]
PREFIX = {"us.entity_list": "el", "us.meu_list": "meu"}
_ADDRESS_ENTRY = re.compile(r"address \d+", re.IGNORECASE)
# Sections named beside the ordinary one (744.11), the product rules (734, formerly 736) and exceptions.
_ORDINARY = re.compile(r"744\.11|734\.|736\.|740\.|772\.")


@cache
def bis_settings() -> dict[str, Any]:
    """The importer's source.toml."""
    return read_toml(Path(__file__).with_name("source.toml"))


def merged(
    list_id: str, rows: Sequence[CslRow], listed: Sequence[Listed], started: Started
) -> tuple[list[Entry], dict[str, Any]]:
    """Entries of one list, and what was paired, joined, corrected, alone or in conflict.

    Args:
        rows: the screening list's rows of this list.
        listed: rows of Commerce's own publication; may be empty for the Military End-User List.
        started: first known day by normalised name and country.
    Raises:
        SourceError: a sentence that is not in the table, or an entry of which neither side says what it covers.
    """
    corrected = _corrected("csl", rows) + _corrected("supp4", listed)
    read: dict[int, tuple[Sentence, str | None]] = {}
    for row in rows:
        where = f"{list_id}, screening list row {row.row} ({row.name})"
        sentence = meaning("requirement", row.requirement, where) if row.requirement else BLANK
        policy = meaning("policy", row.policy, where).policy if row.policy else "not_stated"
        read[row.row] = (sentence, combine(sentence, policy))

    def means(row: CslRow) -> object:
        sentence, policy = read[row.row]
        return str(sentence.covers), sentence.footnotes or sentence.inferred, str(sentence.exceptions), policy

    partner, ways = pair(rows, listed, means)
    again = copies(rows, listed, partner, means)
    shares = Counter(row.row for row in partner.values())
    joined = {row.row for row in partner.values()} | {row.row for some in again.values() for row in some}
    conflicts: list[dict[str, Any]] = []
    entries: list[Entry] = []
    cut: list[dict[str, str]] = []
    dropped = 0
    for one in listed:
        where = f"{list_id}, own publication row {one.row} ({one.name})"
        own = meaning("requirement", one.requirement, where) if one.requirement else None
        if own is not None and own.void:
            own = None
            cut.append({"row": where, "why": "requirement cut by its source; the screening list's words count"})
        own_policy = meaning("policy", one.policy, where).policy if one.policy else None
        found = partner.get(one.row)
        if found is None:
            if own is None and list_id == "us.entity_list":
                raise SourceError(f"{where}: requirement cut by its source, and no row of the screening list beside it")
            entries.append(_entry(list_id, None, one, own, own_policy or "not_stated", started)[0])
            continue
        sentence, policy = read[found.row]
        policy = own_policy if policy in (None, "not_stated") and own_policy else policy
        more = again.get(one.row, [])
        entry, left = _entry(list_id, found, one, sentence, policy, started, more, shares[found.row] == 1)
        dropped += left
        differs = _reconcile(entry, sentence, own) if own is not None else {}
        if own_policy not in (None, policy):
            differs["policy"] = [policy, own_policy]
        if differs:
            conflicts.append({"name": entry.name, "country": one.country} | differs)
        entries.append(entry)
    alone = [row for row in rows if row.row not in joined]
    entries += [_entry(list_id, row, None, *read[row.row], started)[0] for row in alone]
    told = {
        "paired": dict(ways),
        "corrections": corrected,
        "copies_joined": sum(map(len, again.values())),
        "only_in_own_publication": [one.name for one in listed if one.row not in partner],
        "only_in_screening_list": [row.name for row in alone],
        "requirement_blank": [row.name for row in rows if not row.requirement],
        "policy_not_stated": [entry.name for entry in entries if entry.policy == "not_stated"],
        "footnotes_inferred": [entry.name for entry in entries if entry.extra.get("footnotes_inferred")],
        "conflicts": conflicts,
        "aliases_left_with_their_address": dropped,
        "cut": cut,
    }
    return entries, {name: value for name, value in told.items() if value}


def _reconcile(entry: Entry, sentence: Sentence, own: Sentence) -> dict[str, Any]:
    """Join what Commerce's own text says of an entry read from the screening list; the differences, by what differs."""
    differs: dict[str, Any] = {}
    ours, theirs = set(entry.footnotes), set(own.footnotes or own.inferred)
    if ours != theirs:
        differs["footnotes"] = [sorted(ours), sorted(theirs)]
        entry.footnotes = sorted(ours | theirs)
    elif own.footnotes:
        # Printed on the other side: no inference is left.
        entry.extra.pop("footnotes_inferred", None)
    if str(own.covers) != str(sentence.covers):
        differs["covers"] = [sentence.covers, own.covers]
        entry.covers = "all_items" if "all_items" in (sentence.covers, own.covers) else sentence.covers
    if own.exceptions != sentence.exceptions:
        differs["exceptions"] = [list(sentence.exceptions), list(own.exceptions)]
        entry.exceptions = [one for one in entry.exceptions if one in own.exceptions]
    return differs


def _corrected(publication: str, rows: Sequence[CslRow] | Sequence[Listed]) -> int:
    """Apply the corrections of source.toml and part names that hold several; the number of corrections applied."""
    known = {one["original"]: one["read_as"] for one in bis_settings()["correction"] if one["in"] == publication}
    cells = {cell: one["read_as"] for one in bis_settings()["citation"] for cell in one["original"]}
    count = 0
    for row in rows:
        if isinstance(row, CslRow) and row.notice in cells:
            row.notice = cells[row.notice]
            count += 1
        names = [row.name, *row.aliases]
        count += sum(name in known for name in names)
        row.name, others = parts_of(known.get(row.name, row.name))
        for alias in row.aliases:
            plain, more = parts_of(known.get(alias, alias))
            others += [plain, *more]
        row.aliases = others
    return count


def _entry(
    list_id: str,
    row: CslRow | None,
    one: Listed | None,
    sentence: Sentence | None,
    policy: str | None,
    started: Started,
    more: Sequence[CslRow] = (),
    alone: bool = True,
) -> tuple[Entry, int]:
    """One entry from a screening list row, a row of Commerce's own, or both, and the count of aliases left out.

    Args:
        more: copies of the screening list row.
        alone: the screening list row serves no other entry, so its countries are this entry's.
    """
    name = row.name if row is not None else one.name if one is not None else ""
    country = one.country if one is not None else ""
    if row is not None and not country:
        country = next((address.country or "" for address in row.addresses), "")
    dated = _cites(row, one, more)
    order = sorted(dated, key=lambda cite: tuple(map(int, cite.split(" FR "))))
    aliases, dropped = _aliases(name, row, one, more)
    addresses = _addresses(row, one, alone) or ([Address(None, country)] if country else [])
    days = [cite.day for cite in dated.values() if cite.day]
    days += [started[key] for key in {(normalise(name), a.country or "") for a in addresses} if key in started]
    if row is not None and row.start:
        days.append(row.start)
    extra: dict[str, Any] = dict(row.more) if row is not None else {}
    covers: Any = {"supplement": "744 Supp. 2"} if list_id == "us.meu_list" else None
    if sentence is not None:
        covers = sentence.covers
        extra["worldwide"] = sentence.worldwide
        extra["under"] = [section for section in sentence.see if not _ORDINARY.match(section)]
        extra["footnotes_inferred"] = bool(sentence.inferred)
    if country != next((address.country for address in addresses), None):
        extra["country"] = country
    entry = Entry(
        list_id=list_id,
        id=entry_id(PREFIX[list_id], list_id, normalise(name), country, order[0] if order else ""),
        name=name,
        row=row.row if row is not None else one.row if one is not None else 0,
        aliases=aliases,
        addresses=addresses,
        cites=order,
        covers=covers,
        policy=policy,
        exceptions=list(sentence.exceptions) if sentence is not None else [],
        footnotes=sorted({*sentence.footnotes, *sentence.inferred}) if sentence is not None else [],
        start=min(days, default=None),
        until=row.end or None if row is not None else None,
        address_only=bool(_ADDRESS_ENTRY.fullmatch(name)),
        extra=extra,
    )
    return entry, dropped


def _cites(row: CslRow | None, one: Listed | None, more: Sequence[CslRow]) -> dict[str, Dated]:
    found: dict[str, Dated] = {}
    notices = [
        cite for other in ([row] if row is not None else []) + list(more) for cite in dated_citations(other.notice)
    ]
    for cite in (one.cites if one is not None else []) + notices:
        if cite.cite not in found or found[cite.cite].day is None:
            found[cite.cite] = cite
    return found


def _aliases(name: str, row: CslRow | None, one: Listed | None, more: Sequence[CslRow]) -> tuple[list[str], int]:
    """Other names, each key once, and how many were left out as an alias already held that runs on into its address."""
    found = [alias for other in ([row] if row is not None else []) + list(more) for alias in other.aliases]
    dropped = 0
    if one is not None:
        held = [key for key in map(normalise, (name, *found)) if len(key) > 3]
        for alias in ([one.name] if row is not None else []) + one.aliases:
            if row is not None and address_in(alias) and any(normalise(alias).startswith(key + " ") for key in held):
                dropped += 1
            else:
                found.append(alias)
    by_key: dict[str, str] = {}
    for alias in found:
        by_key.setdefault(normalise(alias), alias)
    by_key.pop(normalise(name), None)
    by_key.pop("", None)
    return list(by_key.values()), dropped


def _addresses(row: CslRow | None, one: Listed | None, alone: bool) -> list[Address]:
    """Addresses of Commerce's own text, then the countries only the screening list has."""
    found = [a for a in one.addresses if not (a.text or "").startswith("including the")] if one is not None else []
    if row is not None and alone:
        have = {address.country for address in found}
        have |= {"CN"} if have & {"HK", "MO"} else set()
        found += [address for address in row.addresses if address.country not in have or (address.text and one is None)]
    return found
