"""Why the simulator hasn't got what the official SDKs have: reasons by kind, product and action, and pattern.

tools/conformance_table.py shows each where no test shows the name. `*` stands for anything, dots too.
A reason that is needed for nothing is an error there.
"""

from __future__ import annotations

from collections.abc import Mapping

_COMMON = "common to all actions and documented nowhere; accepted, without effect"
_IPV6 = "IPv6 isn't simulated; accepted, without effect"
_IPAM = "address management (IPAM) isn't simulated; accepted, without effect"
_LANGUAGE = "names are the IDs in every language"
_CLASSIC = "the simulator has VPC networks alone; accepted, without effect"
_OTHER_ACCOUNT = "one account: nothing of another one can be named; accepted, without effect"
_OTHER_SIDE = "names the other side of the other direction; accepted, kept as it is"
_RANGE_LISTS = "port and prefix lists aren't simulated; accepted, without effect"
_ONE_PAGE = "everything comes on one page"
_PAID_BEFORE = "subscriptions aren't simulated: everything is paid as it's used"
_NO_FILTER = "not simulated: doesn't select"
_VPC_GATEWAYS = "Internet NAT gateways alone are simulated, not those between VPCs"
_NAT_LOG = "logs of gateways aren't simulated"
_INTERFACES = "network interfaces aren't simulated"
_NOT_SHOWN = "not simulated: not shown"
_SERVERS = "no servers are simulated, only what image caches need"
_TRANSIT_DISKS = "the only disks are those of transit instances, alike in this: doesn't select, isn't shown"
_CACHE_SNAPSHOTS = "the only snapshots are those of image caches, alike in this: doesn't select, isn't shown"
_NOT_RUN = "containers aren't run: not shown"
_CODE_OF_FEATURE = "its feature isn't simulated; Cloud.faults answers any call with any code"
_INTERNAL = "of networks that ECI manages for others: not shown"

