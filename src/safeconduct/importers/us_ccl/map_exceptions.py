"""List-based license exceptions and the Special Conditions for STA, to `us.ccl.exceptions` and `us.ccl.sta`.

An item has an exception when some `allow` record covers it and no other does. "N/A" is one record that allows
nothing. The short lines are taken by a grammar that accounts for every token; all others stand in the closed
tables `sentences/exceptions.jsonl` and `sentences/sta.jsonl`, each read by hand.

Source: 15 CFR 774 Supp. 1, List Based License Exceptions and Special Conditions for STA of each entry.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from safeconduct.importers.us_ccl.closed import UnknownSentence, absolute, nearest, sentences
from safeconduct.importers.us_ccl.grammar import Grammar, GrammarError, key_of, normalise, tokenise
from safeconduct.importers.us_ccl.read import RawEntry

__all__ = ["form_key", "map_exceptions", "map_sta", "read_exception"]

Json = dict[str, Any]

# One line may speak of two exceptions of one section.
SYMBOLS = {"NAC/ACA": ("NAC", "ACA")}
# Pointers to the section that holds the conditions; they add nothing to the line.
_POINTER = re.compile(
    r",? see § 740\.2\(a\)\(22\) and § 740\.24 of the ear$|\. see § 740\.22 of the ear for eligibility criteria$"
    r"|[.,] see § 740\.17 of the ear for eligibility$"
)
_SECTION = re.compile(r"740\.\d\d(?!\d)")
_MONEY = re.compile(r"\$(\d[\d,]*)")


def _row(entry: str, symbol: str, limb: Json) -> Json:
    return {
        "entry": entry,
        "symbol": symbol,
        "n": 0,
        "allow": limb.get("allow", True),
        "scope": {
            "in": [absolute(code, entry) for code in limb.get("in", ["*"])],
            "out": [absolute(code, entry) for code in limb.get("out", [])],
        },
        "when": limb.get("when"),
        "limit": limb.get("limit"),
        "not_reasons": list(limb.get("not_reasons", [])),
        "dest": limb.get("dest"),
        "pointer": limb.get("pointer"),
        "cite": f"15 CFR 774 Supp. 1, {entry}",
        "basis": limb.get("basis", "read"),
    }


def read_exception(entry: str, text: str, eccns: Collection[str]) -> list[Json]:
    """Limbs of one exception line, by the grammar. Raises GrammarError.

    line   := clause { (";" | ",") clause }
    clause := "yes" | "no" | "n/a" ["for" (reasons | codes)] | money ["for" codes] | [","] "except" (codes | "n/a" …)
    """
    words = normalise(text)
    pointer = _POINTER.search(words)
    words = _POINTER.sub("", words).rstrip(". ")
    if not words:
        raise GrammarError("an empty line")
    dest = None
    if words.endswith(", except to country group e:1 or e:2"):
        words, dest = words.removesuffix(", except to country group e:1 or e:2"), {"not_groups": ["E:1", "E:2"]}
    money = _MONEY.match(words)
    words = re.sub(r"\bn/a\b", "none", words)
    limb: Json = {"in": ["*"], "out": [], "not_reasons": []}
    if money:
        limb["limit"] = money.group(1).replace(",", "")
        words = "yes" + words[money.end() :]
    grammar = Grammar(entry, eccns)
    tokens = tokenise(words)
    if tokens.one_of({"none", "no"}):
        tokens.end()
        return [{"allow": False}]
    tokens.need("yes")
    mark = tokens.at
    tokens.take(",")
    if tokens.take("for"):
        inside, outside = grammar.codes(tokens)
        limb["in"], limb["out"] = list(grammar.own(inside)), list(grammar.own(outside))
        tokens.take("only")
    else:
        tokens.at = mark
    if tokens.one_of({",", ";"}) or tokens.peek()[1] == "except":
        excepted = tokens.take("except")
        if tokens.take("none", "for"):
            pass
        elif not excepted:
            raise GrammarError(f"not accounted for: {tokens.rest()!r}")
        _restrict(grammar, tokens, limb)
    tokens.end()
    if dest:
        limb["dest"] = dest
    if pointer:
        limb["pointer"] = _SECTION.findall(pointer.group(0))[-1]
    return [limb]


def _restrict(grammar: Grammar, tokens: Any, limb: Json) -> None:
    """ "MT", "NP and MT", codes: what the exception leaves out."""
    reasons = {"ns", "rs", "mt", "np", "cb", "cc"}  # UN goes by destination, so a reader decides
    while tokens.peek()[0] != "end":
        word = tokens.one_of(reasons)
        if word:
            limb["not_reasons"].append(word.upper())
        else:
            inside, outside = grammar.codes(tokens)
            if outside:
                raise GrammarError("an exception inside an exception")
            limb["out"] += list(grammar.own(inside))
        tokens.take(",")
        tokens.take("and")
        tokens.take("for")


def _exception_lines(raw: RawEntry) -> Iterator[tuple[str, str]]:
    """Symbol and whole text of each exception of an entry, in printed order."""
    for symbol, lines in raw.exceptions:
        yield symbol, " ".join(lines)


def map_exceptions(entries: list[RawEntry], eccns: Collection[str]) -> list[Json]:
    """Records of all list-based exceptions and of the notes below them. Raises UnknownSentence."""
    table = sentences("exceptions.jsonl")
    out: list[Json] = []
    for raw in sorted(entries, key=lambda entry: entry.code):
        rows: list[Json] = []
        for printed, text in _exception_lines(raw):
            known = table.get(key_of(f"{printed}: {text}"))
            if known is not None:
                limbs = known["limbs"]
            else:
                try:
                    limbs = read_exception(raw.code, text, eccns)
                except GrammarError as error:
                    near = nearest(table, raw.code)
                    raise UnknownSentence("exceptions.jsonl", raw.code, printed, text, str(error), near) from None
            for symbol in SYMBOLS.get(printed, (printed,)):
                rows += [_row(raw.code, symbol, limb) for limb in limbs]
        for note in raw.exception_notes:
            known = table.get(key_of(note))
            if known is None:
                raise UnknownSentence("exceptions.jsonl", raw.code, "note", note, "a note", nearest(table, raw.code))
            rows += [_row(raw.code, limb["symbol"], limb) for limb in known["limbs"]]
        number: dict[str, int] = {}
        for row in rows:
            number[row["symbol"]] = row["n"] = number.get(row["symbol"], 0) + 1
        out += rows
    return out


# -- Special Conditions for STA ---------------------------------------------------------------------------------


def form_key(entry: str, text: str) -> str:
    """Key of a sentence with its own entry left open, for the forms that many entries share."""
    return key_of(re.sub(rf"\b{entry.lower()}\b(?!\.[a-z0-9])", "#", normalise(text)))


def map_sta(entries: list[RawEntry], eccns: Collection[str]) -> list[Json]:
    """Records of the Special Conditions for STA. Raises UnknownSentence."""
    table = sentences("sta.jsonl")
    out: list[Json] = []
    for raw in sorted(entries, key=lambda entry: entry.code):
        for number, text in enumerate(raw.sta, 1):
            known = table.get(form_key(raw.code, text))
            if known is None:
                why = "neither a shared form nor a sentence read before"
                raise UnknownSentence("sta.jsonl", raw.code, "STA", text, why, nearest(table, raw.code))
            for part, limb in enumerate(known["limbs"], 1):
                row = _row(raw.code, "STA", limb)
                out.append(
                    {
                        **{key: row[key] for key in ("entry", "scope", "when", "cite", "basis", "pointer")},
                        "n": number,
                        "part": part,
                        "bars": limb["bars"],
                        "unless": limb.get("unless"),
                    }
                )
    return out
