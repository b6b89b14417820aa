"""``python -m safeconduct.cli.pages [FOLDER]``: pages of the documentation that are made from the code."""

from __future__ import annotations

import sys
from pathlib import Path

from safeconduct.acts.coverage import coverage
from safeconduct.acts.schema import facts_table
from safeconduct.acts.session import Session
from safeconduct.lawdata import embedded_folder


def facts_page(session: Session) -> str:
    """The vocabulary as a Markdown page."""
    lines = [
        "# Facts",
        "",
        "Made from the code (`make docs`). Every fact a rule may read: its path in the request, type and unit, the question a",
        "person is asked, the provision that reads it, and what its absence means:",
        "",
        "- `unknown`: it can raise a question;",
        '- `not_known`: with `diligence: "complete"` it reads as not so;',
        "- `not_claimed`: it releases or lifts; nobody claims it, so it releases nothing;",
        "- `derived`: worked out from others.",
        "",
        "| path | type | absent | question | read by |",
        "|---|---|---|---|---|",
    ]
    for f in facts_table(session.engine.vocabulary):
        kind = f["type"].replace("|", " \\| ") + (f" ({f['unit']})" if f["unit"] else "")
        lines.append(f"| `{f['path']}` | {kind} | {f['absent']} | {f['ask']} | {f['read_by']} |")
    return "\n".join(lines) + "\n"


def coverage_page(session: Session) -> str:
    """The sections of law and how far they are modeled, as a Markdown page."""
    lines = [
        "# Coverage",
        "",
        "Made from the code (`make docs`): each section, and how it is modeled. *Partly* and *not modeled* mean that for what",
        "is named only the trigger is modeled: facts that would bring it in make the line undetermined.",
        "",
        *coverage_table(session),
    ]
    return "\n".join(lines) + "\n"


def coverage_table(session: Session, parts: range | None = None) -> list[str]:
    """The table's lines; only sections of the parts given."""
    lines = ["| section | state | rules | what is missing, or why there is no rule |", "|---|---|---|---|"]
    for row in coverage(session.engine):
        number = int(row["section"].split(" CFR ")[1].split(".")[0].split()[0])
        if parts is None or (number in parts and "Supp." not in row["section"]):
            missing = " ".join(row["missing"]).replace("|", "\\|")
            lines.append(f"| {row['section']} | {row['state']} | {len(row['rules'])} | {missing} |")
    return lines


def demo_output() -> str:
    """What ``safeconduct demo`` prints, at a width of 100."""
    from click.testing import CliRunner

    from safeconduct.cli.demo import demo

    return CliRunner(env={"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}).invoke(demo).output


def readme_page(text: str, session: Session) -> str:
    """The README with the demo's output and the coverage table put between their marks."""
    demo = ["```text", *(line.rstrip() for line in demo_output().strip().splitlines()), "```"]
    return _between(_between(text, "demo", demo), "coverage", coverage_table(session, range(734, 747)))


def _between(text: str, mark: str, lines: list[str]) -> str:
    head, _, rest = text.partition(f"<!-- {mark} -->\n")
    _, _, tail = rest.partition(f"<!-- /{mark} -->")
    return f"{head}<!-- {mark} -->\n" + "\n".join(lines) + f"\n<!-- /{mark} -->{tail}"


PAGES = {"facts.md": facts_page, "coverage.md": coverage_page}


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0] if arguments else "docs")
    session = Session(embedded_folder(), overlay=False)
    for name, make in PAGES.items():
        (folder / name).write_text(make(session), "utf-8")
    readme = folder.parent / "README.md"
    readme.write_text(readme_page(readme.read_text("utf-8"), session), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
