"""A user's own edition: built from a folder of publications, all of them or some, beside the edition in use.

What a folder does not hold is taken from the edition in use, and said. What a table newly says needs a day: the
publication's own where it prints one, else the day the user gives. A table that came out as before keeps its days.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from safeconduct.acts.edition import IMPORTERS, Built, complete, hand_edited, run_importer
from safeconduct.acts.publications import PACKAGE, coverage, owner, publications
from safeconduct.law.as_of import Law
from safeconduct.lawdata.store import (
    Edition,
    EditionError,
    describe_table,
    describe_tables,
    embedded_folder,
    put_manifest,
    sha256_of,
)

#: A table with at least so many rows may lose at most this share of them from one edition to the next.
SHRINK_ROWS: Final = 20
SHRINK_SHARE: Final = 0.2
#: The law's own words: file of an importer -> table id, and the table whose days they share.
TEXTS: Final = {
    "ccl/texts.jsonl": ("us.ccl.texts", "us.ccl.entries"),
    "country/chart_footnotes.jsonl": ("us.country_chart.texts", "us.country_chart.notes"),
}


@dataclass
class Imported:
    """What came of an import: the edition built, and all a user must know of it.

    Attributes:
        coverage: importer -> read, mapped, ignored (name -> count), unreadable. carried: importer -> why its tables
            were taken from the edition in use. changed, same: tables built with new and with the old content.
        notices: sentences. unread: files of the folder that no importer reads.
    """

    built: Built
    coverage: dict[str, dict[str, Any]] = field(default_factory=dict)
    carried: dict[str, str] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    #: importer -> sha256 of the files it read
    hashes: dict[str, set[str]] = field(default_factory=dict)
    #: importers whose day was said by the user, not printed
    said: set[str] = field(default_factory=set)


def build_from(
    source: Path,
    scratch: Path,
    name: str,
    current: Edition,
    *,
    as_of: date | None = None,
    days: Mapping[str, date] | None = None,
    accept_fewer: Collection[str] = (),
    say: Callable[[str], None] | None = None,
) -> Imported:
    """Build and prove an edition in ``scratch``.

    Args:
        source: folder laid out as the importers document. current: what is taken over where the folder is silent.
        as_of: day of the texts, where they do not say it themselves. days: days by importer (an update knows them).
        accept_fewer: tables that may shrink. say: takes one line of progress.
    Raises:
        EditionError: no publication, a day that is not known, a shrunken table, an edition that does not verify.
        ValueError: an importer met something it does not know; names file and row.
    """
    embedded = Edition(embedded_folder())
    result = Imported(Built(scratch, {}))
    target = scratch / PACKAGE
    target.mkdir(parents=True)
    base = embedded.folder / PACKAGE
    for path in hand_edited(base):
        copy = target / path.relative_to(base)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    _run(source, target, result, say)
    _carry(target, current, embedded, result)
    complete(target, base, result.built)
    try:
        described = describe_tables(scratch)
    except FileNotFoundError as e:
        raise EditionError(f"a table is described but was not built: {e.filename}") from None
    known = _days(result.built.reports, as_of, days or {})
    result.said = {i for i, printed in _days(result.built.reports, None, days or {}).items() if printed is None}
    tables = _dated(described, current, embedded, known, result)
    tables += _text_tables(scratch, tables, current, result)
    _not_shrunken(tables, current, accept_fewer)
    result.built.manifest = put_manifest(scratch, name, tables)
    _prove(scratch)
    return result


def _run(source: Path, target: Path, result: Imported, say: Callable[[str], None] | None) -> None:
    read: set[str] = set()
    for importer in IMPORTERS:
        files = publications(importer)
        missing = files.missing(source)
        if not missing:
            if say:
                say(f"reading with {importer}")
            _run_one(importer, source, target, result)
            result.coverage[importer] = coverage(result.built.reports[importer])
            used = files.used(source)
            result.hashes[importer] = {sha256_of(source / n) for n in used}
            read |= used
        else:
            more = f" and {len(missing) - 2} more" if len(missing) > 2 else ""
            result.carried[importer] = f"the folder has no {', '.join(missing[:2])}{more}"
    if not result.coverage:
        wanted = "; ".join(f"{i}: {w}" for i, w in result.carried.items())
        raise EditionError(
            f"{source}: no publication found that can be read alone. Expected files laid out as docs/data.md says ({wanted})"
        )
    found = (p.relative_to(source).as_posix() for p in (source / PACKAGE).rglob("*") if p.is_file())
    result.unread = sorted(f for f in found if f not in read)


def _run_one(importer: str, source: Path, target: Path, result: Imported) -> None:
    try:
        run_importer(importer, source, target, result.built, texts=True)
    except (ValueError, OSError) as e:
        if isinstance(e, EditionError):
            raise
        raise EditionError(f"{importer}: {e}") from e
    except (LookupError, TypeError, AttributeError, ArithmeticError, SyntaxError) as e:
        # A publication so unlike the expected one that no check of the importer's met it first (broken XML among them).
        raise EditionError(
            f"{importer}: the publication is not of the expected form ({type(e).__name__}: {e}); "
            "compare it with the one named in source.toml, and report it if it is the official one"
        ) from e


def _carry(target: Path, current: Edition, embedded: Edition, result: Imported) -> None:
    """Copy the files of importers that did not run, from the edition in use, else from the embedded one."""
    for edition in (current, embedded):
        for table in edition.manifest["tables"]:
            for name in table["files"]:
                relative = name.removeprefix(f"{PACKAGE}/")
                path = target / relative
                if owner(relative) in result.carried and not path.exists() and name.startswith(f"{PACKAGE}/"):
                    if edition is embedded and any(t["id"] == table["id"] for t in current.manifest["tables"]):
                        continue
                    _copy_whole(edition, table, name, path)


def _copy_whole(edition: Edition, table: Mapping[str, Any], name: str, path: Path) -> None:
    """Copy a file that agrees with its manifest; a damaged one must not be hashed anew."""
    hashes = {h["file"]: h["sha256"] for h in table["hashes"]}
    source = edition.folder / name
    if ".." in Path(name).parts or not source.is_file() or sha256_of(source) != hashes.get(name):
        raise EditionError(
            f"edition {edition.name}: {name} is missing or damaged, so it cannot be taken over; see: safeconduct data verify. "
            "Go back to a whole edition (safeconduct data rollback embedded) and import again"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, path)


def _days(
    reports: Mapping[str, Mapping[str, Any]], as_of: date | None, given: Mapping[str, date]
) -> dict[str, date | None]:
    """Day of each importer's publications: given by an update, printed in them, or said by the user."""
    screening = reports.get("us_csl", {})
    # Only one form of the screening list carries its own day; of the others the newest entry's day is known, no more.
    printed = screening.get("day") if screening.get("form") == "compact" else None
    own: dict[str, str | None] = {"us_csl": printed}
    if printed and (bis := reports.get("us_bis_lists")):
        texts = [printed, bis.get("entity_list_day"), bis.get("meu_list_day")]
        own["us_bis_lists"] = min(d for d in texts if d)
    out: dict[str, date | None] = {}
    for importer in reports:
        day = own.get(importer)
        out[importer] = given.get(importer) or _printed_day(importer, day) or as_of
    return out


