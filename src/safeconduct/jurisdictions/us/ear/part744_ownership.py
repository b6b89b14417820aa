"""Part 744, ownership: unlisted foreign entities that listed ones own by half or more (744.8(a)(2), 744.11(a)(1), 744.21(a)(3)).

In force from 2025-09-29 (90 FR 47201), stayed from 2025-11-10 to 2026-11-09 (90 FR 50857), and by the terms of the stay law
again from 2026-11-10; no later notice was found. The days stand in a dated value; from 2026-11-10 its basis is
``inferred``, and what rests on it says so. Red Flag 29 (732 Supp. 3(b)29) is stayed for the same days.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from safeconduct.jurisdictions.us.common import TRANSACTION_PARTIES
from safeconduct.jurisdictions.us.ear.part744_lists import has_tag
from safeconduct.jurisdictions.us.ear.part744_military import MEU_SURVIVES
from safeconduct.jurisdictions.us.listings import (
    ENTITY_LIST,
    MEU_LIST,
    SDN,
    covers_item,
    entry,
    in_supplement_2,
    policy_id,
)
from safeconduct.jurisdictions.us.users import MAY_TAKE_POSSESSION, act_of_the_ear, in_transaction
from safeconduct.law import LawAsOf, read_since, rule
from safeconduct.model import (
    NO,
    NO_EXCEPTION,
    YES,
    Ask,
    Effect,
    Facts,
    Listing,
    Owner,
    PartyView,
    Question,
    Requirement,
    Truth,
    all_of,
)

AFFILIATES: Final = "us.ear.744.affiliates"
LISTS: Final = (ENTITY_LIST, MEU_LIST, SDN)
WHOLE: Final = Decimal(100)
#: Those nobody owns.
UNOWNED: Final = (
    "individual",
    "government",
    "us_government",
    "armed_forces",
    "police",
    "intelligence",
    "international_organization",
)


@dataclass(frozen=True, slots=True)
class OwnersProbe:
    """The owners of a party without their names: share and listings of each, sorted. None when not known."""

    path: str

    def __call__(self, facts: Facts) -> Hashable:
        owners = facts.peek(self.path)
        if owners is None:
            return None
        return tuple(sorted(((o.share, o.listed) for o in owners), key=repr))


@dataclass(frozen=True, slots=True)
class Holding:
    """One owner's part: share in percent or None, listings that count, whether it is such an owner for certain."""

    share: Decimal | None
    listings: tuple[Listing, ...]
    certain: bool


def owners_of(f: Facts, p: PartyView) -> tuple[Owner, ...] | None:
    """The owners, nameless, in a fixed order; read so that parties owned alike share what rules remember."""
    got = f.note(OwnersProbe(p.path("owners")))
    return None if got is None else tuple(Owner("", None, share, listed) for share, listed in got)  # type: ignore[attr-defined]


def holdings(owners: Iterable[Owner], law: LawAsOf, lists: Iterable[str]) -> list[Holding]:
    """What owners on these lists, or owners never screened, hold."""
    found = []
    for o in owners:
        if o.listed is None:
            found.append(Holding(o.share, (), False))
            continue
        counted = [x for x in o.listed if x.list in lists and x.status != "false_positive" and _counts(x, law)]
        if counted:
            found.append(Holding(o.share, tuple(counted), any(x.status == "true_match" for x in counted)))
    return found


def _counts(x: Listing, law: LawAsOf) -> bool:
    """Owners that only use a listed address do not count (744.11(a)(1)); SDN owners only under the named programs."""
    e = entry(x, law)
    if x.list == ENTITY_LIST:
        return not e.address_only
    return x.list != SDN or has_tag(e, law) is YES


def half_owned(
    p: PartyView, owners: tuple[Owner, ...], held: list[Holding], percent: Decimal, *, diligent: bool
) -> Truth:
    """Whether such owners hold ``percent`` or more together: NO when even all that is open would not make it so."""
    certain = sum((h.share for h in held if h.certain and h.share is not None), Decimal(0))
    if certain >= percent:
        return YES
    most = sum((h.share for h in held if h.share is not None), Decimal(0))
    open_shares = any(h.share is None for h in held)
    stated = sum((o.share for o in owners if o.share is not None), Decimal(0))
    rest = max(WHOLE - stated, Decimal(0))
    if open_shares or not diligent:
        most += rest  # a share not stated, or owners not yet found, may be as much as is left
    return NO if most < percent else Truth("UNKNOWN", frozenset((Ask(p.path("owners")),)))


