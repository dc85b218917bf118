"""Writes schema.json, the package's Pulumi schema, from the models and docs/examples: `make schema`.

The examples of a resource or function are the folders of docs/examples/MODULE/NAME, in order: `1-one-cache`
is "One cache", told in the languages whose programs are in it. `make check` runs this with --check, which
fails if the file is stale.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib.metadata import version
from pathlib import Path

from imagecache_provider.schema import PACKAGE, package_schema

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "docs" / "examples"
PROGRAMS = {"typescript": "index.ts", "python": "__main__.py", "yaml": "Pulumi.yaml"}
"""The file of each language that examples are told in."""


def main() -> int:
    """Write the schema, or with --check say whether it is as it would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if the file is stale, write nothing")
    check = parser.parse_args().check
    file = ROOT / "schema.json"
    text = json.dumps(package_schema(version("pulumi-imagecache"), examples()), indent=2, ensure_ascii=False)
    if file.exists() and file.read_text(encoding="utf-8") == f"{text}\n":
        return 0
    if check:
        print("stale: schema.json; run `make generate`", file=sys.stderr)
        return 1
    file.write_text(f"{text}\n", encoding="utf-8")
    return 0


def examples() -> dict[str, str]:
    """Give the Markdown of the examples by the token that they are about."""
    return {
        f"{PACKAGE}:{folder.parent.name}:{folder.name}": _section(folder) for folder in EXAMPLES.glob("*/*")
    }


def _section(folder: Path) -> str:
    shown = "\n".join(map(_example, sorted(folder.iterdir())))
    return f"{{{{% examples %}}}}\n## Example Usage\n{shown}\n{{{{% /examples %}}}}"


def _example(folder: Path) -> str:
    title = folder.name.partition("-")[2].replace("-", " ").capitalize()
    programs = "\n".join(
        f"```{language}\n{(folder / file).read_text(encoding='utf-8').strip()}\n```"
        for language, file in PROGRAMS.items()
        if (folder / file).exists()
    )
    return f"{{{{% example %}}}}\n### {title}\n\n{programs}\n{{{{% /example %}}}}"


if __name__ == "__main__":
    sys.exit(main())
