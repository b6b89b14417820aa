"""Reading a request: JSON of the contract to the flat facts that rules read.

Every fault is collected. A fact whose name nobody knows does not stop the line, but it keeps a clear answer
back: it may be a misspelled fact on which the answer turns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from safeconduct.acts.faults import Fault, RequestError, shown
from safeconduct.model import Fact, Listing, Money, Owner, Quantity, Vocabulary, freeze

MAX_TEXT: Final = 100_000
MAX_LIST: Final = 10_000
MAX_DEPTH: Final = 32
#: Top-level keys that are not facts.
ENVELOPE: Final = frozenset({"id", "jurisdictions", "item", "items", "parties", "schema"})
#: Notes that people and test files put beside the facts; no rule reads them.
NOTES: Final = frozenset({"title", "note", "notes", "comment", "reference", "because", "source", "$schema"})
#: What is read of an owner.
OWNER_KEYS: Final = frozenset({"name", "country", "share", "listed", "type", "id", "aliases", "address"})
DEEMED: Final = ("deemed_export", "deemed_reexport")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True)
class ParsedLine:
    """One line: one item, its destination and end use, every party.

    cells: facts by path. unknown_names: names given that the vocabulary does not know, with the nearest known.
    """

    id: str
    jurisdictions: tuple[str, ...]
    cells: dict[str, Hashable]
    request: Mapping[str, Any]
    unknown_names: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass
class Countries:
    """Codes and names of countries for reading and for error messages.

    codes: ISO 3166-1 alpha-2 and the ISO 3166-2 regions the law knows. names: folded name -> code.
    """

    codes: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def suggest(self, text: str) -> str:
        folded = fold(text)
        if folded in self.names:
            return f"did you mean '{self.names[folded]}' ({text.strip()})?"
        import difflib

        near = difflib.get_close_matches(folded[:80], self.names, n=2, cutoff=0.7)
        return "did you mean " + " or ".join(f"'{self.names[n]}' ({n})" for n in near) + "?" if near else ""


def fold(text: str) -> str:
    """A country name for comparison: lower case, punctuation as space."""
    return " ".join(re.sub(r"[^\w]+", " ", text.casefold()).split())


def parse_request(
    request: Any,
    vocabulary: Vocabulary,
    countries: Countries | None = None,
    codes: Mapping[str, Callable[[str], tuple[str | None, str]]] | None = None,
    lists: Callable[[str], str | None] | None = None,
) -> ParsedLine:
    """One line of a request (``item``, not ``items``) as facts.

    Args:
        request: the decoded JSON. countries: known codes; without them any two letters pass.
        codes: per fact path, a reader of classification codes: text -> (normal form or None, what was expected).
        lists: a party list's id for any of its names, or None for a list nobody knows.
    Raises:
        RequestError: with every fault found.
    """
    return _Reader(vocabulary, countries or Countries(), codes or {}, lists or (lambda name: name)).read(request)


def split_items(request: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines of an order: ``items`` becomes one request a line, with ``id`` and the line's number.

    Raises:
        RequestError: ``items`` is not a list of objects, is empty, or stands beside ``item``; ``id`` is not one.
    """
    items = request.get("items")
    if items is None:
        return [dict(request)]
    if not isinstance(items, list) or not items or not all(isinstance(x, Mapping) for x in items):
        raise RequestError([Fault("items", shown(items), "a list with one object a line")])
    if request.get("item") is not None:
        raise RequestError([Fault("item", "item beside items", "one or the other")])
    order = request.get("id")
    if order is not None and not is_id(order):
        raise RequestError([Fault("id", shown(order), "text or a whole number")])
    base = {k: v for k, v in request.items() if k != "items"}
    start = "" if order is None else f"{order}#"
    return [base | {"id": f"{start}{n}", "item": x} for n, x in enumerate(items, 1)]


def is_id(value: object) -> bool:
    """Whether a value may name a line: text, or a whole number of ordinary length."""
    if isinstance(value, str):
        return len(value) <= MAX_TEXT
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**40


