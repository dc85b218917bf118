"""What a reader of a page has before its first command: an engine, and for some pages a simulated account."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.prepared import account, template

from engine_environment import environment
from local_stack import Simulator

__all__ = ["template"]

ROOT = Path(__file__).resolve().parents[2]
CLONE = "pulumi-imagecache"
"""Under which name the pages take the clone to be beside the reader's folder."""
_CLOUD = ("ALICLOUD_", "ALIBABA_CLOUD_", "ALIBABACLOUD_", "PULUMI_")


@pytest.fixture
def cloud() -> Iterator[Simulator]:
    """A simulated account in the real one's place; a build takes half a second."""
    with account() as running:
        yield running


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    """An empty folder, with the clone beside it."""
    (tmp_path / CLONE).symlink_to(ROOT)
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder


@pytest.fixture
def shell_variables(tmp_path: Path) -> dict[str, str]:
    """The environment of a reader who has installed Pulumi, and is led to no cloud and no backend yet."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_CLOUD)}
    return {**kept, **environment(home / ".pulumi"), "HOME": str(home)}


@pytest.fixture
def instead_of_the_cloud(cloud: Simulator) -> dict[str, str]:
    """What leads a real account's stack to the simulator, without a word in the page: where it calls.

    Credentials and region are the page's own business. pulumi-alicloud speaks HTTPS, as it does to the cloud;
    the image cache provider is let off that, since Python takes no other authorities from a variable.
    """
    products = ("VPC", "ECS", "STS", "LOCATION", "RESOURCEMANAGER")
    return {
        **{f"{product}_ENDPOINT": cloud.tls_endpoint for product in products},
        **{f"ALIBABA_CLOUD_ENDPOINT_{product}": cloud.tls_endpoint for product in products},
        "SSL_CERT_FILE": cloud.ca_file,
        "ECI_ENDPOINT": cloud.tls_endpoint,
        "ALIBABA_CLOUD_ENDPOINT_ECI": cloud.endpoint,
        "ALIBABA_CLOUD_PROTOCOL": "HTTP",
        "ALIBABA_CLOUD_ACCOUNT_TYPE": "Domestic",
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
    }


@pytest.fixture
def furnish() -> Callable[[Path], None]:
    """Let a fresh Python environment see the packages of the tests' own.

    pip then finds there all that it's asked for, so that it downloads nothing; what it installs is in front.
    That the package names all that it needs is held by tests/engine/test_install.py.
    """

    def see(folder: Path) -> None:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        packages = folder / "lib" / version / "site-packages"
        (packages / "tests-own.pth").write_text(f"{sysconfig.get_path('purelib')}\n")

    return see
