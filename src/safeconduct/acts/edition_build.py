"""``python -m safeconduct.acts.edition_build [--check] SOURCE``: rebuild the embedded edition, or prove that it can be."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from safeconduct.acts.edition import EMBEDDED_NAME, build_edition, check_embedded
from safeconduct.lawdata.store import EditionError, embedded_folder


def main(arguments: list[str]) -> int:
    """Exit code 0 when the edition was built, or when a rebuilt one has the same hashes."""
    checking = "--check" in arguments
    sources = [a for a in arguments if not a.startswith("-")]
    if len(sources) != 1:
        print("usage: edition_build [--check] SOURCE-FOLDER", file=sys.stderr)
        return 2
    source = Path(sources[0])
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "edition"
        try:
            if checking:
                found = check_embedded(source, folder)
                for line in found:
                    print(line, file=sys.stderr)
                print("the rebuilt edition differs" if found else "the rebuilt edition has the same hashes")
                return 1 if found else 0
            built = build_edition(source, folder, EMBEDDED_NAME)
        except (EditionError, ValueError) as e:
            print(f"edition not built: {e}", file=sys.stderr)
            return 1
        # Hand-edited records come back as they were; what importers describe themselves comes back new.
        shutil.copytree(built.folder, embedded_folder(), dirs_exist_ok=True)
        for importer, report in built.reports.items():
            print(f"{importer}: {_total(report.get('read'))} read, {_total(report.get('mapped'))} mapped")
    return 0


def _total(count: object) -> object:
    """One number of a coverage report, also where it is told file by file."""
    return sum(count.values()) if isinstance(count, dict) else count


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
