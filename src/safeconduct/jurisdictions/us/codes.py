"""Reading US classification codes as people write them."""

from __future__ import annotations

import re

from safeconduct.jurisdictions.us.common import ECCN_PATTERN, USML_PATTERN

EXPECTED = (
    "an ECCN: digit 0-9, letter A-E, three digits, then the paragraph (3A001.b.2), or EAR99, "
    "or a USML paragraph such as XI(a)(3)"
)


def read_us_code(text: str) -> tuple[str | None, str]:
    """The normal form of a US classification, or None, and what was expected.

    ``3a001.B.2`` becomes ``3A001.b.2``; ``ear 99`` becomes ``EAR99``; ``USML Category XI(a)(3)`` ``XI(a)(3)``.
    """
    given = re.sub(r"\s+", "", text.strip()[:200])
    given = re.sub(r"^(ECCN|eccn)[:#]?", "", given)
    if re.fullmatch(r"EAR-?99", given, re.IGNORECASE):
        return "EAR99", EXPECTED
    usml = re.sub(r"^(USML)?(CATEGORY|CAT\.?)?", "", given, flags=re.IGNORECASE)
    roman, paren, rest = usml.partition("(")
    candidate = roman.upper() + (paren + rest.lower() if paren else "")
    if USML_PATTERN.match(candidate):
        return candidate, EXPECTED
    # 3A001(b)(2) and 3A001.b(2) are written too.
    dotted = re.sub(r"\(([A-Za-z0-9]+)\)", r".\1", given).rstrip(".")
    head, dot, tail = dotted.partition(".")
    code = head.upper() + (dot + re.sub(r"\.+", ".", tail).lower() if dot else "")
    return (code, EXPECTED) if ECCN_PATTERN.match(code) else (None, EXPECTED)
