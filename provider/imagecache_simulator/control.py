"""What drives the simulator over HTTP, under `/_simulator/`: unsigned JSON, for this machine only.

`server` sends such requests here. One more path is one more line in the table at the end.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from imagecache_simulator.eci.exceptions import ImageCacheNotFoundError
from imagecache_simulator.eci.responses import image_cache_form
from imagecache_simulator.ecs.responses import rule_form, security_group_form
from imagecache_simulator.vpc.eip_responses import eip_form
from imagecache_simulator.vpc.responses import vpc_form, vswitch_form
from imagecache_simulator.wire import Response, timestamp

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.eci.image_cache import ImageCache

PREFIX = "/_simulator/"
_HIGHEST_QUOTA = 1_000_000
_MOST_SECONDS = 10**10


class ControlError(Exception):
    """A request that can't be done, with its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


def handle(cloud: Cloud, method: str, path: str, body: bytes = b"") -> Response:
    """Answer one request.

    Args:
        cloud: the account to show or change.
        method: the HTTP method.
        path: with its `/_simulator/`.
        body: JSON, for POST.

    Returns:
        200 with JSON, or 400 or 404 with `{"error": …}`.
    """
    name, _, rest = path.removeprefix(PREFIX).partition("/")
    answer = TABLE.get((method, name))
    if answer is None:
        return Response.of_json(404, {"error": f"there is no {method} {path}"})
    try:
        with cloud.lock:
            cloud.settle()
            content = answer(cloud, rest, body)
            if method != "GET":
                cloud.changed()
            return Response.of_json(200, content)
    except ControlError as error:
        return Response.of_json(error.status, {"error": str(error)})


def resources(cloud: Cloud) -> dict[str, list[dict[str, Any]]]:
    """Return all that exists in an account, secrets masked, as plain data with the wire's names."""
    return {
        "vpcs": [vpc_form(cloud, vpc) for vpc in cloud.vpc.vpcs.values()],
        "vswitches": [vswitch_form(cloud, vswitch) for vswitch in cloud.vpc.vswitches.values()],
        "security_groups": [
            {**security_group_form(group), "Permissions": [rule_form(rule) for rule in group.rules]}
            for group in cloud.ecs.security_groups.values()
        ],
        "eips": [eip_form(eip) for eip in cloud.vpc.eips.values()],
        "image_caches": [_image_cache_with_inputs(cache) for cache in cloud.eci.image_caches.values()],
    }


def _image_cache_with_inputs(cache: ImageCache) -> dict[str, Any]:
    """Return an image cache as the API shows it, and with what the API never tells."""
    inputs, access = cache.inputs, cache.inputs.access
    return {
        **image_cache_form(cache),
        "SecurityGroupId": inputs.security_group_id,
        "VSwitchIds": list(inputs.v_switch_ids),
        "ZoneId": inputs.zone_id,
        "EipInstanceId": inputs.eip_instance_id,
        "RetentionDays": inputs.retention_days,
        "AutoMatchImageCache": inputs.auto_match_image_cache,
        "Flash": inputs.flash,
        "FlashCopyCount": inputs.flash_copy_count,
        "StandardCopyCount": inputs.standard_copy_count,
        "OsType": inputs.os_type,
        "Annotations": inputs.annotations,
        "PlainHttpRegistries": list(access.plain_http),
        "InsecureRegistries": list(access.insecure),
        "ImageRegistryCredentials": [
            {"Server": each.server, "UserName": each.user_name, "Password": "***"}
            for each in access.credentials
        ],
        "AcrRegistryInfos": [
            {
                "InstanceId": each.instance_id,
                "InstanceName": each.instance_name,
                "RegionId": each.region_id,
                "Domains": list(each.domains),
            }
            for each in access.acr_registry_infos
        ],
    }


def _resources(cloud: Cloud, _: str, __: bytes) -> Any:
    return resources(cloud)


def _requests(cloud: Cloud, _: str, __: bytes) -> Any:
    return list(cloud.requests)


def _clock(cloud: Cloud, _: str, __: bytes) -> Any:
    return {"now": timestamp(cloud.clock.now())}


def _advance(cloud: Cloud, _: str, body: bytes) -> Any:
    try:
        cloud.advance(_seconds(_object(body).get("advance")))
    except ValueError as error:
        raise ControlError(400, str(error)) from None
    return {"now": timestamp(cloud.clock.now())}


def _quotas(cloud: Cloud, _: str, __: bytes) -> Any:
    return dict(cloud.quotas)


def _set_quotas(cloud: Cloud, _: str, body: bytes) -> Any:
    wanted = _object(body)
    for name, value in wanted.items():
        if name not in cloud.quotas:
            raise ControlError(400, f"there is no quota {name}; there are {', '.join(sorted(cloud.quotas))}")
        if type(value) is not int or not 0 <= value <= _HIGHEST_QUOTA:
            raise ControlError(400, f"{name} is an integer from 0 to {_HIGHEST_QUOTA}")
    if wanted.get("MaxDescribeImageCachesLimit") == 0:
        raise ControlError(400, "MaxDescribeImageCachesLimit is 1 at least")
    cloud.quotas.update(wanted)
    return dict(cloud.quotas)


def _holds(cloud: Cloud, _: str, __: bytes) -> Any:
    return {"ImageCaches": cloud.eci.held}


def _set_holds(cloud: Cloud, _: str, body: bytes) -> Any:
    held = _object(body).get("ImageCaches")
    if not isinstance(held, bool):
        raise ControlError(400, "ImageCaches is true or false")
    cloud.eci.hold(held)
    return {"ImageCaches": held}


def _delete_image_cache(cloud: Cloud, image_cache_id: str, _: bytes) -> Any:
    try:
        cloud.eci.delete_image_cache(cloud.eci.image_cache(image_cache_id))
    except ImageCacheNotFoundError as error:
        raise ControlError(404, error.message) from None
    return {}


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise ControlError(400, "the body is a JSON object")
    return content


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > _MOST_SECONDS:
        raise ControlError(400, f"advance is a number of simulated seconds, at most {_MOST_SECONDS}")
    return value


TABLE: dict[tuple[str, str], Callable[[Cloud, str, bytes], Any]] = {
    ("GET", "resources"): _resources,
    ("GET", "requests"): _requests,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _advance,
    ("GET", "quotas"): _quotas,
    ("POST", "quotas"): _set_quotas,
    ("GET", "holds"): _holds,
    ("POST", "holds"): _set_holds,
    ("DELETE", "image-caches"): _delete_image_cache,
}
