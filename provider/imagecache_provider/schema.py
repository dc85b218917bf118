"""The package's Pulumi schema, from the models."""

from __future__ import annotations

import json


def package_schema() -> str:
    """Give the schema as JSON."""
    return json.dumps({"name": "imagecache"})
