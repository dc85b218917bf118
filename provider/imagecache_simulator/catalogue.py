"""The images that the simulator knows by name: what each stands on, and how large its own layers are.

`registries` asks it for layers. Sizes are compressed MB of a common tag: flink at 386 MB in all is the figure
of seed 003; the others are rounded from what Docker Hub lists for linux/amd64, and so are the bases.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass

# An image, by the last part of its repository -> the image that it's built from (empty: from nothing), and
# the layers that it adds.
IMAGES: dict[str, tuple[str, tuple[float, ...]]] = {
    # Systems.
    "alpine": ("", (4,)),
    "busybox": ("", (2,)),
    "centos": ("", (83,)),
    "debian": ("", (48,)),
    "debian-slim": ("", (28,)),
    "hello-world": ("", (1,)),
    "oraclelinux-slim": ("", (42,)),
    "pause": ("", (1,)),
    "ubuntu": ("", (30,)),
    # What languages are built on.
    "buildpack-deps-scm": ("debian", (24, 64)),
    "buildpack-deps": ("buildpack-deps-scm", (211,)),
    "eclipse-temurin": ("ubuntu", (17, 47)),
    # Languages.
    "golang": ("buildpack-deps-scm", (87, 67)),
    "node": ("buildpack-deps", (36, 3)),
    "openjdk": ("buildpack-deps-scm", (6, 100)),
    "php": ("debian-slim", (104, 46)),
    "python": ("buildpack-deps", (7, 3)),
    "ruby": ("buildpack-deps", (18,)),
    # Servers.
    "caddy": ("alpine", (14,)),
    "httpd": ("debian-slim", (4, 28)),
    "kafka": ("eclipse-temurin", (236,)),
    "mariadb": ("ubuntu", (87,)),
    "memcached": ("debian-slim", (4,)),
    "mongo": ("ubuntu", (240,)),
    "mysql": ("oraclelinux-slim", (40, 148)),
    "nginx": ("debian-slim", (43,)),
    "postgres": ("debian-slim", (14, 112)),
    "rabbitmq": ("ubuntu", (52, 23)),
    "redis": ("debian-slim", (18,)),
    "wordpress": ("php", (40, 22)),
    "zookeeper": ("eclipse-temurin", (34,)),
    # Tools.
    "elasticsearch": ("ubuntu", (580,)),
    "gitlab-ce": ("ubuntu", (40, 1200)),
    "grafana": ("alpine", (121,)),
    "jenkins": ("debian", (112, 100)),
    "prometheus": ("busybox", (56, 50)),
    # Data and models.
    "airflow": ("debian-slim", (102, 300)),
    "cuda": ("ubuntu", (50, 1370)),
    "flink": ("eclipse-temurin", (12, 280)),
    "jupyter": ("ubuntu", (60, 200)),
    "pytorch": ("cuda", (150, 1600)),
    "ray": ("ubuntu", (150, 600)),
    "scipy-notebook": ("jupyter", (250, 500)),
    "spark": ("eclipse-temurin", (26, 300)),
    "spark-py": ("spark", (140,)),
    "tensorflow": ("ubuntu", (35, 555)),
    "tensorflow-gpu": ("cuda", (650, 600)),
    "tritonserver": ("cuda", (1450, 4000)),
    "vllm-openai": ("cuda", (950, 3000)),
}

# Of an image that isn't above: its first layer is the repository's, the others are the tag's.
_SHARES = (0.4, 0.4, 0.2)


@dataclass(frozen=True)
class Layer:
    """A layer of images, `size` being its compressed MB. The same content has the same digest everywhere."""

    digest: str
    size: float


def known_layers(name: str, version: str) -> tuple[Layer, ...]:
    """Return the layers of an image of the catalogue, the lowest first; none if it isn't in there.

    Args:
        name: the last part of its repository.
        version: its tag or digest. What it's built from is always the latest there is.
    """
    if name not in IMAGES:
        return ()
    base, sizes = IMAGES[name]
    own = tuple(_layer(size, name, version, str(index)) for index, size in enumerate(sizes))
    return (*known_layers(base, "latest"), *own)


def derived_layers(repository: str, version: str, size: float) -> tuple[Layer, ...]:
    """Return layers of an image that the catalogue doesn't have, always the same for its name and size.

    Args:
        repository: its name without a tag; the lowest layer is the same in all versions of one size.
        version: its tag or digest.
        size: all layers together, in MB.
    """
    base, *own = _SHARES
    return (
        _layer(size * base, repository, str(size)),
        *(_layer(size * share, repository, version, str(size), str(share)) for share in own),
    )


def derived_size(repository: str) -> float:
    """Return 20 to 619 MB, always the same for a name."""
    return 20 + int.from_bytes(hashlib.sha256(repository.encode()).digest()[:4], "big") % 600


def total_size(layers: Iterable[Layer]) -> float:
    """Return how large layers are together, in compressed MB; one that comes twice counts once."""
    return math.fsum({layer.digest: layer.size for layer in layers}.values())


def _layer(size: float, *content: str) -> Layer:
    return Layer("sha256:" + hashlib.sha256("\n".join(content).encode()).hexdigest(), size)
