"""What exists in an account, shown over HTTP; and what a colleague does to it in the console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.control.request import ControlError, text
from imagecache_simulator.eci.container_group_responses import container_group_form
from imagecache_simulator.eci.exceptions import ImageCacheNotFoundError
from imagecache_simulator.eci.responses import image_cache_form
from imagecache_simulator.ecs.disk_responses import snapshot_form
from imagecache_simulator.ecs.responses import rule_form, security_group_form
from imagecache_simulator.vpc.eip_responses import eip_form
from imagecache_simulator.vpc.nat_responses import nat_gateway_form
from imagecache_simulator.vpc.responses import vpc_form
from imagecache_simulator.vpc.snat_responses import snat_entry_form
from imagecache_simulator.vpc.vswitch_responses import vswitch_form

if TYPE_CHECKING:
    from imagecache_simulator.control.request import ControlRequest
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.eci.image_cache import ImageCache


def show_resources(cloud: Cloud, _: ControlRequest) -> Any:
    """Answer `GET resources`."""
    return resources(cloud)


def delete_image_cache(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `DELETE image-caches/{id}`; 404 if there is none."""
    try:
        cloud.eci.delete_image_cache(cloud.eci.image_cache(request.rest))
    except ImageCacheNotFoundError as error:
        raise ControlError(404, error.message) from None
    return {}


def delete_transit_instance(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `DELETE transit-instances/{id}`; 404 if no build has it."""
    return _lose_transit(cloud, request.rest, "transit instance")


def delete_disk(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `DELETE disks/{id}`; 404 if no build has it."""
    return _lose_transit(cloud, request.rest, "disk")


def delete_snapshot(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `DELETE snapshots/{id}`; 404 if there is none."""
    snapshot = cloud.ecs.snapshots.get(request.rest)
    if snapshot is None or snapshot.managed:
        raise ControlError(404, f"there is no snapshot {request.rest}")
    cloud.eci.delete_snapshot(snapshot)
    return {}


def open_internet(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `POST internet`: give a region's default network a NAT gateway, unless it has a way out."""
    region_id = text("RegionId", request.content("RegionId").get("RegionId", cloud.region))
    if region_id not in cloud.regions:
        raise ControlError(400, f"RegionId is one of {', '.join(cloud.regions)}")
    vswitch = cloud.vpc.default_vswitch(region_id)
    if not cloud.vpc.reaches_internet(vswitch):
        cloud.vpc.open_internet(vswitch)
    return {"VpcId": vswitch.vpc_id, "VSwitchId": vswitch.v_switch_id}


def resources(cloud: Cloud) -> dict[str, list[dict[str, Any]]]:
    """Return all that exists in an account, secrets masked, as plain data with the wire's names."""
    return {
        "vpcs": [vpc_form(cloud, vpc) for vpc in cloud.vpc.vpcs.values()],
        "vswitches": [vswitch_form(cloud, vswitch) for vswitch in cloud.vpc.vswitches.values()],
        "security_groups": [
            {
                **security_group_form(group),
                "RegionId": group.region_id,
                "Permissions": [rule_form(rule) for rule in group.rules],
            }
            for group in cloud.ecs.security_groups.values()
        ],
        "eips": [eip_form(eip) for eip in cloud.vpc.eips.values()],
        "nat_gateways": [
            {
                **nat_gateway_form(cloud, gateway),
                "SnatEntries": [snat_entry_form(entry) for entry in cloud.vpc.nat.entries_of(gateway)],
            }
            for gateway in cloud.vpc.nat.gateways.values()
        ],
        "image_caches": [_image_cache_with_inputs(cache) for cache in cloud.eci.image_caches.values()],
        "snapshots": [snapshot_form(each) for each in cloud.ecs.snapshots.values() if not each.managed],
        "container_groups": [container_group_form(group) for group in cloud.eci.container_groups.values()],
    }


def _lose_transit(cloud: Cloud, resource_id: str, kind: str) -> Any:
    if not cloud.eci.lose_transit(resource_id):
        raise ControlError(404, f"there is no {kind} {resource_id}")
    return {}


def _image_cache_with_inputs(cache: ImageCache) -> dict[str, Any]:
    """Return an image cache as the API shows it, and with what the API never tells."""
    inputs, access = cache.inputs, cache.inputs.access
    transit = cache.build.transit if cache.build else None
    return {
        **image_cache_form(cache),
        "TransitVSwitchId": transit.v_switch_id if transit else "",
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
                "ArnService": each.arn_service,
                "ArnUser": each.arn_user,
            }
            for each in access.acr_registry_infos
        ],
    }
