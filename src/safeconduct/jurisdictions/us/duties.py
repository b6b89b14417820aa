"""What to do next: file, state, report, apply, keep. Worked out after the outcome is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import (
    EAR99,
    REGIONS,
    TRANSACTION_PARTIES,
    ccl,
    country_of,
    cwc_party,
    destination,
    is_eccn,
    is_usml,
    reading_country,
    series_of,
)
from safeconduct.jurisdictions.us.duties_license import code_of, guarded, license_application
from safeconduct.jurisdictions.us.ear.foreign import in_united_states
from safeconduct.law import LawAsOf, Result, covers, entry_of
from safeconduct.law.conditions import evaluate
from safeconduct.model import NO, YES, Ask, Duty, Facts, Truth, all_of, any_of, not_, unknown

EEI: Final = "us.758.eei"
#: 758.6(a)(2) and 758.1(g)(5): items whose paragraph or entry stands on the invoice, and in the filing.
Z_ON_INVOICE: Final = ("3A001.z", "3A090", "4A003.z", "4A004.z", "4A005.z", "4A090", "5A002.z", "5A004.z", "5A992.z")
Z_IN_FILING: Final = tuple(f"{x}.z" for x in "3A001 4A003 4A004 4A005 5A002 5A004 5A992 5D002 5D992".split())  # fmt: skip # noqa: SIM905
#: 758.1(b)(9); shotguns of 0A502 and 0A508 by the length of the barrel.
FIREARMS: Final = ("0A501.a", "0A501.b", "0A506", "0A507")
#: 758.1(c): exceptions with an exemption of the Foreign Trade Regulations of their own.
EXEMPT: Final = {"BAG": "30.37(x)", "GFT": "30.37(h)", "AVS": "30.37(o)", "GOV": "30.39, 30.40", "TSR": "30.37(f)", "TMP(a)(1)": "30.37(b)"}  # fmt: skip
#: 742.18(a)(2)(ii)(B): paragraphs of Schedule 3; mixtures of 1C395.b by what is in them.
SCHEDULE_3: Final = ("1C350.c", "1C355.b")
#: Paragraphs of the Munitions List under which chemicals of Schedule 1 stand, among others (745.1 reaches them too).
SCHEDULE_1_ITAR: Final = ("XIV(a)", "XIV(c)")
#: 743.1(b).
REPORTED: Final = ("GBS", "TSR", "LVS", "APP", "GOV(c)", "STA")


def _leaves_us(f: Facts) -> bool:
    """Whether it is an export from the United States to abroad: filing and statement are for exports only (732.5(a), (b))."""
    place = country_of(destination(f))
    origin = f.get("exported_from")
    return (
        f.get("activity") == "export" and (origin is None or in_united_states(origin)) and not in_united_states(place)
    )


def _used(result: Result, *symbols: str) -> bool:
    return any(x == s or x.startswith(f"{s}(") for x in result.available for s in symbols)


def _goes(result: Result) -> bool:
    return result.outcome in ("license_required", "exception_available", "no_license_required")


# -- stop first ------------------------------------------------------------------------------------------------


def stop_or_settle(f: Facts, law: LawAsOf, result: Result) -> Iterator[Duty]:
    if result.outcome == "prohibited":
        cites = tuple(dict.fromkeys(c for e in result.effects for c in e.cites)) or ("15 CFR 736.2(b)",)
        yield Duty("do_not_proceed", cites[:6], "us.duty.stop")
    elif result.outcome == "undetermined":
        yield Duty("settle_questions", ("15 CFR 732 Supp. 3(a)",), "us.duty.settle")


# -- filing ----------------------------------------------------------------------------------------------------


def _filing_reasons(f: Facts, law: LawAsOf, result: Result) -> Iterator[tuple[str, str]]:
    """Paragraphs of 758.1(b) that ask a filing, each with its state: ``yes`` or ``if`` (a fact is missing)."""
    c = code_of(f)
    eccn = c is not None and is_eccn(c)
    place = reading_country(destination(f), law)
    groups = [g for g in ("E:1", "E:2") if place and law.group(f"us.{g}").includes(place)]
    if groups:
        yield "(b)(1)", "yes"
    if result.outcome == "license_required":
        yield "(b)(2)", "yes"
    if eccn and c is not None and series_of(c) in ("600", "9x515") and ".y" not in c and ".z" not in c:
        yield "(b)(3)", "yes"
    if _used(result, "STA"):
        yield "(b)(4)", "yes"
    over = f.amount("item.value", ">", _threshold(law))
    mass_market = c is not None and (covers("5A992.c", c) or covers("5D992.c", c))
    if place != "CA" and (f.get("item.kind") in (None, "commodity") or mass_market) and not _used(result, *EXEMPT):
        if over is YES:
            yield "(b)(5)", "yes"
        elif over.is_unknown:
            yield "(b)(5)", "if"
    through = [x for x in f.get("route") or () if x in ("AU", "CA", "GB") and x != place]
    if through:
        yield "(b)(6)", "if"
    for p in f.parties(*TRANSACTION_PARTIES[1:]):
        if any(x.is_true_match is YES for x in p.listed_on("us.uvl")):
            yield "(b)(8)", "yes"
    if eccn and c is not None and not _used(result, "BAG") and _firearm(f, c):
        yield "(b)(9)", "yes"
    if eccn and place in ("CN", "RU", "VE") and not _used(result, "GOV"):
        yield "(b)(10)", "yes"
    group_d = any(law.group(f"us.D:{n}").includes(place) for n in range(1, 6))
    if eccn and entry_of(c or "") == "3A069" and group_d:
        yield "(b)(11)", "yes"


def _firearm(f: Facts, c: str) -> bool:
    if any(covers(x, c) for x in FIREARMS) or (entry_of(c) == "0A505" and not covers("0A505.c", c)):
        return True
    return entry_of(c) in ("0A502", "0A508") and f.compare("item.parameters.barrel_length", "<", 18, "in") is YES


def _threshold(law: LawAsOf) -> str:
    for row in law.rows(EEI):
        if row["cite"] == "15 CFR 758.1(b)(5)" and (m := re.search(r"\$([\d,]+)", row["threshold"])):
            return m.group(1).replace(",", "")
    raise ValueError(f"{EEI}: no threshold in the row of 758.1(b)(5)")


@guarded
def filing(f: Facts, law: LawAsOf, result: Result) -> Iterator[Duty]:
    place = country_of(destination(f))
    if f.get("activity") == "export" and place in ("PR", "VI"):
        yield Duty("file_eei_census", ("15 CFR 30.2",), "us.duty.eei_territory", (("destination", place),))
        return
    if not _goes(result) or not _leaves_us(f):
        return
    reasons = list(dict.fromkeys(_filing_reasons(f, law, result)))
    cites = tuple(f"15 CFR 758.1{p}" for p, _ in reasons)
    medium = f.get("item.kind") in ("software", "source_code", "technology")
    if not reasons:
        if not medium:
            exempt = next((x for x in EXEMPT if _used(result, x)), None)
            yield Duty(
                "loading_document", ("15 CFR 758.1(d)", f"15 CFR {EXEMPT[exempt]}" if exempt else "15 CFR 30.37(a)"),
                "us.duty.loading_document",
            )  # fmt: skip
        return
    certain = any(state == "yes" for _, state in reasons)
    says = "us.duty.eei_medium" if medium else "us.duty.eei" if certain else "us.duty.eei_if"
    yield Duty("file_eei", cites, says, (("threshold", _threshold(law)), ("paragraphs", tuple(p for p, _ in reasons))))
    yield from _filing_content(f, law, result)


def _filing_content(f: Facts, law: LawAsOf, result: Result) -> Iterator[Duty]:
    c = code_of(f)
    if c is None:
        return
    if c == EAR99 and result.outcome == "no_license_required":
        yield Duty("eei_license_code", ("15 CFR 758.1(g)(3)",), "us.duty.eei_c33")
        return
    if not is_eccn(c):
        return
    if result.outcome == "license_required":
        yield Duty("eei_license_number", ("15 CFR 758.1(g)(1)",), "us.duty.eei_license")
    elif result.outcome == "exception_available":
        yield Duty("eei_symbol", ("15 CFR 758.1(g)(2)",), "us.duty.eei_symbol", (("symbols", result.available[:4]),))
    else:
        yield Duty("eei_eccn", ("15 CFR 758.1(g)(3)",), "us.duty.eei_eccn", (("code", c),))
    if any(covers(z, c) for z in Z_IN_FILING):
        yield Duty("eei_z", ("15 CFR 758.1(g)(5)",), "us.duty.eei_z")
    if any(covers(x, c) for x in ("0A501.a", "0A501.b", "0A506.a", "0A506.b", "0A507.a", "0A507.b")):
        yield Duty("eei_firearm", ("15 CFR 758.1(g)(4)", "15 CFR 743.4"), "us.duty.eei_firearm")


# -- statement -------------------------------------------------------------------------------------------------


@guarded
def control_statement(f: Facts, law: LawAsOf, result: Result) -> Iterator[Duty]:
    c = code_of(f)
    if not _goes(result) or not _leaves_us(f) or c is None or not is_eccn(c) or _used(result, "BAG", "GFT"):
        return
    if f.get("item.kind") == "technology":
        return
    yield Duty("destination_control_statement", ("15 CFR 758.6(a)(1)",), "us.duty.dcs")
    if series_of(c) in ("600", "9x515") or any(covers(z, c) for z in Z_ON_INVOICE):
        yield Duty("eccn_on_invoice", ("15 CFR 758.6(a)(2)",), "us.duty.eccn_on_invoice", (("code", c),))


# -- reports ---------------------------------------------------------------------------------------------------


@guarded
def reports(f: Facts, law: LawAsOf, result: Result) -> Iterator[Duty]:
    c = code_of(f)
    if c is None or not is_eccn(c) or not _leaves_us(f) or not _goes(result):
        return
    place = reading_country(destination(f), law)
    friendly = law.group("us.A:1").includes(place)
    if result.outcome == "exception_available" and not friendly and _used(result, *REPORTED) and _sensitive(f, law, c):
        yield Duty("wassenaar_report", ("15 CFR 743.1",), "us.duty.wassenaar", due="1 August and 1 February")
    if covers("4A003.b", c) and not friendly:
        yield Duty("computer_report", ("15 CFR 743.2",), "us.duty.computer_report", due="end of the following month")
    cameras = covers("6A003.b.4.b", c) and friendly and place not in ("AU", "CA", "GB")
    if cameras and result.outcome != "license_required" and f.compare("item.quantity", ">", 100) is YES:
        yield Duty("camera_report", ("15 CFR 743.3",), "us.duty.camera_report", due="31 July and 31 January")


def _sensitive(f: Facts, law: LawAsOf, c: str) -> bool:
    stated = f.get("item.traits.sensitive_list")
    if stated is not None:
        return bool(stated)
    if not law.covers("us.774.supp6"):
        return True  # the message says "if": better named in vain than not named
    return any(covers(row["code"], c) or covers(c, row["code"]) for row in law.rows("us.774.supp6"))


# -- chemical weapons convention -------------------------------------------------------------------------------


@guarded
def schedule_1(f: Facts, law: LawAsOf, result: Result) -> Iterator[Duty]:
    """745.1: notice before, and report after, every export of a Schedule 1 chemical to another State Party, whoever licenses it."""
    c = code_of(f)
    if c is None or not _goes(result) or not _leaves_us(f):
        return
    due = all_of(_in_schedule_1(c, f, law), cwc_party(reading_country(destination(f), law), law))
    if due is NO:
        return
    end = "" if due is YES else "_if"
    yield Duty(
        "cwc_notification", ("15 CFR 745.1(a)",), f"us.duty.cwc_notification{end}", due="45 days before the export"
    )
    yield Duty("cwc_annual_report", ("15 CFR 745.1(b)",), f"us.duty.cwc_annual_report{end}", due="13 February")


def _in_schedule_1(c: str, f: Facts, law: LawAsOf) -> Truth:
    if is_usml(c):
        return unknown(Ask("item.agent")) if c == "XIV" or c.startswith(SCHEDULE_1_ITAR) else NO
    clist = ccl(law)
    return any_of(*(clist.holds(r, c, f) for r in clist.requirements(c) if r.entry == "1C351" and r.off == "742.18"))


@guarded
def schedule_3(f: Facts, law: LawAsOf, result: Result) -> Iterator[Duty]:
    """745.2: the importing government's End-Use Certificate for Schedule 3 chemicals to a State not Party, and its copy to BIS."""
    c = code_of(f)
    if c is None or not is_eccn(c) or not _goes(result) or not _leaves_us(f):
        return
    outside = not_(cwc_party(reading_country(destination(f), law), law))
    due = all_of(_in_schedule_3(c, f, law), outside)
    if due is NO:
        return
    end = "" if due is YES else "_if"
    if f.truth("facts.cw.government_end_use_certificate") is not YES:
        cites = ("15 CFR 745.2(a)(1)", "15 CFR 745.2(b)", "15 CFR 742.18(a)(2)(ii)(B)(1)")
        yield Duty("end_use_certificate", cites, f"us.duty.end_use_certificate{end}", due="before the export")
    says = f"us.duty.end_use_certificate_copy{end}"
    yield Duty("end_use_certificate_copy", ("15 CFR 745.2(a)(2)",), says, due="7 days after the export")


