"""A plain line under the EAR: an export from the United States to a private civil user, nothing else known."""

from __future__ import annotations

from safeconduct.jurisdictions.us.common import CODE, EAR99, ccl
from safeconduct.law import LawAsOf
from safeconduct.law.classes import Plain

#: Exceptions that are available only where the entry says so (part 740; each entry of 774 Supp. 1).
LIST_BASED = ("LVS", "GBS", "TSR", "APP", "NAC", "ACA", "STA", "AIA", "ACM", "LPP", "HBM", "IEC")


def plain(law: LawAsOf) -> Plain:
    """The plain line and all codes and destinations on a span.

    Raises:
        NotCovered: the Commerce Control List says nothing of these days.
    """
    clist = ccl(law)
    codes = sorted({*clist.entries, *clist.paragraphs})
    own = {r["code"] for r in law.rows("us.territories") if r["kind"] == "self"}
    places = sorted({r["code"] for r in law.rows("us.iso") if "name" in r} - own | {"UA-09", "UA-14", "UA-43"})
    return Plain(
        cells={
            "activity": "export", "exported_from": "US", "item.origin": "US", "diligence": "complete", "route": (),
            "parties": 1, "parties[0].role": "end_user", "parties[0].capacity": "private", "parties[0].listed": (),
            "parties[0].owners": (), "red_flags": (), "informed": (),
        },
        code_path=CODE,
        place_paths=("destination",),
        symbols=LIST_BASED,
        codes=[*codes, EAR99],
        destinations=places,
    )  # fmt: skip
