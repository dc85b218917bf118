"""The actions on SNAT entries of NAT gateways: parsing and formatting.

Source of names, shapes and codes: the models of the official SDK (alibabacloud-vpc20160428) and what
terraform-provider-alicloud reads (resource_alicloud_snat_entry.go).
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from imagecache_simulator.exceptions import InvalidParameterError, MissingParameterError
from imagecache_simulator.paging import page_of
from imagecache_simulator.regions import named_region

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.vpc.models import VSwitch
    from imagecache_simulator.vpc.nat_models import SnatEntry
    from imagecache_simulator.wire import Parameters


def create_snat_entry(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Let a vSwitch or a range of addresses out by addresses of a gateway.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/CreateSnatEntry
    """
    region_id = named_region(cloud, parameters)
    gateway = cloud.vpc.nat.table(parameters.required("SnatTableId"), region_id)
    snat_ips = _addresses(parameters.required("SnatIp"))
    affinity = parameters.integer("EipAffinity", 0, 1) or 0
    entry = cloud.vpc.nat.create_snat_entry(gateway, _source(cloud, parameters, region_id), snat_ips)
    entry.name, entry.eip_affinity = parameters.text("SnatEntryName"), affinity
    return {"SnatEntryId": entry.snat_entry_id}


def describe_snat_table_entries(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List SNAT entries, by table, ID, gateway, source, address and name.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/DescribeSnatTableEntries
    """
    region_id = named_region(cloud, parameters)
    if parameters.text("SnatTableId"):
        cloud.vpc.nat.table(parameters.text("SnatTableId"), region_id)
    forms = (
        snat_entry_form(entry)
        for entry in cloud.vpc.nat.snat_entries.values()
        if cloud.vpc.nat.gateways[entry.nat_gateway_id].region_id == region_id
    )
    names = (
        "SnatTableId", "SnatEntryId", "NatGatewayId", "SourceVSwitchId", "SourceCIDR", "SnatIp",
        "SnatEntryName",
    )  # fmt: skip
    found = [form for form in forms if all(parameters.text(name) in {"", str(form[name])} for name in names)]
    page, numbers = page_of(found, parameters)
    return {"SnatTableEntries": {"SnatTableEntry": page}, **numbers}


def modify_snat_entry(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Change an entry's addresses and name.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/ModifySnatEntry
    """
    entry = _entry(cloud, parameters)
    affinity = parameters.integer("EipAffinity", 0, 1)
    if parameters.text("SnatIp"):
        cloud.vpc.nat.change_addresses(entry, _addresses(parameters.text("SnatIp")))
    entry.name = parameters.get("SnatEntryName", entry.name)
    entry.eip_affinity = entry.eip_affinity if affinity is None else affinity
    return {}


def delete_snat_entry(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Remove an entry.

    Source: https://api.aliyun.com/document/Vpc/2016-04-28/DeleteSnatEntry
    """
    cloud.vpc.nat.delete_snat_entry(_entry(cloud, parameters))
    return {}


def snat_entry_form(entry: SnatEntry) -> dict[str, Any]:
    """Return an SNAT entry as it's shown."""
    return {
        "SnatEntryId": entry.snat_entry_id,
        "SnatEntryName": entry.name,
        "SnatTableId": entry.snat_table_id,
        "NatGatewayId": entry.nat_gateway_id,
        "SourceCIDR": entry.source_cidr,
        "SourceVSwitchId": entry.source_v_switch_id,
        "SnatIp": ",".join(entry.snat_ips),
        "EipAffinity": str(entry.eip_affinity),
        "Status": entry.status,
    }


def _entry(cloud: Cloud, parameters: Parameters) -> SnatEntry:
    gateway = cloud.vpc.nat.table(parameters.required("SnatTableId"), parameters.text("RegionId"))
    return cloud.vpc.nat.snat_entry(parameters.required("SnatEntryId"), gateway.snat_table_id)


def _source(cloud: Cloud, parameters: Parameters, region_id: str) -> VSwitch | str:
    """Return whom an entry is for: it names either a vSwitch or a range of addresses."""
    v_switch_id, cidr = parameters.text("SourceVSwitchId"), parameters.text("SourceCIDR")
    if v_switch_id and cidr:
        raise InvalidParameterError("SourceCIDR", "It can't stand beside SourceVSwitchId.")
    if v_switch_id:
        return cloud.vpc.vswitch(v_switch_id, region_id)
    if not cidr:
        raise MissingParameterError("SourceVSwitchId")
    try:
        return str(ipaddress.IPv4Network(cidr))
    except ValueError:
        raise InvalidParameterError("SourceCIDR", "It must be a range such as 10.0.1.0/24.") from None


def _addresses(text: str) -> list[str]:
    return [address.strip() for address in text.split(",") if address.strip()]