REASONS: Mapping[str, Mapping[str, str]] = {
    "parameters": {
        "OwnerAccount": _COMMON,
        "OwnerId": _COMMON,
        "ResourceOwnerAccount": _COMMON,
        "ResourceOwnerId": _COMMON,
        "AcceptLanguage": _LANGUAGE,
    },
    "Eci.DescribeAvailableResource parameters": {
        "SpotResource.*": "spot instances have the same stock as others; accepted, without effect",
    },
    "Eci.CreateContainerGroup errors": {
        "*": _CODE_OF_FEATURE,
    },
    "Eci.DescribeContainerGroups fields": {
        "*.PreviousState.*": "nothing is restarted: the object is empty",
        "*.CurrentState.Signal": _NOT_RUN,
        "*.TcpSocket.Host": "CreateContainerGroup doesn't take it: not shown",
        "*.Discount": "nothing is charged: not shown",
        "*.ExpiredTime": "groups that ended are dropped after an hour, and not Expired: not shown",
        "*.Ipv6Address": "IPv6 isn't simulated: not shown",
        "*.Tenant*": _INTERNAL,
    },
    "Vpc parameters": {
        "*Ipv6*": _IPV6,
        "*IPv6*": _IPV6,
        "*IpamPool*": _IPAM,
        "Ipv4CidrMask": _IPAM,
        "CidrMask": _IPAM,
        "DhcpOptionsSetId": _NO_FILTER,
        "VpcOwnerId": _OTHER_ACCOUNT,
        "VSwitchOwnerId": _OTHER_ACCOUNT,
    },
    "Vpc.DescribeVpcAttribute parameters": {"IsDefault": "VpcId names the VPC; accepted, without effect"},
    "Vpc.AssociateVpcCidrBlock parameters": {"SecondaryCidrMask": _IPAM},
    "Vpc.DeleteVpc parameters": {"ForceDelete": "a VPC must be empty; accepted, without effect"},
    "Vpc.DescribeRouteTableList parameters": {
        "ResourceGroupId": _NO_FILTER,
        "RouteTableName": _NO_FILTER,
        "RouteTableType": "all are System; doesn't select",
        "RouterType": "all are VRouter; doesn't select",
        "Tag.N.*": "system tables have no tags; doesn't select",
    },
    "Vpc.DescribeVSwitches parameters": {"ResourceGroupId": _NO_FILTER, "RouteTableId": _NO_FILTER},
    "Vpc.DescribeRegions parameters": {"ProductType": "regions are the same for all; doesn't select"},
    "Vpc.DescribeZones parameters": {"ZoneType": "all are AvailabilityZone; doesn't select"},
    "Vpc.AllocateEipAddress parameters": {
        "ActivityId": _PAID_BEFORE,
        "AutoPay": _PAID_BEFORE,
        "Period": _PAID_BEFORE,
        "PricingCycle": _PAID_BEFORE,
        "InstanceId": "an address of one's own choice can't be had; accepted, without effect",
        "IpAddress": "an address of one's own choice can't be had; accepted, without effect",
        "PublicIpAddressPoolId": "pools aren't simulated; accepted, without effect",
        "SecurityProtectionTypes.N": "protection isn't simulated; accepted, without effect",
        "Zone": "addresses are of a region; accepted, without effect",
    },
    "Vpc.DescribeEipAddresses parameters": {
        "ChargeType": _NO_FILTER,
        "Filter.N.*": _NO_FILTER,
        "ISP": _NO_FILTER,
        "IncludeReservationData": _PAID_BEFORE,
        "LockReason": "addresses are never locked; doesn't select",
        "PublicIpAddressPoolId": "pools aren't simulated; doesn't select",
        "SecurityProtectionEnabled": "protection isn't simulated; doesn't select",
        "SegmentInstanceId": "segments aren't simulated; doesn't select",
        "ServiceManaged": "no service manages addresses; doesn't select",
    },
    "Vpc.CreateNatGateway parameters": {
        "AutoPay": _PAID_BEFORE,
        "Duration": _PAID_BEFORE,
        "PricingCycle": _PAID_BEFORE,
        "Spec": "gateways have no specification any more; kept and shown, without effect",
        "SecurityProtectionEnabled": "protection isn't simulated; accepted, without effect",
        "NatIp": _VPC_GATEWAYS,
        "Ipv4Prefix": _VPC_GATEWAYS,
        "AccessMode.*": _VPC_GATEWAYS,
        "AvailabilityMode": _VPC_GATEWAYS,
    },
    "Vpc.ModifyNatGatewaySpec parameters": {"AutoPay": _PAID_BEFORE},
    "Vpc.UpdateNatGatewayNatType fields": {"RequestId": "refused: all gateways are enhanced"},
    "Vpc.DescribeNatGateways parameters": {
        "Spec": "gateways have no specification any more; doesn't select",
        "AvailabilityMode": _VPC_GATEWAYS,
    },
    "Vpc.ModifyNatGatewayAttribute parameters": {"EnableSessionLog": _NAT_LOG, "LogDelivery.*": _NAT_LOG},
    "Vpc.CreateSnatEntry parameters": {"NetworkInterfaceId": _INTERFACES},
    "Vpc.ModifySnatEntry parameters": {"NetworkInterfaceId": _INTERFACES},
    "Vpc.DescribeSnatTableEntries parameters": {"NetworkInterfaceIds.N": _INTERFACES},
    "Vpc.DescribeSnatTableEntries fields": {"*NetworkInterfaceId": _INTERFACES},
    "Vpc.CreateNatGateway fields": {"FullNatTableIds.*": _VPC_GATEWAYS},
    "Vpc.DescribeNatGateways fields": {
        "*AccessMode.*": _VPC_GATEWAYS,
        "*AvailabilityMode": _VPC_GATEWAYS,
        "*FullNatTable*": _VPC_GATEWAYS,
        "*IpPrefix*": _VPC_GATEWAYS,
        "*PrivateLinkMode": _VPC_GATEWAYS,
        "*NatGatewayPrivateInfo.*": _NOT_SHOWN,
    },
    "Vpc.GetNatGatewayAttribute fields": {
        "AccessMode.*": _VPC_GATEWAYS,
        "AvailabilityMode": _VPC_GATEWAYS,
        "FullNatTable*": _VPC_GATEWAYS,
        "PrivateLinkMode": _VPC_GATEWAYS,
        "LogDelivery.*": _NAT_LOG,
    },
    "Vpc.AssociateEipAddress parameters": {
        "InstanceRegionId": "the address's own region alone; accepted, without effect",
        "Mode": "ModifyEipForwardMode sets it; accepted, without effect",
        "PrivateIpAddress": _INTERFACES,
        "VpcId": "addresses are bound to NAT gateways alone; accepted, without effect",
    },
    "Vpc.UnassociateEipAddress parameters": {"PrivateIpAddress": _INTERFACES},
    "Vpc.ListTagResources parameters": {"MaxResults": _ONE_PAGE, "NextToken": _ONE_PAGE},
    "Vpc fields": {
        "*Ipv6CidrBlocks.*": "IPv6 isn't simulated: the list is empty",
        "*AssociatedCens.*": "CEN isn't simulated: not shown",
        "*AssociatedPropagationSources.*": "CEN isn't simulated: not shown",
        "*CenStatus": "CEN isn't simulated: not shown",
        "*DhcpOptionsSet*": "DHCP options aren't simulated: not shown",
        "*Ipv4Gateway*": "IPv4 gateways aren't simulated: not shown",
        "*NetworkAclId": "network ACLs aren't simulated: not shown",
        "*ShareType": "sharing isn't simulated: not shown",
        "ClassicLinkEnabled": _NOT_SHOWN,
        "CloudResources.*": _NOT_SHOWN,
    },
    "Vpc.DescribeVpcs fields": {
        "*RouterTableIds.*": "DescribeRouteTableList tells: not shown",
    },
    "Vpc.DescribeRouteTableList fields": {
        "*GatewayIds.*": "gateways have no tables here: not shown",
        "*Tags.*": "system tables have no tags: the list is empty",
    },
    "Vpc.DescribeZones fields": {"*ZoneType": _NOT_SHOWN},
    "Vpc.AllocateEipAddress fields": {"OrderId": _PAID_BEFORE},
    "Vpc.DescribeEipAddresses fields": {
        "*BandwidthPackage*": "bandwidth packages aren't simulated: not shown",
        "*Reservation*": _PAID_BEFORE,
        "*ExpiredTime": _PAID_BEFORE,
        "*LockReason*": "addresses are never locked: the list is empty",
        "*SecurityProtectionType*": "protection isn't simulated: the list is empty",
        "*SegmentInstanceId": "segments aren't simulated: not shown",
        "*BizType": _NOT_SHOWN,
        "*BusinessStatus": _NOT_SHOWN,
        "*InstanceRegionId": _NOT_SHOWN,
        "*PrivateIpAddress": _NOT_SHOWN,
        "*SecondLimited": _NOT_SHOWN,
        "*ServiceID": _NOT_SHOWN,
        "*ServiceManaged": _NOT_SHOWN,
        "*VpcId": _NOT_SHOWN,
    },
    "Ecs parameters": {
        "*SourceGroupOwner*": _OTHER_ACCOUNT,
        "*DestGroupOwner*": _OTHER_ACCOUNT,
        "*PortRangeListId": _RANGE_LISTS,
        "*SourcePortRange": "rules are told apart without the source's ports; accepted, without effect",
        "ServiceManaged": "no service manages groups; accepted, without effect",
    },
    "Ecs.AuthorizeSecurityGroup parameters": {"*DestCidrIp": _OTHER_SIDE},
    "Ecs.RevokeSecurityGroup parameters": {"*DestCidrIp": _OTHER_SIDE},
    "Ecs.ModifySecurityGroupRule parameters": {"*DestCidrIp": _OTHER_SIDE},
    "Ecs.AuthorizeSecurityGroupEgress parameters": {"*SourceCidrIp": _OTHER_SIDE},
    "Ecs.RevokeSecurityGroupEgress parameters": {"*SourceCidrIp": _OTHER_SIDE},
    "Ecs.ModifySecurityGroupEgressRule parameters": {"*SourceCidrIp": _OTHER_SIDE},
    "Ecs.DescribeSecurityGroups parameters": {
        "FuzzyQuery": "names are whole names; accepted, without effect",
        "IsQueryEcsCount": _SERVERS,
        "NetworkType": _CLASSIC,
        "MaxResults": "pages are cut by PageNumber; accepted, without effect",
        "NextToken": "pages are cut by PageNumber; accepted, without effect",
    },
    "Ecs.DescribeSecurityGroupAttribute parameters": {
        "Attribute": _NO_FILTER,
        "MaxResults": _ONE_PAGE,
        "NextToken": _ONE_PAGE,
    },
    "Ecs.DescribeSecurityGroups fields": {
        "NextToken": "pages are cut by PageNumber: not shown",
        "*AvailableInstanceAmount": _SERVERS,
        "*EcsCount": _SERVERS,
        "*RuleCount": _NOT_SHOWN,
        "*ServiceID": _NOT_SHOWN,
    },
    "Ecs.DescribeSecurityGroupAttribute fields": {
        "NextToken": _ONE_PAGE,
        "*GroupName": _NOT_SHOWN,
        "*GroupOwnerAccount": _OTHER_ACCOUNT,
        "*PrefixListName": _RANGE_LISTS,
        "*PortRangeList*": _RANGE_LISTS,
        "*SourcePortRange": _NOT_SHOWN,
        "SnapshotPolicyIds.*": _NOT_SHOWN,
    },
    "Ecs.DescribeAvailableResource parameters": {
        "DedicatedHostId": _SERVERS,
        "InstanceChargeType": "what is left is the same for all; accepted, without effect",
        "IoOptimized": "all instance types are; accepted, without effect",
        "NetworkCategory": _CLASSIC,
        "ResourceType": _SERVERS,
        "Scope": _SERVERS,
        "Spot*": "spot instances have the same stock as others; accepted, without effect",
    },
    "Ecs.DescribeAvailableResource fields": {
        "*.Max": "disks have no limits of size here: not shown",
        "*.Min": "disks have no limits of size here: not shown",
        "*.Unit": "disks have no limits of size here: not shown",
    },
    "Ecs.DescribeDisks parameters": {"*": _TRANSIT_DISKS},
    "Ecs.DescribeDisks fields": {"*": _TRANSIT_DISKS},
    "Ecs.DescribeSnapshots parameters": {"*": _CACHE_SNAPSHOTS},
    "Ecs.DescribeSnapshots fields": {"*": _CACHE_SNAPSHOTS},
    "Ecs.DeleteSnapshot parameters": {"Force": "a cache's snapshot is always deleted; without effect"},
    "Ecs.DescribeRegions parameters": {"*": "regions are the same for all; doesn't select"},
    "Ecs.DescribeRegions fields": {"*Status": _NOT_SHOWN},
    "Ecs.DescribeZones parameters": {"*": "zones are the same for all; doesn't select"},
    "Ecs.DescribeZones fields": {"*": _SERVERS},
}