def _printed_day(importer: str, text: Any) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        raise EditionError(f"{importer}: the publication prints the day {text!r}, expected YYYY-MM-DD") from None


def _content(table: Mapping[str, Any] | None) -> list[str] | None:
    return None if table is None else [h["sha256"] for h in table["hashes"]]


def _dated(
    described: list[dict[str, Any]],
    current: Edition,
    embedded: Edition,
    days: Mapping[str, date | None],
    result: Imported,
) -> list[dict[str, Any]]:
    """Each table with the days its content has a right to."""
    before = {t["id"]: t for t in current.manifest["tables"]}
    shipped = {t["id"]: t for t in embedded.manifest["tables"]}
    out, undated = [], []
    for table in described:
        old = before.get(table["id"])
        below = [f.removeprefix(f"{PACKAGE}/") for f in table["files"]]
        # A record made by hand may lie among those of an importer; no publication read now speaks of it.
        owners = {None if f in result.built.by_hand else owner(f) for f in below}
        makers = owners & days.keys()
        known = [days[m] for m in makers if m is not None]
        if owners & result.carried.keys() and old is not None:  # in part taken over: no newer than that part
            known.append(date.fromisoformat(old["as_of"]))
        day = min(d for d in known if d is not None) if known and None not in known else None
        same = next((t for t in (old, shipped.get(table["id"])) if _content(t) == _content(table)), None)
        if same is not None:
            table = dict(same) | {"files": table["files"], "hashes": table["hashes"]}
            if makers:
                result.same.append(table["id"])
                printed = not any(m in result.said for m in makers)
                if (
                    day
                    and (printed or _new_publications(same, makers, result))
                    and day.isoformat() >= same["verified_until"]
                ):
                    table |= {"as_of": day.isoformat(), "verified_until": (day + timedelta(days=1)).isoformat()}
        elif makers and _same_publications(shipped.get(table["id"]), makers, result):
            # Only our reading of it has changed since: the days stay those of the text.
            result.changed.append(table["id"])
        elif makers and day is None:
            undated.append(table["id"])
        elif makers:
            assert day is not None
            result.changed.append(table["id"])
            if old is not None and day.isoformat() < old["as_of"]:
                result.notices.append(
                    f"{table['id']}: the publication ({day}) is older than the table in use ({old['as_of']})"
                )
            table |= {
                "as_of": day.isoformat(), "verified_from": day.isoformat(), "basis": table.get("basis", "read"),
                "verified_until": (day + timedelta(days=1)).isoformat(), "note": "",
                    "sources": [
                        {"what": "the user's own import", "where": m, "sha256": _together(result.hashes[m]), "day": day.isoformat()}
                        for m in sorted(m for m in makers if m is not None)
                    ],
            }  # fmt: skip
        out.append(table)
    if undated:
        raise EditionError(
            f"new content whose day is not known: {', '.join(undated)}. The publications do not say it; "
            "give --as-of YYYY-MM-DD, the day of the text they were taken from"
        )
    return out


