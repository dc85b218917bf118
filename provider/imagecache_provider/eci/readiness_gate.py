"""`imagecache:eci:ReadinessGate`: what a program says of caches that it waits for together; see `gate`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from imagecache_provider.eci.image_cache_model import Region
from imagecache_provider.fields import OPTIONAL, Change, MayBeUnknown, Model, Property


class AwaitedImageCache(Model):
    """A cache that is waited for."""

    image_cache_id: Annotated[str, Property("The cache's ID, its output imageCacheId.")]
    build_id: Annotated[str, Property("The build that is waited for, the cache's output buildId.")]


class ReadinessGateArgs(Model):
    """The inputs of `imagecache:eci:ReadinessGate`."""

    caches: Annotated[
        list[MayBeUnknown[AwaitedImageCache]],
        Property(
            "The caches that are waited for; another one, or another build, is waited for anew.",
            change=Change.LOCAL,
        ),
    ]
    timeout: Annotated[
        int,
        Field(ge=1),
        Property("Seconds to wait at most. Default: customTimeouts, or an hour.", change=Change.LOCAL),
    ] = OPTIONAL
    region_id: Annotated[
        Region, Property("The caches' region. Default: the provider's.", change=Change.LOCAL)
    ] = OPTIONAL


class ReadinessGateState(Model):
    """The outputs of `imagecache:eci:ReadinessGate`, beside its inputs."""

    ready: Annotated[int, Property("How many caches are Ready behind it.")]


class ReadinessGate:
    """A gate for image caches. Fulfils `gate.Awaits`."""

    token: ClassVar[str] = "imagecache:eci:ReadinessGate"  # noqa: S105 - a Pulumi type token
    kind: ClassVar[str] = "imagecache:eci:ImageCache"
    id_property: ClassVar[str] = "imageCacheId"
    noun: ClassVar[str] = "readiness gate"
    description: ClassVar[str] = (
        "Waits until many image caches are Ready, all at once. Nothing of it is in the cloud.\n\n"
        "Give the caches `awaitReady: false`, so that they are built side by side whatever --parallel is, and"
        " let what uses them depend on the gate. It waits again after every rebuild."
    )
    args: ClassVar[type[Model]] = ReadinessGateArgs
    state: ClassVar[type[Model]] = ReadinessGateState
