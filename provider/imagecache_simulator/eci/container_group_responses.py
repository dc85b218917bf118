"""The actions of Eci on container groups: formatting, and parsing but for `container_group_requests`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imagecache_simulator.eci.container_group import Container, ContainerGroup, ContainerState
from imagecache_simulator.eci.container_group_requests import read_container_group
from imagecache_simulator.eci.events import event_form
from imagecache_simulator.eci.image_cache import ImageCache
from imagecache_simulator.eci.models import TRANSIT_CPU
from imagecache_simulator.paging import newest_page
from imagecache_simulator.regions import named_region
from imagecache_simulator.tags import key_value_form, matches, read_tags
from imagecache_simulator.wire import timestamp

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.wire import Parameters

MOST_GROUPS = 20
TRANSIT_MEMORY = 4.0
_FILTERS = (
    "ContainerGroupName", "SecurityGroupId", "VSwitchId", "ZoneId", "ResourceGroupId", "Status",
    "ComputeCategory",
)  # fmt: skip
_LISTS = ("Args", "Ports", "EnvironmentVars", "VolumeMounts")


@dataclass(frozen=True)
class _Row:
    number: int
    form: dict[str, Any]
    tags: dict[str, str]


def create_container_group(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Accept a container group; it starts while simulated time passes.

    Source: spec/eci-container-group.md (API page CreateContainerGroup).
    """
    region_id = named_region(cloud, parameters)
    inputs, tags = read_container_group(parameters), read_tags(parameters)
    dry_run = parameters.boolean("DryRun") or False
    group = cloud.eci.create_container_group(region_id, inputs, tags, dry_run=dry_run)
    return {"ContainerGroupId": group.container_group_id}


