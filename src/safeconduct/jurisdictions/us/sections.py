"""Every section of parts 734 to 746, so that the coverage table leaves none out.

A section without a rule says here why it needs none: it describes, or it is reserved in the texts read (2026-02-10,
2026-09-01, 2026-09-24).
"""

from __future__ import annotations

from typing import Final

_PARTS: Final = ((734, 20), (736, 2), (738, 4), (740, 29), (742, 19), (744, 23), (746, 10))
WITHOUT_RULE: Final[dict[str, str]] = {
    "15 CFR 734.1": "introduces the part",
    "15 CFR 734.2": "reserved",
    "15 CFR 734.6": "says where to ask",
    "15 CFR 734.11": "reserved",
    "15 CFR 734.12": "says that foreign law applies beside",
    "15 CFR 736.1": "introduces the part",
    "15 CFR 738.1": "introduces the part",
    "15 CFR 738.3": "explains the chart; its territories are a table",
    "15 CFR 740.1": "how exceptions work: the engine's own rules",
    "15 CFR 742.1": "introduces the part",
    "15 CFR 742.10": "reserved",
    "15 CFR 742.12": "reserved",
    "15 CFR 742.16": "reserved",
    "15 CFR 744.1": "introduces the part; more than one section may apply, as the engine does",
    "15 CFR 744.10": "reserved",
    "15 CFR 744.12": "reserved",
    "15 CFR 744.13": "reserved",
    "15 CFR 744.14": "reserved",
    "15 CFR 744.18": "reserved",
    "15 CFR 744.20": "its entities stand on the Entity List, read under 744.11",
}
SECTIONS: Final = tuple(f"15 CFR {part}.{n}" for part, count in _PARTS for n in range(1, count + 1))
