"""Part 742 where the Country Chart is silent: one rule for each paragraph that makes a requirement of its own.

The rows of the control list say which paragraphs of an item are caught and where (``off``, ``dest``); the exclusions
that a section makes for a whole class of acts are here. Requirements of 742 are lifted by any exception whose
conditions are met (740.1), so they survive ("*",).

Several of these paragraphs say "export or reexport" and not "transfer (in-country)". Reading: a transfer within a
country is held to the same requirement here, because the item came under a license or exception whose terms bind the
later holder (736.2(b)(9), 740.1(a)); the other reading would answer clear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from safeconduct.jurisdictions.us.common import CODE, ccl, code, destination, is_eccn, reading_country, series_of
from safeconduct.jurisdictions.us.ear.lists import off_chart
from safeconduct.law import LawAsOf, Rule, entry_of, read_since, rule, since
from safeconduct.law.provision import InForce
from safeconduct.model import Ask, Effect, Facts, Question, Requirement

TEXT: Final = "eCFR 2026-02-10 and 2026-09-01"


def _plain(id: str, off: tuple[str, ...], cite: str, says: str, in_force: InForce, policy: str, reason: str) -> Rule:
    """A rule whose whole content stands in the rows: scope, condition and destinations."""

    def fn(f: Facts, law: LawAsOf) -> Iterator[Effect]:
        for row, held in off_chart(f, law, *off):
            yield Requirement(
                when=held, reason=reason, kind=row.reason, cites=(cite, row.cite), says="us.742.off_chart",
                args=(("code", code(f)), ("paragraph", reason), ("destination", destination(f))),
                review_policy=policy, basis=row.basis,
            )  # fmt: skip

    fn.__doc__ = says
    return rule(id, cites=(cite,), in_force=in_force)(fn)


cb_1c395 = _plain(
    "us.ear.742.2.a.4", ("742.2",), "15 CFR 742.2(a)(4)",
    "A license is required for mixtures and test kits of 1C395 to States not Party to the Chemical Weapons Convention.",
    read_since("2026-02-10", source=TEXT), "us.policy.CB", "742.2(a)(4)",
)  # fmt: skip
iraq_rs = _plain(
    "us.ear.742.6.a.5", ("746.3",), "15 CFR 742.6(a)(5)",
    "A license is required for certain items of the 99x series to and within Iraq.",
    read_since("2026-02-10", source=TEXT), "us.policy.742.6.a.5", "742.6(a)(5)",
)  # fmt: skip
spacecraft = _plain(
    "us.ear.742.6.a.9", ("742.6(a)(9)",), "15 CFR 742.6(a)(9)",
    "A license is required for certain spacecraft to all destinations but Australia, Canada and the United Kingdom.",
    read_since("2026-02-10", source=TEXT), "us.policy.RS", "742.6(a)(9)",
)  # fmt: skip
y_paragraphs = _plain(
    "us.ear.742.6.a.7", ("742.6(a)(7)",), "15 CFR 742.6(a)(7)",
    "A license is required for .y items of the 600 series and 9x515 to China, Russia and Venezuela.",
    read_since("2026-02-10", source=TEXT), "us.policy.742.6.a.7", "742.6(a)(7)",
)  # fmt: skip
pakistan = _plain(
    "us.ear.742.6.a.12", ("742.6(a)(12)",), "15 CFR 742.6(a)(12)",
    "A license is required for certain items controlled for anti-terrorism reasons to and within Pakistan.",
    read_since("2026-02-10", source=TEXT), "us.policy.742.6.a.12", "742.6(a)(12)",
)  # fmt: skip
biotechnology = _plain(
    "us.ear.742.6.a.3A069", ("742.6(a)",), "15 CFR 742.6(a)",
    "A license is required for 3A069 and 3E069 to and within Macau and Country Group D:5.",
    since("2025-01-16", source="90 FR 4615, whose paragraph was never printed in 742.6; the entries cite 742.6(a)"),
    "us.policy.RS", "742.6(a)",
)  # fmt: skip
crime_control = _plain(
    "us.ear.742.7.a", ("742.7",), "15 CFR 742.7(a)(4)-(5)",
    "A license is required for execution equipment to all destinations and for restraints and the like to all but Canada.",
    read_since("2025-09-30", source="90 FR 47193, read in " + TEXT), "us.policy.CC", "742.7",
)  # fmt: skip
torture = _plain(
    "us.ear.742.11.a", ("742.11",), "15 CFR 742.11(a)",
    "A license is required for implements of torture to all destinations.",
    read_since("2010-07-15", source="75 FR 41082"), "us.policy.742.11", "742.11",
)  # fmt: skip
interception = _plain(
    "us.ear.742.13.a", ("742.13",), "15 CFR 742.13(a)(1)",
    "A license is required for devices, software and technology for secret interception to all destinations.",
    read_since("2013-06-20", source="78 FR 37382"), "us.policy.SL", "742.13",
)  # fmt: skip
hot_section = _plain(
    "us.ear.742.14.a", ("742.14",), "15 CFR 742.14(a)",
    "A license is required for hot section technology of aircraft engines to all but Australia, Canada and the United Kingdom.",
    read_since("2023-10-18", source="88 FR 71935"), "us.policy.SI", "742.14",
)  # fmt: skip
encryption = _plain(
    "us.ear.742.15.a", ("742.15",), "15 CFR 742.15(a)(1)",
    "A license is required for encryption items to all destinations but Canada.",
    read_since("2021-03-29", source="86 FR 16488"), "us.policy.EI", "742.15",
)  # fmt: skip
chemical_weapons = _plain(
    "us.ear.742.18.a", ("742.18",), "15 CFR 742.18(a)",
    "A license is required for chemicals of the Chemical Weapons Convention's schedules by kind of destination.",
    read_since("2024-12-23", source="89 FR 104412"), "us.policy.CW", "742.18",
)  # fmt: skip
magazines = _plain(
    "us.ear.774.0A501.y.7", ("774 Supp. 1, 0A501 note",), "15 CFR 774 Supp. 1, 0A501",
    "A license is required for 0A501.y.7 to China.",
    read_since("2025-09-30", source="rows of 2026-08-07; on earlier days the list itself is not covered"), "us.policy.RS", "0A501.y.7",
)  # fmt: skip


@rule(
    "us.ear.746.1.b",
    cites=("15 CFR 746.1(b)(3)",),
    in_force=read_since("2025-09-02", source="90 FR 42320"),
)
def un_embargo(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for items with a UN reason for control to countries under a UN arms embargo.

    Only GOV under 740.11(b) survives (746.1(b)(4)), except that 746.3(c), 746.4(c) and 746.7(c) govern Iraq, North
    Korea and Iran: there the sections of part 746 bar what they do not list.
    """
    own_section = reading_country(destination(f), law) in ("IQ", "KP", "IR")
    for row, held in off_chart(f, law, "746.1(b)"):
        yield Requirement(
            when=held, reason="746.1(b)", kind=row.reason, cites=("15 CFR 746.1(b)(3)", row.cite), says="us.746.1.b",
            args=(("code", code(f)), ("destination", destination(f))), review_policy="us.policy.UN", basis=row.basis,
            survives=("*",) if own_section else ("GOV(b)",),
        )  # fmt: skip


