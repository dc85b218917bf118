"""Tests of the image registries: what exists, how large it is, who may have it."""

from __future__ import annotations

import pytest

from imagecache_simulator.catalogue import IMAGES, total_size
from imagecache_simulator.registries import (
    Access,
    AcrRegistryInfo,
    PullError,
    Registries,
    RegistryCredential,
)


def pulled(registries: Registries, image: str, access: Access | None = None) -> float:
    """Return the compressed MB of an image that is pulled."""
    return total_size(registries.pull(image, access or Access(), internet=True))


ENTERPRISE = "shop-registry-vpc.cn-hangzhou.cr.aliyuncs.com"


@pytest.mark.parametrize(
    ("image", "size"),
    [
        ("flink:1.17", 386),
        ("library/nginx", 71),
        ("registry-vpc.cn-hangzhou.aliyuncs.com/eci_open/nginx:1.15.10-perl", 71),
    ],
)
def test_known_sizes(image: str, size: float) -> None:
    """A known name has its real size, wherever it's pulled from."""
    assert pulled(Registries(), image) == size


def test_unknown_images_exist() -> None:
    """An image that nobody described exists, with a size that is always the same and reasonable."""
    sizes = [pulled(Registries(), f"ghcr.io/team/app-{number}") for number in range(50)]
    assert sizes == pytest.approx([pulled(Registries(), f"ghcr.io/team/app-{n}:v2") for n in range(50)])
    assert all(20 <= size < 620 for size in sizes)
    assert len(set(sizes)) > 30


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("python:3.12", "node:22", 347),
        ("python:3.12", "debian", 48),
        ("flink:1.17", "spark:3.5", 94),
        ("flink:1.17", "flink:1.18", 94),
        ("spark", "spark-py:3.5", 420),
        ("nginx:1.25", "redis:7", 28),
        ("nginx", "alpine", 0),
        ("nginx", "docker.io/library/nginx:latest", 71),
        ("nginx:1.25", "registry-vpc.cn-hangzhou.aliyuncs.com/eci_open/nginx:1.25", 71),
        ("nginx@sha256:" + "0a" * 32, "nginx:1.25@sha256:" + "0a" * 32, 71),
        ("nginx@sha256:" + "0a" * 32, "nginx@sha256:" + "0b" * 32, 28),
        ("ghcr.io/team/app", "ghcr.io/team/other", 0),
    ],
)
def test_shared_layers(first: str, second: str, shared: float) -> None:
    """Images share the layers of what they're built from, and all of them if they are the same image."""
    registries = Registries()
    assert total_size(set(registries.layers(first)) & set(registries.layers(second))) == shared


def test_layers_of_unknown_images() -> None:
    """Tags of a repository that nobody described share a base, and each has layers of its own."""
    one, two = (set(Registries().layers(f"ghcr.io/team/app:{tag}")) for tag in "12")
    assert total_size(one & two) == pytest.approx(0.4 * total_size(one))
    assert Registries().layers("ghcr.io/team/app:1") == Registries().layers("ghcr.io/team/app:1")


def test_another_size_is_another_content() -> None:
    """An image whose size a test changes has other layers from then on."""
    registries = Registries()
    before = set(registries.layers("ghcr.io/team/app"))
    registries.add_image("ghcr.io/team/app", 700)
    assert not before & set(registries.layers("ghcr.io/team/app"))


def test_layers_of_what_is_not_there() -> None:
    """An image that isn't there, or isn't one, has no layers."""
    assert Registries().layers("missing") == Registries().layers("Not An Image") == ()


def test_every_image_of_the_catalogue_stands_on_another() -> None:
    """What an image is built from is in the catalogue itself, or nothing."""
    assert {base for base, _ in IMAGES.values()} <= {"", *IMAGES}


@pytest.mark.parametrize("image", ["nginx:does-not-exist", "team/missing", "ghcr.io/no-such/app"])
def test_images_that_are_not_there(image: str) -> None:
    """A repository or tag that says so in its name doesn't exist."""
    with pytest.raises(PullError, match="not found"):
        Registries().pull(image, Access(), internet=True)


def test_added_and_removed_images() -> None:
    """Tests set sizes and remove images, for one tag or for a whole repository; the tag is the stronger."""
    registries = Registries()
    registries.add_image("nginx", 1000)
    registries.add_image("nginx:small", 1)
    registries.remove_image("nginx:gone")
    registries.add_image("team/missing", 5)
    assert pulled(registries, "nginx:1") == pytest.approx(1000)
    assert pulled(registries, "docker.io/library/nginx:small") == pytest.approx(1)
    assert pulled(registries, "team/missing:1") == pytest.approx(5)
    with pytest.raises(PullError):
        registries.pull("nginx:gone", Access(), internet=True)
    with pytest.raises(ValueError, match="not an image reference"):
        registries.add_image("No Image", 1)


def test_docker_hub_credentials() -> None:
    """A credential for Docker Hub may name it by any of its hosts."""
    registries = Registries()
    registries.add_registry("docker.io", users={"me": "pw"})
    for server in ("docker.io", "index.docker.io", "registry-1.docker.io", "Docker.io"):
        access = Access(credentials=(RegistryCredential(server, "me", "pw"),))
        assert pulled(registries, "nginx", access) == 71
        assert pulled(registries, "registry-1.docker.io/library/nginx", access) == 71
    with pytest.raises(PullError, match="401"):
        registries.pull("nginx", Access(), internet=True)


