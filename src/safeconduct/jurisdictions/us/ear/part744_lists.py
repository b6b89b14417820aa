"""Part 744, listed parties: screening, denial orders (736.2(b)(4)), 744.8, the Entity List (744.11, 744.16), the Unverified
List (744.15), sanctioned persons (744.19).

Read in the texts of 2026-02-10 and 2026-09-01, which agree. 744.10, 744.12 to 744.14, 744.18 and 744.20 are reserved.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import country_of, destination
from safeconduct.jurisdictions.us.ear.part734_direct import by_direct_rule
from safeconduct.jurisdictions.us.listings import (
    DEBARRED,
    DENIED,
    ENTITY_LIST,
    ISN,
    MEU_LIST,
    SDN,
    UNVERIFIED,
    Entry,
    covers_item,
    ended,
    entry,
    policy_id,
    tags_of,
)
from safeconduct.jurisdictions.us.users import act_of_the_ear, country_test, in_transaction, listings
from safeconduct.law import LawAsOf, read_since, rule, since
from safeconduct.model import (
    ANY_EXCEPTION,
    NO,
    NO_EXCEPTION,
    YES,
    Ask,
    Effect,
    Facts,
    PartyView,
    Prohibition,
    Question,
    Requirement,
    Truth,
    all_of,
    truth_of,
)

#: Exceptions for aviation parts that 744.16(b) keeps for listed Indian and Pakistani entities, by way of 740.2(a)(5)(ii).
AVIATION: Final = ("TMP(a)(4)", "RPL", "TSU", "AVS(b)")
AVIATION_ENTRIES: Final = frozenset(
    ("6A008", "7A001", "7A002", "7A004", "7A101", "7A102", "7A103", "7A104", "7A105", "7B001", "7D001", "7D002", "7D003", "7D101",
     "7D102", "7E003", "7E101", "9A515")
)  # fmt: skip


#: Lists whose effect a rule of this jurisdiction states.
KNOWN_LISTS: Final = frozenset(
    (ENTITY_LIST, MEU_LIST, UNVERIFIED, DENIED, SDN, DEBARRED, ISN, "us.ofac.ssi", "us.ofac.plc", "us.ofac.cmic", "us.ofac.mbs",
     "us.ofac.cap", "us.ofac.fse")
)  # fmt: skip
#: Lists of others: their own jurisdictions say what they mean.
OTHER_JURISDICTIONS: Final = ("eu", "uk")
#: 744.11(a)(2): the rule of 734.9 that reaches the item, the paragraph that asks for the license, what survives.
DIRECT_PRODUCTS: Final = (("e1", "i", ANY_EXCEPTION), ("e2", "iv", NO_EXCEPTION), ("e3", "v", NO_EXCEPTION))


@rule(
    "us.ear.744.screening",
    cites=("15 CFR 736.2(a)(3)", "15 CFR 748.5(c)-(f)"),
    in_force=read_since("2024-11-01", source="89 FR 87282 (744.11); texts of 2026-02-10 and 2026-09-01"),
    guidance=("15 CFR 732 Supp. 3",),
)
def screening(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Who takes part decides the answer: each party must be named and screened against the lists.

    The question holds a clear answer back; it does not turn a requirement found otherwise into an open one.
    """
    if f.get("parties") is None:
        yield Question(asks=(Ask("parties"),), hold=True, kind="screening", says="us.744.no_parties")
        return
    parties = f.parties()
    if parties and not f.parties("end_user", "ultimate_consignee"):
        yield Question(asks=(Ask("parties"),), hold=True, kind="screening", says="us.744.no_end_user")
    for p in parties:
        if p.get("role") == "exporter":
            continue
        state = p.screened
        if state.is_unknown:
            yield Question(
                asks=tuple(state.asks), hold=True, kind="screening", says="us.744.not_screened", party=p.index
            )


