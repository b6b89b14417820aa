"""What the US party lists are called: here, in the Consolidated Screening List, and by people."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

#: Our list id -> other names under which requests give it (compared without ``us.``, dots, dashes and case).
LIST_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "us.entity_list": ("el", "bis_entity_list", "bis_el", "csl_el", "entity", "part_744_supp_4"),
    "us.uvl": ("unverified_list", "unverified", "bis_uvl", "bis_unverified_list", "csl_uvl"),
    "us.meu_list": (
        "meu", "meul", "military_end_user", "military_end_users", "military_end_user_list", "bis_meu", "csl_meu",
        "mil_end_user_list", "bis_meu_list",
    ),
    "us.dpl": ("denied_persons", "denied_persons_list", "denied_person", "bis_dpl", "bis_denied_persons", "denied_parties", "csl_dpl"),
    "us.ofac.sdn": ("sdn", "sdn_list", "ofac", "ofac_sdn_list", "specially_designated_nationals", "csl_sdn", "blocked_persons"),
    "us.ofac.ssi": ("ssi", "sectoral_sanctions", "sectoral_sanctions_identifications", "csl_ssi"),
    "us.ofac.plc": ("plc", "ns_plc", "palestinian_legislative_council"),
    "us.ofac.cmic": ("cmic", "ns_cmic", "nscmic", "ofac_nscmic", "ofac_ns_cmic", "chinese_military_industrial_complex"),
    "us.ofac.mbs": ("mbs", "ns_mbs", "menu_based_sanctions", "ns_menu_based_sanctions"),
    "us.ofac.cap": ("cap", "capta", "ofac_capta"),
    "us.ofac.fse": ("fse", "foreign_sanctions_evaders"),
    "us.ddtc.debarred": (
        "ddtc", "dtc", "debarred", "itar_debarred", "aeca_debarred", "state_debarred", "ddtc_debarred_parties",
        "statutory_debarred", "administrative_debarred",
    ),
    "us.isn": ("nonproliferation", "nonproliferation_sanctions", "state_isn", "isn_nonproliferation", "state_nonproliferation"),
}  # fmt: skip


def plain(name: str) -> str:
    """A list name for comparison."""
    text = name.casefold().strip().replace(".", "_").replace("-", "_").replace(" ", "_")
    return text.removeprefix("us_").removesuffix("_list") or text


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    out: dict[str, str] = {}
    for list_id, names in LIST_NAMES.items():
        for name in (list_id, *names):
            out[plain(name)] = list_id
    return out


def list_id(name: str) -> str | None:
    """The id of a US party list for any of its names, or None."""
    return _known().get(plain(name))
