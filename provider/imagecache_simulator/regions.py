"""The regions that the simulated cloud has, and their zones; `core` and the actions read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagecache_simulator.exceptions import InvalidRegionNotFoundError

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.wire import Parameters

_LETTERS = {
    "cn-hangzhou": "bghijk",
    "cn-shanghai": "abefglmn",
    "cn-qingdao": "bc",
    "cn-beijing": "acdefghijkl",
    "cn-zhangjiakou": "abc",
    "cn-huhehaote": "ab",
    "cn-wulanchabu": "abc",
    "cn-shenzhen": "acdef",
    "cn-heyuan": "ab",
    "cn-guangzhou": "ab",
    "cn-chengdu": "ab",
    "cn-hongkong": "bcd",
    "ap-southeast-1": "abc",
    "ap-southeast-3": "ab",
    "ap-southeast-5": "abc",
    "ap-southeast-6": "ab",
    "ap-southeast-7": "ab",
    "ap-northeast-1": "abc",
    "ap-northeast-2": "ab",
    "eu-central-1": "abc",
    "eu-west-1": "ab",
    "us-east-1": "ab",
    "us-west-1": "ab",
    "me-east-1": "a",
    "me-central-1": "ab",
}


def default_regions() -> dict[str, list[str]]:
    """Return region ID to the IDs of its zones: `{"cn-hangzhou": ["cn-hangzhou-b", …], …}`."""
    return {region: [zone_id(region, letter) for letter in letters] for region, letters in _LETTERS.items()}


def zone_id(region: str, letter: str) -> str:
    """Return a zone's ID. Outside mainland China and Hong Kong the letter stands without a hyphen."""
    return f"{region}-{letter}" if region.startswith("cn-") else f"{region}{letter}"


def named_region(cloud: Cloud, parameters: Parameters) -> str:
    """Return the region that a call names.

    Raises:
        MissingParameterError: it names none.
        InvalidRegionNotFoundError: there's no such region.
    """
    region = parameters.required("RegionId")
    if region not in cloud.regions:
        raise InvalidRegionNotFoundError
    return region