@rule(
    "us.ear.744.unknown_list",
    cites=("15 CFR 744.1(b)",),
    in_force=read_since("2024-11-01", source="89 FR 87282 (744.11); texts of 2026-02-10 and 2026-09-01"),
)
def unknown_lists(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A party stands on a list of which nothing is known here: say which list it is before anything is clear."""
    for p in f.parties():
        for x in p.listings:
            match = x.is_true_match
            if match is NO or x.list in KNOWN_LISTS or x.list.partition(".")[0] in OTHER_JURISDICTIONS:
                continue
            yield Question(
                when=match, hold=True, kind="screening", says="us.744.unknown_list", args=(("list", x.list),), party=p.index,
                asks=(Ask(p.path("listed")),),
            )  # fmt: skip


@rule(
    "us.ear.736.2.b.4",
    cites=("15 CFR 736.2(b)(4)", "15 CFR 764.2(k)"),
    in_force=read_since("2021-01-15", source="736.2 in the text of 2026-02-10; 764.2 in that of 2025-01"),
)
def denial_orders(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Nothing may be done that an order denying export privileges prohibits, whoever of the parties it names.

    No license exception reaches General Prohibition Four. An order whose last day has passed in the edition is not
    in force, but a later one may be: that is asked.
    """
    for p in f.parties():
        for x in p.listed_on(DENIED):
            if x.is_true_match is NO:
                continue
            e = entry(x.listing, law)
            if ended(e, law):
                yield Question(
                    asks=(Ask(p.path("listed")),), hold=True, kind="screening", says="us.dpl.ended",
                    args=(("until", str(e.until)),), party=p.index,
                )  # fmt: skip
                continue
            yield Prohibition(
                when=x.is_true_match, reason="736.2(b)(4)", beyond_scope=True, party=p.index,
                says="us.dpl.non_standard" if e.order == "non-standard" else "us.dpl.order",
            )  # fmt: skip


@rule(
    "us.ear.744.8",
    cites=("15 CFR 744.8(b)", "15 CFR 748.5(c)-(f)"),
    in_force=read_since("2024-03-21", source="89 FR 20115, amended by 90 FR 47212; texts of 2026-02-10 and 2026-09-01"),
)
def sanctioned_parties(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required when a person blocked under one of the named OFAC programs is a party.

    A license is required for any item when a person on OFAC's SDN List under one of the named programs is a
    party and OFAC has not authorized the transaction.

    Reading: 90 FR 50857 stays the first sentence of (b), which states the requirement, from 2025-11-10 to 2026-11-09.
    Paragraphs (a)(1), (c) and (e)(2) stand and presuppose it, and the stay is of what 90 FR 47212 put into the
    sentence; for persons named on the list themselves the requirement is taken to go on. The other reading would end
    it for a year.
    """
    if not act_of_the_ear(f):
        return
    for p, x, held in listings(f, SDN):
        tagged = has_tag(entry(x.listing, law), law)
        if tagged is NO:
            continue
        if f.truth("facts.ofac.authorized") is YES:
            return
        yield Requirement(
            when=all_of(held, tagged), reason="744.8", kind="744.8", survives=_kept_by_entity_list(p, law), party=p.index,
            says="us.744.8", review_policy="us.policy.presumption_of_denial",
        )  # fmt: skip


def has_tag(e: Entry, law: LawAsOf) -> Truth:
    """Whether an SDN entry bears a tag of 744.8(a)(1); an entry of unknown programs is taken to."""
    tags = tags_of(e.programs)
    if tags is None:
        return YES
    wanted = tags_of(tuple(r["tag"] for r in law.rows("us.744.8.tags"))) if law.covers("us.744.8.tags") else None
    return YES if wanted is None else truth_of(not tags.isdisjoint(wanted))


def _kept_by_entity_list(p: PartyView, law: LawAsOf) -> tuple[str, ...]:
    """744.8(c): exceptions that the person's own Entity List entry keeps overcome 744.8 too."""
    for x in p.listed_on(ENTITY_LIST):
        if x.is_true_match is YES:
            return entry(x.listing, law).survives
    return NO_EXCEPTION


@rule(
    "us.ear.744.11.a",
    cites=("15 CFR 744.11(a)", "15 CFR 748.5(c)-(f)"),
    in_force=since("2008-08-21", source="73 FR 49311"),
)
def entity_list(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required when an Entity List entity is a party to the transaction.

    "To the extent specified on the Entity List": the entry, not this rule, says which items need a license, the
    review policy and which license exceptions survive.
    """
    if not act_of_the_ear(f):
        return
    for p, x, held in listings(f, ENTITY_LIST):
        e = entry(x.listing, law)
        if e.address_only or _direct_product_only(e, f, law):
            continue  # 744.16(f); 744.11(a)(2)
        yield _entity_requirement(f, law, p, e, held, "us.744.11.a")


def _direct_product_only(e: Entry, f: Facts, law: LawAsOf) -> bool:
    """Whether the exporter claims, and the facts bear out, that a foreign-made item is subject only as a direct product by an
    entry's footnote 1 or 5: 744.11(a)(2) then says what is required ("unless otherwise authorized or excluded")."""
    if f.truth("item.subject_only_as_direct_product") is not YES:
        return False
    return any(e.footnote(mark) and by_direct_rule(f, law, name) is YES for mark, name in (("1", "e1"), ("5", "e3")))


@rule(
    "us.ear.744.11.a.2",
    cites=("15 CFR 744.11(a)(2)", "15 CFR 734.9(e)"),
    in_force=read_since("2025-01-16", source="90 FR 5312; texts of 2026-02-10 and 2026-09-01"),
)
def entity_list_direct_products(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for foreign-made direct products for Entity List footnotes 1, 4 and 5.

    A license is required for foreign-made items that a direct product rule brings under the EAR for entities
    with footnote 1, 4 or 5, whether such an entity is a party or takes the item in by its products.

    Footnote 1 leaves all license exceptions open, 4 and 5 none but what the entry keeps. Footnote 3 is in 746.8(a)(3).
    """
    if not act_of_the_ear(f):
        return
    for name, paragraph, survives in DIRECT_PRODUCTS:
        when = by_direct_rule(f, law, name)
        if when is not NO and name == "e3":
            when = all_of(when, _of_paragraph_v(f, law))
        yield Requirement(
            when=when, reason=f"744.11(a)(2)({paragraph})", kind="744.11", survives=survives, says=f"us.744.11.a.2.{paragraph}",
            cites=(f"15 CFR 744.11(a)(2)({paragraph})", f"15 CFR 734.9({name[0]})({name[1]})"), review_policy="us.policy.el.entry",
        )  # fmt: skip


def _of_paragraph_v(f: Facts, law: LawAsOf) -> Truth:
    """744.11(a)(2)(v)(A): by whom and from where. From a Country Group A:5 country only 3B993 counts, and only from one
    outside 742 Supp. 4, unless an entity of Macau or D:5 sends it; from elsewhere all, or 3B993 alone when the sender
    is of a 742 Supp. 4 country. What of this is not stated counts as required."""
    senders = f.parties("exporter")
    test = country_test(law, ("MO",), ("D:5",))
    seats = [
        s for p in senders for k in ("headquarters", "ultimate_parent.headquarters") if (s := p.get(k)) is not None
    ]
    source = f.get("exported_from")
    if not seats or source is None or any(test(s) for s in seats):
        return YES
    is_3b993 = truth_of((f.get("item.classification.us") or "")[:5] == "3B993")
    supp4 = law.index("us.742.supp4", "country")
    if law.group("us.A:5").includes(source) and f.get("activity") != "transfer_in_country":
        return NO if source in supp4 else is_3b993
    return is_3b993 if all(s in supp4 for s in seats) else YES


@rule(
    "us.ear.744.16.f",
    cites=("15 CFR 744.11(a)", "15 CFR 744.16(a)", "15 CFR 744.16(f)"),
    in_force=read_since("2024-07-25", source="89 FR 60303; texts of 2026-02-10 and 2026-09-01"),
)
def listed_addresses(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required when a party uses an address that the Entity List names, whoever the party is."""
    if not act_of_the_ear(f):
        return
    for p, x, held in listings(f, ENTITY_LIST):
        e = entry(x.listing, law)
        if e.address_only:
            yield _entity_requirement(f, law, p, e, held, "us.744.16.f")


def _entity_requirement(f: Facts, law: LawAsOf, p: PartyView, e: Entry, held: Truth, says: str) -> Requirement:
    when = all_of(held, covers_item(e, f, law))
    survives = e.survives
    # 744.16(b): parts for the safety of civil aviation, destined to listed Indian or Pakistani entities.
    if when is not NO and country_of(destination(f)) in ("IN", "PK"):
        entry_code = str(f.get("item.classification.us") or "").partition(".")[0]
        if entry_code in AVIATION_ENTRIES and f.truth("facts.entity_list.civil_aviation_safety") is YES:
            survives = (*survives, *AVIATION)
        elif entry_code in ("2A001", "2A101") and f.truth("facts.entity_list.civil_aviation_safety") is YES:
            survives = (*survives, "TMP(a)(4)", "RPL")  # 740.2(a)(5)(ii)(B)
    return Requirement(
        when=when, reason="744.11", kind="744.11", survives=survives, party=p.index, says=says if e.known else f"{says}.unread",
        cites=("15 CFR 744.11(a)", "15 CFR 744.16(a)", "15 CFR 744 Supp. 4", *e.cites[:2]), review_policy=policy_id(e.policy),
    )  # fmt: skip


@rule(
    "us.ear.744.15.b",
    cites=("15 CFR 744.15(b)", "15 CFR 748.5"),
    in_force=read_since("2014-01-21", source="78 FR 76747; texts of 2026-02-10 and 2026-09-01"),
)
def unverified_list(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Before an item goes without a license where a party is on the Unverified List, the party's signed statement must be had.

    No license exception may be used (740.2(a)(17)).
    """
    if not act_of_the_ear(f):
        return
    for p in f.parties():
        if p.get("role") == "exporter":
            continue
        for x in p.listed_on(UNVERIFIED):
            match = x.is_true_match
            if match is NO:
                continue
            statement = p.truth("uvl_statement")
            if statement is YES:
                continue
            path = p.path("uvl_statement")
            yield Question(
                when=match, asks=(Ask(path, (("yes", True), ("no", False))),), hold=True, kind="duty", says="us.744.15.b",
                party=p.index,
            )  # fmt: skip


@rule(
    "us.ear.744.19",
    cites=("15 CFR 744.19",),
    in_force=read_since("2012-02-03", source="77 FR 5388; texts of 2026-02-10 and 2026-09-01"),
)
def nonproliferation_sanctions(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """License applications are denied when a party is sanctioned under the nonproliferation statutes: the notice must be read."""
    for p in f.parties():
        if p.get("role") in (None, "exporter") or in_transaction(p) is not NO:
            for x in p.listed_on(ISN):
                match = x.is_true_match
                if match is NO:
                    continue
                yield Question(when=match, hold=True, kind="screening", says="us.744.19", party=p.index)


RULES = (
    screening, denial_orders, sanctioned_parties, entity_list, entity_list_direct_products, listed_addresses, unverified_list, nonproliferation_sanctions,
)  # fmt: skip
