"""Reading CreateImageCache and UpdateImageCache: parameters in, fields of `Inputs` out.

`responses` calls it. What isn't named isn't in the result, so that an update leaves it as it is.
Source of the rules: spec/eci-image-cache.md section 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from imagecache_simulator.acr import account_of
from imagecache_simulator.eci.exceptions import OnlyForInvitedTestError
from imagecache_simulator.eci.image_cache import Inputs
from imagecache_simulator.exceptions import InvalidParameterError, MissingParameterError
from imagecache_simulator.references import is_registry, parse_reference
from imagecache_simulator.registries import Access, AcrRegistryInfo, RegistryCredential
from imagecache_simulator.wire import Parameters

MOST_IMAGES = 20
MOST_VSWITCHES = 10
_MOST_COPIES = 1000

# Wire name -> field of Inputs, how it's read, and whether an empty value clears it in an update.
_FIELDS: dict[str, tuple[str, Callable[[Parameters, str], Any], bool]] = {
    "ImageCacheName": ("name", Parameters.text, False),
    "Image": ("images", lambda parameters, _: _images(parameters), False),
    "ResourceGroupId": ("resource_group_id", Parameters.text, False),
    "SecurityGroupId": ("security_group_id", Parameters.text, False),
    "VSwitchId": ("v_switch_ids", lambda parameters, _: read_vswitch_ids(parameters), False),
    "EipInstanceId": ("eip_instance_id", Parameters.text, True),
    "ImageCacheSize": ("size", lambda parameters, name: parameters.integer(name, 20, 32768), False),
    "RetentionDays": ("retention_days", lambda parameters, name: parameters.integer(name, 1, 65536), False),
    "AutoMatchImageCache": ("auto_match_image_cache", Parameters.boolean, False),
    "Flash": ("flash", Parameters.boolean, False),
    "FlashCopyCount": (
        "flash_copy_count",
        lambda parameters, name: parameters.integer(name, 1, _MOST_COPIES),
        False,
    ),
    "StandardCopyCount": (
        "standard_copy_count",
        lambda parameters, name: parameters.integer(name, 1, _MOST_COPIES),
        False,
    ),
    "EliminationStrategy": ("elimination_strategy", lambda parameters, _: _strategy(parameters), True),
}


def read_create(parameters: Parameters) -> Inputs:
    """Return what CreateImageCache asks for.

    Raises:
        MissingParameterError: ImageCacheName, an image or an ACR instance's ID is absent.
        InvalidParameterError: a value breaks its rule.
        OnlyForInvitedTestError: the images are for Windows.
    """
    parameters.required("ImageCacheName")
    if not parameters.texts("Image"):
        raise MissingParameterError("Image")
    inputs = Inputs(
        name="",
        images=(),
        zone_id=parameters.text("ZoneId"),
        os_type=read_os_type(parameters),
        annotations=parameters.text("Annotations"),
        access=read_access(parameters, Access()),
    )
    return replace(inputs, **_named_fields(parameters))


def read_os_type(parameters: Parameters) -> str:
    """Return `OsType`; `OnlyForInvitedTestError` for Windows, `InvalidParameterError` for anything else."""
    os_type = parameters.text("OsType") or "Linux"
    if os_type not in {"Linux", "Windows"}:
        raise InvalidParameterError("OsType", "It is Linux or Windows.")
    if os_type == "Windows":
        raise OnlyForInvitedTestError
    return os_type


def read_update(parameters: Parameters, before: Inputs) -> dict[str, Any]:
    """Return the fields that UpdateImageCache names, with their new values.

    Args:
        parameters: the call's.
        before: what the cache is so far.

    Raises:
        MissingParameterError: an ACR instance's ID is absent.
        InvalidParameterError: a value breaks its rule.
    """
    changes = _named_fields(parameters)
    access = read_access(parameters, before.access)
    return changes if access == before.access else {**changes, "access": access}


def _named_fields(parameters: Parameters) -> dict[str, Any]:
    fields = {}
    for wire_name, (name, read, clears) in _FIELDS.items():
        if not parameters.names(wire_name):
            continue
        value = read(parameters, wire_name)
        if clears or value not in {None, "", ()}:
            fields[name] = value
    return fields


def _images(parameters: Parameters) -> tuple[str, ...]:
    images = parameters.texts("Image")
    if len(images) > MOST_IMAGES:
        raise InvalidParameterError("Image", f"A cache holds at most {MOST_IMAGES} images.")
    for image in images:
        if parse_reference(image) is None:
            raise InvalidParameterError("Image", f"{image[:200]!r} is not an image reference.")
    return tuple(images)


def read_vswitch_ids(parameters: Parameters) -> tuple[str, ...]:
    """Return the vSwitches of `VSwitchId`, which names at most ten of them between commas."""
    ids = tuple(each.strip() for each in parameters.text("VSwitchId").split(",") if each.strip())
    if len(ids) > MOST_VSWITCHES:
        raise InvalidParameterError("VSwitchId", f"It names at most {MOST_VSWITCHES} vSwitches.")
    return ids


def _strategy(parameters: Parameters) -> str:
    strategy = parameters.text("EliminationStrategy")
    if strategy not in {"", "LRU"}:
        raise InvalidParameterError("EliminationStrategy", "It is LRU, or empty.")
    return strategy


def read_access(parameters: Parameters, before: Access) -> Access:
    """Return the registries' part: each of its lists is replaced as a whole when it's named."""
    after = before
    if credentials := parameters.objects("ImageRegistryCredential"):
        after = replace(after, credentials=tuple(_credential(each) for each in credentials))
    if infos := parameters.objects("AcrRegistryInfo"):
        after = replace(after, acr_registry_infos=tuple(_acr_registry_info(each) for each in infos))
    if hosts := _hosts(parameters, "PlainHttpRegistry"):
        after = replace(after, plain_http=hosts)
    if hosts := _hosts(parameters, "InsecureRegistry"):
        after = replace(after, insecure=hosts)
    return after


def _credential(each: Parameters) -> RegistryCredential:
    server = each.text("Server")
    if server:
        _check_registry(each, "Server", server)
    return RegistryCredential(server, each.text("UserName"), each.text("Password"))


def _acr_registry_info(each: Parameters) -> AcrRegistryInfo:
    texts = each.texts("Domain") or [each.text("Domain")]
    domains = tuple(host.strip() for text in texts for host in text.split(",") if host.strip())
    for host in domains:
        _check_registry(each, "Domain", host)
    return AcrRegistryInfo(
        instance_id=each.required("InstanceId"),
        instance_name=each.text("InstanceName"),
        region_id=each.text("RegionId"),
        domains=domains,
        arn_service=_role(each, "ArnService"),
        arn_user=_role(each, "ArnUser"),
    )


def _role(each: Parameters, name: str) -> str:
    arn = each.text(name)
    if arn and not account_of(arn):
        raise InvalidParameterError(each.prefix + name, "It has the form acs:ram::<account>:role/<name>.")
    return arn


def _hosts(parameters: Parameters, name: str) -> tuple[str, ...]:
    """Read `host,host:5000`; the documentation's example has quotation marks around it."""
    hosts = tuple(host.strip() for host in parameters.text(name).strip('"').split(",") if host.strip())
    for host in hosts:
        _check_registry(parameters, name, host)
    return hosts


def _check_registry(parameters: Parameters, name: str, text: str) -> None:
    if not is_registry(text):
        raise InvalidParameterError(
            parameters.prefix + name, "It is host[:port], without a scheme or a path."
        )
