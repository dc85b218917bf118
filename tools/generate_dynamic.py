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

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "provider" / "imagecache_provider" / "dynamic"
_WIDTH = 100

_HEADER = '''"""{cloud} resources for Python programs, as Pulumi dynamic resources.

Made by tools/generate_dynamic.py from the models; change those and run `make generate`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

import pulumi

from imagecache_provider.dynamic.resource import DynamicResource
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
    parts = [_HEADER.format(cloud=_CLOUDS[cloud])]
    exported: list[str] = []
    for token, resource in sorted(RESOURCES.items()):
        _, module, name = token.split(":")
        if module != cloud:
            continue
        nested = [field.nested for field in fields(resource.args).values() if field.nested]
        for model in nested:
            parts.extend([_arguments_class(model), _dictionary_class(model)])
            exported.extend([f"{model.__name__}Args", f"{model.__name__}ArgsDict"])
        parts.append(_resource_class(token, name, resource.noun, resource.args, resource.state))
        exported.append(name)
    parts.append(f"__all__ = {sorted(exported)!r}")
    return "\n\n".join(parts) + "\n"


def _arguments_class(model: type[Model]) -> str:
    members = [
        f"    {field.python_name}: {_input(field)}{_default(field)}\n"
        f"{_docstring(field.property.description, 4)}"
        for field in _required_first(model)
    ]
    return (
        f"@dataclass(kw_only=True)\nclass {model.__name__}Args:\n"
        f"{_docstring(str(model.__doc__), 4)}\n" + "\n".join(members)
    )


def _default(field: Field) -> str:
    if field.property.secret:
        return " = field(repr=False)"
    return "" if field.required else " = None"


def _dictionary_class(model: type[Model]) -> str:
    """The same as a dict literal, in two parts so that required keys are seen as such on Python 3.10 too."""
    name = f"{model.__name__}ArgsDict"
    required = [field for field in fields(model).values() if field.required]
    optional = [field for field in fields(model).values() if not field.required]
    doc = _docstring(f"{model.__doc__} `{model.__name__}Args` as a dict.", 4)
    if not optional:
        return f"class {name}(TypedDict):\n{doc}\n" + "\n".join(map(_member, required))
    return (
        f"class _{name}Required(TypedDict):\n" + "\n".join(map(_member, required)) + "\n\n\n"
        f"class {name}(_{name}Required, total=False):\n{doc}\n" + "\n".join(map(_member, optional))
    )


def _member(field: Field) -> str:
    return f"    {field.python_name}: pulumi.Input[{_type(field.annotation)}]"


def _resource_class(token: str, name: str, noun: str, args: type[Model], state: type[Model]) -> str:
    module = token.split(":")[1]
    ordered = _required_first(args)
    outputs = {**fields(state), **fields(args)}
    return "\n".join(
        [
            f'class {name}(DynamicResource, module="imagecache/{module}", name="{name}"):',
            _docstring(f"An {noun}: `{token}`.", 4),
            "",
            "    def __init__(",
            "        self,",
            "        resource_name: str,",
            "        *,",
            *(
                f"        {field.python_name}: {_input(field)}{'' if field.required else ' = None'},"
                for field in ordered
            ),
            "        opts: pulumi.ResourceOptions | None = None,",
            "    ) -> None:",
            _constructor_doc(noun, ordered),
            "        super().__init__(",
            f'            "{token}",',
            "            resource_name,",
            "            {",
            *(f'                "{field.python_name}": {field.python_name},' for field in ordered),
            "            },",
            "            opts,",
            "        )",
            "",
            "\n\n".join(_getter(field) for field in outputs.values()),
        ]
    )


def _constructor_doc(noun: str, ordered: list[Field]) -> str:
    lines = [
        f'        """Declare an {noun}.',
        "",
        "        Args:",
        "            resource_name: The resource's name in the program.",
    ]
    for field in ordered:
        text = f"{field.python_name}: {field.property.description}"
        lines.extend(
            textwrap.wrap(
                text, _WIDTH, initial_indent=" " * 12, subsequent_indent=" " * 16, break_long_words=False
            )
        )
    return "\n".join([*lines, "            opts: Pulumi's resource options.", '        """'])


def _getter(field: Field) -> str:
    kind = _type(field.annotation, output=True)
    optional = "" if field.required or field.python_name == "region_id" else " | None"
    return (
        f"    @property\n    def {field.python_name}(self) -> pulumi.Output[{kind}{optional}]:\n"
        f"{_docstring(field.property.description, 8)}\n"
        f'        value: pulumi.Output[{kind}{optional}] = pulumi.get(self, "{field.name}")\n'
        "        return value"
    )


def _required_first(model: type[Model]) -> list[Field]:
    return sorted(fields(model).values(), key=lambda field: not field.required)


def _input(field: Field) -> str:
    return f"pulumi.Input[{_type(field.annotation)}]" + ("" if field.required else " | None")


def _type(annotation: Any, *, output: bool = False) -> str:
    """Spell a model's annotation; inputs may hold outputs of other resources at any depth."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return f"Literal[{', '.join(repr(value).replace(chr(39), chr(34)) for value in arguments)}]"
    if origin is list:
        return f"{'list' if output else 'Sequence'}[{_member_type(arguments[0], output=output)}]"
    if origin is dict:
        return f"{'dict' if output else 'Mapping'}[str, {_member_type(arguments[1], output=output)}]"
    if isinstance(annotation, type) and issubclass(annotation, Model):
        name = annotation.__name__
        return "dict[str, Any]" if output else f"{name}Args | {name}ArgsDict"
    if origin is not None or hasattr(annotation, "__metadata__"):
        return _type(arguments[0], output=output)
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
