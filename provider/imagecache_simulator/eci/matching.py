"""Which image caches fit a set of images, the best first; container groups and DescribeImageCaches ask.

Source: seed 003 (region and size first, then match degree, then the closest image size, then the newest). The
caller hands in the usable caches of the region. What match degree and size mean is a choice of
docs/simulator.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from imagecache_simulator.catalogue import Layer, total_size
from imagecache_simulator.eci.image_cache import ImageCache
from imagecache_simulator.references import ImageReference, parse_reference


@dataclass(frozen=True)
class WantedImage:
    """An image that is looked for: its completed name, and its layers, none if it doesn't exist."""

    reference: ImageReference
    layers: frozenset[Layer]


class Degree(NamedTuple):
    """How well a cache fits, the most important first.

    Attributes:
        exact: how many images it names, repository and tag.
        held: how many images it has all layers of.
        repository: of how many images it names the repository, with any tag.
        shared: compressed MB of the images' layers that it has.
    """

    exact: int
    held: int
    repository: int
    shared: float

    @property
    def is_match(self) -> bool:
        """Whether it names an image, with any tag, or has one; a few layers in common are not enough."""
        return self.held > 0 or self.repository > 0


def wanted_images(
    images: Iterable[str], layers_of: Callable[[str], Sequence[Layer]]
) -> tuple[WantedImage, ...]:
    """Return the images to look for, each once.

    Args:
        images: as the user wrote them; what isn't a reference is left out.
        layers_of: image to its layers, as `Registries.layers`.
    """
    found = {}
    for image in images:
        reference = parse_reference(image)
        if reference is not None:
            found[str(reference)] = WantedImage(reference, frozenset(layers_of(image)))
    return tuple(found.values())


def degree(cache: ImageCache, wanted: Sequence[WantedImage]) -> Degree:
    """Return how well a cache fits images."""
    named = [reference for image in cache.inputs.images if (reference := parse_reference(image))]
    references = {str(reference) for reference in named}
    repositories = {reference.name for reference in named}
    layers = frozenset(layer for image in wanted for layer in image.layers)
    return Degree(
        exact=sum(str(image.reference) in references for image in wanted),
        held=held_count(cache, wanted),
        repository=sum(image.reference.name in repositories for image in wanted),
        shared=total_size(layers & cache.layers),
    )


def held_count(cache: ImageCache, wanted: Iterable[WantedImage]) -> int:
    """Return how many images a cache has all layers of."""
    return sum(bool(image.layers) and image.layers <= cache.layers for image in wanted)


def ranked(
    wanted: Sequence[WantedImage], caches: Iterable[ImageCache], ephemeral_storage: int = 0
) -> list[ImageCache]:
    """Return the caches that fit, the best first.

    Args:
        wanted: the images, of all containers of an instance for example.
        caches: the usable ones of the region.
        ephemeral_storage: GiB that the instance asks for; a smaller cache doesn't fit.
    """
    size = total_size(layer for image in wanted for layer in image.layers)
    fitting = []
    for cache in caches:
        fits = degree(cache, wanted)
        if fits.is_match and cache.inputs.size >= ephemeral_storage:
            distance = abs(total_size(cache.layers) - size)
            fitting.append(((fits, -distance, cache.created, cache.number), cache))
    return [cache for _, cache in sorted(fitting, key=lambda each: each[0], reverse=True)]