def delete_container_group(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Delete a container group in any status; the build that a transit instance makes fails.

    Source: spec/eci-container-group.md (API page DeleteContainerGroup).
    """
    region_id = named_region(cloud, parameters)
    cloud.eci.delete_instance(parameters.required("ContainerGroupId"), region_id)
    return {}


def describe_container_groups(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the container groups of a region, transit instances too, the newest first.

    Source: spec/eci-container-group.md (API page DescribeContainerGroups).
    """
    region_id = named_region(cloud, parameters)
    ids, tags = parameters.ids("ContainerGroupIds", MOST_GROUPS), read_tags(parameters)
    wanted = {name: parameters.text(name) for name in _FILTERS}
    found = [
        row
        for row in _rows(cloud, region_id, ids)
        if matches(row.tags, tags)
        and all(value in {"", row.form.get(name, "")} for name, value in wanted.items())
    ]
    rows, token = newest_page(found, parameters, MOST_GROUPS)
    forms = [row.form for row in rows]
    if parameters.boolean("WithEvent") is False:
        forms = [{name: value for name, value in form.items() if name != "Events"} for form in forms]
    return {"ContainerGroups": forms, "NextToken": token, "TotalCount": len(found)}


def container_group_form(group: ContainerGroup) -> dict[str, Any]:
    """Return a container group as it's shown.

    The alicloud plugin needs DnsConfig and EciSecurityContext to be objects. Source:
    spec/eci-container-group.md, "Responses and other operations".
    """
    inputs = group.inputs
    optional = {
        "VpcId": group.vpc_id,
        "VSwitchId": group.v_switch_id,
        "SecurityGroupId": group.security_group_id,
        "IntranetIp": group.intranet_ip,
        "InternetIp": group.internet_ip,
        "SucceededTime": timestamp(group.ended) if group.ended and group.status == "Succeeded" else "",
        "FailedTime": timestamp(group.ended) if group.ended and group.status != "Succeeded" else "",
    }
    return {
        "ContainerGroupId": group.container_group_id,
        "ContainerGroupName": inputs.name,
        "Status": group.status,
        "RegionId": group.region_id,
        "ZoneId": group.zone_id,
        "ResourceGroupId": inputs.resource_group_id,
        "EniInstanceId": group.eni_id,
        "Cpu": inputs.cpu,
        "Memory": inputs.memory,
        "EphemeralStorage": inputs.ephemeral_storage,
        "RestartPolicy": inputs.restart_policy,
        "SpotStrategy": "NoSpot",
        "CreationTime": timestamp(group.created),
        "Tags": key_value_form(group.tags),
        "Events": [event_form(event) for event in group.events],
        "Containers": [_container_form(each, group, "Commands") for each in inputs.containers],
        "InitContainers": [_container_form(each, group, "Command") for each in inputs.init_containers],
        "DnsConfig": {},
        "EciSecurityContext": {},
        "HostAliases": [],
        "Volumes": [],
        **{name: value for name, value in optional.items() if value},
        **inputs.shown,
    }


def _container_form(container: Container, group: ContainerGroup, commands: str) -> dict[str, Any]:
    state = group.states[container.name]
    return {
        **{name: [] for name in (*_LISTS, commands)},
        **container.shown,
        "Name": container.name,
        "Image": container.image,
        "ImagePullPolicy": container.pull_policy,
        "CurrentState": _state_form(state),
        "PreviousState": {},
        "Ready": state.state == "Running" or state.reason == "Completed",
        "RestartCount": 0,
    }


def _state_form(state: ContainerState) -> dict[str, Any]:
    form: dict[str, Any] = {"State": state.state}
    texts = {
        "DetailStatus": state.reason,
        "Reason": state.reason,
        "Message": state.message,
        "StartTime": timestamp(state.started) if state.started else "",
        "FinishTime": timestamp(state.finished) if state.finished else "",
    }
    if state.state == "Terminated":
        form["ExitCode"] = 0
    return {**form, **{name: text for name, text in texts.items() if text}}


def _transit_form(cloud: Cloud, cache: ImageCache) -> dict[str, Any]:
    """Return the transit instance of a build as it's shown: 2 vCPU and 4 GiB, nothing of the user's."""
    transit, build = cache.transit, cache.build
    v_switch_id = transit.v_switch_id if transit else ""
    vswitch = cloud.vpc.vswitches.get(v_switch_id)
    eip = cloud.vpc.eips.get(transit.eip_instance_id if transit else "")
    pulling = build is not None and build.elapsed >= build.pulling_from
    optional = {
        "VpcId": vswitch.vpc_id if vswitch else "",
        "ZoneId": vswitch.zone_id if vswitch else cache.inputs.zone_id,
        "VSwitchId": v_switch_id,
        "SecurityGroupId": transit.security_group_id if transit else "",
        "InternetIp": eip.ip_address if eip else "",
    }
    return {
        "ContainerGroupId": cache.container_group_id,
        "ContainerGroupName": f"imagecache-{cache.image_cache_id}",
        "Status": "Running" if pulling else "Pending",
        "RegionId": cache.region_id,
        "ResourceGroupId": cache.inputs.resource_group_id,
        "Cpu": TRANSIT_CPU,
        "Memory": TRANSIT_MEMORY,
        "RestartPolicy": "Never",
        "CreationTime": timestamp(cache.created),
        **{name: [] for name in ("Tags", "Events", "Containers", "InitContainers", "HostAliases", "Volumes")},
        **{name: {} for name in ("DnsConfig", "EciSecurityContext")},
        **{name: value for name, value in optional.items() if value},
    }


def _rows(cloud: Cloud, region_id: str, ids: list[str] | None) -> list[_Row]:
    """Return the groups and transit instances of a region, those with some IDs if any are named."""
    groups = [
        _Row(group.number, container_group_form(group), group.tags)
        for group in cloud.eci.container_groups.values()
        if group.region_id == region_id and (ids is None or group.container_group_id in ids)
    ]
    transits = [
        _Row(cache.number, _transit_form(cloud, cache), {})
        for cache in cloud.eci.of_region(region_id)
        if cache.transit and (ids is None or cache.container_group_id in ids)
    ]
    return sorted([*groups, *transits], key=lambda row: row.number, reverse=True)
