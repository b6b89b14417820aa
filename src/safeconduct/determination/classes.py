"""Facts with places and codes replaced by representatives of their class, and back again for the words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from safeconduct.law.classes import Classes
from safeconduct.model import Facts, Vocabulary


class Canonizer:
    """Replaces countries and codes of a line by representatives, where that loses nothing.

    Two different countries of one line must stay different: rules compare them. A line in which they would not
    is left as it is.
    """

    def __init__(self, classes: Classes, vocabulary: Vocabulary) -> None:
        self.classes = classes
        self.single = {f.path for f in vocabulary if f.kind == "country" and "[]" not in f.path}
        self.of_party = tuple(
            f.path.removeprefix("parties[].")
            for f in vocabulary
            if f.kind == "country" and f.path.startswith("parties[].")
        )
        self.lists = {f.path for f in vocabulary if f.type in ("list of country",) and "[]" not in f.path}

    def __call__(self, facts: Facts) -> tuple[Facts, Mapping[object, object]]:
        """The facts to evaluate, and representative -> what the line says (empty when nothing was replaced)."""
        cells = facts.cells
        countries = self.classes.countries
        changes: dict[str, Hashable] = {}
        back: dict[object, object] = {}
        forward: dict[str, str] = {}
        paths = [p for p in self.single if p in cells]
        count = cells.get("parties")
        if isinstance(count, int):
            if any(cells.get(f"parties[{i}].owners") for i in range(count)):
                return facts, {}
            paths += [p for i in range(count) for name in self.of_party if (p := f"parties[{i}].{name}") in cells]
        for path in paths:
            value = cells[path]
            if not isinstance(value, str):
                continue
            rep = countries.get(value, value)
            if forward.setdefault(value, rep) != rep or back.setdefault(rep, value) != value:
                return facts, {}
            if rep != value:
                changes[path] = rep
        for path in self.lists:
            value = cells.get(path)
            if isinstance(value, tuple) and value:
                for one in value:
                    rep = countries.get(one, one)
                    if back.setdefault(rep, one) != one:
                        return facts, {}
                changes[path] = tuple(countries.get(one, one) for one in value)
        for path, codes in self.classes.codes.items():
            code = cells.get(path)
            if isinstance(code, str) and (rep := codes.get(code, code)) != code:
                changes[path] = rep
                back[rep] = code
        if not changes:
            return facts, {}
        canonical = dict(cells)
        canonical.update(changes)
        return Facts(canonical, facts.vocabulary, facts.derived), {k: v for k, v in back.items() if k != v}
