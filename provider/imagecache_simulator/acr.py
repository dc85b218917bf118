"""Alibaba Cloud's own registries, ACR: whose they are, and who may pull without a password.

`registries` asks it about hosts that nobody described. Personal Edition gives the images of the same account
to everybody in it; Enterprise Edition wants an AcrRegistryInfo. Source: seed 003, chapter 5, and
spec/eci-image-cache.md section 1, rows AcrRegistryInfo.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imagecache_simulator.references import ImageReference
    from imagecache_simulator.registries import AcrRegistryInfo

_PERSONAL = re.compile(
    r"registry(-vpc|-internal)?\.(?P<region>[a-z0-9-]+)\.aliyuncs\.com"
    r"|(?P<instance>crpi-[a-z0-9]+)(-vpc)?\.(?P<its_region>[a-z0-9-]+)\.personal\.cr\.aliyuncs\.com"
)
_ENTERPRISE = re.compile(r"(?P<name>[a-z0-9-]+?)-registry(-vpc)?\.(?P<region>[a-z0-9-]+)\.cr\.aliyuncs\.com")
_ROLE = re.compile(r"acs:ram::(?P<account>[0-9]{1,20}):role/[A-Za-z0-9._/-]{1,128}")


class Acr:
    """What of ACR belongs to another account; everything else is the account's own.

    Args:
        account_id: the account that pulls.
    """

    def __init__(self, account_id: str = "") -> None:
        self._account_id = account_id
        self._owners: dict[str, str] = {}

    def set_owner(self, place: str, account_id: str) -> None:
        """Say whose a namespace of Personal Edition or an instance of Enterprise Edition is.

        Args:
            place: `registry.<region>.aliyuncs.com/<namespace>`, or the host of an Enterprise instance; its
                other hosts (`-vpc`, `-internal`) are meant, too.
            account_id: the owner's.

        Raises:
            ValueError: the place is neither.
        """
        host, _, namespace = place.partition("/")
        key = _key(host, namespace)
        if not key or bool(_PERSONAL.fullmatch(host)) != bool(namespace):
            raise ValueError(f"neither a namespace of ACR Personal nor a host of ACR Enterprise: {place!r}")
        self._owners[key] = account_id

    def refusal(self, reference: ImageReference, infos: Iterable[AcrRegistryInfo]) -> str:
        """Return why ACR doesn't give an image without a password; empty if it does, or isn't asked."""
        host = reference.registry.lower()
        namespace = reference.repository.partition("/")[0]
        owner = self._owners.get(_key(host, namespace), self._account_id)
        foreign = owner != self._account_id
        enterprise = _ENTERPRISE.fullmatch(host)
        if enterprise is None or _PERSONAL.fullmatch(host):
            return f"{namespace} belongs to account {owner}, and no credential was given" if foreign else ""
        covering = [info for info in infos if _covers(info, enterprise)]
        if not covering:
            return "no credential or AcrRegistryInfo fits it"
        if foreign and not any(info.arn_service and account_of(info.arn_user) == owner for info in covering):
            return f"it belongs to account {owner}, and no AcrRegistryInfo has ArnService and its ArnUser"
        return ""


def account_of(arn: str) -> str:
    """Return the account of a RAM role's ARN; empty for what isn't one."""
    role = _ROLE.fullmatch(arn)
    return role["account"] if role else ""


def _key(host: str, namespace: str) -> str:
    """Return what names a namespace or an instance whichever of its hosts is used; empty for others."""
    if personal := _PERSONAL.fullmatch(host):
        where = personal["instance"] or "registry"
        return f"{where}.{personal['region'] or personal['its_region']}/{namespace}"
    enterprise = _ENTERPRISE.fullmatch(host)
    return f"{enterprise['name']}-registry.{enterprise['region']}" if enterprise else ""


def _covers(info: AcrRegistryInfo, enterprise: re.Match[str]) -> bool:
    host = enterprise.string
    return (not info.region_id or info.region_id == enterprise["region"]) and (
        host in info.domains if info.domains else info.instance_name in {"", enterprise["name"]}
    )
