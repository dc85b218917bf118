"""Reading CreateContainerGroup; `container_group_responses` calls it.

What does something here has a field of `GroupInputs`; what's only shown goes by `container_group_shapes`; any
other parameter of the SDK is accepted and forgotten. Source of the rules: spec/eci-container-group.md.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import replace
from typing import Any

from imagecache_simulator.eci.container_group import Container, GroupInputs
from imagecache_simulator.eci.container_group_shapes import (
    CONTAINER,
    GROUP,
    INIT_CONTAINER,
    LARGEST_RESOURCE,
    Shape,
    read_shape,
)
from imagecache_simulator.eci.exceptions import DuplicatedNameError, DuplicatedVolumeNameError
from imagecache_simulator.eci.requests import read_access, read_os_type, read_vswitch_ids
from imagecache_simulator.exceptions import InvalidParameterError, MissingParameterError
from imagecache_simulator.references import parse_reference
from imagecache_simulator.registries import Access
from imagecache_simulator.wire import Parameters

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,126})[a-z0-9]")
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_LARGEST_STORAGE = 32768
_LARGEST_BANDWIDTH = 1000


def read_container_group(parameters: Parameters) -> GroupInputs:
    """Return what CreateContainerGroup asks for.

    Raises:
        MissingParameterError: a name, a container or an image is absent.
        InvalidParameterError: a value breaks its rule.
        DuplicatedNameError: two containers have one name.
        DuplicatedVolumeNameError: two volumes do.
        OnlyForInvitedTestError: it's for Windows.
    """
    name = parameters.required("ContainerGroupName")
    if not _NAME.fullmatch(name):
        raise InvalidParameterError(
            "ContainerGroupName", "It has 2 to 128 lowercase letters, digits and inner hyphens."
        )
    read_os_type(parameters)
    containers = _containers(parameters, "Container", CONTAINER)
    init_containers = _containers(parameters, "InitContainer", INIT_CONTAINER)
    if not containers:
        raise MissingParameterError("Container")
    if _repeats([each.name for each in (*containers, *init_containers)]):
        raise DuplicatedNameError
    inputs = GroupInputs(
        name=name,
        containers=containers,
        init_containers=init_containers,
        resource_group_id=parameters.text("ResourceGroupId"),
        security_group_id=parameters.text("SecurityGroupId"),
        v_switch_ids=read_vswitch_ids(parameters),
        schedule_strategy=_one_of(parameters, "ScheduleStrategy", "VSwitchOrdered", "VSwitchRandom"),
        zone_id=parameters.text("ZoneId"),
        private_ip_address=_address(parameters),
        image_snapshot_id=parameters.text("ImageSnapshotId"),
        auto_match_image_cache=parameters.boolean("AutoMatchImageCache") or False,
        ephemeral_storage=parameters.integer("EphemeralStorage", 0, _LARGEST_STORAGE) or 0,
        restart_policy=_one_of(parameters, "RestartPolicy", "Always", "OnFailure", "Never"),
        access=read_access(parameters, Access()),
        shown=_shown(parameters),
    )
    return _with_resources(_with_eip(inputs, parameters), parameters)


def _containers(parameters: Parameters, kind: str, shape: Shape) -> tuple[Container, ...]:
    return tuple(_container(each, shape) for each in parameters.objects(kind))


def _container(each: Parameters, shape: Shape) -> Container:
    name, image = each.required("Name"), each.required("Image")
    if parse_reference(image) is None:
        raise InvalidParameterError(each.prefix + "Image", f"{image[:200]!r} is not an image reference.")
    shown = read_shape(each, shape)
    if each.boolean("EnvironmentVarHide"):
        shown.pop("EnvironmentVars", None)
    return Container(name, image, _pull_policy(each, image), shown)


def _pull_policy(each: Parameters, image: str) -> str:
    """Return the policy; without one it's Always for the latest, IfNotPresent for any other tag or digest."""
    policy = each.text("ImagePullPolicy")
    if policy and policy not in _PULL_POLICIES:
        raise InvalidParameterError(each.prefix + "ImagePullPolicy", f"It is {_either(_PULL_POLICIES)}.")
    reference = parse_reference(image)
    latest = reference is not None and reference.tag == "latest" and not reference.digest
    return policy or ("Always" if latest else "IfNotPresent")


def _with_eip(inputs: GroupInputs, parameters: Parameters) -> GroupInputs:
    return replace(
        inputs,
        eip_instance_id=parameters.text("EipInstanceId"),
        auto_create_eip=parameters.boolean("AutoCreateEip") or False,
        eip_bandwidth=parameters.integer("EipBandwidth", 1, _LARGEST_BANDWIDTH) or inputs.eip_bandwidth,
        eip_isp=_one_of(parameters, "EipISP", "BGP", "BGP_PRO"),
    )


def _with_resources(inputs: GroupInputs, parameters: Parameters) -> GroupInputs:
    """Return the vCPU and memory of the instance: as given, else those of its containers together."""
    shown = [each.shown for each in inputs.containers]
    cpu = sum(each.get("Cpu") or 0 for each in shown)
    memory = sum(each.get("Memory") or 0 for each in shown)
    return replace(
        inputs,
        cpu=parameters.number("Cpu", 0, LARGEST_RESOURCE) or cpu or inputs.cpu,
        memory=parameters.number("Memory", 0, LARGEST_RESOURCE) or memory or inputs.memory,
    )


def _shown(parameters: Parameters) -> dict[str, Any]:
    shown = read_shape(parameters, GROUP)
    if _repeats([volume.get("Name", "") for volume in shown.get("Volumes", [])]):
        raise DuplicatedVolumeNameError
    if categories := parameters.texts("ComputeCategory"):
        shown["ComputeCategory"] = categories[0]
    return shown


def _address(parameters: Parameters) -> str:
    text = parameters.text("PrivateIpAddress")
    try:
        return str(ipaddress.IPv4Address(text)) if text else ""
    except ValueError:
        raise InvalidParameterError("PrivateIpAddress", "It must be an IPv4 address.") from None


def _one_of(parameters: Parameters, name: str, *values: str) -> str:
    """Return one of some values, the first if none is named."""
    value = parameters.text(name) or values[0]
    if value not in values:
        raise InvalidParameterError(name, f"It is {_either(values)}.")
    return value


def _either(values: tuple[str, ...]) -> str:
    return f"{', '.join(values[:-1])} or {values[-1]}"


def _repeats(names: list[str]) -> bool:
    return len(set(names)) < len(names)