@pytest.mark.parametrize(
    "host",
    [
        "registry.cn-hangzhou.aliyuncs.com",
        "registry-vpc.cn-beijing.aliyuncs.com",
        "crpi-abc.cn-hangzhou.personal.cr.aliyuncs.com",
        "ghcr.io",
    ],
)
def test_open_registries(host: str) -> None:
    """ACR Personal of the account needs no credential, and neither does a registry that nobody described."""
    assert Registries().pull(f"{host}/team/app:1", Access(), internet=True)


@pytest.mark.parametrize(
    ("access", "lets_in"),
    [
        (Access(), False),
        (Access(acr_registry_infos=(AcrRegistryInfo("cri-1"),)), True),
        (Access(acr_registry_infos=(AcrRegistryInfo("cri-1", instance_name="shop"),)), True),
        (Access(acr_registry_infos=(AcrRegistryInfo("cri-1", instance_name="other"),)), False),
        (Access(acr_registry_infos=(AcrRegistryInfo("cri-1", region_id="cn-beijing"),)), False),
        (Access(acr_registry_infos=(AcrRegistryInfo("cri-1", domains=(ENTERPRISE,)),)), True),
        (Access(acr_registry_infos=(AcrRegistryInfo("cri-1", domains=("x.example.com",)),)), False),
        (Access(credentials=(RegistryCredential(ENTERPRISE, "me", "pw"),)), True),
        (Access(credentials=(RegistryCredential("other.example.com", "me", "pw"),)), False),
    ],
)
def test_acr_enterprise(access: Access, lets_in: bool) -> None:
    """ACR Enterprise wants an AcrRegistryInfo that covers it, or a credential."""
    if lets_in:
        assert Registries().pull(f"{ENTERPRISE}/team/app:1", access, internet=True)
    else:
        with pytest.raises(PullError, match="401"):
            Registries().pull(f"{ENTERPRISE}/team/app:1", access, internet=True)


def test_plain_http_and_self_signed() -> None:
    """A registry without TLS or with its own certificate must be named as such, with or without its port."""
    registries = Registries()
    registries.add_registry("10.0.0.9:5000", plain_http=True)
    registries.add_registry("[fd00::5]:5000", plain_http=True)
    for host in ("10.0.0.9", "[fd00::5]"):
        for named in (f"{host}:5000", host):
            assert registries.pull(f"{host}:5000/app", Access(plain_http=(named,)), internet=True)
    assert registries.pull(
        "self-signed.example.com/app", Access(insecure=("self-signed.example.com",)), internet=True
    )
    with pytest.raises(PullError, match="HTTP response to HTTPS client"):
        registries.pull("10.0.0.9:5000/app", Access(insecure=("10.0.0.9",)), internet=True)


def test_no_password_in_a_text() -> None:
    """A credential shows its password neither in its text nor in an error."""
    credential = RegistryCredential("private.example.com", "simulator", "hunter2")
    assert "hunter2" not in repr(credential)
    with pytest.raises(PullError) as caught:
        Registries().pull("private.example.com/app", Access(credentials=(credential,)), internet=True)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("registry-vpc.cn-hangzhou.aliyuncs.com", True),
        ("registry.cn-hangzhou.aliyuncs.com", False),
        ("crpi-abc-vpc.cn-hangzhou.personal.cr.aliyuncs.com", True),
        ("crpi-abc.cn-hangzhou.personal.cr.aliyuncs.com", False),
        ("team-registry-vpc.cn-hangzhou.cr.aliyuncs.com", True),
        ("team-registry.cn-hangzhou.cr.aliyuncs.com", False),
        ("10.0.0.9:5000", True),
        ("172.16.0.1", True),
        ("8.8.8.8:5000", False),
        ("[fd00::5]:5000", True),
        ("[fd00::5]", True),
        ("[2001:db8::5]:5000", False),
        ("harbor.example.com:5000", True),
        ("ghcr.io", False),
    ],
)
def test_reached_without_the_internet(host: str, reached: bool) -> None:
    """ACR's VPC endpoints, private addresses and registries added as such need no internet."""
    registries = Registries()
    registries.add_registry("harbor.example.com:5000", in_vpc=True)
    access = Access(acr_registry_infos=(AcrRegistryInfo("cri-1"),))
    if reached:
        assert registries.pull(f"{host}/team/app:1", access, internet=False)
    else:
        with pytest.raises(PullError, match="i/o timeout"):
            registries.pull(f"{host}/team/app:1", access, internet=False)


def test_dial_timeout_names_the_address() -> None:
    """What is said of a registry that isn't reached is the kubelet's: the URL, the address and its port."""
    registries = Registries()
    for image, words in [
        ("8.8.8.8:5000/app:1", 'Head "https://8.8.8.8:5000/v2/app/manifests/1": dial tcp 8.8.8.8:5000: i/o'),
        (
            "[2001:db8::5]:5000/app:1",
            'Head "https://[2001:db8::5]:5000/v2/app/manifests/1": dial tcp [2001:db8::5]:5000: i/o',
        ),
        ("[2001:db8::5]/app:1", "dial tcp [2001:db8::5]:443: i/o"),
        ("http.example.com/app:1", 'Head "http://http.example.com/v2/app/manifests/1": dial tcp 203.0.113.'),
    ]:
        with pytest.raises(PullError) as caught:
            registries.pull(image, Access(), internet=False)
        assert words in str(caught.value)
        assert caught.value.waited == 30
