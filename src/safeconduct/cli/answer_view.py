"""An answer as a page one can read aloud: the answer, why, what would change it, what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from safeconduct.acts.session import Session

OUTCOME_WORDS: Mapping[str, tuple[str, str]] = {
    "prohibited": ("Prohibited: it may not go.", "bold red"),
    "license_required": ("A license is required before it may go.", "bold red"),
    "undetermined": ("Undetermined: something must be settled first.", "bold yellow"),
    "exception_available": ("It may go under a license exception.", "bold green"),
    "no_license_required": ("No license is required.", "bold green"),
    "not_subject": ("This law does not reach it.", "bold green"),
}
SHORT = {
    "prohibited": "prohibited", "license_required": "license required", "undetermined": "still undetermined",
    "exception_available": "exception available", "no_license_required": "no license required", "not_subject": "not subject",
}  # fmt: skip


def print_answer(
    answer: Mapping[str, Any], request: Mapping[str, Any], session: Session, *, trail: bool = False
) -> None:
    """Print one answer (or an order's lines) to the terminal."""
    console = Console(highlight=False, soft_wrap=False)
    lines = answer.get("items") or [answer]
    offers = _would_change(answer, request, session)
    for n, line in enumerate(lines):
        _line(console, line, request, session, trail, offers[n] if n < len(offers) else ())
    if "items" in answer:
        console.rule()
        words, style = OUTCOME_WORDS[answer["outcome"]]
        console.print(f"The order as a whole: {words}", style=style)


def _would_change(
    answer: Mapping[str, Any], request: Mapping[str, Any], session: Session
) -> list[list[list[dict[str, Any]]]]:
    """What would change each line's answer, by jurisdiction; not where ``check`` found the parties' listings itself."""
    lines = answer.get("items") or [answer]
    if any(isinstance(x.get("screening"), Mapping) for x in lines):
        return []
    from safeconduct.acts.counterfactual import would_change
    from safeconduct.acts.determine import determine_line, parse_lines

    return [
        [would_change(d) for d in determine_line(session, line).determinations]
        for line in parse_lines(session, request)
    ]


def _line(
    console: Console, a: Mapping[str, Any], request: Mapping[str, Any], session: Session, trail: bool,
    offers: Sequence[list[dict[str, Any]]] = (),
) -> None:  # fmt: skip
    words, style = OUTCOME_WORDS[a["outcome"]]
    console.print()
    console.print(Text(words, style=style))
    console.print(_about(a, request, session), style="dim")
    for n, d in enumerate(a["determinations"]):
        if len(a["determinations"]) > 1:
            console.print(Text(f"\n{d['jurisdiction']}: {SHORT[d['outcome']]}", style="bold"))
        _why(console, d)
        _exceptions(console, d)
        _questions(console, d)
        if n < len(offers) and offers[n]:
            from safeconduct.cli.exceptions import print_would_change

            print_would_change(console, offers[n])
        _next(console, d)
        if trail:
            _trail(console, d)
    _house(console, a.get("house"))
    _foot(console, a, trail)


def _about(a: Mapping[str, Any], request: Mapping[str, Any], session: Session) -> str:
    item = request.get("item") if isinstance(request.get("item"), Mapping) else {}
    codes = (item or {}).get("classification") or {}
    code = codes.get("us") or next(iter(codes.values()), "not classified") if isinstance(codes, Mapping) else codes
    person = request.get("person")
    person = person if isinstance(person, Mapping) else {}
    # A release goes to the person's most recent citizenship or residency.
    place = request.get("destination") or person.get("most_recent_status") or person.get("most_recent_citizenship")
    name = session.countries.codes.get(str(place).upper(), "") if place else ""
    where = f"{name} ({place})" if name else str(place or "destination not known")
    act = str(request.get("activity") or "").replace("_", " ")
    head = f"{a['id']}: " if a.get("id") else ""
    return escape(f"{head}{act or 'shipment'} of {code} to {where}, law of {a.get('date') or 'no day given'}")


def _section(console: Console, title: str) -> None:
    console.print()
    console.print(Text(title, style="bold"))


def _item(console: Console, text: str, cites: list[str] | None = None, *, mark: str = "-") -> None:
    body = Text(f"{mark} {text}")
    if cites:
        body.append(f"  [{'; '.join(cites)}]", style="dim")
    console.print(Padding(body, (0, 0, 0, 2)))


def _why(console: Console, d: Mapping[str, Any]) -> None:
    rows = [*d["prohibitions"], *d["requirements"]]
    scope = d.get("not_subject_because")
    flags = [f for f in d["red_flags"] if f]
    if not rows and not scope and not flags:
        if d["outcome"] == "no_license_required":
            _section(console, "Why")
            ran = sum(1 for t in d["trail"] if t["result"] in ("applies", "does_not_apply"))
            _item(console, f"All {ran} rules in scope were run, and none requires a license.")
        return
    _section(console, "Why")
    if scope:
        _item(console, scope["says"], scope["cites"])
    for r in rows:
        policy = f" Review: {r['review_policy']}" if r.get("review_policy") else ""
        _item(console, f"{r['reason']}: {r['says']}{policy}", r["cites"])
    for f in flags:
        _item(console, f"Red flag: {f['says']}", f["cites"], mark="!")


def _exceptions(console: Console, d: Mapping[str, Any]) -> None:
    if not d["exceptions"]:
        return
    _section(console, "License exceptions")
    states = {True: "available", False: "not available", None: "open"}
    for x in sorted(d["exceptions"], key=lambda x: (x["available"] is not True, x["available"] is False)):
        _item(console, f"{x['symbol']}: {states[x['available']]}. {x['because']}", x["cites"])
        if x["available"] is None:
            for c in x["conditions"]:
                if c["met"] is None:
                    console.print(Padding(Text(f"? {c['ask'] or c['says']}  ({c['fact']})"), (0, 0, 0, 6)))


def _questions(console: Console, d: Mapping[str, Any]) -> None:
    if not d["questions"]:
        return
    _section(console, "What is open" if d["outcome"] != "undetermined" else "What must be settled")
    for q in d["questions"][:8]:
        unit = f" ({q['unit']})" if q.get("unit") else ""
        _item(console, f"{q['ask']}{unit}  {q['fact'] or ''}".rstrip(), q["cites"], mark="?")
        if q["because"] and q["because"] != q["ask"]:
            console.print(Padding(Text(q["because"], style="dim"), (0, 0, 0, 6)))
        leads = [f"{label}: {SHORT.get(outcome, outcome)}" for label, outcome in q["if"].items()]
        if leads:
            console.print(Padding(Text("if " + "; ".join(leads)), (0, 0, 0, 6)))
    if len(d["questions"]) > 8:
        console.print(Padding(Text(f"and {len(d['questions']) - 8} more (--json shows all)"), (0, 0, 0, 4)))


def _next(console: Console, d: Mapping[str, Any]) -> None:
    if d["duties"]:
        _section(console, "What to do next")
        for duty in d["duties"]:
            _item(console, duty["says"], duty["cites"])


def _trail(console: Console, d: Mapping[str, Any]) -> None:
    _section(console, "Every rule that was run")
    for t in d["trail"]:
        read = ", ".join(f"{k}={v}" for k, v in t["read"].items())
        _item(
            console, f"{t['rule']}: {t['result'].replace('_', ' ')}. {t['says']}  read: {read or 'nothing'}", t["cites"]
        )


def _house(console: Console, house: Mapping[str, Any] | None) -> None:
    """Which parties the organization's own records name."""
    if not house or not (house["parties"] or house["notes"]):
        return
    _section(console, "The organization's own records")
    states = {"true_match": "is", "open": "may be", "false_positive": "was decided not to be"}
    for found in house["parties"]:
        for c in found["candidates"]:
            what = "a refused party" if c["list"] == "house.refused" else "a party named in a letter"
            who = "an owner of party" if c["how"] == "owner" else "party"
            by = c["how"].replace("_", " ")
            _item(
                console, f"{who} {found['party'] + 1} {states[c['status']]} {c['name']}, {what} ({c['entry']}; by {by})"
            )
    for n in house["notes"]:
        _item(console, f"party {n['party'] + 1}: {n['says']}", n["cites"])


def _foot(console: Console, a: Mapping[str, Any], trail: bool) -> None:
    console.print()
    editions = a["editions"]
    own = ("edition", "edition_digest", "engine", "rules", "overlay", "overlay_digest")
    days = sorted({v for k, v in editions.items() if k not in own})
    span = f"tables of {days[0]} to {days[-1]}" if days else "no table read"
    console.print(f"Data: edition {editions['edition']}, {span}.", style="dim")
    presumed = sorted(
        {p["unchanged_since"] for d in a["determinations"] for p in d["presumed"] if "unchanged_since" in p}
    )
    if presumed:
        console.print(f"The law was last read for {presumed[0]} and is presumed unchanged since.", style="dim")
    if "overlay" in editions:
        console.print(f"Own records: {escape(editions['overlay'])}, {editions['overlay_digest'][:19]}…", style="dim")
    screening = a.get("screening")
    if isinstance(screening, Mapping):
        console.print(f"Screening: {screening['status']}. {screening.get('because', '')}".rstrip(), style="dim")
    for n in a.get("unknown_names", ()):
        near = f"; nearest: {', '.join(n['nearest'])}" if n["nearest"] else ""
        console.print(
            Text(
                f"Not a known fact: {n['name']}{near}. A clear answer is held back until it is corrected.",
                style="yellow",
            )
        )
    count = sum(len(d["not_modeled"]) for d in a["determinations"])
    hint = "" if trail else " --trail shows every rule."
    console.print(
        f"Not modeled and not triggered: {count} provisions (--json lists them).{hint} Not legal advice.", style="dim"
    )
