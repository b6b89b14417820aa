"""What many US rules share: the list, the code, the destination, destination tests of list rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from safeconduct.law import ControlList, LawAsOf
from safeconduct.model import NO, YES, Ask, Facts, Truth, all_of, any_of, not_, truth_of

CODE: Final = "item.classification.us"
EAR99: Final = "EAR99"
#: Roles whose holders are parties to the transaction, 15 CFR 748.5(c)-(f).
TRANSACTION_PARTIES: Final = ("purchaser", "intermediate_consignee", "ultimate_consignee", "end_user")
EXPORTS: Final = ("export", "reexport", "transfer_in_country")
DEEMED: Final = ("deemed_export", "deemed_reexport")
ECCN_PATTERN: Final = re.compile(r"[0-9][A-E][0-9]{3}(\.[a-z0-9]+)*$")
USML_PATTERN: Final = re.compile(r"(?:X{0,1}(?:IX|IV|V?I{1,3}|V)|XX?I?)(\([a-z0-9]+\))*$")
#: Sub-regions that US law treats apart from their country, 15 CFR 746.6.
REGIONS: Final[Mapping[str, str]] = {"UA-43": "UA", "UA-14": "UA", "UA-09": "UA", "UA-40": "UA"}
#: Code, name and other names of those regions, for reading requests.
REGION_NAMES: Final = (
    ("UA-43", "Crimea region of Ukraine", "Crimea", "Ukraine (Crimea region)", "Ukraine (Crimea)", "Autonomous Republic of Crimea"),
    ("UA-40", "Sevastopol (Crimea region of Ukraine)", "Sevastopol", "City of Sevastopol"),
    ("UA-14", "Donetsk region of Ukraine", "Donetsk", "DNR", "Ukraine (Donetsk region)", "Donetsk People's Republic"),
    ("UA-09", "Luhansk region of Ukraine", "Luhansk", "LNR", "Ukraine (Luhansk region)", "Luhansk People's Republic"),
)  # fmt: skip


def code(f: Facts) -> str | None:
    """The US classification, or None when it is not known."""
    value = f.get(CODE)
    return value if isinstance(value, str) else None


def is_eccn(c: str | None) -> bool:
    return c is not None and ECCN_PATTERN.match(c) is not None


def is_usml(c: str | None) -> bool:
    return c is not None and USML_PATTERN.match(c) is not None


@dataclass(frozen=True, slots=True)
class CodeKind:
    """Reads the classification only as what kind it is: ``usml``, ``eccn``, ``EAR99``, ``other``, or None."""

    path: str = CODE

    def __call__(self, facts: Facts) -> str | None:
        c = facts.peek(self.path)
        if not isinstance(c, str):
            return None
        return EAR99 if c == EAR99 else "eccn" if is_eccn(c) else "usml" if is_usml(c) else "other"


def code_kind(f: Facts) -> str | None:
    """The kind of the classification. Rules that need no more than this share what they remember over all codes."""
    kind = f.note(CodeKind())
    return kind if isinstance(kind, str) else None


def ccl(law: LawAsOf) -> ControlList:
    """The Commerce Control List on these days.

    Raises:
        NotCovered: the list says nothing of these days.
    """

    def place(path: str, spec: Mapping[str, Any], f: Facts) -> Truth:
        where = f.get(path)
        if where is None and path == "exported_from" and f.get("activity") in ("export", "deemed_export"):
            where = "US"
        return dest_truth(spec, where, law, f, path)

    return ControlList.load(law, "us.ccl", CODE, place)


def series_of(c: str) -> str | None:
    """``600`` for xY6zz, ``9x515``, ``0x5zz`` for the firearms entries, else None (772.1; 774 Supp. 4)."""
    if len(c) < 5:
        return None
    if c[2] == "6":
        return "600"
    if c[:1] == "9" and c[2:5] == "515":
        return "9x515"
    if c[:1] == "0" and c[2] == "5" and c[2:5] != "521":
        return "0x5zz"
    return "0y521" if c[:1] == "0" and c[2:5] == "521" else None


def destination(f: Facts) -> str | None:
    """The ultimate destination as ISO code or region (``UA-43``); None when not known."""
    value = f.get("destination")
    return value if isinstance(value, str) else None


def country_of(place: str | None) -> str | None:
    """The country of a destination or region."""
    return None if place is None else REGIONS.get(place, place.split("-")[0])


def reading_country(place: str | None, law: LawAsOf) -> str | None:
    """The country whose country groups a place takes: territories read their state's (15 CFR 738.3(b)), Hong Kong
    reads China since 2020-12-23, Liechtenstein Switzerland, regions their country."""
    country = country_of(place)
    if country is None:
        return None
    rows = law.index("us.territories", "code").get(country)
    return rows[0]["reads"] or country if rows else country


def chart_country(place: str | None, law: LawAsOf) -> str | None:
    """The row of the Country Chart that a place reads: its own where it has one."""
    country = country_of(place)
    if country is None or country in law.index("us.country_chart", "country"):
        return country
    return reading_country(place, law)


def in_groups(country: str | None, law: LawAsOf, groups: Iterable[str], fact: str = "destination") -> Truth:
    """Whether a country is in any of the groups (``D:5``); unknown when the country is."""
    names = tuple(groups)
    if country is None:
        return Truth("UNKNOWN", frozenset((Ask(fact),)))
    return truth_of(any(law.group(f"us.{g}").includes(country) for g in names))


def cwc_party(country: str | None, law: LawAsOf, wanted: bool = True) -> Truth:
    """Whether a country is (``wanted``) or is not a State Party to the Chemical Weapons Convention. A row that
    nobody has read may raise a requirement, never support a clear answer: it leaves the question open."""
    rows = law.index("us.cwc", "country").get(country or "", ())
    if not rows:
        return truth_of(not wanted)
    row = rows[0]
    if row["state_party"] == "no":
        return truth_of(not wanted)
    if row["state_party"] == "yes" and row["basis"] == "read":
        return truth_of(wanted)
    return Truth("UNKNOWN", frozenset((Ask("destination"),)))


def dest_truth(
    spec: Mapping[str, Any] | None, place: str | None, law: LawAsOf, f: Facts, path: str = "destination"
) -> Truth:
    """Whether a destination scope of a list row takes in a place (``path`` names the fact that holds it); the
    kinds are those of ``records/us/ccl/README.md``.

    Raises:
        ValueError: a kind this reader does not know (a fault of the data, found by the edition's tests).
    """
    if place is None:
        return Truth("UNKNOWN", frozenset((Ask(path),)))
    country = reading_country(place, law)
    if spec is None:
        return YES
    left = set(spec) - {"all"}
    parts: list[Truth] = []
    if "all_but" in spec:
        left.discard("all_but")
        return truth_of(country not in spec["all_but"])
    if "countries" in spec or "groups" in spec:
        left -= {"countries", "groups"}
        parts.append(
            any_of(
                truth_of(country in spec.get("countries", ())),
                in_groups(country, law, spec.get("groups", ())) if spec.get("groups") else NO,
            )
        )
    if "not_groups" in spec:
        left.discard("not_groups")
        outside = in_groups(country, law, spec["not_groups"])
        # A country named outright is not taken out again by its group.
        parts.append(any_of(truth_of(country in spec.get("countries", ())), not_(outside)))
    if "not_countries" in spec:
        left.discard("not_countries")
        parts.append(truth_of(country not in spec["not_countries"]))
    if "un_embargo" in spec:
        left.discard("un_embargo")
        parts.append(truth_of(country in law.index("us.un_embargo", "country")))
    if "cwc" in spec:
        left -= {"cwc", "but"}
        parts.append(
            all_of(cwc_party(country, law, spec["cwc"] == "party"), truth_of(country not in spec.get("but", ())))
        )
    if left:
        raise ValueError(f"destination scope {dict(spec)!r}: unknown kinds {sorted(left)}")
    return all_of(*parts) if parts else YES
