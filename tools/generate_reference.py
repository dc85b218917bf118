"""Writes docs/reference from schema.json: one page for each resource and function, and one for the provider.

`make generate` runs it, `make check` with --check, which fails if a page is stale.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from imagecache_provider.eci.account_model import ProviderArgs
from imagecache_provider.fields import Change, Model, fields
from imagecache_provider.registry import GATES, RESOURCES

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
_MADE = "<!-- Made by tools/generate_reference.py from schema.json: make generate. -->"
_CHANGES = {
    Change.BUILD: "builds again, in place",
    Change.METADATA: "in place, builds nothing",
    Change.RECORD: "kept for the next build",
    Change.REPLACE: "replaces",
    Change.LOCAL: "of the provider only",
    None: "",
}
_KINDS = {
    **{token: resource.args for token, resource in RESOURCES.items()},
    **{token: gate.args for token, gate in GATES.items()},
}
"""The inputs of each resource, by its token."""
_LANGUAGES = {"typescript": "TypeScript", "python": "Python", "yaml": "YAML"}


def main() -> int:
    """Write the pages, or with --check say whether they are as they would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if a page is stale, write nothing")
    check = parser.parse_args().check
    wanted = pages(json.loads((ROOT / "schema.json").read_text(encoding="utf-8")))
    kept = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*.md")}
    stale = sorted(
        {name for name, text in wanted.items() if name not in kept or kept[name].read_text("utf-8") != text}
        | kept.keys() - wanted.keys()
    )
    if check and stale:
        print(f"stale in docs/reference: {', '.join(stale)}; run `make generate`", file=sys.stderr)
        return 1
    for name in stale:
        _write(FOLDER / name, wanted.get(name))
    return 0


def _write(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def pages(schema: dict[str, Any]) -> dict[str, str]:
    """Give the pages' Markdown by their place in the folder."""
    found = {"provider.md": _provider(schema)}
    for token, resource in schema["resources"].items():
        found[_place(token)] = _resource(schema, token, resource)
    for token, function in schema["functions"].items():
        found[_place(token)] = _function(schema, token, function)
    return {"index.md": _index(schema), **found}


def _place(token: str) -> str:
    _, module, name = token.split(":")
    return f"{module}/{name}.md"


def _index(schema: dict[str, Any]) -> str:
    lines = [f"# {schema['displayName']} {schema['version']}", schema["description"]]
    lines.append(
        "- [Provider](provider.md): the settings of the stack's configuration and of provider resources"
    )
    for kind in ("resources", "functions"):
        lines.append(f"## {kind.capitalize()}")
        links = (
            f"- [`{token}`]({_place(token)}): {_sentence(each['description'])}"
            for token, each in schema[kind].items()
        )
        lines.append("\n".join(links))
    return _page(lines)


def _sentence(text: str) -> str:
    return text.split("\n\n", 1)[0].partition(". ")[0].rstrip(".")


def _provider(schema: dict[str, Any]) -> str:
    settings = schema["provider"]["inputProperties"]
    return _page(
        [
            "# Provider",
            schema["provider"]["description"],
            "Each is a setting `imagecache:…` of the stack, and an input of `imagecache.Provider`.",
            _table(settings, [], changes=_changes(ProviderArgs)),
            *_types(schema, settings),
        ]
    )


def _resource(schema: dict[str, Any], token: str, resource: dict[str, Any]) -> str:
    known = fields(_KINDS[token])
    inputs = {
        name: {**each, "description": known[name].property.description}  # the change has its own column
        for name, each in resource["inputProperties"].items()
    }
    outputs = {name: each for name, each in resource["properties"].items() if name not in inputs}
    text, examples = _parted(resource["description"])
    return _page(
        [
            f"# {token}",
            text,
            "## Inputs",
            _table(inputs, resource["requiredInputs"], changes=_changes(_KINDS[token])),
            "## Outputs",
            "All inputs, and:",
            _table(outputs, []),
            *_types(schema, resource["properties"]),
            *_listing(token, resource),
            *examples,
        ]
    )


def _listing(token: str, resource: dict[str, Any]) -> list[str]:
    if "listInputs" not in resource:
        return []
    taken = _table(resource["listInputs"]["properties"], [])
    return ["## Listing", f"`pulumi do {token} list` takes:", taken]


def _function(schema: dict[str, Any], token: str, function: dict[str, Any]) -> str:
    inputs, outputs = function["inputs"], function["outputs"]
    text, examples = _parted(function["description"])
    arguments = [_table(inputs["properties"], inputs["required"])] if inputs["properties"] else ["None."]
    return _page(
        [
            f"# {token}",
            text,
            "## Arguments",
            *arguments,
            "## Result",
            _table(outputs["properties"], []),
            *_types(schema, {**inputs["properties"], **outputs["properties"]}),
            *examples,
        ]
    )


def _changes(model: type[Model]) -> dict[str, str]:
    """Say what a change of each input means."""
    return {name: _CHANGES[field.property.change] for name, field in fields(model).items()}


def _table(properties: dict[str, Any], required: list[str], changes: dict[str, str] | None = None) -> str:
    columns = ["property", "type", *(["a change"] if changes is not None else []), "meaning"]
    rows = [columns, ["---"] * len(columns)]
    for name, each in properties.items():
        marks = [
            text for text, holds in (("required", name in required), ("secret", each.get("secret"))) if holds
        ]
        shown = f"`{name}`" + (f" ({', '.join(marks)})" if marks else "")
        change = [changes[name]] if changes is not None else []
        rows.append([shown, _type(each), *change, _cell(each["description"])])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _type(each: dict[str, Any]) -> str:
    if "oneOf" in each:
        return _type(each["oneOf"][-1])
    if "$ref" in each:
        name = each["$ref"].rpartition(":")[2]
        return f"[{name}](#{name.lower()})"
    if each["type"] == "array":
        return f"list of {_type(each['items'])}"
    if each["type"] == "object":
        return f"map of {_type(each['additionalProperties'])}"
    return str(each["type"])


def _types(schema: dict[str, Any], properties: dict[str, Any]) -> Iterator[str]:
    """Describe the types that properties refer to, each once, nested ones behind."""
    waiting, seen = list(properties.values()), set()
    while waiting:
        for reference in re.findall(r"#/types/([^\"]+)", json.dumps(waiting.pop(0))):
            if reference in seen:
                continue
            seen.add(reference)
            kind = schema["types"][reference]
            yield f"### {reference.rpartition(':')[2]}"
            if "enum" in kind:
                yield " or ".join(f'`"{member["value"]}"`' for member in kind["enum"])
                continue
            yield kind["description"]
            yield _table(kind["properties"], kind["required"])
            waiting.extend(kind["properties"].values())


def _parted(description: str) -> tuple[str, list[str]]:
    """Part a description from its examples, and give those as Markdown without the registry's marks."""
    text, mark, examples = description.partition("{{% examples %}}")
    if not mark:
        return text.strip(), []
    shown = re.sub(r"\{\{% /?examples? %\}\}\n?", "", examples).replace(
        "## Example Usage\n", "## Examples\n\n"
    )
    for language, name in _LANGUAGES.items():
        shown = shown.replace(f"```{language}", f"{name}:\n\n```{language}")
    return text.strip(), [shown.replace("```\n", "```\n\n").strip()]


def _page(parts: list[str]) -> str:
    return "\n\n".join([_MADE, *(part.strip() for part in parts)]) + "\n"


if __name__ == "__main__":
    sys.exit(main())
