"""Bundles: made from a record, checked offline, rejected with the reason when anything in them is changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from safeconduct.acts.check import check
from safeconduct.acts.proof import edition_faults, index_faults, make_proof, verify_proof
from safeconduct.checker.verify import digest_of
from safeconduct.cli.main import main
from safeconduct.lawdata import embedded_folder
from safeconduct.records import RecordStore
from safeconduct.records.signing import make_key, sign
from tests.test_cases import session

REQUEST: dict[str, Any] = {
    "id": "P-1", "date": "2026-08-03", "activity": "export", "exported_from": "US", "destination": "CN", "diligence": "complete",
    "red_flags": [], "informed": [], "item": {"classification": {"us": "3A001.a.5.a.1"}, "kind": "commodity"},
    "parties": [{"role": "end_user", "name": "Example Institute", "country": "CN", "capacity": "university", "listed": [], "owners": []}],
}  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, str, RecordStore]:
    store = RecordStore(tmp_path / "records.sqlite3")
    check(session(), REQUEST, store=store)
    key = tmp_path / "key.pem"
    return key, make_key(key), store


def test_a_bundle_is_accepted_and_names_its_signer(made: tuple[Path, str, RecordStore]) -> None:
    key, public, store = made
    bundle = json.loads(json.dumps(make_proof(session(), store.find("P-1")[0], key)))
    verdict, signer = verify_proof(bundle, session().edition, public)
    assert (verdict.faults, signer) == ([], public)
    assert index_faults(bundle, session(), verdict.notes) == []


def test_a_pseudonymized_bundle_names_nobody_and_is_accepted(made: tuple[Path, str, RecordStore]) -> None:
    key, public, store = made
    bundle = json.loads(json.dumps(make_proof(session(), store.find("P-1")[0], key, pseudonymize=True)))
    assert "Example Institute" not in json.dumps(bundle)
    verdict, _ = verify_proof(bundle, session().edition, public)
    assert verdict.faults == []
    assert any("pseudonyms" in n for n in verdict.notes)


def test_a_party_nobody_screened_holds_the_answer_and_is_accepted(tmp_path: Path) -> None:
    store = RecordStore(tmp_path / "r.sqlite3")
    request = {**REQUEST, "destination": "DE", "item": {"classification": {"us": "EAR99"}, "kind": "commodity"}}
    request["parties"] = [{"role": "end_user", "name": "Example Institute", "country": "DE", "capacity": "university"}]
    assert check(session(), request, store=store)["outcome"] == "undetermined"
    bundle = json.loads(json.dumps(make_proof(session(), store.find("P-1")[0])))
    assert verify_proof(bundle, session().edition, unsigned=True)[0].faults == []


def falsified(change: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def make(bundle: dict[str, Any]) -> dict[str, Any]:
        out = copy.deepcopy(bundle)
        change(out)
        out["answer"]["digest"] = out["answer_digest"] = digest_of(out["answer"])
        return out

    return make


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda b: b["request"].update(destination="CA"), "destination is 'CN'"),
        (lambda b: b["answer"].update(outcome="no_license_required"), "outcome"),
        (lambda b: b["edition"].update(digest="sha256:0"), "edition: the bundle rests on"),
        (lambda b: b["rules"]["rules"].pop(3), "no provision of the index"),
        (lambda b: b["rules"].update(digest="sha256:0"), "other rules"),
    ],
)
def test_a_change_signed_again_is_named(made: tuple[Path, str, RecordStore], change: Any, reason: str) -> None:
    key, public, store = made
    bundle = json.loads(json.dumps(make_proof(session(), store.find("P-1")[0], key)))
    changed = json.loads(json.dumps(sign(falsified(change)(bundle), key)))
    faults = verify_proof(changed, session().edition, public)[0].faults
    assert any(reason in f for f in faults), faults


def test_a_provision_left_out_of_trail_and_index_is_named(made: tuple[Path, str, RecordStore]) -> None:
    key, _, store = made
    bundle = json.loads(json.dumps(make_proof(session(), store.find("P-1")[0], key)))
    gone = "us.ear.744.3.a"
    bundle["rules"]["rules"] = [r for r in bundle["rules"]["rules"] if r["id"] != gone]
    d = bundle["answer"]["determinations"][0]
    d["trail"] = [r for r in d["trail"] if r["rule"] != gone]
    assert f"rules: {gone}: left out of the index or altered" in index_faults(bundle, session(), [])


def test_signatures(made: tuple[Path, str, RecordStore]) -> None:
    key, public, store = made
    bundle = json.loads(json.dumps(make_proof(session(), store.find("P-1")[0], key)))
    assert any("expected" in f for f in verify_proof(bundle, session().edition, "00" * 32)[0].faults)
    bundle["record"]["seq"] = 9
    assert any("does not fit" in f for f in verify_proof(bundle, session().edition, public)[0].faults)
    unsigned = json.loads(json.dumps(make_proof(session(), store.find("P-1")[0])))
    assert any("signature" in f for f in verify_proof(unsigned, session().edition)[0].faults)
    assert verify_proof(unsigned, session().edition, unsigned=True)[0].faults == []


def test_tables_of_other_hashes_are_named() -> None:
    manifest = copy.deepcopy(session().edition.manifest)
    assert edition_faults(manifest, session().edition) == []
    manifest["tables"][0]["hashes"][0]["sha256"] = "0" * 64
    assert any("other hashes" in f for f in edition_faults(manifest, session().edition))


def test_the_command_line(made: tuple[Path, str, RecordStore], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, public, store = made
    monkeypatch.setenv("SAFECONDUCT_HOME", str(tmp_path / "home"))
    file = tmp_path / "proof.json"
    run = CliRunner().invoke
    args = ["record", "export", "--store", str(store.path), "--proof", "P-1", "--sign", str(key), "--output", str(file)]
    assert run(main, args).exit_code == 0
    good = run(main, ["verify", str(file), "--public-key", public, "--edition", str(embedded_folder())])
    assert good.exit_code == 0, good.output
    assert "Accepted: license_required" in good.output
    file.write_text(file.read_text("utf-8").replace('"license_required"', '"no_license_required"'), "utf-8")
    bad = run(main, ["verify", str(file), "--json"])
    assert bad.exit_code == 1
    assert not json.loads(bad.stdout)["accepted"]
    file.write_text("{}", "utf-8")
    assert run(main, ["verify", str(file)]).exit_code == 2