def _together(hashes: Collection[str]) -> str:
    """One hash for all the files an importer read."""
    return hashlib.sha256("".join(sorted(hashes)).encode()).hexdigest()


def _known_and_read(
    table: Mapping[str, Any] | None, makers: Collection[str | None], result: Imported
) -> tuple[set[str], set[str]]:
    """Hashes of the publications that a table names, and of those read now."""
    known = {h for s in (table or {}).get("sources", ()) if (h := s.get("sha256"))}
    some = [result.hashes[m] for m in makers if m is not None and m in result.hashes]
    return known, {h for hashes in some for h in (*hashes, _together(hashes))}


def _new_publications(table: Mapping[str, Any], makers: Collection[str | None], result: Imported) -> bool:
    """Whether none of the publications that a table names was read again: a day the user gives is theirs then.

    A day given for a folder is that of its new files, not of those that were in it before.
    """
    known, read = _known_and_read(table, makers, result)
    return bool(known) and known.isdisjoint(read)


def _same_publications(shipped: Mapping[str, Any] | None, makers: Collection[str | None], result: Imported) -> bool:
    """Whether the files read are those that the embedded table was made from, by their hashes."""
    known, read = _known_and_read(shipped, makers, result)
    return bool(known) and known <= read


def _text_tables(
    scratch: Path, tables: list[dict[str, Any]], current: Edition, result: Imported
) -> list[dict[str, Any]]:
    """Tables of the law's own words: read now, or carried over from the edition in use."""
    before = {t["id"]: t for t in current.manifest["tables"]}
    by_id = {t["id"]: t for t in tables}
    folder = scratch / PACKAGE / "texts"
    for path in sorted(folder.rglob("*.json")):  # {name: text} becomes rows like the others
        rows = [{"code": k, "text": v} for k, v in json.loads(path.read_text("utf-8")).items()]
        lines = (json.dumps(r, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n" for r in rows)
        path.with_suffix(".jsonl").write_text("".join(lines), "utf-8")
        path.unlink()
    out = []
    for path in sorted(folder.rglob("*.jsonl")):
        relative = path.relative_to(folder).as_posix()
        table_id, like = TEXTS.get(relative, (f"{PACKAGE}.texts.{path.stem}", ""))
        who = owner(relative)
        if who in result.carried and table_id in before:
            out.append(before[table_id])
            continue
        model = by_id.get(like) or {"as_of": max(t["as_of"] for t in tables), "cite": ""}
        head: dict[str, Any] = {
            k: model[k] for k in ("as_of", "verified_from", "verified_until", "age_limit_days") if k in model
        }
        head |= {"id": table_id, "files": [path.name], "cite": model["cite"], "basis": "read", "note": "the law's own words",
                 "sources": [{"what": "the user's own import", "where": str(who or ""), "day": model["as_of"]}]}  # fmt: skip
        out.append(describe_table(scratch, path.parent, head) | {"dated": False})
    return out


def _not_shrunken(tables: list[dict[str, Any]], current: Edition, accept: Collection[str]) -> None:
    before = {t["id"]: int(t["rows"]) for t in current.manifest["tables"]}
    faults = [
        f"{t['id']}: {t['rows']} rows, the edition in use has {before[t['id']]}"
        for t in tables
        if before.get(t["id"], 0) >= SHRINK_ROWS
        and t["rows"] < before[t["id"]] * (1 - SHRINK_SHARE)
        and t["id"] not in accept
    ]
    if faults:
        raise EditionError(
            "a list that shrinks so much is taken for a cut one:\n" + "\n".join(faults)
            + "\nIf the law did change so, name the table with --accept-fewer"
        )  # fmt: skip


def _prove(scratch: Path) -> None:
    """The edition agrees with its manifest, every row can be read, and the law can be cut into spans."""
    edition = Edition(scratch)
    if faults := edition.verify():
        raise EditionError("the edition built does not verify:\n" + "\n".join(faults))
    for table in edition.tables:
        if all(f.endswith((".csv", ".jsonl")) for f in edition.table(table).files):
            edition.rows(table)
    Law(edition).at(date.max)