def malformed(request: Any) -> Fault | None:
    """What is not JSON in a value, or is nested deeper than any request is; None when all is well."""
    level: list[tuple[str, Any]] = [("request", request)]
    for _ in range(MAX_DEPTH):
        below: list[tuple[str, Any]] = []
        for path, node in level:
            if isinstance(node, Mapping):
                below += [(f"{path}.{k}"[:200] if path != "request" else str(k)[:200], v) for k, v in node.items()]
            elif isinstance(node, (list, tuple)):
                below += [(f"{path}[{i}]", v) for i, v in enumerate(node)]
            elif node is not None and not isinstance(node, (str, bool, int, float, Decimal)) and type(node) is not date:
                return Fault(path, shown(node), "text, a number, true, false, null, a list or an object")
        if not below:
            return None
        level = below
    return Fault(level[0][0], f"more than {MAX_DEPTH} levels", f"values nested at most {MAX_DEPTH} deep")


class _Reader:
    def __init__(
        self,
        vocabulary: Vocabulary,
        countries: Countries,
        codes: Mapping[str, Callable[[str], tuple[str | None, str]]],
        lists: Callable[[str], str | None],
    ) -> None:
        self.lists = lists
        self.vocabulary = vocabulary
        self.countries = countries
        self.codes = codes
        self.faults: list[Fault] = []
        self.unknown: list[tuple[str, tuple[str, ...]]] = []
        self.cells: dict[str, Hashable] = {}
        prefixes: set[str] = set()
        for fact in vocabulary:
            parts = fact.path.split(".")
            prefixes.update(".".join(parts[:i]) for i in range(1, len(parts)))
        self.prefixes = prefixes

    def read(self, request: Any) -> ParsedLine:
        if not isinstance(request, Mapping):
            raise RequestError([Fault("request", shown(request), "a JSON object")])
        if (fault := malformed(request)) is not None:
            raise RequestError([fault])
        line_id = request.get("id")
        if line_id is not None and not is_id(line_id):
            self._fault("id", line_id, "text or a whole number")
        jurisdictions = request.get("jurisdictions")
        if jurisdictions is None:
            jurisdictions = ["US"]
        elif (
            not isinstance(jurisdictions, list)
            or not all(isinstance(j, str) for j in jurisdictions)
            or not jurisdictions
        ):
            self._fault("jurisdictions", jurisdictions, 'a list such as ["US"]')
            jurisdictions = ["US"]
        for key, value in request.items():
            if key in ("item", "parties") or key not in ENVELOPE:
                self._walk(str(key), value)
        self._deemed()
        if self.faults:
            raise RequestError(self.faults)
        return ParsedLine(
            "" if line_id is None else str(line_id),
            tuple(str(j).upper() for j in jurisdictions),
            self.cells,
            request,
            tuple(self.unknown),
        )

    # -- walking -------------------------------------------------------------------------------------------
    def _walk(self, path: str, value: Any) -> None:
        if value is None:
            return
        if path == "parties":
            self._parties(value)
            return
        # A party's field is reached through its party only: "parties[0].listed" as a name would escape its reader.
        fact = None if "[" in path else self.vocabulary.get(path)
        if fact is not None and not (isinstance(value, Mapping) and path in self.prefixes and fact.kind == "text"):
            self._cell(path, fact, value)
        elif path.startswith("item.parameters."):
            self._parameter(path, value)
        elif path in self.prefixes:
            if not isinstance(value, Mapping):
                self._fault(path, value, "an object")
                return
            for key, below in value.items():
                self._walk(f"{path}.{key}", below)
        elif path not in NOTES and not path.startswith(("x_", "_")):
            self.unknown.append((path[:200], tuple(self.vocabulary.nearest(path))))

    def _parties(self, value: Any) -> None:
        if not isinstance(value, list) or len(value) > MAX_LIST:
            self._fault("parties", value, f"a list of at most {MAX_LIST} parties")
            return
        self.cells["parties"] = len(value)
        for i, party in enumerate(value):
            if not isinstance(party, Mapping):
                self._fault(f"parties[{i}]", party, "an object")
                continue
            for key, below in party.items():
                self._party_field(i, f"parties[{i}].{key}", str(key), below)

    def _party_field(self, i: int, path: str, key: str, value: Any) -> None:
        if value is None:
            return
        if key == "listed":
            self._set(path, self._listed(path, value))
        elif key == "owners":
            self._set(path, self._owners(path, value))
        elif isinstance(value, Mapping) and self.vocabulary.get(path) is None:
            for k, below in value.items():
                self._party_field(i, f"{path}.{k}", f"{key}.{k}", below)
        elif (fact := self.vocabulary.get(path)) is not None:
            self._cell(path, fact, value)
        else:
            self._unknown_party(path)

    def _unknown_party(self, path: str) -> None:
        if path.rsplit(".", 1)[-1] not in (NOTES | {"id", "type", "aliases", "birth_date", "identifiers"}):
            self.unknown.append((path[:200], tuple(self.vocabulary.nearest(path))))

    def _listed(self, path: str, value: Any) -> tuple[Listing, ...] | None:
        if not isinstance(value, list) or len(value) > MAX_LIST:
            self._fault(path, value, "a list of listings; [] means screened and found on none")
            return None
        out = []
        for n, x in enumerate(value):
            where = f"{path}[{n}]"
            if not isinstance(x, Mapping) or not isinstance(x.get("list"), str):
                self._fault(where, x, 'an object with "list", such as {"list": "us.entity_list", "status": "open"}')
                continue
            status = x.get("status") or "open"
            if status not in ("open", "true_match", "false_positive"):
                self._fault(f"{where}.status", status, "open, true_match or false_positive")
                continue
            texts = {}
            for key in ("footnotes", "programs"):
                v = x.get(key)
                if v is not None and not (isinstance(v, list) and all(isinstance(t, (str, int)) for t in v)):
                    self._fault(f"{where}.{key}", v, "a list of texts")
                    v = None
                texts[key] = None if v is None else tuple(str(t) for t in v)
            flag = x.get("address_only")
            if flag is not None and not isinstance(flag, bool):
                self._fault(f"{where}.address_only", flag, "true or false")
                flag = None
            known = {"list", "status", "entry", "covers", "footnotes", "programs", "address_only"} | NOTES
            for key in x:
                if key not in known and key not in ("score", "decided_by", "decided_on", "name", "id"):
                    self.unknown.append((f"{where}.{key}"[:200], ()))
            list_id = self.lists(x["list"])
            if list_id is None and status != "false_positive":
                # What such a list means is not known: nothing may be cleared past it.
                self.unknown.append((f"{where}.list: {x['list']}"[:200], ()))
            entry = x.get("entry")
            out.append(
                Listing(
                    list_id or x["list"][:200], status, None if entry is None else str(entry)[:1000], freeze(x.get("covers")),
                    texts["footnotes"], texts["programs"], flag,
                )
            )  # fmt: skip
        return tuple(out)

    def _owners(self, path: str, value: Any) -> tuple[Owner, ...] | None:
        if not isinstance(value, list) or len(value) > MAX_LIST:
            self._fault(path, value, "a list of owners; [] means established as none")
            return None
        out = []
        for n, x in enumerate(value):
            where = f"{path}[{n}]"
            if not isinstance(x, Mapping):
                self._fault(where, x, "an object with name, share and listed")
                continue
            share = (
                None if x.get("share") is None else self._decimal(f"{where}.share", x["share"], "a percent of 0 to 100")
            )
            if share is not None and not 0 <= share <= 100:
                self._fault(f"{where}.share", x["share"], "a percent of 0 to 100")
            if share is not None and 0 < share <= 1:
                self.unknown.append((f"{where}.share: {x['share']} is read as a percent; one half is 50"[:200], ()))
            for key in x:
                # Owners of owners, or a misspelled listing, could be what the answer turns on.
                if key not in OWNER_KEYS | NOTES and x[key] not in (None, []):
                    self.unknown.append((f"{where}.{key}"[:200], tuple(sorted(OWNER_KEYS))))
            country = None if x.get("country") is None else self._country(f"{where}.country", x["country"])
            listed = None if x.get("listed") is None else self._listed(f"{where}.listed", x["listed"])
            out.append(Owner(str(x.get("name", ""))[:1000], country, share, listed))
        return tuple(out)

    def _parameter(self, path: str, value: Any) -> None:
        """A parameter no table knows: its number in its own unit where it has one, else kept as given."""
        unit = ""
        number = value
        if isinstance(value, Mapping) and set(value) <= {"value", "unit"} and isinstance(value.get("unit", ""), str):
            number, unit = value.get("value"), value.get("unit", "")
        decimal = read_number(number)
        if decimal is not None:
            self._set(path, Quantity(decimal, unit))
            return
        if (isinstance(number, (int, float, Decimal)) and not isinstance(number, bool)) or (
            isinstance(number, str) and number.strip().casefold() in ("nan", "inf", "-inf", "infinity", "-infinity")
        ):
            self._fault(path, value, 'a number with its unit, such as {"value": 5, "unit": "GSPS"}')
            return
        self._set(path, freeze(value))

    # -- values --------------------------------------------------------------------------------------------
    def _set(self, path: str, value: Any) -> None:
        if value is None:
            return
        if self.cells.setdefault(path, value) != value:  # "item.origin" beside an item with another origin
            self.faults.append(Fault(path[:200], f"{shown(value)} beside {shown(self.cells[path])}", "one value"))

    def _cell(self, path: str, fact: Fact, value: Any) -> None:
        kind = fact.kind
        if path in self.codes and isinstance(value, str):
            code, expected = self.codes[path](value)
            if code is None:
                self._fault(path, value, expected)
            self._set(path, code)
        elif kind == "list":
            self._set(path, self._list(path, fact, value))
        elif kind == "bool":
            if not isinstance(value, bool):
                self._fault(path, value, "true or false (null when not known)")
            self._set(path, value if isinstance(value, bool) else None)
        elif kind == "enum":
            self._set(path, self._choice(path, value, fact.choices))
        elif kind == "country":
            self._set(path, self._country(path, value))
        elif kind == "date":
            self._set(path, self._date(path, value))
        elif kind == "money":
            self._set(path, self._money(path, value))
        elif kind == "quantity":
            self._set(path, self._quantity(path, value, fact.unit))
        elif kind in ("number", "int", "percent"):
            self._set(
                path, self._decimal(path, value, "a whole number" if kind == "int" else "a number", whole=kind == "int")
            )
        else:
            self._set(path, self._text(path, value))

    def _list(self, path: str, fact: Fact, value: Any) -> Hashable | None:
        if not isinstance(value, list) or len(value) > MAX_LIST:
            self._fault(path, value, f"a list ({fact.type}); [] means none")
            return None
        of = fact.type.removeprefix("list of ")
        if of == "country":
            return tuple(c for i, v in enumerate(value) if (c := self._country(f"{path}[{i}]", v)))
        if of.startswith("{"):
            return tuple(self._record(f"{path}[{i}]", v) for i, v in enumerate(value))
        texts = []
        for i, v in enumerate(value):
            if not isinstance(v, str):
                self._fault(f"{path}[{i}]", v, f"text ({of})")
                continue
            reader = self.codes.get("item.classification.us") if of == "ECCN" else None
            code = reader(v)[0] if reader else None
            texts.append(code or v[:MAX_TEXT])
        return tuple(texts)

    def _record(self, path: str, value: Any) -> Hashable:
        if not isinstance(value, Mapping):
            self._fault(path, value, "an object")
            return None
        out: dict[str, Any] = {}
        for k, v in value.items():
            if v is None:
                continue
            if k == "date":
                out[k] = self._date(f"{path}.date", v)
            elif k in ("value", "amount") and isinstance(v, Mapping):
                out[k] = self._money(f"{path}.{k}", v)
            elif k == "classification" and isinstance(v, str) and "item.classification.us" in self.codes:
                code, expected = self.codes["item.classification.us"](v)
                if code is None:
                    self._fault(f"{path}.{k}", v, expected)
                out[k] = code
            else:
                out[str(k)] = freeze(v)
        frozen: Hashable = freeze(out)
        return frozen

    def _choice(self, path: str, value: Any, choices: tuple[str, ...]) -> str | None:
        if isinstance(value, str) and value in choices:
            return value
        self._fault(path, value, "one of " + ", ".join(choices))
        return None

    def _text(self, path: str, value: Any) -> str | None:
        if not isinstance(value, str):
            self._fault(path, value, "text")
            return None
        if len(value) > MAX_TEXT:
            self._fault(path, f"{len(value)} characters", f"text of at most {MAX_TEXT} characters")
            return None
        return value

    def _country(self, path: str, value: Any) -> str | None:
        expected = "an ISO 3166-1 alpha-2 code such as 'DE' (or UA-43, UA-14, UA-09 for the occupied regions)"
        if not isinstance(value, str):
            self._fault(path, value, expected)
            return None
        code = value.strip().upper() if value.isascii() else ""  # the upper case of "ß" is "SS", South Sudan
        if re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", code) and (
            not self.countries.codes or code in self.countries.codes
        ):
            return code
        self.faults.append(Fault(path, shown(value), expected, self.countries.suggest(value[:200])))
        return None

    def _date(self, path: str, value: Any) -> date | None:
        if isinstance(value, date):
            return value
        try:
            if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self._fault(path, value, "a day as YYYY-MM-DD, such as 2026-08-03")
        return None

    def _decimal(self, path: str, value: Any, expected: str, *, whole: bool = False) -> Decimal | None:
        number = read_number(value)
        if number is None or (whole and number != number.to_integral_value()):
            self._fault(path, value, expected)
            return None
        return number

    def _money(self, path: str, value: Any) -> Money | None:
        expected = '{"amount": "4200.00", "currency": "USD"}'
        if not isinstance(value, Mapping) or value.get("amount") is None:
            self._fault(path, value, expected)
            return None
        amount = self._decimal(f"{path}.amount", value["amount"], "a decimal amount")
        currency = value.get("currency")  # never taken for granted: a price in euros would pass a limit in dollars
        if not isinstance(currency, str) or not re.fullmatch(r"[A-Za-z]{3}", currency):
            self._fault(f"{path}.currency", currency, "an ISO 4217 code such as USD")
            return None
        usd = value.get("usd")
        usd = (
            self._decimal(
                f"{path}.usd",
                usd["amount"] if isinstance(usd, Mapping) and "amount" in usd else usd,
                "the same amount in dollars",
            )
            if usd is not None
            else None
        )
        for key, number in (("amount", amount), ("usd", usd)):
            if number is not None and number < 0:
                self._fault(f"{path}.{key}", value[key], "an amount of zero or more")
                return None
        return None if amount is None else Money(amount, currency.upper(), usd)

    def _quantity(self, path: str, value: Any, unit: str) -> Quantity | None:
        expected = f'{{"value": 9, "unit": "{unit}"}}'
        if isinstance(value, (int, float, str, Decimal)) and not isinstance(value, bool):
            value = {"value": value, "unit": unit}
        if not isinstance(value, Mapping) or value.get("value") is None:
            self._fault(path, value, expected)
            return None
        number = self._decimal(f"{path}.value", value["value"], "a number")
        given = value.get("unit", unit)
        if number is None:
            return None
        if not isinstance(given, str):
            self._fault(f"{path}.unit", given, f"a unit such as {unit}")
            return None
        if same_unit(given, unit):
            return Quantity(number, unit)
        from safeconduct.acts.units import convert

        converted = convert(number, given, unit)
        if converted is None:
            self._fault(f"{path}.unit", given, f"a unit that converts to {unit}")
            return None
        return Quantity(converted, unit, f"{number} {given}")

    # -- whole-request checks --------------------------------------------------------------------------------
    def _deemed(self) -> None:
        if self.cells.get("activity") not in DEEMED or "destination" not in self.cells:
            return
        most_recent = self.cells.get("person.most_recent_status") or self.cells.get("person.most_recent_citizenship")
        if most_recent is not None and self.cells["destination"] != most_recent:
            self._fault(
                "destination", self.cells["destination"],
                f"none, or {most_recent}: a release goes to the person's most recent citizenship or residency",
            )  # fmt: skip

    def _fault(self, path: str, value: Any, expected: str) -> None:
        self.faults.append(Fault(path[:200], shown(value), expected))


def read_number(value: object) -> Decimal | None:
    """A number of ordinary size as a decimal; None when the value is not one (not NaN, not ``1_000``, not true)."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    if isinstance(value, int) and abs(value) >= 10**41:
        return None
    text = str(value)
    # A long text is refused, never cut: what stands behind the cut may change the number.
    if len(text) > 200 or not _NUMBER.fullmatch(text := text.strip()):
        return None
    number = Decimal(text)
    return number if abs(number.adjusted()) <= 40 else None


def same_unit(given: str, unit: str) -> bool:
    """Whether two unit names are the same up to spelling and spacing."""
    norm = [re.sub(r"[\s*·×x]+", "", u.casefold()) for u in (given, unit)]
    return norm[0] == norm[1] or {norm[0], norm[1]} <= {"1", "", "count", "elements", "rounds"}
