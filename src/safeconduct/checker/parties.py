"""Requirements and prohibitions that rest on a party list (US lists)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from safeconduct.lawdata import Edition

#: Rules whose findings on a party need a true match (or an open alert, for an open finding) on one of these lists.
RESTS_ON: Final[Mapping[str, tuple[str, ...]]] = {
    "us.ear.736.2.b.4": ("us.dpl",), "us.ear.744.11.a": ("us.entity_list",), "us.ofac.blocked": ("us.ofac.sdn",),
    "us.ear.744.8": ("us.ofac.sdn",), "us.ear.744.15.b": ("us.uvl",),
}  # fmt: skip
#: Lists on which a true match brings one of these rules into play whatever the item.
BRINGS: Final[Mapping[str, str]] = {"us.dpl": "us.ear.736.2.b.4", "us.ofac.sdn": "us.ofac.blocked"}
_PARTY: Final = re.compile(r"parties\[(\d+)\]\.listed$")
_PSEUDONYM: Final = re.compile(r"party-\d+$")


def listings(read: Mapping[str, Any]) -> dict[int, Sequence[Mapping[str, Any]]]:
    """Listings by party, from the readings of the trail."""
    return {int(m.group(1)): v or () for p, v in read.items() if (m := _PARTY.match(p))}


def party_faults(
    read: Mapping[str, Any],
    effects: Iterable[Mapping[str, Any]],
    index: Iterable[str],
    edition: Edition,
    notes: list[str],
) -> Iterator[str]:
    """Findings on a party without its listing, true matches without a finding, entries the edition does not hold."""
    on = listings(read)
    effects = list(effects)
    for e in effects:
        lists = RESTS_ON.get(e["rule"])
        if lists is None or e["effect"] not in ("requirement", "prohibition") or "party" not in e:
            continue
        if not any(x["list"] in lists and x["status"] == "true_match" for x in on.get(e["party"], ())):
            yield f"{e['rule']}: party {e['party']} has no true match on {', '.join(lists)}"
    known = set(index)
    for i, found in on.items():
        for x in found:
            rule = BRINGS.get(x["list"])
            if x["status"] == "false_positive":
                continue
            if rule == "us.ofac.blocked" and (
                read.get("facts.ofac.us_nexus") is False or read.get("facts.ofac.authorized") is True
            ):
                rule = None  # nobody whom OFAC binds takes part, or OFAC has authorized it
            if rule in known and not any(e["rule"] == rule and e.get("party") == i for e in effects):
                yield f"{rule}: party {i} stands on {x['list']}, and nothing is said of it"
            if (
                x["list"] == "us.entity_list" and x.get("covers") == "all_items" and not x.get("address_only")
                and read.get(f"parties[{i}].role") in ("end_user", "ultimate_consignee", "purchaser")
                and not any(str(e["rule"]).startswith("us.ear.744.11") for e in effects)
                and read.get("activity") in ("export", "reexport", "transfer_in_country")
                and "us.ear.744.11.a" in known
            ):  # fmt: skip
                yield f"us.ear.744.11.a: party {i} stands on the Entity List for all items, and nothing is said of it"
            entry = x.get("entry")
            if (
                entry
                and not _PSEUDONYM.match(entry)
                and x["list"] in edition.tables
                and not _holds(edition, x["list"], entry)
            ):
                notes.append(
                    f"party {i}: {x['list']} of this edition has no entry {entry}; the strictest reading applies"
                )


def _holds(edition: Edition, list_id: str, entry: str) -> bool:
    wanted = entry.casefold()
    return any(r["id"] == entry or str(r.get("name", "")).casefold() == wanted for r in edition.rows(list_id))