def _at(
    country: str, columns: tuple[str, ...], off: tuple[str, ...], reason: str
) -> Callable[[Facts, LawAsOf], Iterator[Effect]]:
    """Anti-terrorism requirements to one country: by the AT columns, or by rows that name the country."""

    def fn(f: Facts, law: LawAsOf) -> Iterator[Effect]:
        if f.get("activity") == "us_person_support" or reading_country(destination(f), law) != country:
            return
        c = code(f)
        if c is None or not is_eccn(c):
            return
        clist = ccl(law)
        for row in clist.requirements(c):
            if row.column in columns:
                held, why = clist.holds(row, c, f), row.column or ""
            elif row.reason == "AT" and row.off in off and _names(row.dest, country):
                held, why = clist.holds(row, c, f), reason
            else:
                continue
            yield Requirement(
                when=held, reason=why, kind="AT", cites=(f"15 CFR {reason}", row.cite), says="us.742.at", basis=row.basis,
                args=(("code", c), ("destination", destination(f))), review_policy=f"us.policy.{reason[:6].rstrip('(')}",
            )  # fmt: skip

    return fn


def _names(dest: object, country: str) -> bool:
    return isinstance(dest, dict) and (country in dest.get("countries", ()) or "E:1" in dest.get("groups", ()))


_iran = _at("IR", ("AT1", "AT2"), ("742.8/742.9", "746.7"), "742.8(a)(1)")
_iran.__doc__ = "A license is required for anti-terrorism reasons to Iran."
iran = rule("us.ear.742.8.a.1", cites=("15 CFR 742.8(a)(1)",), in_force=read_since("2009-01-15", source="74 FR 2356"))(
    _iran
)

_syria = _at("SY", ("AT1",), ("742.8/742.9",), "742.9(a)(1)")
_syria.__doc__ = """A license is required for anti-terrorism reasons to Syria.

    Reading: 742.9(e) says that 746.9 supersedes paragraphs (a) to (d). The requirement is listed all the same, since
    the reason for control stands in the entry; 746.9 alone decides exceptions and policy, and catches every item of
    the list in any case.
    """
syria = rule(
    "us.ear.742.9.a.1", cites=("15 CFR 742.9(a)(1)",), in_force=read_since("2013-02-28", source="78 FR 13469")
)(_syria)

_korea = _at("KP", ("AT1", "AT2"), ("742.8/742.9", "742.19"), "742.19(a)(1)")
_korea.__doc__ = "A license is required for anti-terrorism reasons to North Korea."
north_korea = rule(
    "us.ear.742.19.a.1", cites=("15 CFR 742.19(a)(1)",), in_force=read_since("2020-01-23", source="85 FR 4176")
)(_korea)


@rule(
    "us.ear.742.6.a.8",
    cites=("15 CFR 742.6(a)(8)(iii)", "15 CFR 774 Supp. 5"),
    in_force=read_since("2026-02-10", source=TEXT),
)
def emerging_items(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """An item stands under a 0Y521 entry for a year, and longer only as extended; then it is EAR99 unless listed elsewhere."""
    c = code(f)
    if c is None or series_of(c) != "0y521":
        return
    held = [r for r in law.index("us.774.supp5", "eccn").get(entry_of(c), ()) if r["item"] != "reserved"]
    if all(r["ear99_from"] and law.first >= date.fromisoformat(r["ear99_from"]) for r in held):
        yield Question(asks=(Ask(CODE),), hold=True, says="us.742.6.a.8", args=(("code", c),))


RULES: Final = (
    cb_1c395, un_embargo, iraq_rs, y_paragraphs, spacecraft, pakistan, biotechnology, crime_control, iran, syria,
    torture, interception, hot_section, encryption, chemical_weapons, north_korea, magazines, emerging_items,
)  # fmt: skip
