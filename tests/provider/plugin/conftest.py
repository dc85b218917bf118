"""What the tests of the servicer share: a plugin on driven time, and an engine that keeps what it's told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.provider.fronts import Plugin

from imagecache_provider.plugin.engine import Engine
from imagecache_provider.plugin.servicer import Servicer
from imagecache_provider.plugin.told import Told

if TYPE_CHECKING:
    from tests.provider.world import World

Start = Callable[..., Plugin]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, bool]]:
    """Return what the plugin tells the engine: text, the resource's name, whether it's for the moment."""
    kept: list[tuple[str, str, bool]] = []

    async def log(_engine: Engine, _severity: int, text: str, urn: str, *, ephemeral: bool = False) -> None:
        kept.append((text, urn.rpartition("::")[2], ephemeral))

    monkeypatch.setattr(Engine, "log", log)
    return kept


@pytest.fixture
def start(world: World, told: list[Any], tmp_path: Path) -> Start:  # noqa: ARG001 - it listens from the start
    """Return a function that starts a process of the plugin: settings beside the account's, run."""

    def begin(
        environment: dict[str, str] | None = None, timeout: float = 0, run: str = "", **settings: Any
    ) -> Plugin:
        account = {name.removeprefix("imagecache:"): value for name, value in world.config.items()}
        wanted = {name: value for name, value in {**account, **settings}.items() if value is not None}
        noted = Told(world.clock, run, tmp_path / "notes")
        servicer = Servicer(environment or {}, world.clock, told=noted)
        plugin = world.run(Plugin.start(servicer, wanted))
        plugin.timeout = timeout
        return plugin

    return begin
