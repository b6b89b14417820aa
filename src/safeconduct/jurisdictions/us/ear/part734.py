"""Part 734: whose law an item falls under, and what is outside the EAR (734.3(b), 734.7, 734.8, 734.10).

What releases an item from the EAR is claimed by the exporter and releases nothing when nobody claims it.
Read in the text of 2026-09-01.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import EAR99, ccl, code, is_eccn, is_usml
from safeconduct.jurisdictions.us.ear.lists import code_in_list, controlled_only_for_at
from safeconduct.law import LawAsOf, read_since, rule, since
from safeconduct.law.control_list import entry_of
from safeconduct.model import (
    NO,
    NO_EXCEPTION,
    YES,
    Ask,
    Effect,
    Facts,
    Lift,
    Question,
    Requirement,
    Truth,
    all_of,
    any_of,
    not_,
    truth_of,
)

TEXT: Final = "eCFR 2026-09-01"
AGENCIES: Final = {
    "ITAR": ("us.agency.state", "15 CFR 734.3(b)(1)(i)", "734.3(b)(1)(i)"),
    "NRC": ("us.agency.nrc", "15 CFR 734.3(b)(1)(iii)", "734.3(b)(1)(iii)"),
    "DOE": ("us.agency.doe", "15 CFR 734.3(b)(1)(iv)", "734.3(b)(1)(iv)"),
}


def is_information(f: Facts) -> Truth:
    """Whether the item is technology or software, which alone 734.3(b)(3) speaks of. Product groups D and E are."""
    c = code(f)
    if c is not None and is_eccn(c):
        return truth_of(c[1] in "DE")
    return f.is_in("item.kind", ("technology", "software", "source_code"), strict=True)


def _outside(when: Truth, cites: tuple[str, ...], says: str) -> Lift:
    return Lift(symbol="not_subject", when=when, cites=cites, says=says)


@rule("us.ear.734.3.b.1", cites=("15 CFR 734.3(b)(1)",), in_force=read_since("2026-02-10", source=TEXT))
def other_agency(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """An item under another agency's exclusive jurisdiction needs that agency's license, and no BIS exception helps."""
    c = code(f)
    if c is None or c == EAR99:
        return
    if is_usml(c):
        yield _agency("ITAR", c)
        return
    if not is_eccn(c):
        return
    clist = ccl(law)
    entry = clist.entries.get(entry_of(c))
    if entry is None or clist.requirements(c):
        return
    agency = entry.get("agency")
    if agency in AGENCIES:
        yield _agency(agency, c)
    elif agency or entry.get("reserved"):
        yield Question(asks=(Ask("item.classification.us"),), hold=True, says="us.pointer", args=(("code", c),))


def _agency(agency: str, c: str) -> Requirement:
    says, cite, reason = AGENCIES[agency]
    name = {"ITAR": "DDTC", "NRC": "NRC", "DOE": "DOE"}[agency]
    return Requirement(
        reason=reason, kind="agency", survives=NO_EXCEPTION, agency=name, cites=(cite,), says=says, args=(("code", c),),
        beyond_scope=True,
    )  # fmt: skip


@rule("us.ear.734.3.b.1.iv", cites=("15 CFR 734.3(b)(1)(iii)-(iv)", "10 CFR 110", "10 CFR 810"),
      in_force=read_since("2026-02-10", source=TEXT), not_modeled=True)  # fmt: skip
def nuclear_agencies(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Reactor equipment and assistance to foreign nuclear activities are controlled by the NRC and the Department of Energy.

    Reading: a commodity that is EAR99 or in an entry without nuclear reasons has been found not to be the NRC's. An
    entry of the Nuclear Referral List may have a twin that the NRC licenses; technology and assistance (10 CFR 810)
    are asked about whatever their classification.
    """
    c = code(f)
    if f.get("item.kind") == "commodity" and c is not None:
        entry = ccl(law).entries.get(entry_of(c)) if is_eccn(c) else None
        if c == EAR99 or (entry is not None and "NP" not in entry["reasons"]):
            return
    yield Question(
        hold=True, kind="not_modeled", says="us.nuclear_agencies",
        when=any_of(f.truth("end_use.nuclear_reactor"), f.truth("end_use.fuel_cycle"), f.truth("end_use.unsafeguarded_nuclear")),
    )  # fmt: skip


@rule("us.ear.734.3.b.1.vi", cites=("15 CFR 734.3(b)(1)(v)-(vi)", "15 CFR 734.3(e)"),
      in_force=read_since("2026-02-10", source=TEXT), not_modeled=True)  # fmt: skip
