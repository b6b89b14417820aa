"""Part 740 as a whole: every message has its words, every fact its place, every symbol left by a bar exists."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from safeconduct.jurisdictions.us import MANIFEST
from safeconduct.jurisdictions.us.ear import (
    part740_2,
    part740_9,
    part740_10,
    part740_11,
    part740_12_16,
    part740_17,
    part740_18_23,
    part740_20,
    part740_advanced,
    part740_list,
)
from safeconduct.jurisdictions.us.ear.part740_2 import MT_ELSEWHERE, SANCTIONED
from safeconduct.jurisdictions.us.ear.part740_advanced import _TWIN_A
from safeconduct.jurisdictions.us.ear.part740_list import YearSum
from safeconduct.model import Facts, Money, core_vocabulary, symbol_matches

MODULES = (
    part740_2, part740_9, part740_10, part740_11, part740_12_16, part740_17, part740_18_23, part740_20, part740_advanced,
    part740_list,
)  # fmt: skip
RULES = [r for m in MODULES for r in m.RULES]
SOURCE = "\n".join(p.read_text("utf-8") for p in sorted(Path(str(part740_2.__file__)).parent.glob("part740_*.py")))
#: All symbols the rules give, as they stand in the code; those put together from parts are written out.
SYMBOLS = {
    *re.findall(r'"((?:LVS|GBS|TSR|APP|NAC|ACA|TMP|RPL|GOV|GFT|TSU|BAG|AVS|APR|ENC|AGR|CCD|SCP|ACE|MED|IEC|HBM|AIA|ACM|LPP|RFF|'
                r'SPP|STA)(?:\([a-z0-9A-Zivx]+\))*)"', SOURCE),
    "BAG(h)(1)", "BAG(h)(2)", *(f"SCP{p}" for p, _ in part740_18_23.SCP.values()), "AVS(c)(1)", "AVS(c)(2)",
}  # fmt: skip


def vocabulary() -> set[str]:
    return {f.path for f in core_vocabulary().plus(MANIFEST.facts)}


def test_every_message_has_its_words() -> None:
    ids = {i for i in re.findall(r'"(us\.740\.[\w.]+)"', SOURCE) if not i.startswith(("us.740.supp", "us.740.7"))}
    assert sorted(i for i in ids if i not in MANIFEST.catalog) == []


def test_every_fact_is_in_the_vocabulary() -> None:
    paths = set(re.findall(r'"((?:facts|item|end_use|person)\.[a-z_0-9.]+)"', SOURCE))
    assert sorted(p for p in paths if p not in vocabulary()) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_a_rule_says_a_whole_sentence(rule) -> None:  # type: ignore[no-untyped-def]
    assert rule.says.endswith("."), rule.says
    assert all(c.startswith("15 CFR 7") for c in rule.cites)


def left() -> list[str]:
    names = [s for but, _ in SANCTIONED.values() for s in but] + list(MT_ELSEWHERE)
    names += re.findall(r'but=\(((?:"[^"]+",? ?)+)\)', SOURCE)
    return sorted({s for n in names for s in re.findall(r'[A-Z]{3}[^",]*', n)})


@pytest.mark.parametrize("pattern", left())
def test_what_a_bar_leaves_is_an_exception_of_some_rule(pattern: str) -> None:
    """A typing error in ``but`` would bar an exception for good."""
    unmodeled = {"APR(d)", "APR(f)", "AVS(e)", "AVS(f)", "BAG(a)", "BAG(c)", "TMP(b) note", "AVS(b)(4)"}
    assert pattern in unmodeled or any(symbol_matches(s, (pattern,)) for s in SYMBOLS), pattern


def test_year_sum_counts_this_line() -> None:
    def facts(shipped: Money | None, value: Money | None) -> Facts:
        return Facts({"s": shipped, "v": value}, core_vocabulary())

    limit = YearSum("s", "v", Decimal(100))
    assert limit(facts(Money(Decimal(60), "USD"), Money(Decimal(40), "USD"))) is True
    assert limit(facts(Money(Decimal(60), "USD"), Money(Decimal("40.01"), "USD"))) is False
    assert limit(facts(None, Money(Decimal(40), "USD"))) is None
    assert limit(facts(Money(Decimal(60), "EUR"), Money(Decimal(40), "USD"))) is None


@pytest.mark.parametrize(
    ("code", "twin"),
    [("3A090.a", True), ("3A090.b", False), ("3A001.z.1.a", True), ("3A001.z.1.b", False), ("4A004.z.1", True), ("5A992.z.2", False)],
)  # fmt: skip
def test_twins_of_3a090_a(code: str, twin: bool) -> None:
    assert bool(_TWIN_A.match(code)) is twin