@rule(
    "us.ear.744.11.a.1",
    cites=("15 CFR 744.11(a)(1)", "15 CFR 744.21(a)(3)", "15 CFR 744.8(a)(2)"),
    in_force=read_since("2024-08-27", source="90 FR 47201; 90 FR 50857; texts of 2026-02-10 and 2026-09-01"),
)
def affiliates(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required when listed entities own half or more of a party to the transaction.

    A license is required when a party to the transaction is a foreign entity of which half or more belongs,
    directly or indirectly, alone or together, to entities on the Entity List, the Military End-User List, or
    the SDN List under the named programs.

    The most restrictive of the owners' requirements applies: each owner's own stands, so that an exception must
    overcome them all. Owners are to be given with the share that reaches the party through others.
    """
    if not act_of_the_ear(f):
        return
    version = law.value(AFFILIATES)
    if version is None:
        return
    for p in f.parties(*TRANSACTION_PARTIES, *MAY_TAKE_POSSESSION):
        if p.get("country") == "US":
            continue  # foreign entities only
        part = in_transaction(p)
        if part is NO:
            continue
        owners = owners_of(f, p)
        if owners is None:
            if not f.diligent and p.get("capacity") not in UNOWNED:
                yield Question(
                    asks=(Ask(p.path("owners"), (("no owners on the lists", ()),)),), hold=True, kind="red_flag",
                    says="us.744.owners_unknown", party=p.index, basis=version.basis,
                )  # fmt: skip
            continue
        held = holdings(owners, law, LISTS)
        if not held:
            continue
        reached = all_of(part, half_owned(p, owners, held, Decimal(version.value), diligent=f.diligent))
        if reached is NO:
            continue
        listed = list(dict.fromkeys(x for h in held for x in h.listings if x.status == "true_match")) or list(
            dict.fromkeys(x for h in held for x in h.listings)
        )
        if not listed:
            yield Requirement(
                when=reached, reason="744.11", kind="744.11", survives=NO_EXCEPTION, party=p.index, says="us.744.11.a.1",
                cites=("15 CFR 744.11(a)(1)",), review_policy="us.policy.el.entry", basis=version.basis,
            )  # fmt: skip
        for x in listed:
            yield _of_owner(x, reached, p, f, law, version.basis)


def _of_owner(x: Listing, reached: Truth, p: PartyView, f: Facts, law: LawAsOf, basis: str) -> Requirement:
    e = entry(x, law)
    if x.list == MEU_LIST:
        covered = in_supplement_2(f, law) if e.covers is None else covers_item(e, f, law)
        return Requirement(
            when=all_of(reached, covered), reason="744.21", kind="744.21", survives=MEU_SURVIVES, party=p.index,
            cites=("15 CFR 744.21(a)(3)", "15 CFR 744.21(b)(1)(ii)"), says="us.744.21.a.3",
            review_policy="us.policy.744.21.1", basis=basis,
        )  # fmt: skip
    if x.list == SDN:
        authorized = f.truth("facts.ofac.authorized") is YES
        return Requirement(
            when=NO if authorized else reached, reason="744.8", kind="744.8", survives=NO_EXCEPTION, party=p.index,
            cites=("15 CFR 744.8(a)(2)", "15 CFR 744.8(b)"), says="us.744.8.a.2",
            review_policy="us.policy.presumption_of_denial", basis=basis,
        )  # fmt: skip
    return Requirement(
        when=all_of(reached, covers_item(e, f, law)), reason="744.11", kind="744.11", survives=e.survives, party=p.index,
        cites=("15 CFR 744.11(a)(1)", *e.cites[:1]), says="us.744.11.a.1", review_policy=policy_id(e.policy), basis=basis,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnerFlagProbe:
    """Whether the exporter states a red flag about an owner as resolved, and says how."""

    path: str = "red_flags"

    def __call__(self, facts: Facts) -> bool:
        return any(
            isinstance(x, Mapping)
            and x.get("resolved") is True
            and str(x.get("how") or "").strip() != ""
            and "owner" in str(x.get("text") or "").casefold()
            for x in facts.peek(self.path) or ()
        )


@rule(
    "us.ear.732.supp3.29",
    cites=("15 CFR 732 Supp. 3(b)(29)", "15 CFR 744.11(a)(1)"),
    in_force=read_since("2024-08-27", source="90 FR 47201, stayed by 90 FR 50857; text of 2026-09-24"),
)
def listed_owner(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Red Flag 29: an owner of a party is on the Entity List or the Military End-User List.

    Red Flag 29: an owner of a party is on the Entity List or the Military End-User List; find the share,
    resolve the flag, or get a license.

    The flag is a duty to determine the share: one that is not known holds the answer while the flag is in force. It is
    stayed with the ownership rule (note of 90 FR 50857 to paragraph (b)29). A known share below half, and any listed
    owner during the stay, is shown as a sign of diversion and holds nothing.
    """
    if not act_of_the_ear(f):
        return
    in_force = law.value(AFFILIATES) is not None
    for p in f.parties(*TRANSACTION_PARTIES, *MAY_TAKE_POSSESSION):
        owners = owners_of(f, p)
        if not owners:
            continue
        held = [h for h in holdings(owners, law, (ENTITY_LIST, MEU_LIST)) if h.listings]
        if not held or p.truth("ownership_resolved") is YES or f.note(OwnerFlagProbe()):
            continue
        yield Question(
            asks=(Ask(p.path("ownership_resolved"), (("yes", True), ("no", False))),), kind="red_flag", says="us.732.supp3.29",
            hold=in_force and any(h.share is None for h in held), party=p.index,
        )  # fmt: skip


RULES = (affiliates, listed_owner)
