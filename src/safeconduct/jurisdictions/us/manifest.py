"""The manifest of the United States: rules in the order of the steps, lists, facts, catalog."""

from __future__ import annotations

import tomllib
from importlib import resources

from safeconduct.jurisdictions.us.classes import classes
from safeconduct.jurisdictions.us.codes import read_us_code
from safeconduct.jurisdictions.us.common import CODE, REGION_NAMES
from safeconduct.jurisdictions.us.country_page import describe as describe_country
from safeconduct.jurisdictions.us.ear import part738
from safeconduct.jurisdictions.us.plain import plain
from safeconduct.law import Manifest, Rule
from safeconduct.model import read_facts

#: The rules in the order of the steps: whose jurisdiction, is it in scope, general prohibitions, part 746,
#: part 744, part 742 and the chart, the bars on exceptions, the exceptions, and other agencies beside.
RULES: tuple[Rule, ...] = (*part738.RULES,)


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
    facts=tuple(read_facts(resources.files("safeconduct.jurisdictions.us").joinpath("facts.csv").read_text("utf-8"))),
    catalog=_catalog(),
    extra={
        "codes": {CODE: read_us_code},
        "regions": REGION_NAMES,
        "classes": classes,
        "plain": plain,
        "country": describe_country,
    },
)
