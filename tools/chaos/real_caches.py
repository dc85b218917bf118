"""Holds a cache to the program, as the real engine's trials see it: in the cloud, and in the state's file.

`real` calls it for each cache that a program has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chaos import compare
from chaos.compare import Finding
from imagecache_provider.resource import HIDDEN_TAGS, Record


def tags_of(cache: Mapping[str, Any]) -> dict[str, str]:
    """Give a cache's tags."""
    return {tag["Key"]: tag["Value"] for tag in cache.get("Tags", [])}


def differences(
    name: str, inputs: Mapping[str, Any], cache: Mapping[str, Any], recorded: Mapping[str, Any]
) -> Iterator[Finding]:
    """Yield where a cache isn't what the program wants, in the cloud and in the state.

    Args:
        name: the resource's.
        inputs: what the program wants.
        cache: as the cloud shows it.
        recorded: as the state has it.
    """
    tags = tags_of(cache)
    there = {
        "status": cache["Status"],
        "images": sorted(cache["Images"]),
        "imageCacheSize": cache["ImageCacheSize"],
        "retentionDays": cache["RetentionDays"],
        "tags": {key: value for key, value in tags.items() if key not in HIDDEN_TAGS},
    }
    wanted = {"status": "Ready", "imageCacheSize": 20, "retentionDays": None, "tags": {}}
    wanted |= {key: value for key, value in inputs.items() if key in there}
    wanted["images"] = sorted(inputs["images"])
    outputs = {"imageCacheSize": 20, "retentionDays": None, "tags": {}, **recorded["outputs"]}
    for key, value in wanted.items():
        if there[key] != value:
            yield Finding(compare.PROPERTY, f"{name}.{key} is {there[key]}, not {value}, in the cloud")
        stored = sorted(outputs[key]) if key == "images" else outputs[key]
        if stored != value:
            yield Finding(compare.PROPERTY, f"{name}.{key} is {stored}, not {value}, in the state")
    record = Record.read(tags)
    if record is None or record.pending:
        yield Finding(compare.PENDING, f"{name} {tags}")
