"""A cloud that the dynamic front can't reach, on driven time: the client tries for half a minute."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest
from pulumi import dynamic

from imagecache_provider.dynamic import PROGRAM, Provider, host, session

if TYPE_CHECKING:
    from tests.provider.world import World

PROPS = {"images": ["busybox:1"], PROGRAM: {"identity": "a.b", "name": "web"}, "__provider": "pickled"}


@pytest.fixture
def nobody() -> str:
    """An endpoint where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def test_unreachable(world: World, nobody: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A create ends in one error that names the endpoint and its setting; with the right one it works."""
    monkeypatch.setattr(host, "run", world.run)
    monkeypatch.setattr(session, "SystemClock", lambda: world.clock)

    def create(**settings: str) -> Any:
        provider = Provider("imagecache:eci:ImageCache")
        config = dynamic.Config({**world.config, **settings}, "project")
        provider.configure(dynamic.ConfigureRequest(config))
        return provider.create({**provider.check({}, PROPS).inputs, "__provider": "pickled"}).id

    began = world.clock.seconds()
    with pytest.raises(Exception, match=rf"no answer from http://{nobody}") as caught:
        create(**{"imagecache:endpoint": nobody, "imagecache:protocol": "HTTP"})
    assert "check imagecache:endpoint" in str(caught.value)
    assert "or proxy" in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert world.clock.seconds() - began > 10
    assert world.caches() == {}
    made = create()
    assert world.caches() == {made: "Ready"}