def other_authorities(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Foreign military sales, patent filings under Patent Office rules, and items on a State Department license follow those rules."""
    yield Question(hold=True, kind="not_modeled", says="us.other_authorities", when=f.truth("facts.other_authority"))


@rule("us.ear.734.3.b.2", cites=("15 CFR 734.3(b)(2)",), in_force=since("1996-03-25", source="61 FR 12746"))
def printed_matter(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Printed books, newspapers, maps, music, films and advertising matter for them are not subject to the EAR."""
    claim = f.truth("item.printed_matter")
    if claim is not NO:
        yield _outside(claim, ("15 CFR 734.3(b)(2)",), "us.734.3.b.2")


@rule(
    "us.ear.734.7", cites=("15 CFR 734.7", "15 CFR 734.3(b)(3)(i)"), in_force=since("2020-01-23", source="85 FR 4172")
)
def published(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Published technology and software is not subject to the EAR, except encryption software and files that make firearms."""
    claim = any_of(f.truth("item.published"), f.truth("item.intended_for_publication"))
    if claim is NO:
        return
    c = code(f)
    if c is not None and entry_of(c) == "5D002":
        return  # 734.7(b): under us.ear.742.15.b alone
    yield _outside(
        all_of(claim, is_information(f), not_(_firearm_file(f, law, c)), _unlisted_5d002(c)),
        ("15 CFR 734.7(a)", "15 CFR 734.3(b)(3)(i)"), "us.734.7",
    )  # fmt: skip


def _firearm_file(f: Facts, law: LawAsOf, c: str | None) -> Truth:
    """734.7(c): machine-ready files for firearms of 0A501, 0A506, 0A507, 0A509 stay subject."""
    stated = f.get("item.cnc_ready_firearm_file")
    if stated is not None:
        return truth_of(bool(stated))
    if c is None:
        return f.truth("item.cnc_ready_firearm_file")
    if not is_eccn(c):
        return NO
    firearm = code_in_list(law, "734.7(c)", c, f)
    return firearm if firearm is NO else all_of(firearm, f.truth("item.cnc_ready_firearm_file"))


def _unlisted_5d002(c: str | None) -> Truth:
    return Truth("UNKNOWN", frozenset((Ask("item.classification.us"),))) if c is None else YES


@rule(
    "us.ear.742.15.b", cites=("15 CFR 742.15(b)", "15 CFR 734.7(b)"), in_force=since("2021-03-29", source="86 FR 16488")
)
def published_encryption(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Publicly available 5D002 source code, and object code of such source, is not subject to the EAR; non-standard cryptography needs a notice."""
    c = code(f)
    if c is None or entry_of(c) != "5D002":
        return
    claim = f.truth("item.published")
    if claim is NO:
        return
    source = f.is_in("item.kind", ("source_code",), strict=True)
    object_code = all_of(f.is_in("item.kind", ("software",), strict=True), f.truth("facts.enc.source_published"))
    unusual = f.truth("item.traits.non_standard_cryptography")
    noticed = any_of(not_(unusual), f.truth("facts.enc.notified"))
    yield _outside(
        all_of(claim, any_of(source, object_code), noticed), ("15 CFR 742.15(b)", "15 CFR 734.7(b)"), "us.742.15.b"
    )


@rule(
    "us.ear.734.8", cites=("15 CFR 734.8", "15 CFR 734.3(b)(3)(ii)"), in_force=since("2016-09-01", source="81 FR 35603")
)
def fundamental_research(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """What arises from fundamental research and is intended to be published is not subject to the EAR.

    Not what was brought into the research (note 1 to (a)), and not once a restriction on publishing is accepted
    beyond the short reviews of (b).
    """
    claim = f.truth("item.fundamental_research")
    if claim is NO:
        return
    yield _outside(
        all_of(claim, is_information(f), not_(f.truth("item.publication_restricted")), not_(f.truth("item.input_to_research"))),
        ("15 CFR 734.8(a)", "15 CFR 734.3(b)(3)(ii)"), "us.734.8",
    )  # fmt: skip


@rule("us.ear.734.3.b.3.iii", cites=("15 CFR 734.3(b)(3)(iii)",), in_force=since("2016-09-01", source="81 FR 35602"))
def catalog_course(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """What is released by instruction in a catalog course or its teaching laboratory is not subject to the EAR."""
    claim = f.truth("item.taught_in_catalog_course")
    if claim is not NO:
        yield _outside(all_of(claim, is_information(f)), ("15 CFR 734.3(b)(3)(iii)",), "us.734.3.b.3.iii")


@rule("us.ear.734.10.a", cites=("15 CFR 734.10(a)", "15 CFR 734.3(b)(3)(iv)"),
      in_force=since("2016-09-01", source="81 FR 35603; section restated by 89 FR 58273"))  # fmt: skip
def patents(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Technology in a published patent or application, or in a filing that Patent Office rules allow, is not subject to the EAR."""
    claim = f.truth("item.in_published_patent")
    if claim is not NO:
        technology = f.is_in("item.kind", ("technology",), strict=True)
        yield _outside(all_of(claim, technology), ("15 CFR 734.10(a)", "15 CFR 734.3(b)(3)(iv)"), "us.734.10.a")


@rule("us.ear.734.10.b", cites=("15 CFR 734.10(b)",), in_force=since("2024-10-23", source="89 FR 84777"))
def standards(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """EAR99, AT-only and a few listed releases for a standard that is or will be published are not subject to the EAR."""
    claim = f.truth("item.standards_activity")
    if claim is NO:
        return
    c = code(f)
    if c is None:
        covered = Truth("UNKNOWN", frozenset((Ask("item.classification.us"),)))
    elif c == EAR99:
        covered = YES
    elif is_eccn(c) and ccl(law).knows(c):
        covered = any_of(
            controlled_only_for_at(c, f, ccl(law)),
            code_in_list(law, "734.10(b)(1)(iii)", c, f),
            code_in_list(law, "734.10(b)(1)(iv)", c, f),
        )
    else:
        covered = NO
    yield _outside(all_of(claim, is_information(f), covered), ("15 CFR 734.10(b)",), "us.734.10.b")


@rule("us.ear.734.3.b.3.v", cites=("15 CFR 734.3(b)(3)(v)-(vi)",), in_force=since("2016-09-01", source="81 FR 35602"))
def descriptions_and_telemetry(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Non-proprietary system descriptions, and telemetry as Category 9 defines it, are not subject to the EAR."""
    claim = any_of(f.truth("item.non_proprietary_description"), f.truth("item.telemetry"))
    if claim is not NO:
        yield _outside(all_of(claim, is_information(f)), ("15 CFR 734.3(b)(3)(v)-(vi)",), "us.734.3.b.3.v")


RULES: Final = (
    other_agency, nuclear_agencies, other_authorities, printed_matter, published, published_encryption,
    fundamental_research, catalog_course, patents, standards, descriptions_and_telemetry,
)  # fmt: skip
