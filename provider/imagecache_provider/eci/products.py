"""The products of Alibaba Cloud that are called: the version of each one's API, and where it listens.

`eci.account` picks the host of a call by it, `eci.client` sends the version, `eci.transport` refuses plain
HTTP to the cloud's own hosts. Products that share a host, as
in a simulator, are told apart by the version.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """A product.

    Attributes:
        name: as pulumi-alicloud's `endpoints` and RAM's actions name it.
        version: of its API.
        host: where it listens; `{region}` stands for the region [spec: networking.md, section 2].
    """

    name: str
    version: str
    host: str


ECI = Product("eci", "2018-08-08", "eci.aliyuncs.com")
VPC = Product("vpc", "2016-04-28", "vpc.{region}.aliyuncs.com")
ECS = Product("ecs", "2014-05-26", "ecs.{region}.aliyuncs.com")
RESOURCE_MANAGER = Product("resourcemanager", "2020-03-31", "resourcemanager.aliyuncs.com")
STS = Product("sts", "2015-04-01", "sts.aliyuncs.com")

OTHERS = (VPC, ECS, RESOURCE_MANAGER, STS)
"""Those beside ECI: STS tells whose account it is, only preflight asks the others."""

_DOMAINS = ("aliyuncs.com", "aliyun.com", "alibabacloud.com", "alibabacloudsso.com")


def is_the_clouds(host: str) -> bool:
    """Say whether a host[:port] is Alibaba Cloud's own, in any spelling, such as `ECI.aliyuncs.com.:443`."""
    name = host.partition(":")[0].rstrip(".").lower()
    return any(name == domain or name.endswith(f".{domain}") for domain in _DOMAINS)
