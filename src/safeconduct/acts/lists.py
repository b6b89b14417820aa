"""Looking into a control list: one code, a search, what changed between editions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from safeconduct.acts.session import Session
from safeconduct.law import ControlList, LawAsOf, entry_of
from safeconduct.law.as_of import NotCovered
from safeconduct.law.control_list import RequirementRow


class UnknownCode(LookupError):
    """A code is not in the list; carries the nearest known."""


def control_list(session: Session, prefix: str, day: date) -> tuple[ControlList, LawAsOf]:
    """A control list (``us.ccl``) as of a day.

    Raises:
        UnknownCode: no such list in the edition. NotCovered: the list says nothing of the day.
    """
    if f"{prefix}.entries" not in session.edition.tables:
        known = sorted(t.removesuffix(".entries") for t in session.edition.tables if t.endswith(".entries"))
        raise UnknownCode(f"no control list '{prefix}' in this edition; it has {', '.join(known)}")
    law = session.engine.law.at(day, as_if=session.engine.as_if)
    return ControlList.load(law, prefix, f"item.classification.{prefix.partition('.')[0]}"), law


def show_code(session: Session, code: str, prefix: str, day: date) -> dict[str, Any]:
    """All the list says of one entry or paragraph: controls, exceptions with limits, STA bars, limits.

    Raises:
        UnknownCode: names the nearest codes. NotCovered: see ``control_list``.
    """
    clist, law = control_list(session, prefix, day)
    reader = session.codes.get(clist.classification)
    code = (reader(code)[0] if reader else None) or code
    if not clist.knows(code):
        raise UnknownCode(f"{code} is not in {prefix} as of {day}" + _nearest(clist, code))
    entry = clist.entries.get(entry_of(code), {})
    paragraph = clist.paragraphs.get(code, {})
    out: dict[str, Any] = {
        "code": code,
        "list": prefix,
        "date": day.isoformat(),
        "entry": entry_of(code),
        "title": entry.get("title"),
        "kind": paragraph.get("kind", "entry"),
        "limits": paragraph.get("limits", []),
        "requirements": [],
        "exceptions": [],
        "sta": [],
        "agency": entry.get("agency"),
        "unit": entry.get("unit"),
        "related": entry.get("related", []),
        "paragraphs": [{"code": c, "kind": clist.paragraphs[c]["kind"]} for c in clist.children(code)],
        "cite": entry.get("cite"),
        "status": law.status(f"{prefix}.requirements").state,
    }
    for row in clist.requirements(code):
        inside = row.scope.relation(code)
        if inside is not False:
            out["requirements"].append(_requirement(row, inside))
    for symbol in dict.fromkeys(clist.symbols(entry_of(code))):
        for x in clist.exceptions(code, symbol):
            inside = x.scope.relation(code)
            if inside is not False and symbol != "*":
                out["exceptions"].append(
                    {"symbol": symbol, "allow": x.allow, "limit": x.limit, "applies": _applies(inside, x.when),
                     "when": x.when, "scope": _scope(x.scope.within, x.scope.without), "not_reasons": list(x.not_reasons),
                     "dest": x.dest, "cite": x.cite}
                )  # fmt: skip
    sta = f"{prefix}.sta"
    if sta in session.edition.tables:
        from safeconduct.law import Scope

        for r in law.index(sta, "entry").get(entry_of(code), ()):
            if Scope.of(r.get("scope")).relation(code) is not False:
                out["sta"].append({"bars": r.get("bars"), "pointer": r.get("pointer"), "when": r.get("when")})
    texts = [
        r
        for t in session.edition.tables
        if t == f"{prefix}.texts"
        for r in session.edition.rows(t)
        if r["code"] == code
    ]
    if texts:
        out["text"] = texts[0].get("text")
    return out


def _requirement(row: RequirementRow, inside: bool | None) -> dict[str, Any]:
    return {
        "reason": row.reason, "column": row.column, "provision": row.off, "applies": _applies(inside, row.when),
        "scope": _scope(row.scope.within, row.scope.without), "when": row.when, "dest": row.dest, "cite": row.cite,
    }  # fmt: skip


def _applies(inside: bool | None, when: Any) -> str:
    if inside is None:
        return "to some paragraphs below"
    return "under a condition" if when is not None else "yes"


def _scope(within: tuple[str, ...], without: tuple[str, ...]) -> str:
    text = "entire entry" if "*" in within else ", ".join(within)
    return f"{text} except {', '.join(without)}" if without else text


def _nearest(clist: ControlList, code: str) -> str:
    parent = code
    while "." in parent:
        parent = parent.rpartition(".")[0]
        if clist.knows(parent):
            below = ", ".join(clist.children(parent)[:8]) or "no paragraphs"
            return f"; {parent} has {below}"
    import difflib

    near = difflib.get_close_matches(code[:20], clist.entries, n=3, cutoff=0.6)
    return f"; nearest: {', '.join(near)}" if near else ""


def search(session: Session, query: str, prefix: str, day: date) -> Iterator[Mapping[str, Any]]:
    """Entries whose code or title has every word of the query, and paragraphs naming an agent or CAS number."""
    clist, _ = control_list(session, prefix, day)
    words = re.findall(r"[\w.-]+", query.casefold())
    for code, entry in clist.entries.items():
        text = f"{code} {entry.get('title', '')}".casefold()
        if all(w in text for w in words):
            yield {"code": code, "title": entry.get("title")}
    for code, p in clist.paragraphs.items():
        text = f"{code} {p.get('agent') or ''} {' '.join(p.get('cas') or ())}".casefold()
        if words and (p.get("agent") or p.get("cas")) and all(w in text for w in words):
            yield {"code": code, "title": p.get("agent") or ", ".join(p.get("cas") or ())}


def describe_condition(cond: Any) -> str:
    """A row's condition in words."""
    if not isinstance(cond, Mapping):
        return ""
    if "all" in cond:
        return " and ".join(describe_condition(c) for c in cond["all"])
    if "any" in cond:
        return "(" + " or ".join(describe_condition(c) for c in cond["any"]) + ")"
    if "not" in cond:
        return f"not ({describe_condition(cond['not'])})"
    if "fact" in cond:
        name = cond["fact"].rpartition(".")[2].replace("_", " ")
        if "op" in cond:
            return f"{name} {cond['op']} {cond['value']} {cond.get('unit', '')}".strip()
        value = next((cond[k] for k in ("is", "in", "any_of", "countries", "groups", "cwc") if k in cond), "")
        return name if value is True else f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
    if "for" in cond:
        reason = f" controlled for {cond['for']['reason']}" if cond["for"].get("reason") else ""
        out = f" except {', '.join(cond['for']['out'])}" if cond["for"].get("out") else ""
        return f"for {', '.join(cond['for']['in'])}{out}{reason}"
    if "meets" in cond:
        return f"meets or exceeds {', '.join(cond['meets']['entries'])} ({cond['meets']['reason']})"
    return f"agent {', '.join(cond['agent'])}" if "agent" in cond else str(dict(cond))


