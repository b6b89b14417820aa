"""Numerical limits in the words of a paragraph: `[{"what", "op", "value", "unit"}, ...]`, best effort.

Strictness is law. "exceeding", "greater than", "less than" are strict; "or more", "not exceeding", "at least" are not.
What cannot be read for certain is left out: no limit is guessed, and a paragraph without `limits` says nothing.

`what` is a short normal noun ("output power"), `unit` a unit of the closed table in `units.py` or null for plain
numbers. `value` is a number, or [low, high] for "between". `role` "condition" marks a value that says at what the
other is measured ("when measured at a frequency of more than 1 GHz").
A phrase in brackets after a quantity repeats it in other units ("(-55 °C)") and is dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .nouns import noun_before
from .units import COUNT_NOUN, UNIT, canonical_unit, fits

__all__ = ["Limit", "Opening", "limits_of", "normal", "opening_of"]

Limit = dict[str, Any]

_NUM = r"(?P<{n}>[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?)(?![\d.]*[a-zA-Z]?\d)"
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "sixteen": 16,
}  # fmt: skip

_LESS = r"(?:less|lower|smaller|fewer|shorter|finer)"
_MORE = r"(?:greater|more|higher|larger|longer)"
_DOWN = r"\s*\((?:better|less|lower|smaller|finer)\)"  # "less (better) than", "better (less) than"
_UP = r"\s*\((?:better|more|greater|higher)\)"
# Words before a number -> operator; at one place the first that matches counts.
_BEFORE: list[tuple[str, str]] = [
    (rf"(?:equal(?:s)?(?: to)? or )(?:{_MORE}(?:{_UP})?(?: than)?|exceed(?:ing|s)?|above)", ">="),
    (rf"{_MORE} than or equal to|(?:meets? or exceeds?|meeting or exceeding)", ">="),
    (r"at least|a minimum of|(?:not|no) less than|not lower than|not below", ">="),
    (rf"equal(?: to)? or (?:{_LESS}(?:{_DOWN})?|better{_DOWN}|below)(?: than)?", "<="),
    (rf"{_LESS}(?:{_DOWN})? than or equal to|better{_DOWN} than or equal to|(?:below|less) or equal to", "<="),
    (r"equal(?: to)? or better than", "better or equal"),
    (r"(?:does|do|did) not exceed|not exceeding|not to exceed|(?:not|no) (?:more|greater|larger) than|not above", "<="),
    (r"a maximum of|at most|up to,? and including", "<="),
    (r"exceeding|exceeds?|in excess of", ">"),
    (rf"{_MORE}(?:{_UP})? than|better{_UP.replace('better|', '')} than", ">"),
    (rf"{_LESS}(?:{_DOWN})? than|better{_DOWN} than", "<"),
    (r"better than", "better"),
    (r"above|beyond|for over", ">"),
    (r"below", "<"),
    (r"≥", ">="),
    (r"≤", "<="),
    (r">", ">"),
    (r"<", "<"),
]
# Words after the quantity: "1 µm or less".
_AFTER: list[tuple[str, str]] = [
    (r",? (?:or|and) (?:more|greater|higher|longer|larger|above|over)\b(?! than)", ">="),
    (r",? or (?:less|lower|fewer|shorter|smaller|below)\b(?! than)", "<="),
    (rf",? or better{_DOWN}", "<="),
    (rf",? or better{_UP.replace('better|', '')}", ">="),
    (r",? or (?:better|finer)\b(?! than| \()", "better or equal"),
]
_TAIL = r"(?P<dup>(?:\s*\((?![^()]*\b(?:reference|rms|mean|peak|ref)\b)(?:[^()]|\((?:Si|silicon)\)){0,60}\))?)"
_OPS = "|".join(f"(?P<b{n}>{pattern})" for n, (pattern, _) in enumerate(_BEFORE))
_POST = "|".join(f"(?P<a{n}>{pattern})" for n, (pattern, _) in enumerate(_AFTER))
_VALUE = _NUM.format(n="v") + rf"(?P<u>{UNIT})"
_SECOND = _NUM.format(n="w") + rf"(?P<u2>{UNIT})"
_BEFORE_RE = re.compile(
    rf"(?:\b|(?=[≤≥<>]))(?:{_OPS})\s*(?:an?\s+|the\s+|any\s+)?(?P<mach>Mach\s+)?{_VALUE}{_TAIL}", re.I
)
_AFTER_RE = re.compile(
    rf"(?<![\w.^-]){_VALUE}{_TAIL}(?:,? by weight,?| by mass| rms| in (?:length|diameter|thickness))?(?:{_POST})", re.I
)
_BETWEEN_RE = re.compile(rf"\bbetween\s+{_VALUE}{_TAIL}\s+and\s+{_SECOND}", re.I)
_FROM_RE = re.compile(
    rf"\b(?:from|of)\s+{_VALUE}{_TAIL}\s+(?:to|through)(?: and including)?\s+{_SECOND}(?! or (?:more|greater|higher))",
    re.I,
)
_FROM_BELOW_RE = re.compile(rf"\bfrom below\s+{_VALUE}{_TAIL}\s+to above\s+{_SECOND}", re.I)
_COUNT_RE = re.compile(
    rf"\b(?P<v>{'|'.join(_WORDS)}|\d{{1,6}})(?P<op> or (?:more|fewer))\s+(?:[a-z/-]+\s+){{0,4}}?(?P<noun>{COUNT_NOUN})\b",
    re.I,
)
_COUNTED_RE = re.compile(rf"\b(?P<v>\d{{1,6}})\s+(?P<noun>{COUNT_NOUN})(?P<op> or (?:more|fewer))\b", re.I)
_BARE_RE = re.compile(rf"^(?:an?\s+)?{_VALUE}", re.I)
_NAMED_RE = re.compile(rf"^(?P<name>[A-Za-z][\w() -]{{3,60}}?) of {_VALUE}{_TAIL}(?=[;.,]|$|\s+(?:and|or)\b)", re.I)

# What these words begin is no criterion of the paragraph: to the end of the clause, or of the sentence.
_CLAUSE_OUT = re.compile(r"\bother than\b[^,;.()]*", re.I)
_ASIDE_OUT = re.compile(r"\((?:e\.g\.|i\.e\.)[^()]*(?:\([^()]*\)[^()]*)*\)", re.I)
_REST_OUT = re.compile(
    r"\b(?:except(?:ing)?|excluding|unless|not including|does not (?:control|apply|include)"
    r"|for example|e\.g\.|i\.e\.|n\.b\.|note:)(?=[\s:,]).*$",
    re.I | re.S,
)
_COMPUTED = re.compile(r"\b(?:product of|divided by|multiplied|times|sum of|difference between|square of)\b", re.I)
_CONDITION = re.compile(
    r"\b(?:when|if|as)\s+(?:measured|tested|determined)\b[^,;]*$|\bmeasured (?:at|in|over|from|across)\b[^,;]*$", re.I
)
_DENIED = re.compile(r"(?<!-)\b(?:not|never|cannot|without)\b(?:(?! and\b) [\w/-]+){0,8}\s*$", re.I)
_JOINS = re.compile(r"\s*,?\s*(?:but|and|or)?\s*(?:is )?", re.I)
# Parameters of which the smaller or the larger value is the better one.
_SMALLER = re.compile(r"(?:accuracy|repeatability|precision|uncertainty|overlay|linearity|stability|resolution)$")
_LARGER = re.compile(r"(?:purity)$")


@dataclass(frozen=True)
class Opening:
    """What a parent leaves for its children: "having an accuracy better (less) than any of the following:".

    `op` is None when only the parameter is named ("a switching time as specified by any of the following:").
    """

    what: str
    op: str | None


@dataclass
class _Found:
    start: int
    end: int
    unit_end: int
    op: str
    value: Any
    unit: str | None
    what: str = ""


def normal(text: str) -> str:
    """One sign for each thing: plain minus, no thousands commas, powers of ten as exponents, no quotation marks."""
    text = text.replace("−", "-").replace("–", "-").replace("μ", "µ").replace("\u00a0", " ").replace("º", "°")
    text = re.sub(r"[“”\"‘’'`]", "", text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(?<![\d.^])(\d+(?:\.\d+)?)\s*[×xX]\s*10\s*\^\s*([-+]?)\s*(\d+)", r"\1e\2\3", text)
    text = re.sub(r"(?<![\d.^×])10\s*\^\s*([-+]?)\s*(\d+)", r"1e\1\2", text)
    text = re.sub(r"(?<=\d)\s+(?=%)", "", text)
    text = re.sub(r"([-+])\s+(?=\d+(?:\.\d+)?\s*°)", r"\1", text)
    text = re.sub(r"\bfrom zero to\b", "from 0 to", text)
    return re.sub(r"\s+", " ", text).strip()


def _number(text: str) -> int | float:
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else float(value)


def _op(match: re.Match[str], letter: str, table: list[tuple[str, str]]) -> str:
    for n, (_, op) in enumerate(table):
        if match.group(f"{letter}{n}") is not None:
            return op
    raise AssertionError("an alternative of the pattern matched")


def _blank(text: str, pattern: re.Pattern[str]) -> str:
    """The same text with what the pattern finds blanked out, so that places stay."""
    return pattern.sub(lambda m: "\u0001" * len(m.group(0)), text)


_OPEN_RE = re.compile(
    rf"(?:{_OPS})(?: (?:any|either|one|all)(?: one)?(?: or more)?(?: of)? the following(?: [\w-]+){{0,8}}| the following)?"
    r"(?:, as follows| characteristics and that are specially designed [^:]{0,120})?$",
    re.I,
)
_OPEN_NAMED_RE = re.compile(
    r",? (?:(?:as )?(?:specified|given|defined) by|of|being) (?:any|all|either|both)(?: of)? the following$", re.I
)


def opening_of(text: str) -> Opening | None:
    """The comparison a heading leaves open for its sub-paragraphs, or None."""
    if not text.rstrip().endswith(":"):
        return None
    plain = normal(text).rstrip(": ")
    match = _OPEN_RE.search(plain)
    if match is not None:
        op = _op(match, "b", _BEFORE)
        what = noun_before(plain[: match.start()], None, any_unit=True)
        return Opening(what, op) if not op.startswith("better") else None
    named = _OPEN_NAMED_RE.search(plain)
    if named is not None:
        what = noun_before(plain[: named.start()], None, any_unit=True)
        return Opening(what, None) if what else None
    return None


def limits_of(text: str, opening: Opening | None = None) -> list[Limit]:
    """Limits in the text of one paragraph, in printed order.

    Args:
        opening: what the parent paragraph leaves open, from `opening_of`.
    """
    plain = normal(text)
    work = _blank(_blank(_blank(plain, _ASIDE_OUT), _REST_OUT), _CLAUSE_OUT)
    found = _comparisons(work)
    out: list[Limit] = []
    last_end = 0
    previous: _Found | None = None
    for one in found:
        words = plain[last_end : one.start]
        after = plain[one.unit_end : one.unit_end + 60]
        if not one.what:
            joined = previous is not None and previous.what != "" and _JOINS.fullmatch(words) is not None
            if (
                joined
                and previous is not None
                and (previous.unit == one.unit or ("but" in words and fits(previous.what, one.unit)))
            ):
                one.what = previous.what  # "exceeding 10 nm but not exceeding 300 nm"
            elif opening is not None and not words.strip() and opening.what and fits(opening.what, one.unit):
                one.what = opening.what
            else:
                one.what = noun_before(words, one.unit, after)
        last_end, previous = one.end, one
        op = _direction(one)
        if not one.what or op is None or _COMPUTED.search(words) or _COMPUTED.match(after.strip()):
            one.what = ""
            continue
        if re.search(r"\bno [\w -]{0,30}$", words, re.I) and op == ">":
            op = "<="  # "no dimension greater than 35 mm"
        elif _DENIED.search(words):
            one.what = ""
            continue
        limit: Limit = {"what": one.what[:60], "op": op, "value": one.value, "unit": one.unit}
        if _CONDITION.search(words):
            limit["role"] = "condition"
        out.append(limit)
    if opening is not None and opening.op is not None:
        end, first = _from_opening(plain, opening)
        if first is not None and not any(one.start < end for one in found):
            out.insert(0, first)
    return out


def _direction(one: _Found) -> str | None:
    """The operator; "better" turned into smaller or larger by the parameter, None when that is not known."""
    if not one.op.startswith("better"):
        return one.op
    if _SMALLER.search(one.what) and one.unit != "bit":
        return "<=" if one.op.endswith("equal") else "<"
    if _LARGER.search(one.what):
        return ">=" if one.op.endswith("equal") else ">"
    return None


def _from_opening(plain: str, opening: Opening) -> tuple[int, Limit | None]:
    """ "a total dose of 5e5 Rads (Si)" below "... meet or exceed any of the following:": (its end, the limit)."""
    named = _NAMED_RE.match(plain)
    bare = _BARE_RE.match(plain)
    match = named or bare
    if match is None:
        return 0, None
    unit = canonical_unit(match.group("u"))
    what = noun_before(match.group("name"), unit) if named else opening.what
    if unit is None or not what:
        return 0, None
    return match.end(), {"what": what, "op": opening.op, "value": _number(match.group("v")), "unit": unit}


def _comparisons(work: str) -> list[_Found]:
    """All comparisons of a text in printed order; none overlaps another."""
    found: list[_Found] = []

    def free(match: re.Match[str]) -> bool:
        return not any(one.start < match.end() and match.start() < one.end for one in found)

    for match in _FROM_BELOW_RE.finditer(work):
        low, high = canonical_unit(match.group("u")), canonical_unit(match.group("u2"))
        if low == high and low is not None:
            middle = match.end("u")
            first = _Found(match.start(), middle, middle, "<", _number(match.group("v")), low)
            second = _Found(middle, match.end(), match.end(), ">", _number(match.group("w")), high)
            first.what = noun_before(work[: match.start()], low) or "range"
            first.what, second.what = first.what + ", low end", first.what + ", high end"
            found += [first, second]
    for pattern in (_BETWEEN_RE, _FROM_RE):
        for match in pattern.finditer(work):
            second_unit = canonical_unit(match.group("u2"))
            first_unit = canonical_unit(match.group("u")) or second_unit  # "between 1 and 3 GHz"
            low_value, high_value = _number(match.group("v")), _number(match.group("w"))
            noun = re.match(rf"\s*({COUNT_NOUN})\b", work[match.end() :])
            if not free(match) or first_unit != second_unit or low_value >= high_value:
                continue
            if second_unit is None and pattern is _FROM_RE and noun is None:
                continue
            if re.search(r"\boutside (?:the|a|of)\b[^,;]{0,40}$", work[: match.start()]):
                continue  # "outside the range from 219 K to 397 K" is two limits joined by "or": left out
            one = _Found(match.start(), match.end(), match.end(), "between", [low_value, high_value], second_unit)
            if second_unit is None and noun is not None:
                one.what, one.unit = noun.group(1).lower(), "count"
            found.append(one)
    for match in [*_COUNT_RE.finditer(work), *_COUNTED_RE.finditer(work)]:
        if free(match):
            word = match.group("v").lower()
            op = ">=" if "more" in match.group("op") else "<="
            value = _WORDS[word] if word in _WORDS else int(word)
            one = _Found(match.start(), match.end(), match.end(), op, value, "count", match.group("noun").lower())
            found.append(one)
    for match in _AFTER_RE.finditer(work):
        if not free(match):
            continue
        unit = canonical_unit(match.group("u"))
        if unit is None and not _stops(work[match.end() :]):
            continue  # "10 or less particles": the number counts something the reader does not know
        one = _Found(
            match.start(), match.end(), match.end("u"), _op(match, "a", _AFTER), _number(match.group("v")), unit
        )
        if "caliber" in match.group("u"):
            one.what = "caliber"
        elif unit is None and re.search(r"\bMach\s*$", work[: match.start()]):
            one.what = "Mach number"
        found.append(one)
    for match in _BEFORE_RE.finditer(work):
        if not free(match) or re.search(r"\bnot\s*$", work[: match.start()]):
            continue
        unit = canonical_unit(match.group("u"))
        tail = work[match.end() :]
        op = _op(match, "b", _BEFORE)
        one = _Found(match.start(), match.end(), match.end("u"), op, _number(match.group("v")), unit)
        if "caliber" in match.group("u"):
            one.what = "caliber"
        if match.group("mach"):
            one.what = "Mach number"
        elif unit is None:
            noun = re.match(rf"\s*({COUNT_NOUN})\b", tail)
            if noun is not None:
                one.what, one.unit = noun.group(1).lower(), "count"
            elif re.match(r"\s*[×x^:±/+]\s*\d?|\s*-?\d", tail) or not _stops(tail):
                continue  # a unit, a product or a power that the tables do not know
        found.append(one)
    return sorted(found, key=lambda one: one.start)


def _stops(tail: str) -> bool:
    """Whether what follows a number without a unit shows that it needs none."""
    return (
        re.match(r"\s*(?:$|[;.,)\]]|(?:and|or|at|when|in|for|with|as|but|to|on|if|while|having|fully)\b)", tail)
        is not None
    )
