"""Tests of the package's public names."""

from __future__ import annotations

import imagecache_simulator


def test_public_names() -> None:
    """The flat names are those that are promised, and all of them are there."""
    assert imagecache_simulator.__all__ == ["Cloud", "ManualClock", "ScaledClock", "mock_cloud", "serve"]
    assert all(hasattr(imagecache_simulator, name) for name in imagecache_simulator.__all__)