def describe_dest(dest: Mapping[str, Any] | None) -> str:
    """A row's destinations in words."""
    if not dest:
        return ""
    words = []
    if dest.get("all"):
        words.append("all destinations")
    if "all_but" in dest:
        words.append(f"all destinations but {', '.join(dest['all_but'])}")
    names = [*dest.get("countries", ()), *(f"Country Group {g}" for g in dest.get("groups", ()))]
    if names:
        words.append(", ".join(names))
    if dest.get("not_groups"):
        words.append(f"not in Country Group {', '.join(dest['not_groups'])}")
    for key, text in (("un_embargo", "countries under a UN arms embargo"), ("review_only", "review policy only")):
        if dest.get(key):
            words.append(text)
    if "cwc" in dest:
        words.append(
            "States not Party to the Chemical Weapons Convention"
            if dest["cwc"] == "non_party"
            else "its States Parties"
        )
        if dest.get("but"):
            words.append(f"except {', '.join(dest['but'])}")
    rest = {k: v for k, v in dest.items() if k in ("part", "entity_list_footnote", "without_column")}
    words += [f"{k.replace('_', ' ')} {v}" for k, v in rest.items()]
    return "; ".join(words)


__all__ = ["NotCovered", "UnknownCode", "control_list", "describe_condition", "describe_dest", "search", "show_code"]
