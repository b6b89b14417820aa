"""A proposal: changed records, and rules as their author would write them, laid over an edition without touching it.

A TOML file with ``[proposal]`` (``title``, ``source``, and ``base``, another such file to be applied first),
``[[add]]`` (``table``, ``row``), ``[[change]]`` (``table``, ``where``, ``set``), ``[[remove]]`` (``table``, ``where``),
``[[value]]`` (``id`` and all its ``version``s anew) and ``[rules]`` (``module``: a Python file beside it with
``RULES``; ``remove``: rule ids). ``where`` must fit one row; ``all = true`` allows several.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.util
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from safeconduct.acts.faults import Fault, RequestError
from safeconduct.acts.session import Session
from safeconduct.determination import Engine
from safeconduct.law import Rule
from safeconduct.lawdata import Edition, EditionError
from safeconduct.lawdata.values import DatedValue, Version
from safeconduct.model import Period

_SECTIONS: Final = frozenset({"proposal", "add", "change", "remove", "value", "rules"})
_KEYS: Final = {
    "add": {"table", "row"}, "change": {"table", "where", "set", "all"}, "remove": {"table", "where", "all"},
    "value": {"id", "version"},
}  # fmt: skip

Row = Mapping[str, Any]


@dataclass
class Proposal:
    """What a file proposes: operations by table, values and rules. ``base`` is applied before it."""

    path: Path
    title: str
    source: str
    base: Proposal | None = None
    operations: list[tuple[str, int, Mapping[str, Any]]] = field(default_factory=list)
    values: list[Mapping[str, Any]] = field(default_factory=list)
    rules: tuple[Rule, ...] = ()
    removed: tuple[str, ...] = ()

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The days on which its rows, values and rules begin or end."""
        found: set[date] = set()
        for _, _, op in self.operations:
            for row in (op.get("row") or {}, op.get("set") or {}):
                found.update(d for k in ("from", "until") if (d := _day(row.get(k))) is not None)
        for v in self.values:
            found.update(d for w in v["version"] for k in ("in_force_from", "in_force_until") if (d := w.get(k)))
        found.update(d for r in self.rules for d in (r.in_force.period.start, r.in_force.known_from) if d)
        return tuple(sorted(found))


