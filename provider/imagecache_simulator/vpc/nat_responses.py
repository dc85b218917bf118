"""The actions on NAT gateways: parsing and formatting. `snat_responses` has those on their SNAT entries.

Source of names, shapes and codes: the models of the official SDK (alibabacloud-vpc20160428) and what
terraform-provider-alicloud reads (resource_alicloud_nat_gateway.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.exceptions import InvalidParameterError
from imagecache_simulator.paging import page_of
from imagecache_simulator.regions import named_region
from imagecache_simulator.tags import matches, read_tags, tag_key_form
from imagecache_simulator.vpc.exceptions import NatGatewayEnhancedError
from imagecache_simulator.wire import timestamp

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.vpc.nat_models import NatGateway
    from imagecache_simulator.wire import Parameters

_SPECS = ("Small", "Middle", "Large", "XLarge.1")


def create_nat_gateway(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Create an enhanced Internet NAT gateway in a vSwitch of its VPC.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/CreateNatGateway
    """
    region_id = named_region(cloud, parameters)
    tags = read_tags(parameters)
    _only(parameters, "NatType", "Enhanced")
    _only(parameters, "NetworkType", "internet")
    vpc = cloud.vpc.vpc(parameters.required("VpcId"), region_id)
    vswitch = cloud.vpc.vswitch(parameters.required("VSwitchId"), region_id)
    bind_mode = _eip_bind_mode(parameters)
    icmp_reply = parameters.boolean("IcmpReplyEnabled")
    private_link = parameters.boolean("PrivateLinkEnabled") or False
    gateway = cloud.vpc.nat.create_gateway(vpc, vswitch)
    gateway.name, gateway.description = parameters.text("Name"), parameters.text("Description")
    gateway.internet_charge_type = parameters.text("InternetChargeType") or gateway.internet_charge_type
    gateway.instance_charge_type = parameters.text("InstanceChargeType") or gateway.instance_charge_type
    gateway.spec = parameters.text("Spec")
    gateway.eip_bind_mode = bind_mode or gateway.eip_bind_mode
    gateway.icmp_reply_enabled = gateway.icmp_reply_enabled if icmp_reply is None else icmp_reply
    gateway.private_link_enabled = private_link
    gateway.tags = tags
    return {
        "NatGatewayId": gateway.nat_gateway_id,
        "SnatTableIds": {"SnatTableId": [gateway.snat_table_id]},
        "ForwardTableIds": {"ForwardTableId": [gateway.forward_table_id]},
        "FullNatTableIds": {"FullNatTableId": []},
    }


