"""What a user does with editions: see which is in use and how old it is, bring in a new one, go back, prove one whole.

A new edition is built beside the others, proven, moved and then named in one step, so that a failure at any point
leaves the old one in use.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from safeconduct.acts.edition_import import Imported, build_from
from safeconduct.acts.editions import (
    BUILDING,
    EMBEDDED,
    NAME,
    DataError,
    check_name,
    current_name,
    find_edition,
    installed_names,
    locked,
    replace_text,
    use,
    used_before,
)
from safeconduct.lawdata.store import Edition, EditionError, TableInfo, embedded_folder, put_manifest, save_manifest


@dataclass
class Installed:
    """An import that went through. ``new`` is False when the same edition was there already; ``before`` was in use."""

    name: str
    folder: Path
    new: bool
    imported: Imported
    before: str


def list_editions() -> list[dict[str, Any]]:
    """The editions installed, the embedded one first; a damaged one stands with its fault."""
    current = current_name()
    out = []
    for name in installed_names():
        row: dict[str, Any] = {"name": name, "current": name == current}
        try:
            edition = find_edition(name)
            days = [t.as_of for t in edition.tables.values()] or [date.min]
            row |= {
                "edition": edition.name, "folder": str(edition.folder), "digest": edition.digest,
                "tables": len(days), "oldest": min(days).isoformat(), "newest": max(days).isoformat(),
                "signed_by": edition.manifest.get("public_key"),
            }  # fmt: skip
        except (EditionError, ValueError) as e:
            row["fault"] = str(e)
        out.append(row)
    return out


def status(today: date, name: str | None = None) -> dict[str, Any]:
    """The edition in use (or the one named), and of each table: its days, its age, rows, basis, source, warnings."""
    edition = find_edition(name)
    shipped = Edition(embedded_folder())
    which = name or current_name()
    tables = [_table_status(t, today) for _, t in sorted(edition.tables.items())]
    warnings = [f"{t['table']}: {t['warning']}" for t in tables if t["warning"]]
    newer = [
        i for i, t in sorted(shipped.tables.items()) if i not in edition.tables or edition.tables[i].as_of < t.as_of
    ]
    if which != EMBEDDED and newer:
        warnings.append(f"the embedded edition is newer or fuller in: {', '.join(newer)}")
    return {
        "edition": edition.name,
        "name": which,
        "folder": str(edition.folder),
        "digest": edition.digest,
        "signed_by": edition.manifest.get("public_key"),
        "date": today.isoformat(),
        "tables": tables,
        "warnings": warnings,
    }


def _table_status(t: TableInfo, today: date) -> dict[str, Any]:
    left = (t.presumed_until - today).days
    soon = min(30, max(7, t.age_limit_days // 5))
    if today < t.verified_from:
        state, warning = "not_covered", f"says nothing before {t.verified_from}"
    elif today < t.verified_until:
        state, warning = "in_force", ""
    elif left > 0:
        state, warning = "presumed", f"stale in {left} days, on {t.presumed_until}" if left <= soon else ""
    else:
        state, warning = "stale", f"stale since {t.presumed_until}: lines that need it are undetermined"
    return {
        "table": t.id, "as_of": t.as_of.isoformat(), "verified_from": t.verified_from.isoformat(),
        "verified_until": t.verified_until.isoformat(), "presumed_until": t.presumed_until.isoformat(),
        "age_days": (today - t.as_of).days, "state": state, "warning": warning, "rows": t.rows, "basis": t.basis,
        "cite": t.cite, "list": any("/lists/" in f"/{p}" for p in t.files), "sources": [dict(s) for s in t.sources],
        "note": t.note,
    }  # fmt: skip


def import_folder(
    source: Path,
    *,
    name: str | None = None,
    as_of: date | None = None,
    key: Path | None = None,
    days: Mapping[str, date] | None = None,
    accept_fewer: Collection[str] = (),
    today: date | None = None,
    say: Callable[[str], None] | None = None,
) -> Installed:
    """Build an edition from a folder of publications and put it in use, or leave everything as it was.

    Args:
        source: laid out as docs/data.md says. name: by default ``imported-<newest day>``. as_of, days,
            accept_fewer, say: see ``build_from``. key: a private key to sign with. today: bounds ``as_of``.
    Raises:
        DataError, EditionError, ValueError: nothing was changed; the message says why and what to do.
    """
    if name is not None:
        check_name(name)
    if as_of is not None and as_of > (today or date.today()):
        raise DataError(f"--as-of {as_of} is still to come; expected the day of the text, today or before")
    if source.is_file():
        raise DataError(f"{source} is a file; expected a folder of publications laid out as docs/data.md says")
    if not source.is_dir():
        raise DataError(f"{source}: no such folder; expected a folder of publications laid out as docs/data.md says")
    with locked() as folder:
        return build_and_use(
            folder, source, name=name, as_of=as_of, key=key, days=days, accept_fewer=accept_fewer, say=say
        )


def build_and_use(
    folder: Path,
    source: Path,
    *,
    name: str | None,
    as_of: date | None,
    key: Path | None,
    days: Mapping[str, date] | None,
    accept_fewer: Collection[str],
    say: Callable[[str], None] | None = None,
) -> Installed:
    """``import_folder`` for a caller that holds the lock. Args: folder: what ``locked`` yielded."""
    scratch = folder / f"{BUILDING}{os.getpid()}"
    try:
        current = find_edition(None)
        done = build_from(
            source, scratch, name or "unnamed", current, as_of=as_of, days=days, accept_fewer=accept_fewer, say=say
        )
        return _install(folder, scratch, name, key, done)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _install(folder: Path, scratch: Path, name: str | None, key: Path | None, done: Imported) -> Installed:
    tables = list(done.built.manifest["tables"])
    in_use = current_name()
    if name is None and in_use != EMBEDDED:
        current = Edition(folder / in_use)
        if current.manifest["tables"] == done.built.manifest["tables"] and not current.verify():
            return Installed(in_use, current.folder, False, done, in_use)
    made = {*done.changed, *done.same}
    wanted = name or f"imported-{max(t['as_of'] for t in tables if t['id'] in made)}"
    chosen, n = wanted, 1
    while (folder / chosen).exists():
        put_manifest(scratch, chosen, tables)
        if _same(folder / chosen, scratch):
            use(folder, chosen)
            return Installed(chosen, folder / chosen, False, done, in_use)
        if name is not None:
            raise DataError(f"an edition '{name}' is installed and has other content; give another --name")
        n += 1
        chosen = f"{wanted}.{n}"
    done.built.manifest = put_manifest(scratch, chosen, tables)
    if key is not None:
        sign_edition(Edition(scratch), key)
    os.rename(scratch, folder / chosen)
    done.built.folder = folder / chosen
    use(folder, chosen)
    return Installed(chosen, folder / chosen, True, done, in_use)


def _same(installed: Path, scratch: Path) -> bool:
    try:
        old = Edition(installed)
    except EditionError:
        return False
    return old.digest == Edition(scratch).digest and not old.verify()


def rollback(name: str | None = None) -> str:
    """Put the previous edition, or the one named, back in use; the name of it.

    Raises:
        DataError: none before this one, no such edition, or it does not verify (the one in use stays).
    """
    with locked() as folder:
        history = used_before(folder)
        if name is None:
            # Gone from the disk, or noted by an import that was killed before it was in use: not a step back.
            while history and (history[-1] not in installed_names() or history[-1] == current_name()):
                history.pop()
            if not history:
                raise DataError(f"no edition was in use before this one; installed: {', '.join(installed_names())}")
            name = history.pop()
            going_back = True
        else:
            going_back = False
            if name != EMBEDDED and not (NAME.fullmatch(name) and (folder / name / "edition.json").is_file()):
                raise DataError(f"no edition '{name}' is installed; installed: {', '.join(installed_names())}")
        faults = find_edition(name).verify()
        if faults:
            raise DataError(f"edition '{name}' is damaged and was not put in use:\n" + "\n".join(faults))
        if going_back:
            replace_text(folder / "history", "".join(f"{h}\n" for h in history))
        use(folder, name, going_back=going_back)
        return name


def verify(edition: Edition, public_key: str | None = None) -> tuple[list[str], str | None]:
    """Faults of an edition, one line each, and the key that signed it (None: not signed).

    Args:
        public_key: the key expected, hexadecimal; an unsigned edition is then a fault.
    """
    from safeconduct.records.signing import SigningError, check_signature

    faults = edition.verify()
    named = {f for t in edition.manifest["tables"] for f in t["files"]}
    for path in sorted(edition.folder.rglob("*")):
        relative = path.relative_to(edition.folder).as_posix()
        if path.suffix in (".csv", ".jsonl", ".tsv") and relative not in named and "difference" not in path.name:
            faults.append(f"{relative}: not in the manifest")
    try:
        edition.tables  # noqa: B018  (read for its faults)
    except EditionError as e:
        faults.append(str(e))
    signer = None
    if "signature" in edition.manifest:
        try:
            signer = check_signature(edition.manifest, public_key)
        except SigningError as e:
            faults.append(f"edition.json: {e}")
    elif public_key is not None:
        faults.append("edition.json: not signed; a signature was expected")
    return faults, signer


def sign_edition(edition: Edition, key: Path) -> str:
    """Sign an edition's manifest in place; the public key as hex.

    Raises:
        SigningError: the key cannot be read. DataError: the edition is damaged.
    """
    from safeconduct.records.signing import sign

    if faults := edition.verify():
        raise DataError("a damaged edition is not signed:\n" + "\n".join(faults))
    plain = {k: v for k, v in edition.manifest.items() if k != "public_key"}
    signed = sign(plain, key)
    save_manifest(edition.folder, signed)
    return str(signed["public_key"])


def sign_installed(key: Path, name: str | None = None) -> tuple[str, str]:
    """Sign an installed edition (by default the one in use); its name and the public key.

    Raises:
        DataError: it is the embedded one, which belongs to the package.
    """
    with locked():
        which = name or current_name()
        if which == EMBEDDED:
            raise DataError("the embedded edition belongs to the package and is not signed here; import one first")
        check_name(which)
        return which, sign_edition(find_edition(which), key)
