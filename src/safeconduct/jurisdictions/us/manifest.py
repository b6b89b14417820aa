"""The manifest of the United States: rules in the order of the steps, lists, facts, catalog."""

from __future__ import annotations

import tomllib
from importlib import resources

from safeconduct.jurisdictions.us.classes import classes
from safeconduct.jurisdictions.us.codes import read_us_code
from safeconduct.jurisdictions.us.common import CODE, REGION_NAMES, ccl, dest_truth
from safeconduct.jurisdictions.us.country_page import describe as describe_country
from safeconduct.jurisdictions.us.derived import DERIVED
from safeconduct.jurisdictions.us.duties import DUTIES
from safeconduct.jurisdictions.us.ear import (
    part734,
    part734_foreign,
    part734_people,
    part736,
    part738,
    part740_2,
    part740_9,
    part740_10,
    part740_11,
    part740_12_16,
    part740_17,
    part740_18_23,
    part740_20,
    part740_advanced,
    part740_list,
    part742,
    part742_advanced,
    part744_computing,
    part744_lists,
    part744_military,
    part744_ownership,
    part744_people,
    part744_wmd,
    part746_cuba,
    part746_iran,
    part746_iraq_un,
    part746_north_korea,
    part746_regions,
    part746_russia,
    part746_russia_before,
    part746_syria,
    part754,
    red_flags,
)
from safeconduct.jurisdictions.us.itar import (
    articles,
)
from safeconduct.jurisdictions.us.list_names import list_id
from safeconduct.jurisdictions.us.ofac import (
    parties,
)
from safeconduct.jurisdictions.us.ofac.parties import DUTIES as OFAC_DUTIES
from safeconduct.jurisdictions.us.orders import sum_order
from safeconduct.jurisdictions.us.plain import plain
from safeconduct.jurisdictions.us.sections import SECTIONS, WITHOUT_RULE
from safeconduct.law import Manifest, Rule
from safeconduct.model import read_facts

#: The rules in the order of the steps: whose jurisdiction, is it in scope, general prohibitions, part 746,
#: part 744, part 742 and the chart, short supply, the bars on exceptions, the exceptions, and other agencies beside.
RULES: tuple[Rule, ...] = (
    *articles.RULES,
    *part734.RULES,
    *part734_people.RULES,
    *part734_foreign.RULES,
    *part736.RULES,
    *part746_cuba.RULES,
    *part746_iran.RULES,
    *part746_iraq_un.RULES,
    *part746_north_korea.RULES,
    *part746_regions.RULES,
    *part746_russia.RULES,
    *part746_russia_before.RULES,
    *part746_syria.RULES,
    *part744_computing.RULES,
    *part744_lists.RULES,
    *part744_military.RULES,
    *part744_ownership.RULES,
    *part744_people.RULES,
    *part744_wmd.RULES,
    *part738.RULES,
    *part742.RULES,
    *part742_advanced.RULES,
    *part754.RULES,
    *part740_2.RULES,
    *part740_10.RULES,
    *part740_11.RULES,
    *part740_12_16.RULES,
    *part740_17.RULES,
    *part740_18_23.RULES,
    *part740_20.RULES,
    *part740_9.RULES,
    *part740_advanced.RULES,
    *part740_list.RULES,
    *parties.RULES,
    *red_flags.RULES,
)


def _catalog() -> dict[str, str]:
    messages: dict[str, str] = {}
    folder = resources.files("safeconduct.jurisdictions.us").joinpath("catalog")
    for f in sorted(folder.iterdir(), key=lambda x: x.name):
        if f.name.endswith(".toml"):
            for key, text in tomllib.loads(f.read_text("utf-8")).items():
                if messages.setdefault(key, text) != text:
                    raise ValueError(f"catalog {f.name}: {key} is defined twice, differently")
    return messages


MANIFEST = Manifest(
    id="US",
    prefix="us",
    title="United States",
    time_zone="America/New_York",
    currency="USD",
    rules=RULES,
    derived=DERIVED,
    duties=(*DUTIES, *OFAC_DUTIES),
    facts=tuple(read_facts(resources.files("safeconduct.jurisdictions.us").joinpath("facts.csv").read_text("utf-8"))),
    catalog=_catalog(),
    extra={
        "codes": {CODE: read_us_code},
        "control_list": ccl,
        "place": dest_truth,
        # Letters of an organization's overlay: sections, and those that reach items and acts otherwise out of scope.
        "sections": {
            "cite": "15 CFR {}",
            "pattern": r"7[3-7][0-9]\.[0-9]+(\([A-Za-z0-9]+\))*",
            "example": "744.21(b)",
            "beyond_scope": ("734.9", "744.6"),
        },
        "regions": REGION_NAMES,
        "classes": classes,
        "all_sections": (SECTIONS, WITHOUT_RULE),
        "order": sum_order,
        "list_id": list_id,
        "exceptions": ("us.ear.740.",),
        "plain": plain,
        "country": describe_country,
    },
)
