"""Numerical limits in the words of a paragraph: `[{"what", "op", "value", "unit"}, ...]`, best effort.

Strictness is law. "exceeding", "greater than", "less than" are strict; "or more", "not exceeding", "at least" are not.
What cannot be read for certain is left out: no limit is guessed, and a paragraph without `limits` says nothing.

`what` is a short normal noun ("output power"), `unit` a unit of the closed table in `units.py` or null for plain
numbers and ratios. `value` is a number, or [low, high] for "between". `role` "condition" marks a value that says
at what the other is measured ("when measured at a frequency of more than 1 GHz").
A phrase in brackets after a quantity repeats it in other units ("(-55 °C)") and is dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .nouns import noun_before
from .units import COUNT_NOUN, UNIT, canonical_unit

__all__ = ["Limit", "Opening", "limits_of", "opening_of"]

Limit = dict[str, Any]

_NUM = r"(?P<{n}>[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?)(?![\d.]*[a-zA-Z]?\d)"
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "sixteen": 16,
}  # fmt: skip

# Words before a number -> operator. Longest first; "(better)" and the like only comment on the direction.
_ASIDE = r"(?:\s*\((?:better|less|lower|smaller|worse|more|higher|finer)\))?"
_BEFORE: list[tuple[str, str]] = [
    (r"(?:equal to or|greater than or equal to|equal or) (?:greater|more|higher|larger|longer|exceeding|above)(?: than)?", ">="),
    (r"(?:greater|more|higher|larger) than or equal to", ">="),
    (r"(?:equal to or|equals or) exceed(?:ing|s)?", ">="),
    (r"(?:at least|a minimum of|not less than|no less than|not lower than|not below)", ">="),
    (rf"equal to or (?:less|lower|smaller|fewer|below|shorter){_ASIDE}(?: than)?", "<="),
    (rf"(?:less|lower|smaller|fewer){_ASIDE} than or equal to", "<="),
    (r"(?:below or equal to|less or equal to)", "<="),
    (r"(?:does|do|did) not exceed", "<="),
    (r"(?:not exceeding|not to exceed|not more than|no more than|not greater than|no greater than|not above|a maximum of|at most)", "<="),
    (r"up to(?:,? and including)", "<="),
    (r"(?:exceeding|exceeds?|in excess of)", ">"),
    (rf"(?:greater|more|higher|larger|longer){_ASIDE} than", ">"),
    (rf"(?:less|lower|smaller|fewer|shorter|finer){_ASIDE} than", "<"),
    (r"better \((?:less|lower|smaller)\) than", "<"),
    (r"better \((?:more|greater|higher)\) than", ">"),
    (r"(?:above|over)", ">"),
    (r"(?:below|under)", "<"),
    (r"[≥]", ">="),
    (r"[≤]", "<="),
]  # fmt: skip
# "1 um or less": words after the quantity.
_AFTER: list[tuple[str, str]] = [
    (r"(?:,? (?:or|and) (?:more|greater|higher|longer|larger|above|over|in excess))\b(?! than)", ">="),
    (r"(?:,? or (?:less|lower|fewer|shorter|smaller|below))\b(?! than)", "<="),
    (r" or better \((?:less|lower|smaller)\)", "<="),
    (r" or better \((?:more|greater|higher)\)", ">="),
]
_TAIL = r"(?P<dup>\s*\((?![^()]*\b(?:reference|rms|mean|peak|ref)\b)[^()]{0,60}\))?"
_OPS = "|".join(f"(?P<b{n}>{pattern})" for n, (pattern, _) in enumerate(_BEFORE))
_BEFORE_RE = re.compile(
    rf"(?:\b|(?=[≤≥]))(?:{_OPS})\s*(?:an?\s+|the\s+|any\s+)?" + _NUM.format(n="v") + rf"(?P<u>{UNIT})" + _TAIL, re.I
)
_POST = "|".join(f"(?P<a{n}>{pattern})" for n, (pattern, _) in enumerate(_AFTER))
_AFTER_RE = re.compile(
    r"(?<![\w.^-])"
    + _NUM.format(n="v")
    + rf"(?P<u>{UNIT})"
    + _TAIL
    + rf"(?P<of>(?: by weight| by mass| rms| in length)?)(?:{_POST})",
    re.I,
)
_BETWEEN_RE = re.compile(
    r"\bbetween\s+"
    + _NUM.format(n="v")
    + rf"(?P<u>{UNIT})"
    + _TAIL
    + r"\s+and\s+"
    + _NUM.format(n="w")
    + rf"(?P<u2>{UNIT})",
    re.I,
)
_FROM_RE = re.compile(
    r"\b(?:range (?:of|from)|from)\s+"
    + _NUM.format(n="v")
    + rf"(?P<u>{UNIT})"
    + _TAIL
    + r"\s+(?:to|through)(?: and including)?\s+"
    + _NUM.format(n="w")
    + rf"(?P<u2>{UNIT})(?! or (?:more|greater|higher))",
    re.I,
)
_FROM_BELOW_RE = re.compile(
    r"\bfrom below\s+"
    + _NUM.format(n="v")
    + rf"(?P<u>{UNIT})"
    + _TAIL
    + r"\s+to above\s+"
    + _NUM.format(n="w")
    + rf"(?P<u2>{UNIT})",
    re.I,
)
_COUNT_RE = re.compile(
    rf"\b(?P<v>{'|'.join(_WORDS)}|\d{{1,6}})(?P<op> or (?:more|fewer))\s+(?P<adj>(?:[a-z“”'\"-]+\s+){{0,4}}?)(?P<noun>{COUNT_NOUN})\b",
    re.I,
)
_BARE_RE = re.compile(r"^(?:an?\s+)?" + _NUM.format(n="v") + rf"(?P<u>{UNIT})", re.I)
# A phrase after these words is not a criterion of the paragraph, to the end of the clause or of the sentence.
_CLAUSE_OUT = re.compile(r"\bother than\b[^,;.]*", re.I)
_REST_OUT = re.compile(
    r"\b(?:except(?:ing)?|excluding|unless|not (?:including|controlled|specified)|does not (?:control|apply|include)"
    r"|for example|e\.g\.|i\.e\.|n\.b\.|note:)(?=[\s:,]).*$",
    re.I | re.S,
)
_CONDITION = re.compile(
    r"(?:when|if|measured|measures|determined|operating|operated|tested|calculated)\b[^,;]*$"
    r"|\b(?:at|for|over|within|across|during|in|under)(?: (?:an?|any|the|all))?(?: [\w“”'\"-]+){0,4}$",
    re.I,
)


@dataclass(frozen=True)
class Opening:
    """What a parent leaves for its children: "having an accuracy better (less) than any of the following:"."""

    what: str
    op: str


def normal(text: str) -> str:
    """One sign for each thing: plain minus, no thousands commas, powers of ten as exponents, no quotation marks."""
    text = text.replace("−", "-").replace("–", "-").replace("μ", "µ").replace("\u00a0", " ").replace("º", "°")
    text = re.sub(r"[“”\"‘’']", "", text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(?<![\d.^])(\d+(?:\.\d+)?)\s*[×xX]\s*10\s*\^\s*([-+]?\d+)", r"\1e\2", text)
    text = re.sub(r"(?<![\d.^×])10\s*\^\s*([-+]?\d+)", r"1e\1", text)
    text = re.sub(r"(?<=\d)\s+(?=[%])", "", text)
    text = re.sub(r"([-+])\s+(?=\d+(?:\.\d+)?\s*°)", r"\1", text)
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


def opening_of(text: str) -> Opening | None:
    """The comparison a heading leaves open for its sub-paragraphs, or None."""
    plain = normal(text).rstrip(": ")
    match = re.search(
        rf"(?:{_OPS})(?: (?:any|either|one|all)(?: one)?(?: or more)? of the following(?: [\w-]+){{0,3}}| the following)?(?:, as follows)?$",
        plain,
        re.I,
    )
    if match is None or not text.rstrip().endswith(":"):
        return None
    what = noun_before(plain[: match.start()], None)
    return Opening(what, _op(match, "b", _BEFORE)) if what else None


def limits_of(text: str, opening: Opening | None = None) -> list[Limit]:
    """Limits in the text of one paragraph, in printed order."""
    plain = normal(text)
    work = _blank(_blank(plain, _REST_OUT), _CLAUSE_OUT)
    found: list[tuple[int, Limit]] = []
    taken: list[tuple[int, int]] = []

    def free(match: re.Match[str]) -> bool:
        return not any(start < match.end() and match.start() < end for start, end in taken)

    def add(match: re.Match[str], op: str, value: object, unit: str | None, suffix: str = "") -> None:
        before = plain[: match.start()]
        what = noun_before(before, unit)
        for span, (_, earlier) in zip(taken, found, strict=False):
            # "exceeding 10 nm but not exceeding 300 nm": the second speaks of the same parameter
            if earlier["unit"] == unit and re.fullmatch(
                r",?\s*(?:but|and|or)\s*(?:is )?", plain[span[1] : match.start()]
            ):
                what = str(earlier["what"])
        if not what:
            return
        limit: Limit = {"what": (what + suffix)[:60], "op": op, "value": value, "unit": unit}
        if _is_condition(before):
            limit["role"] = "condition"
        found.append((match.start(), limit))
        taken.append(match.span())

    for match in _FROM_BELOW_RE.finditer(work):
        low, high = canonical_unit(match.group("u")), canonical_unit(match.group("u2"))
        if low == high and low is not None:
            add(match, "<", _number(match.group("v")), low, ", low end")
            taken.pop()
            add(match, ">", _number(match.group("w")), low, ", high end")
    for pattern in (_BETWEEN_RE, _FROM_RE):
        for match in pattern.finditer(work):
            second = canonical_unit(match.group("u2"))
            first = canonical_unit(match.group("u")) or second  # "between 1 and 3 GHz"
            if free(match) and first == second and (second is not None or pattern is _BETWEEN_RE):
                pair = [_number(match.group("v")), _number(match.group("w"))]
                if pair[0] < pair[1]:
                    add(match, "between", pair, second)
    for match in _COUNT_RE.finditer(work):
        if free(match):
            word = match.group("v").lower()
            noun = match.group("noun").lower()
            limit = {"what": noun, "op": ">=" if "more" in match.group("op") else "<=",
                     "value": _WORDS[word] if word in _WORDS else int(word), "unit": "count"}  # fmt: skip
            found.append((match.start(), limit))
            taken.append(match.span())
    for match in _AFTER_RE.finditer(work):
        if free(match):
            add(match, _op(match, "a", _AFTER), _number(match.group("v")), canonical_unit(match.group("u")))
    for match in _BEFORE_RE.finditer(work):
        if free(match) and not re.search(r"\bnot\s*$", work[: match.start()]):
            unit = canonical_unit(match.group("u"))
            tail = work[match.end() :]
            if unit is None and re.match(r"\s*[×x^:]\s*\d?|\s*\^", tail):
                continue  # a power or a product the reader does not know
            if unit is None and re.match(r"\s*[A-Za-z°µΩ/]", tail) and not _plain_number_may_stop(tail):
                continue  # a unit that is not in the table: leave the limit out
            add(match, _op(match, "b", _BEFORE), _number(match.group("v")), unit)
    if opening is not None and not found:
        bare = _BARE_RE.match(plain)
        if bare:
            unit = canonical_unit(bare.group("u"))
            if unit is not None:
                found.append(
                    (0, {"what": opening.what, "op": opening.op, "value": _number(bare.group("v")), "unit": unit})
                )
    found.sort(key=lambda pair: pair[0])
    return [limit for _, limit in found]


def _plain_number_may_stop(tail: str) -> bool:
    """Whether the words after a number without a unit show that it needs none."""
    return re.match(r"\s*(?:and|or|at|when|in|for|with|as|but|to|on|over|of|if|per|by)\b(?! cent)", tail) is not None


def _is_condition(before: str) -> bool:
    """Whether the words before a comparison make it the circumstance of another one."""
    clause = re.split(r"[;,]|\band having\b|\band\b(?= an? )|\bhaving\b", before)[-1]
    return (
        re.search(
            r"\b(?:when|if|measured|determined|tested|at|throughout|across)\b(?: [\w°/%()-]+){0,6}\s*$", clause, re.I
        )
        is not None
    )
