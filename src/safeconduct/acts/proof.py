"""A signed bundle that proves a recorded answer to another party, and verifying one offline."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from safeconduct.acts.determine import digest
from safeconduct.acts.session import Session
from safeconduct.checker import Checker, RulesIndex, Verdict
from safeconduct.lawdata import Edition
from safeconduct.records import ChainFault, Record
from safeconduct.records.chain import redact
from safeconduct.records.signing import SigningError, check_signature, sign

KIND: Final = "safeconduct.proof"


def rules_index(session: Session) -> dict[str, Any]:
    """What the checker must know of the rules: id, citations, when in force, whether an exception; and the facts'
    vocabulary. Data only; made anew from the rules for every bundle."""
    rules = []
    for m in session.engine.manifests.values():
        exceptions = tuple(m.extra.get("exceptions", ()))
        for r in m.rules:
            force = r.in_force
            days = {"from": force.period.start, "until": force.period.end, "known_from": force.known_from}
            rules.append({
                "id": r.id, "jurisdiction": m.id, "cites": list(r.cites), "not_modeled": r.not_modeled,
                "kind": "exception" if exceptions and r.id.startswith(exceptions) else "rule",
                "in_force": {k: None if d is None else d.isoformat() for k, d in days.items()}, "source": force.source,
            })  # fmt: skip
    facts = [{"path": f.path, "type": f.type, "unit": f.unit, "absent": f.absent} for f in session.engine.vocabulary]
    return {"rules": rules, "facts": facts, "digest": session.engine.rules_digest}


def make_proof(
    session: Session, record: Record, key: Path | None = None, *, pseudonymize: bool = False
) -> dict[str, Any]:
    """The bundle of one record: request, answer, the edition's manifest with its tables' hashes, the index of rules.

    With ``pseudonymize`` the names are replaced in request and answer alike, and the answer gets a digest of its own;
    that of the whole answer stands beside it.

    Raises:
        ChainFault: the record has no full content, or was made with other law data or rules than the session's.
        SigningError: the key cannot be read.
    """
    if record.full is None:
        raise ChainFault(f"record {record.seq} has no full content; it cannot be proved")
    content = record.content
    first = (content["answer"].get("items") or [content["answer"]])[0]["editions"]
    if first.get("edition_digest") != session.edition.digest:
        raise ChainFault(
            f"record {record.seq} was made with edition {first.get('edition')}, not with {session.edition.name}; "
            "give its folder: --edition FOLDER"
        )
    if first.get("rules") != session.engine.rules_digest:
        raise ChainFault(
            f"record {record.seq} was made with other rules than those installed; replay it, or install its version"
        )
    whole = content["answer"]["digest"]
    if pseudonymize:
        content = redact(content)
        for line in content["answer"].get("items", []):
            line["digest"] = digest({k: v for k, v in line.items() if k != "digest"})
        content["answer"]["digest"] = digest({k: v for k, v in content["answer"].items() if k != "digest"})
    body = {
        "kind": KIND, "version": 1, "pseudonymized": pseudonymize, "request": content["request"], "answer": content["answer"],
        "answer_digest": whole, "record": {"seq": record.seq, "at": record.at, "hash": record.hash},
        "edition": session.edition.manifest, "rules": rules_index(session),
    }  # fmt: skip
    return sign(body, key) if key else body


def verify_proof(
    bundle: Mapping[str, Any], edition: Edition, public_key: str | None = None, *, unsigned: bool = False
) -> tuple[Verdict, str]:
    """The verdict on a bundle against an edition, and the public key that signed it ('' where unsigned is allowed).

    Raises:
        ValueError: it is not a bundle.
    """
    if bundle.get("kind") != KIND or bundle.get("version") != 1 or not isinstance(bundle.get("edition"), Mapping):
        raise ValueError(
            "not a proof bundle; make one: safeconduct record export --proof KEY --sign KEYFILE --output FILE"
        )
    verdict = Verdict()
    signer = ""
    try:
        if "signature" in bundle or not unsigned or public_key:
            signer = check_signature(bundle, public_key)
    except SigningError as e:
        verdict.faults.append(f"signature: {e}")
    verdict.faults += edition_faults(bundle["edition"], edition)
    if bundle["edition"].get("digest") == edition.digest:
        found = Checker(edition, RulesIndex.read(bundle["rules"])).check(bundle["request"], bundle["answer"])
        verdict.faults += found.faults
        verdict.notes += found.notes
    if bundle.get("pseudonymized"):
        verdict.notes.append("names are pseudonyms: which party and which list entry is meant is not checked")
    elif bundle.get("answer_digest") != bundle["answer"].get("digest"):
        verdict.faults.append("answer_digest: it is not the answer's")
    return verdict, signer


def index_faults(bundle: Mapping[str, Any], session: Session, notes: list[str]) -> list[str]:
    """Whether the bundle's index of rules leaves out or alters a provision of the rules installed here.

    With other rules installed than the answer was made with, the index is the signer's word, and a note says so.
    """
    if bundle["rules"].get("digest") != session.engine.rules_digest:
        notes.append(
            "made with other rules than those installed here: that its index of rules is whole is the signer's word"
        )
        return []
    mine, theirs = rules_index(session), bundle["rules"]
    given = {r["id"]: r for r in theirs["rules"]}
    faults = [f"rules: {r['id']}: left out of the index or altered" for r in mine["rules"] if given.get(r["id"]) != r]
    more = sorted(given.keys() - {r["id"] for r in mine["rules"]})
    if more:
        notes.append(f"rules of the signer's own: {', '.join(more[:6])}")
    facts = {f["path"]: f for f in theirs["facts"]}
    return faults + [
        f"rules: fact {f['path']}: left out or altered" for f in mine["facts"] if facts.get(f["path"]) != f
    ]


def edition_faults(manifest: Mapping[str, Any], edition: Edition) -> list[str]:
    """Whether the edition at hand is the bundle's, and its files are those of the manifest."""
    if manifest.get("digest") != edition.digest:
        return [
            f"edition: the bundle rests on {manifest.get('name')} ({str(manifest.get('digest'))[:19]}…), at hand is "
            f"{edition.name} ({edition.digest[:19]}…); give the bundle's: --edition FOLDER"
        ]
    faults = [f"edition: {f}" for f in edition.verify()]
    at_hand = {t["id"]: t["hashes"] for t in edition.manifest["tables"]}
    named = {t["id"]: t["hashes"] for t in manifest.get("tables", ())}
    faults += [f"edition: table {t} has other hashes than the bundle says" for t in named.keys() ^ at_hand.keys()]
    faults += [f"edition: table {t} has other hashes than the bundle says" for t in named if named[t] != at_hand.get(t)]
    return [re.sub(r"\s+", " ", f) for f in faults]
