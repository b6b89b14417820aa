"""A closed grammar for the scope sentences of the Commerce Control List.

A sentence is accepted only when every token of it is accounted for; anything else raises `GrammarError` and
must stand in the closed table, filled by hand. Nothing is guessed and no word is skipped.

Scope: `{"in": [...], "out": [...]}` in paragraph codes; `["*"]` is the whole entry. A code covers all under it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Grammar", "GrammarError", "Limb", "expand_range", "key_of", "normalise"]

Json = dict[str, Any]

_QUOTES = re.compile("[\"“”„'‘’`´]")
_SPACE = re.compile(r"\s+")
_STEP = r"(?:\.(?:\d{1,2}|[a-z])(?![a-z0-9]))"
_TOKEN = re.compile(
    rf"\s*(?:(?P<full>\d[a-e]\d{{3}}(?![a-z0-9]){_STEP}*)"
    rf"|(?P<rel>{_STEP}+)"
    rf"|(?P<bare>[a-z](?![a-z0-9]){_STEP}*)"
    r"|(?P<word>[a-z][a-z\-]+)"
    r"|(?P<sign>[,;():$])"
    r"|(?P<money>\d[\d,]*\d|\d)(?![a-z.]))"
)

_REASONS = {"ns", "rs", "mt", "np", "cb", "cc", "at", "un", "fc", "cw", "ei", "si", "sl", "ss"}
_THINGS = {"software", "technology"}
_NOUNS = {"items", "equipment", "commodities", "materials"}


class GrammarError(ValueError):
    """The grammar does not account for every token of the sentence."""


@dataclass(frozen=True)
class Limb:
    """One limb of a sentence: where in the entry it applies and under which condition."""

    inside: tuple[str, ...] = ("*",)
    outside: tuple[str, ...] = ()
    when: Json | None = None

    def scope(self) -> Json:
        return {"in": list(self.inside), "out": list(self.outside)}


def normalise(sentence: str) -> str:
    """Lower case, quotation marks removed, white space folded, closing full stops removed."""
    return _SPACE.sub(" ", _QUOTES.sub("", sentence)).strip().lower().rstrip(". ")


def key_of(sentence: str) -> str:
    """The name of a sentence in the closed tables: the first 16 digits of the SHA-256 of its normal form."""
    return hashlib.sha256(normalise(sentence).encode()).hexdigest()[:16]


def _case(code: str) -> str:
    head, dot, tail = code.partition(".")
    return head.upper() + dot + tail


def expand_range(first: str, last: str, eccns: Collection[str]) -> list[str]:
    """Codes from `first` to `last`: entries that exist between two ECCNs, or letters or numbers of one level."""
    if "." not in first and "." not in last:
        if first[:2] != last[:2] or first > last:
            raise GrammarError(f"range {first} to {last}: expected two entries of one product group, in order")
        return [code for code in sorted(eccns) if code[:2] == first[:2] and first <= code <= last]
    parent, a = first.rsplit(".", 1)
    other, b = last.rsplit(".", 1)
    if parent != other:
        raise GrammarError(f"range {first} to {last}: the ends are not on one level")
    if a.isdigit() and b.isdigit() and int(a) < int(b):
        return [f"{parent}.{n}" for n in range(int(a), int(b) + 1)]
    if a.isalpha() and b.isalpha() and len(a) == len(b) == 1 and a < b:
        return [f"{parent}.{chr(n)}" for n in range(ord(a), ord(b) + 1)]
    raise GrammarError(f"range {first} to {last}: expected numbers or letters in order")


@dataclass
class _Tokens:
    items: list[tuple[str, str]]
    at: int = 0

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        index = self.at + ahead
        return self.items[index] if index < len(self.items) else ("end", "")

    def take(self, *texts: str) -> bool:
        """Take these tokens in a row, or nothing."""
        if all(self.peek(i)[1] == text for i, text in enumerate(texts)):
            self.at += len(texts)
            return True
        return False

    def one_of(self, texts: Collection[str]) -> str | None:
        text = self.peek()[1]
        if self.peek()[0] != "end" and text in texts:
            self.at += 1
            return text
        return None

    def need(self, *texts: str) -> None:
        if not self.take(*texts):
            raise GrammarError(f"expected {' '.join(texts)!r} before {self.rest()!r}")

    def rest(self) -> str:
        return " ".join(text for _, text in self.items[self.at :])

    def end(self) -> None:
        if self.peek()[0] != "end":
            raise GrammarError(f"not accounted for: {self.rest()!r}")


def tokenise(text: str) -> _Tokens:
    """Tokens of a normalised sentence; raises where a character belongs to none."""
    items: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise GrammarError(f"not a token: {text[at:]!r}")
        items.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
        while at < len(text) and text[at] == " ":
            at += 1
    return _Tokens(items)


@dataclass
class Grammar:
    """The grammar for the sentences of one entry.

    Attributes:
        entry: ECCN of the entry; a relative code (".b.4", "z.1.a") belongs to the last entry named, first to it.
        eccns: every ECCN of the list, for ranges.
    """

    entry: str
    eccns: Collection[str] = field(default_factory=frozenset)

    # -- codes ----------------------------------------------------------------------------------------------

    def _code(self, tokens: _Tokens, last: str) -> str | None:
        kind, text = tokens.peek()
        if kind == "full":
            tokens.at += 1
            return _case(text)
        if kind == "rel":
            tokens.at += 1
            first = text[1:].split(".", 1)[0]
            if first.isdigit():  # "d.15 and .16": the number stands beside the last one
                if "." not in last:
                    raise GrammarError(f"{text!r} follows no numbered paragraph")
                return last.rsplit(".", 1)[0] + text
            return last.split(".", 1)[0] + text
        if kind == "bare":
            tokens.at += 1
            return last.split(".", 1)[0] + "." + text
        return None

    def codes(self, tokens: _Tokens, last: str | None = None) -> tuple[list[str], list[str]]:
        """A list of codes with ranges and "(except …)": (covered, taken out)."""
        inside: list[str] = []
        outside: list[str] = []
        last = last or self.entry
        while True:
            code = self._code(tokens, last)
            if code is None:
                raise GrammarError(f"expected a paragraph code before {tokens.rest()!r}")
            if tokens.peek()[1] in {"to", "through"} and tokens.peek(1)[0] in {"full", "rel", "bare"}:
                tokens.at += 1
                end = self._code(tokens, code)
                assert end is not None
                inside += expand_range(code, end, self.eccns)
                code = end
            else:
                inside.append(code)
            if tokens.peek()[1] == "(" and tokens.peek(1)[1] == "except":
                tokens.at += 2
                more, none = self.codes(tokens, code)
                if none:
                    raise GrammarError("an exception inside an exception")
                outside += more
                tokens.need(")")
            last = code
            mark = tokens.at
            tokens.one_of({",", ";"})
            tokens.one_of({"and", "or"})
            if tokens.at == mark or tokens.peek()[0] not in {"full", "rel", "bare"}:
                tokens.at = mark
                return inside, outside

    def own(self, codes: list[str]) -> tuple[str, ...]:
        """Codes that must belong to this entry."""
        for code in codes:
            if code.split(".", 1)[0] != self.entry:
                raise GrammarError(f"{code} is not a paragraph of {self.entry}")
        return tuple("*" if code == self.entry else code for code in codes)

    # -- scopes ---------------------------------------------------------------------------------------------

    def for_items(self, tokens: _Tokens) -> Json:
        """`software for items controlled by 1B001 for MT reasons` after the word "software"."""
        tokens.need("for")
        if tokens.one_of(_NOUNS) is None:
            raise GrammarError(f"expected items, equipment or commodities before {tokens.rest()!r}")
        if tokens.one_of({"controlled", "specified", "described"}) is not None and (
            tokens.one_of({"by", "in", "under"}) is None
        ):
            raise GrammarError(f"expected 'by' before {tokens.rest()!r}")
        if tokens.peek(-1)[1] not in {"by", "in", "under"}:
            tokens.need("in")
        inside, outside = self.codes(tokens)
        reason = None
        if tokens.take("for"):
            word = tokens.one_of(_REASONS)
            if word is None:
                raise GrammarError(f"expected a reason before {tokens.rest()!r}")
            reason = word.upper()
            tokens.need("reasons")
        return {"for": {"in": inside, "out": outside, "reason": reason}}

    def body(self, tokens: _Tokens) -> Limb:
        """What stands after "applies to"."""
        tokens.take("the")
        if tokens.take("entire", "entry"):
            mark = tokens.at
            tokens.take(",")
            if not tokens.take("except"):
                tokens.at = mark
                return Limb()
            tokens.take("for")
            if tokens.one_of(_THINGS):
                condition = self.for_items(tokens)
                condition["for"]["only"] = True  # an item that also serves others stays in
                return Limb(when={"not": condition})
            inside, outside = self.codes(tokens)
            if outside:
                raise GrammarError("an exception inside an exception")
            return Limb(outside=self.own(inside))
        if tokens.one_of(_THINGS):
            if tokens.take("controlled", "by"):
                inside, outside = self.codes(tokens)
                return Limb(self.own(inside), self.own(outside))
            return Limb(when=self.for_items(tokens))
        if not tokens.one_of({"paragraph", "paragraphs"}) and tokens.one_of({"items"}):
            tokens.need("controlled", "by")
        inside, outside = self.codes(tokens)
        tokens.take("of", "this", "entry")
        tokens.take("only")
        return Limb(self.own(inside), self.own(outside))

    def scope(self, sentence: str) -> tuple[str, Limb]:
        """Reason and limb of a whole scope sentence. Raises GrammarError."""
        tokens = tokenise(normalise(sentence))
        reason = tokens.one_of(_REASONS)
        if reason is None:
            raise GrammarError(f"expected a reason for control before {tokens.rest()!r}")
        if tokens.one_of({"applies", "apply"}) is None:
            raise GrammarError(f"expected 'applies' before {tokens.rest()!r}")
        tokens.take("to")
        limb = self.body(tokens)
        tokens.end()
        return reason.upper(), limb
