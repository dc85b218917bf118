"""Programs for the real engine: what a trial asks for, and the files that say it, for either front.

`real` writes them into its stack's project.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from typing import Any

from chaos.faults import SHARED_NAME

PLUGIN, DYNAMIC = "plugin", "dynamic"
"""The fronts."""
TOKEN = "imagecache:eci:ImageCache"  # noqa: S105 - a Pulumi type token
PROJECT = "chaos"
_DYNAMIC_PROGRAM = """import json
import pulumi
from imagecache_provider.dynamic import eci
config = pulumi.Config()
login = {"server": "private.example.com", "user_name": config.require_secret("user"),
         "password": config.require_secret("password")}
for name, inputs in json.load(open("resources.json")).items():
    eci.ImageCache(name, **inputs, image_registry_credentials=[login])
"""
_LOGIN = {"server": "private.example.com", "userName": "${user}", "password": "${password}"}
_SHORT = "4s"
FIRST_IMAGE = "nginx:1.27"
_IMAGES = (FIRST_IMAGE, "redis:7.4", "busybox:1", "python:3.12", "alpine:3.20")
PRIVATE_IMAGE = "private.example.com/team/app:1"
"""It asks for another password than ours."""
_NAMES = ("web", "api", "job", "more", "edge")

Program = dict[str, dict[str, Any]]
"""The inputs of image caches by name."""


def edited(chance: random.Random, before: Program, *, creates: bool, shared: bool) -> Program:
    """Change a program; something is left to do in any case.

    Args:
        chance: what decides.
        before: the program.
        creates: whether a cache must be new.
        shared: whether a cache must have the name that two stacks race for.
    """
    names = chance.sample(_NAMES, k=chance.randint(1, 3))
    fresh = [name for name in _NAMES if name not in before]
    if creates and set(names) <= before.keys() and fresh:
        names.append(fresh[0])
    program = {
        name: before[name]
        if name in before and chance.random() < 0.4  # noqa: PLR2004 - some stay
        else _cache(chance)
        for name in names
    }
    if shared:
        program[names[-1]] = {**_cache(chance), "imageCacheName": SHARED_NAME}
    if program == before:
        program[names[0]] = {**_cache(chance), "rebuildTriggers": [str(chance.random())]}
    return program


def _cache(chance: random.Random) -> dict[str, Any]:
    inputs: dict[str, Any] = {
        "images": chance.sample(_IMAGES, k=chance.choice([1, 1, 2])),
        "retentionDays": 7,
    }
    if chance.random() < 0.3:  # noqa: PLR2004 - some
        inputs["imageCacheSize"] = 30
    if chance.random() < 0.3:  # noqa: PLR2004 - some
        inputs["tags"] = {"team": chance.choice("ab")}
    return inputs


def files_of(front: str, program: Program, *, short: bool) -> dict[str, str]:
    """Give a project's files by path; a secret password goes with each cache.

    Args:
        front: PLUGIN or DYNAMIC.
        program: what the project is to be.
        short: whether a build may take but a few seconds; through the plugin only.
    """
    if front == DYNAMIC:
        named = {name: _python_names(inputs) for name, inputs in program.items()}
        about = {"name": PROJECT, "runtime": "python"}
        return {
            "Pulumi.yaml": json.dumps(about),  # YAML, too
            "__main__.py": _DYNAMIC_PROGRAM,
            "resources.json": json.dumps(named),
        }
    secret = {"type": "string", "secret": True}
    timeouts = {"customTimeouts": {"create": _SHORT, "update": _SHORT}} if short else {}
    resources = {
        name: {
            "type": TOKEN,
            "properties": {**inputs, "imageRegistryCredentials": [_LOGIN]},
            "options": timeouts,
        }
        for name, inputs in program.items()
    }
    config = {"user": secret, "password": secret}
    about_yaml = {"name": PROJECT, "runtime": "yaml", "config": config, "resources": resources}
    return {"Pulumi.yaml": json.dumps(about_yaml)}


def _python_names(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name): each for name, each in inputs.items()
    }