def _in_schedule_3(c: str, f: Facts, law: LawAsOf) -> Truth:
    if any(covers(p, c) for p in SCHEDULE_3):
        return YES
    if covers("1C395.b", c):
        return evaluate({"agent": ["1C350.c"]}, f, ccl(law))
    return unknown(Ask("item.classification.us")) if any(covers(c, p) for p in (*SCHEDULE_3, "1C395.b")) else NO


# -- other law and records --------------------------------------------------------------------------------------


@guarded
def beside_ofac(f: Facts, law: LawAsOf, result: Result) -> Iterator[Duty]:
    place = destination(f)
    country = country_of(place)
    if result.outcome == "not_subject" or place is None:
        return
    if country in ("CU", "IR", "KP", "RU", "BY") or place in REGIONS:
        cite = {"CU": "31 CFR 515", "IR": "31 CFR 560", "KP": "31 CFR 510", "RU": "31 CFR 587", "BY": "31 CFR 548"}.get(
            country or "", "31 CFR 589"
        )
        yield Duty("check_ofac", (cite,), "us.duty.check_ofac", (("destination", place),))


@guarded
def records(f: Facts, law: LawAsOf, result: Result) -> Iterator[Duty]:
    if result.outcome == "not_subject":
        return
    kept = [r for r in law.rows("us.validity") if r["cite"] == "15 CFR 762.6(a)"]
    period = kept[0]["period"] if kept else "5 years"
    yield Duty("keep_records", ("15 CFR 762.2", "15 CFR 762.6"), "us.duty.records", (("period", period),), due=period)
    c = code_of(f)
    if c is not None and is_eccn(c) and series_of(c) == "600" and _used(result, "STA", "RPL"):
        yield Duty("log_600_series", ("15 CFR 762.2", "15 CFR 740.20(d)"), "us.duty.log_600")


DUTIES: Final = (
    stop_or_settle, license_application, filing, control_statement, reports, schedule_1, schedule_3, beside_ofac, records,
)  # fmt: skip