def read_proposal(path: Path, package: str, seen: tuple[Path, ...] = ()) -> Proposal:
    """Read a proposal and those it is based on.

    Args:
        package: the jurisdiction's package, in whose name the proposed rules' module is loaded. The module is run:
            it is a program, as the rules are.
    Raises:
        RequestError: every fault of the file's form, with its place.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as e:
        raise RequestError([Fault(str(path), "", f"a file that can be read: {e.strerror}")]) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise RequestError([Fault(str(path), str(e)[:120], "TOML")]) from None
    faults = [Fault(k, k, f"one of {', '.join(sorted(_SECTIONS))}") for k in sorted(set(raw) - _SECTIONS)]
    head = raw.get("proposal")
    if not isinstance(head, dict) or not isinstance(head.get("title"), str):
        faults.append(Fault("proposal.title", "nothing", "what the proposal is, in a few words"))
        head = {}
    for k in sorted(set(head) - {"title", "source", "base"}):
        faults.append(Fault(f"proposal.{k}", k, "only title, source and base"))
    rules_given = raw.get("rules", {})
    if not isinstance(rules_given, dict) or set(rules_given) - {"module", "remove"}:
        faults.append(Fault("rules", str(rules_given)[:80], "a table of module and remove"))
    operations: list[tuple[str, int, Mapping[str, Any]]] = []
    for kind in ("remove", "change", "add"):
        for n, op in enumerate(_list(raw, kind, faults), 1):
            where = f"{kind} {n}"
            needed = _KEYS[kind] - {"all"}
            if lacking := sorted(needed - op.keys()):
                faults.append(Fault(where, "nothing", f"{', '.join(lacking)}"))
            elif wrong := sorted(op.keys() - _KEYS[kind]):
                faults.append(Fault(where, ", ".join(wrong), f"only {', '.join(sorted(_KEYS[kind]))}"))
            elif not all(isinstance(op[k], dict) and op[k] for k in needed - {"table"}):
                faults.append(Fault(where, "another kind of value", "tables of columns and values"))
            else:
                operations.append((kind, n, op))
    values: list[Mapping[str, Any]] = []
    for n, v in enumerate(_list(raw, "value", faults), 1):
        if isinstance(v.get("id"), str) and isinstance(v.get("version"), list) and not v.keys() - _KEYS["value"]:
            values.append(v)
        else:
            faults.append(Fault(f"value {n}", "", "id and [[value.version]] with in_force_from, value, source"))
    rules = raw.get("rules", {})
    loaded: tuple[Rule, ...] = ()
    if isinstance(rules, dict) and "module" in rules and not faults:
        loaded = _load(path.parent / str(rules["module"]), package, faults)
    removed = tuple(rules.get("remove", ())) if isinstance(rules, dict) else ()
    if faults:
        raise RequestError(faults)
    base = None
    if "base" in head:
        under = (path.parent / str(head["base"])).resolve()
        if under in (*seen, path.resolve()):
            raise RequestError([Fault("proposal.base", str(head["base"]), "a file that is not based on this one")])
        base = read_proposal(under, package, (*seen, path.resolve()))
    return Proposal(path, head["title"], str(head.get("source", "")), base, operations, values, loaded, removed)


def _list(raw: Mapping[str, Any], key: str, faults: list[Fault]) -> list[dict[str, Any]]:
    found = raw.get(key, [])
    if isinstance(found, list) and all(isinstance(x, dict) for x in found):
        return found
    faults.append(Fault(key, type(found).__name__, f"[[{key}]] tables"))
    return []


def _load(path: Path, package: str, faults: list[Fault]) -> tuple[Rule, ...]:
    name = f"{package}.proposed_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        faults.append(Fault("rules.module", path.name, "a Python file beside the proposal"))
        return ()
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as e:  # whatever the author's program raises is a fault of the proposal
        faults.append(Fault("rules.module", path.name, f"a module that loads: {type(e).__name__}: {e}"))
        return ()
    rules = getattr(module, "RULES", None)
    if not isinstance(rules, tuple) or not all(isinstance(r, Rule) for r in rules):
        faults.append(Fault("rules.module", path.name, "RULES, a tuple of rules"))
        return ()
    return rules


class ProposedEdition(Edition):
    """An edition as a proposal would leave it; nothing is written."""

    def __init__(self, before: Edition, proposal: Proposal) -> None:
        super().__init__(before.folder)
        self.before = before
        self._parsed = dict(getattr(before, "_parsed", {}))
        self.counts: dict[str, dict[str, int]] = {}
        faults: list[Fault] = []
        for kind, n, op in proposal.operations:
            self._apply(kind, f"{kind} {n}", op, faults)
        if faults:
            raise RequestError(faults)

    @property
    def name(self) -> str:
        return f"{self.before.name}, proposed"

    def manifest_dated(self, table_id: str) -> bool:
        return self.before.manifest_dated(table_id) or any(r.get("from") for r in self._changed(table_id))

    def rows(self, table_id: str) -> tuple[Row, ...]:
        return self._parsed[table_id] if table_id in self._parsed else self.before.rows(table_id)

    def _changed(self, table_id: str) -> tuple[Row, ...]:
        return self._parsed[table_id] if table_id in self.counts else ()

    def _apply(self, kind: str, where: str, op: Mapping[str, Any], faults: list[Fault]) -> None:
        table = str(op["table"])
        if table not in self.tables:
            near = [t for t in self.tables if table.rsplit(".", 1)[-1] in t]
            faults.append(Fault(f"{where}.table", table, "a table of the edition", ", ".join(near[:3])))
            return
        rows = list(self.rows(table))
        columns = set().union(*(r.keys() for r in rows[:500])) if rows else set()
        text = any(p.suffix == ".csv" for p in self.paths(table))
        for key in ("row", "where", "set"):
            if unknown := sorted(set(op.get(key) or {}) - columns):
                faults.append(Fault(f"{where}.{key}", ", ".join(unknown), f"columns: {', '.join(sorted(columns))}"))
                return
        if kind == "add":
            row = dict.fromkeys(sorted(columns), "" if text else None) | _cells(op["row"], text)
            if row in rows:
                faults.append(Fault(f"{where}.row", str(op["row"])[:120], "a row that is not there yet"))
                return
            rows.append(row)
            count = 1
        else:
            fits = _cells(op["where"], text)
            found = [i for i, r in enumerate(rows) if all(r.get(k) == v for k, v in fits.items())]
            if not found or (len(found) > 1 and not op.get("all")):
                hint = "with all = true it is applied to each" if found else ""
                faults.append(Fault(f"{where}.where", f"{len(found)} rows fit", "exactly one row", hint))
                return
            count = len(found)
            for i in found:
                rows[i] = {**rows[i], **_cells(op.get("set") or {}, text)}
            if kind == "remove":
                rows = [r for i, r in enumerate(rows) if i not in set(found)]
        self._parsed[table] = tuple(rows)
        counts = self.counts.setdefault(table, {"add": 0, "change": 0, "remove": 0})
        counts[kind] += count


def _cells(row: Mapping[str, Any], text: bool) -> dict[str, Any]:
    """Values as the table holds them: text in CSV, days as text in both."""
    out: dict[str, Any] = {}
    for k, v in row.items():
        plain = v.isoformat() if isinstance(v, date) else v
        if text:
            out[k] = "" if plain is None else str(plain)
        else:
            out[k] = None if plain == "" and k in ("from", "until") else plain
    return out


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def proposed(session: Session, proposal: Proposal, jurisdiction: str) -> Session:
    """A session as the proposal would leave it (its base applied first). The one given is left as it is.

    Raises:
        RequestError: a change fits no row, a rule to remove is not there, a rule is there already.
    """
    if proposal.base is not None:
        session = proposed(session, dataclasses.replace(proposal.base), jurisdiction)
    out = object.__new__(Session)
    out.edition = ProposedEdition(session.edition, proposal)
    out.overlay = session.overlay
    manifests = dict(session.engine.manifests)
    manifest = manifests[jurisdiction]
    known = {r.id for r in manifest.rules}
    faults = [Fault("rules.remove", i, "the id of a rule") for i in proposal.removed if i not in known]
    kept = tuple(r for r in manifest.rules if r.id not in proposal.removed)
    try:
        manifests[jurisdiction] = dataclasses.replace(manifest, rules=(*kept, *proposal.rules))
    except ValueError as e:
        faults.append(Fault("rules.module", str(e)[:160], "rules with ids of their own (or remove the old one)"))
    if faults:
        raise RequestError(faults)
    out.engine = Engine(out.edition, manifests.values(), bulk=session.engine.bulk)
    for raw in proposal.values:
        old = session.engine.law.values.get(str(raw["id"]))
        if old is None:
            raise RequestError([Fault("value.id", str(raw["id"]), "the id of a dated value")])
        out.engine.law.values[old.id] = _value(old, raw["version"])
    _carry_values(session, out, {str(v["id"]) for v in proposal.values})
    return out


def _carry_values(before: Session, after: Session, changed: set[str]) -> None:
    after.engine.law.values.update({k: v for k, v in before.engine.law.values.items() if k not in changed})
    days = {
        d for v in after.engine.law.values.values() for w in v.versions for d in (w.period.start, w.period.end) if d
    }
    after.engine.law._days = sorted({*after.engine.law._days, *days})


def _value(old: DatedValue, versions: list[Mapping[str, Any]]) -> DatedValue:
    try:
        new = tuple(
            Version(
                Period(v.get("in_force_from"), v.get("in_force_until")), v["value"], v["source"], v.get("basis", "read")
            )
            for v in versions
        )
    except (KeyError, ValueError) as e:
        raise RequestError(
            [Fault(f"value {old.id}", str(e), "value, source and a period that ends after it starts")]
        ) from e
    return dataclasses.replace(old, versions=new)


__all__ = ["EditionError", "Proposal", "ProposedEdition", "proposed", "read_proposal"]