def describe_nat_gateways(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List the NAT gateways of a region; none is an empty list, not an error.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/DescribeNatGateways
    """
    region_id = named_region(cloud, parameters)
    found = [
        nat_gateway_form(cloud, gateway)
        for gateway in cloud.vpc.nat.gateways.values()
        if gateway.region_id == region_id and _gateway_selected(gateway, parameters)
    ]
    page, numbers = page_of(found, parameters)
    return {"NatGateways": {"NatGateway": page}, **numbers}


def get_nat_gateway_attribute(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Show one NAT gateway; 404 if there's none.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/GetNatGatewayAttribute
    """
    gateway = _gateway(cloud, parameters)
    shown = nat_gateway_form(cloud, gateway)
    kept = (
        "NatGatewayId", "Name", "Description", "Status", "BusinessStatus", "RegionId", "VpcId", "NatType",
        "NetworkType", "ResourceGroupId", "CreationTime", "ExpiredTime", "EcsMetricEnabled",
        "PrivateLinkEnabled",
    )  # fmt: skip
    return {
        **{name: shown[name] for name in kept},
        # Of another type than in the list, both.
        "EnableSessionLog": False,
        "PrivateInfo": shown["NatGatewayPrivateInfo"],
        "BillingConfig": {
            "AutoPay": "false",
            **{name: shown[name] for name in ("InstanceChargeType", "InternetChargeType", "Spec")},
        },
        "DeletionProtectionInfo": {"Enabled": gateway.deletion_protection},
        "SnatTable": {
            "SnatTableId": gateway.snat_table_id,
            "SnatEntryCount": len(cloud.vpc.nat.entries_of(gateway)),
        },
        "ForwardTable": {"ForwardTableId": gateway.forward_table_id, "ForwardEntryCount": 0},
        "IpList": [
            {name: each[name] for name in ("AllocationId", "IpAddress", "UsingStatus")}
            for each in shown["IpLists"]["IpList"]
        ],
    }


def modify_nat_gateway_attribute(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Change a gateway's name, description, answers to pings and way of binding addresses.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/ModifyNatGatewayAttribute
    """
    gateway = _gateway(cloud, parameters)
    bind_mode, icmp_reply = _eip_bind_mode(parameters), parameters.boolean("IcmpReplyEnabled")
    gateway.name = parameters.get("Name", gateway.name)
    gateway.description = parameters.get("Description", gateway.description)
    gateway.eip_bind_mode = bind_mode or gateway.eip_bind_mode
    gateway.icmp_reply_enabled = gateway.icmp_reply_enabled if icmp_reply is None else icmp_reply
    return {}


def modify_nat_gateway_spec(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Change a gateway's specification, by which one that is PayBySpec is charged.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/ModifyNatGatewaySpec
    """
    gateway = _gateway(cloud, parameters)
    spec = parameters.required("Spec")
    if spec not in _SPECS:
        raise InvalidParameterError("Spec", f"It is one of {', '.join(_SPECS)}.")
    gateway.spec = spec
    return {}


def update_nat_gateway_nat_type(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Refuse to make an enhanced gateway of an old one: here all are enhanced.

    The alicloud plugin calls it where a gateway is to move to another vSwitch.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/UpdateNatGatewayNatType
    """
    parameters.required("NatType")
    _only(parameters, "NatType", "Enhanced")
    gateway = _gateway(cloud, parameters)
    cloud.vpc.vswitch(parameters.required("VSwitchId"), gateway.region_id)
    raise NatGatewayEnhancedError


def delete_nat_gateway(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Delete a gateway; with Force also what hangs on it.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/DeleteNatGateway
    """
    cloud.vpc.nat.delete_gateway(_gateway(cloud, parameters), parameters.boolean("Force") or False)
    return {}


def nat_gateway_form(cloud: Cloud, gateway: NatGateway) -> dict[str, Any]:
    """Return a NAT gateway as it's shown in a list."""
    return {
        "NatGatewayId": gateway.nat_gateway_id,
        "Name": gateway.name,
        "Description": gateway.description,
        "Status": gateway.status,
        "BusinessStatus": "Normal",
        "RegionId": gateway.region_id,
        "VpcId": gateway.vpc_id,
        "NatType": "Enhanced",
        "NetworkType": "internet",
        "InternetChargeType": gateway.internet_charge_type,
        "InstanceChargeType": gateway.instance_charge_type,
        "Spec": gateway.spec,
        "AutoPay": False,
        "EipBindMode": gateway.eip_bind_mode,
        "IcmpReplyEnabled": gateway.icmp_reply_enabled,
        "PrivateLinkEnabled": gateway.private_link_enabled,
        "SecurityProtectionEnabled": False,
        "EcsMetricEnabled": False,
        "EnableSessionLog": "false",
        "DeletionProtection": gateway.deletion_protection,
        "ResourceGroupId": gateway.resource_group_id,
        "CreationTime": timestamp(gateway.created),
        "ExpiredTime": "",
        "SnatTableIds": {"SnatTableId": [gateway.snat_table_id]},
        "ForwardTableIds": {"ForwardTableId": [gateway.forward_table_id]},
        "FullNatTableIds": {"FullNatTableId": []},
        "NatGatewayPrivateInfo": {
            "VswitchId": gateway.v_switch_id,
            "IzNo": gateway.zone_id,
            "PrivateIpAddress": gateway.private_ip_address,
            "EniInstanceId": "",
            "MaxBandwidth": 5120,
        },
        "IpLists": {
            "IpList": [
                {
                    "AllocationId": eip.allocation_id,
                    "IpAddress": eip.ip_address,
                    "PrivateIpAddress": "",
                    "SnatEntryEnabled": True,
                    "UsingStatus": "UsedBySnatTable" if cloud.vpc.nat.entries_by(eip) else "Idle",
                }
                for eip in cloud.vpc.nat.eips_of(gateway)
            ]
        },
        "Tags": {"Tag": tag_key_form(gateway.tags)},
    }


def _gateway(cloud: Cloud, parameters: Parameters) -> NatGateway:
    return cloud.vpc.nat.gateway(parameters.required("NatGatewayId"), parameters.text("RegionId"))


def _gateway_selected(gateway: NatGateway, parameters: Parameters) -> bool:
    values = {
        "NatGatewayId": gateway.nat_gateway_id,
        "VpcId": gateway.vpc_id,
        "ZoneId": gateway.zone_id,
        "Name": gateway.name,
        "Status": gateway.status,
        "NatType": "Enhanced",
        "NetworkType": "internet",
        "InstanceChargeType": gateway.instance_charge_type,
        "ResourceGroupId": gateway.resource_group_id,
    }
    return matches(gateway.tags, read_tags(parameters)) and all(
        parameters.text(name) in {"", value} for name, value in values.items()
    )


def _eip_bind_mode(parameters: Parameters) -> str:
    mode = parameters.text("EipBindMode")
    if mode not in {"", "MULTI_BINDED", "NAT"}:
        raise InvalidParameterError("EipBindMode", "It is MULTI_BINDED or NAT.")
    return mode


def _only(parameters: Parameters, name: str, value: str) -> None:
    """Refuse a kind of gateway that isn't simulated, or isn't sold any more."""
    if parameters.text(name) not in {"", value}:
        raise InvalidParameterError(name, f"It must be {value}.")
