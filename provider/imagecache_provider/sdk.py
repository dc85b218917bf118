"""What the Python SDK does when an engine's program loads it: says how to get the plugin where it's missing.

tools/generate_sdks.py adds the call to what Pulumi's generator writes. Otherwise a user reads the engine's
`no resource plugin 'pulumi-resource-imagecache' found`, whose cure nobody can guess.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping

import pulumi

from imagecache_provider.install import PROGRAM, VERSION, Place


def warn_without_plugin() -> None:
    """Warn in the engine's display if it won't find the plugin."""
    if not found(os.environ):
        pulumi.log.warn(
            f"The plugin imagecache v{VERSION} isn't installed in {Place.of(os.environ).folder.parent};"
            f" run: {sys.executable} -m imagecache_provider install"
        )


def found(environment: Mapping[str, str]) -> bool:
    """Say whether an engine with this environment finds the plugin: attached, on PATH, or installed."""
    attached = environment.get("PULUMI_DEBUG_PROVIDERS", "").split(",")
    if any(each.startswith("imagecache:") for each in attached):
        return True
    ignored = environment.get("PULUMI_IGNORE_AMBIENT_PLUGINS", "").lower() in {"1", "true"}
    ambient = None if ignored else shutil.which(PROGRAM, path=environment.get("PATH", ""))
    return ambient is not None or Place.of(environment).holds_plugin
