"""What the caller of an action has to be allowed: its action on a resource, and what Eci does on its behalf.

`users` asks it of each call of a RAM user. Sources: the tables "RAM authorization" of the API's pages, with
actions, resources and `eci:tag`; spec/eci-image-cache.md section 4 for the service-linked role; RAM's system
policies for the condition keys `ram:ServiceName` and `acs:Service`. Choices stand in docs/simulator.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from imagecache_simulator.ram.policies import Need

if TYPE_CHECKING:
    from imagecache_simulator.calls import Call
    from imagecache_simulator.core import Cloud

CREATE_ROLE = "ram:CreateServiceLinkedRole"
PASS_ROLE = "ram:PassRole"  # noqa: S105 - the name of a right
ECI_SERVICE = "eci.aliyuncs.com"

# Sts and Location answer everybody who has a key.
RAM_CODES = {
    "Eci": "eci",
    "Vpc": "vpc",
    "Ecs": "ecs",
    "ResourceManager": "resourcemanager",
    "BssOpenApi": "bssapi",
}
# The kind of resource, and the parameter that names one; without it all of the kind are meant.
_RESOURCES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Eci": {
        "createimagecache": ("imagecache", ""),
        "updateimagecache": ("imagecache", "ImageCacheId"),
        "deleteimagecache": ("imagecache", "ImageCacheId"),
        "describeimagecaches": ("imagecache", "ImageCacheId"),
        "createcontainergroup": ("containergroup", ""),
        "deletecontainergroup": ("containergroup", "ContainerGroupId"),
        "describecontainergroups": ("containergroup", ""),
    },
    "Vpc": {
        "describevswitches": ("vswitch", ""),
        "describevswitchattributes": ("vswitch", "VSwitchId"),
        "describeeipaddresses": ("eip", ""),
        "describenatgateways": ("natgateway", ""),
        "describesnattableentries": ("snattable", "SnatTableId"),
    },
    "Ecs": {
        "describesecuritygroups": ("securitygroup", ""),
        "describesecuritygroupattribute": ("securitygroup", "SecurityGroupId"),
    },
}
_TAGGING = frozenset({"tagresources", "untagresources"})
# What starts an instance, and so wants the service-linked role.
_STARTING = frozenset({"createimagecache", "updateimagecache", "createcontainergroup"})


def own_needs(cloud: Cloud, call: Call) -> Iterator[Need]:
    """Yield what the action itself needs: one thing, or one for each resource that it tags."""
    code = RAM_CODES.get(call.product)
    if code is None:
        return
    action = f"{code}:{call.action}"
    if call.product == "Eci" and call.action.lower() in _TAGGING:
        kind = call.parameters.text("ResourceType").lower()
        for resource_id in call.parameters.texts("ResourceId") or ["*"]:
            yield Need(
                action, _arn(cloud, call, code, f"{kind}/{resource_id}"), _tags(cloud, call, resource_id)
            )
        return
    kind, parameter = _RESOURCES.get(call.product, {}).get(call.action.lower(), ("", ""))
    resource_id = call.parameters.text(parameter) if parameter else ""
    resource = _arn(cloud, call, code, f"{kind}/{resource_id or '*'}") if kind else "*"
    yield Need(action, resource, _tags(cloud, call, resource_id))


def needs_role(cloud: Cloud, call: Call) -> Need | None:
    """Return what it takes to have Eci's service-linked role made; None if the call doesn't want it made."""
    if call.product != "Eci" or call.action.lower() not in _STARTING:
        return None
    if ECI_SERVICE in cloud.service_linked_roles:
        return None
    return Need(CREATE_ROLE, "*", {"ram:ServiceName": ECI_SERVICE})


def passed_roles(cloud: Cloud, call: Call) -> Iterator[Need]:
    """Yield what it takes to hand Eci the account's roles that the call names."""
    if call.product != "Eci" or call.action.lower() not in _STARTING:
        return
    arns = [each.text("ArnService") for each in call.parameters.objects("AcrRegistryInfo")]
    if name := call.parameters.text("RamRoleName"):
        arns.append(f"acs:ram::{cloud.account_id}:role/{name}")
    for arn in filter(None, arns):
        yield Need(PASS_ROLE, arn, {"acs:Service": ECI_SERVICE})


def _arn(cloud: Cloud, call: Call, code: str, resource: str) -> str:
    return f"acs:{code}:{call.parameters.text('RegionId')}:{cloud.account_id}:{resource}"


def _tags(cloud: Cloud, call: Call, resource_id: str) -> dict[str, str]:
    """Return the tags that conditions are compared with: those of the request, and those of the resource."""
    named = {tag.text("Key"): tag.text("Value") for tag in call.parameters.objects("Tag")}
    resource = cloud.eci.image_caches.get(resource_id) or cloud.eci.container_groups.get(resource_id)
    present = resource.tags if resource else {}
    values = {f"acs:RequestTag/{key}": value for key, value in named.items()}
    values.update({f"acs:ResourceTag/{key}": value for key, value in present.items()})
    values.update({f"eci:tag/{key}": value for key, value in (present or named).items()})
    return values
