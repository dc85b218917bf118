"""Which registries an instance reaches without the internet, and what is said where it reaches none.

`registries` asks it before every pull.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re

from imagecache_simulator.references import DOCKER_HUB, ImageReference, split_port

# How long containerd waits for a connection.
DIAL_SECONDS = 30
# The names of ACR that resolve to an address in the region's own network.
_ACR_IN_VPC = re.compile(
    r"registry-vpc\.[a-z0-9-]+\.aliyuncs\.com"
    r"|crpi-[a-z0-9]+-vpc\.[a-z0-9-]+\.personal\.cr\.aliyuncs\.com"
    r"|[a-z0-9-]+-registry-vpc\.[a-z0-9-]+\.cr\.aliyuncs\.com"
)
_PRIVATE = [
    ipaddress.ip_network(block)
    for block in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
]
_IPV6 = 6
# Addresses of nobody, for hosts that can't be reached.
_NOWHERE = ipaddress.IPv4Network("203.0.113.0/24")


def is_in_vpc(host: str) -> bool:
    """Tell whether a host with or without a port is reached from any VPC: by ACR's names, or privately."""
    address = _address(host)
    if address is None:
        return _ACR_IN_VPC.fullmatch(host.lower()) is not None
    return any(address in block for block in _PRIVATE)


def dial_timeout(reference: ImageReference, *, plain_http: bool) -> str:
    """Return what containerd says of an image whose registry can't be reached."""
    host = "registry-1.docker.io" if reference.registry == DOCKER_HUB else reference.registry
    scheme, usual_port = ("http", "80") if plain_http else ("https", "443")
    name, port = split_port(host)
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % 254 + 1
    address = _address(host) or _NOWHERE[number]
    dialled = f"[{address}]" if address.version == _IPV6 else str(address)
    manifest = f"{scheme}://{host}/v2/{reference.repository}/manifests/{reference.digest or reference.tag}"
    return f'failed to do request: Head "{manifest}": dial tcp {dialled}:{port or usual_port}: i/o timeout'


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(split_port(host)[0].strip("[]"))
    except ValueError:
        return None
