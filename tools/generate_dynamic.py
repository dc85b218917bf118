"""Writes the typed classes of the dynamic front, `dynamic/eci.py`, from the models: `make generate`.

A field's name, type and description are said once, on the model; this lays them out as keyword arguments that
editors and type checkers see. `make check` runs it with --check, which fails if the file is stale.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from imagecache_provider.fields import Field, Model, fields
from imagecache_provider.registry import RESOURCES
from imagecache_provider.resource import Resource
from imagecache_provider.schema import choice_name, described

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "provider" / "imagecache_provider" / "dynamic"
_WIDTH = 100

_HEADER = '''"""{cloud} resources for Python programs, as Pulumi dynamic resources.

The arguments' types are those of the SDK: a program moves between the two by its import.
Made by tools/generate_dynamic.py from the models; change those and run `make generate`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_imagecache.{module} import {types}, outputs

from imagecache_provider.dynamic.resource import DynamicResource, objects
'''

_CLOUDS = {"eci": "Alibaba Cloud ECI"}


def main() -> int:
    """Write the modules, or with --check say whether they are as they would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if a file is stale, write nothing")
    check = parser.parse_args().check
    stale = []
    for cloud in _CLOUDS:
        path = FOLDER / f"{cloud}.py"
        text = _formatted(_module(cloud))
        if path.exists() and path.read_text() == text:
            continue
        stale.append(path.relative_to(ROOT))
        if not check:
            path.write_text(text)
    if check and stale:
        print(f"stale: {', '.join(map(str, stale))}; run `make generate`", file=sys.stderr)
        return 1
    return 0


def _module(cloud: str) -> str:
    parts: list[str] = []
    exported: set[str] = set()
    shared: set[str] = set()
    for token, resource in sorted(RESOURCES.items()):
        _, module, name = token.split(":")
        if module != cloud:
            continue
        parts.append(_resource_class(name, resource))
        shared |= _shared(name, resource)
        exported |= {name, *_shared(name, resource)}
    header = _HEADER.format(cloud=_CLOUDS[cloud], module=cloud, types=", ".join(sorted(shared)))
    return "\n\n".join([header, *parts, f"__all__ = {sorted(exported)!r}"]) + "\n"


def _shared(name: str, resource: type[Resource]) -> set[str]:
    """Name the SDK's types of a resource's arguments: itself, its objects, its choices."""
    found = {f"{name}Args"}
    for field in fields(resource.args).values():
        if field.nested is not None:
            found |= {f"{field.nested.__name__}Args", f"{field.nested.__name__}ArgsDict"}
        elif get_origin(field.annotation) is Literal:
            found.add(choice_name(field.name))
    return found


def _resource_class(name: str, resource: type[Resource]) -> str:
    token = resource.token
    module = token.split(":")[1]
    ordered = _required_first(resource.args)
    outputs = {**fields(resource.state), **fields(resource.args)}
    always = {*fields(resource.state), resource.name_property}
    return "\n".join(
        [
            f'class {name}(DynamicResource, module="imagecache/{module}", name="{name}"):',
            _docstring(f"An {resource.noun}: `{token}`.", 4),
            "",
            "    def __init__(",
            "        self,",
            "        resource_name: str,",
            f"        args: {name}Args | pulumi.ResourceOptions | None = None,",
            "        opts: pulumi.ResourceOptions | None = None,",
            "        *,",
            *(f"        {field.python_name}: {_input(field)} = None," for field in ordered),
            "    ) -> None:",
            _constructor_doc(resource.noun, ordered),
            "        super().__init__(",
            f'            "{token}",',
            "            resource_name,",
            "            args,",
            "            opts,",
            "            {",
            *(f'                "{field.python_name}": {field.python_name},' for field in ordered),
            "            },",
            "        )",
            "",
            "\n\n".join(_getter(field, field.name in always) for field in outputs.values()),
        ]
    )


def _constructor_doc(noun: str, ordered: list[Field]) -> str:
    lines = [
        f'        """Declare an {noun}.',
        "",
        "        Args:",
        "            resource_name: The resource's name in the program.",
        "            args: Its arguments as one object, instead of those below; or Pulumi's options.",
        "            opts: Pulumi's resource options.",
    ]
    for field in ordered:
        text = f"{field.python_name}: {described(field)}"
        lines.extend(
            textwrap.wrap(
                text, _WIDTH, initial_indent=" " * 12, subsequent_indent=" " * 16, break_long_words=False
            )
        )
    return "\n".join([*lines, '        """'])


def _getter(field: Field, always: bool) -> str:
    kind = _type(field.annotation, output=True)
    optional = "" if field.required or always else " | None"
    read = f'pulumi.get(self, "{field.name}")'
    if field.nested is not None:
        read = f"objects(outputs.{field.nested.__name__}, {read})"
    return (
        f"    @property\n    def {field.python_name}(self) -> pulumi.Output[{kind}{optional}]:\n"
        f"{_docstring(field.property.description, 8)}\n"
        f"        value: pulumi.Output[{kind}{optional}] = {read}\n"
        "        return value"
    )


def _required_first(model: type[Model]) -> list[Field]:
    return sorted(fields(model).values(), key=lambda field: not field.required)


def _input(field: Field) -> str:
    return f"pulumi.Input[{_type(field.annotation, name=field.name)} | None]"


def _type(annotation: Any, *, name: str = "", output: bool = False) -> str:
    """Spell a model's annotation as the SDK does; inputs may hold outputs of other resources at any depth."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return "str" if output else f"str | {choice_name(name)}"
    if origin is list:
        return f"Sequence[{_member_type(arguments[0], output=output)}]"
    if origin is dict:
        return f"Mapping[str, {_member_type(arguments[1], output=output)}]"
    if isinstance(annotation, type) and issubclass(annotation, Model):
        kind = annotation.__name__
        return f"outputs.{kind}" if output else f"{kind}Args | {kind}ArgsDict"
    if origin is not None or hasattr(annotation, "__metadata__"):
        return _type(arguments[0], name=name, output=output)
    return str(annotation.__name__)


def _member_type(annotation: Any, *, output: bool) -> str:
    inner = _type(annotation, output=output)
    return inner if output else f"pulumi.Input[{inner}]"


def _docstring(text: str, indent: int) -> str:
    lines = list(_wrapped(text, _WIDTH - indent))
    if len(lines) == 1:
        return textwrap.indent(f'"""{lines[0]}"""', " " * indent)
    summary, rest = _summary(text)
    wrapped = [*_wrapped(summary, _WIDTH - indent), "", *_wrapped(rest, _WIDTH - indent)]
    return textwrap.indent('"""' + "\n".join(wrapped) + '\n"""', " " * indent).replace(
        "\n" + " " * indent + "\n", "\n\n"
    )


def _summary(text: str) -> tuple[str, str]:
    """Part a text after its first sentence."""
    first, stop, rest = text.partition(". ")
    return (first + ".", rest) if stop else (text, "")


def _wrapped(text: str, width: int) -> Iterator[str]:
    yield from textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _formatted(text: str) -> str:
    """Lay the text out as `ruff format` would, with this project's settings."""
    ruff = [sys.executable, "-m", "ruff"]
    name = ["--stdin-filename", str(FOLDER / "eci.py")]
    fixed = subprocess.run(
        [*ruff, "check", "--fix", "--quiet", "--select", "F401,I", "--exit-zero", *name, "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
    return subprocess.run(
        [*ruff, "format", *name, "-"], input=fixed, capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout


if __name__ == "__main__":
    sys.exit(main())
