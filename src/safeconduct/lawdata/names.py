"""Names to keys: the one spelling under which listed and asked names are compared exactly.

No similarity is measured here: two names with the same key are written the same way up to case, accents,
punctuation and spacing. Everything beyond that belongs to screening.
"""

from __future__ import annotations

import re
import unicodedata

# Letters that carry no combining mark in Unicode, so NFKD alone does not reach their plain form.
_PLAIN = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ŧ": "t"}
)
# Apostrophes join (O'Neill, Xi'an) and dots inside abbreviations join (L.L.C.); other punctuation parts words.
_JOINED = re.compile("['\u2018\u2019\u201a\u201b\u02bb\u02bc\u02b9\u2032`\u00b4]")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")
_TAIL = re.compile(r"^(.{4,}?)\s*\(([^()]+)\)\W*$")
_ACRONYM = re.compile(r"[A-Z]{4,}")
_NOT_WORD = re.compile(r"[\W_]+")

LEGAL_FORMS: tuple[str, ...] = (
    "limited liability company", "limited liability partnership", "public joint stock company",
    "open joint stock company", "closed joint stock company", "joint stock company", "private limited",
    "pte ltd", "pvt ltd", "pty ltd", "sdn bhd", "co ltd", "co limited", "company limited", "gmbh co kg",
    "public limited company", "free zone establishment", "dmcc", "fzco", "fze", "fzc", "fz llc", "limited",
    "ltd", "llc", "llp", "lp", "inc", "incorporated", "corp", "corporation", "company", "co", "plc", "gmbh",
    "ag", "kg", "bv", "nv", "sa", "srl", "spa", "sarl", "sas", "oy", "ab", "as", "aps", "sro", "doo", "kft",
    "jsc", "ojsc", "cjsc", "pjsc", "ao", "oao", "zao", "pao", "ooo", "aktsionernoe obshchestvo", "sdn", "bhd",
    "pte", "pvt", "pty", "anonim sirketi", "limited sirketi", "ltd sti", "ltd sirketi", "sti",
)  # fmt: skip
_FORMS = sorted((tuple(form.split()) for form in LEGAL_FORMS), key=len, reverse=True)


def normalise(name: str) -> str:
    """Return the key of a name: lower case, no accents, words parted by one blank; "" when nothing is left.

    NFKC, casefold, accents removed, apostrophes dropped, other punctuation to a blank, blanks folded,
    ``&`` read as ``and``, initials joined (``L.L.C.`` is ``llc``) and a leading ``the`` dropped. Letters of other scripts stay.
    """
    text = unicodedata.normalize("NFKC", name).casefold()
    text = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    text = "".join(ch for ch in text if not unicodedata.combining(ch))
    text = _JOINED.sub("", unicodedata.normalize("NFC", text)).replace("&", " and ")
    text = _INITIALS.sub(lambda found: found.group().replace(".", ""), text)
    text = _NOT_WORD.sub(" ", text).strip()
    return text[4:] if text.startswith("the ") else text


def without_legal_form(key: str) -> str:
    """Return a key of :func:`normalise` without its leading and trailing legal forms; "" when nothing is left.

    A single letter or number never stays alone: the key is then returned whole, as it would match too much.
    """
    words = key.split()
    changed = True
    while changed and words:
        changed = False
        for form in _FORMS:
            size = len(form)
            if tuple(words[-size:]) == form:
                words, changed = words[:-size], True
                break
            if tuple(words[:size]) == form:
                words, changed = words[size:], True
                break
    short = " ".join(words)
    return key if len(short) == 1 else short


def keys(name: str, *, person: bool = False) -> tuple[str, ...]:
    """Return the keys under which a name is filed: its whole key, then the one without legal form if different.

    A person's ``SURNAME, Given`` is also filed as ``given surname``; a name that ends in a bracket also without it, and an
    acronym of four capitals or more in that bracket alone. A name with nothing left has no key.
    """
    found = [normalise(name)]
    tail = _TAIL.match(name)
    if tail:
        found.append(normalise(tail[1]))
        if _ACRONYM.fullmatch(tail[2]):
            found.append(normalise(tail[2]))
    if person and name.count(",") == 1:
        surname, given = (normalise(part) for part in name.split(","))
        if surname and given:
            found.append(f"{given} {surname}")
    found += [without_legal_form(key) for key in found]
    return tuple(dict.fromkeys(key for key in found if key))
