"""What the conformance table must have rows for besides the SDKs' models: actions, documented error codes.

tools/conformance_table.py reads it. The codes are those of the API's pages, CreateImageCache (26),
CreateContainerGroup (75, of which 74 differ), DescribeImageCaches and TagResources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SDK_ACTIONS: Mapping[str, Sequence[str]] = {
    "Eci": (
        "CreateImageCache", "UpdateImageCache", "DeleteImageCache", "DescribeImageCaches",
        "CreateContainerGroup", "DescribeContainerGroups", "DeleteContainerGroup",
        "ListUsage", "DescribeRegions", "DescribeAvailableResource",
        "TagResources", "UntagResources", "ListTagResources",
    ),
}  # fmt: skip
"""Actions that the table lists even if the simulator hasn't got them, in its order."""

PLAIN_ACTIONS: Mapping[str, Sequence[str]] = {
    "ResourceManager": ("ListResourceGroups", "GetResourceGroup"),
    "Sts": ("GetCallerIdentity",),
    "Location": ("DescribeEndpoints",),
    "BssOpenApi": ("QueryAvailableInstances",),
}
"""Actions of products whose SDK isn't installed: their rows are what the suite sends and sees."""

_DESCRIBING = (
    "Account.Arrearage", "DryRunOperation", "ServiceNotEnabled", "Forbidden.SubUser",
    "Forbidden.UserBussinessStatus", "Forbidden.UserNotRealNameAuthentication", "NoPermission",
)  # fmt: skip
_BOTH_CREATE = (
    "Account.Arrearage", "DryRunOperation", "InvalidParameter.CPU.Memory", "IncorrectStatus",
    "ServiceNotEnabled", "DiskVolume.NotSupport", "RamRole.NotSupport", "OperationDenied.VswZoneMisMatch",
    "QuotaExceeded", "Zone.NotOnSale", "Forbidden.RiskControl", "Forbidden.SubUser",
    "Forbidden.OnlyForInvitedTest", "OperationDenied.SecurityGroupMisMatch", "InvalidVSwitchId.IpNotEnough",
    "Forbidden.UserBussinessStatus", "Forbidden.UserNotRealNameAuthentication",
    "InvalidUser.PassRoleForbidden", "OperationDenied.NoStock", "NoPermission", "SecurityRisk.3DVerification",
    "CreateServiceLinkedRole.Denied",
)  # fmt: skip
CODES: Mapping[str, Sequence[str]] = {
    "Eci.CreateImageCache": (
        *_BOTH_CREATE, "ImageCache.IncorrectStatus", "ImageCacheNotSupport", "EipAddressPoolIpNotEnough",
        "OperationConflict",
    ),
    "Eci.DescribeImageCaches": _DESCRIBING,
    "Eci.TagResources": ("IncorrectStatus", "OperationConflict", "NoPermission.Tag", "NumberExceed.Tags"),
    "Eci.CreateContainerGroup": (
        *_BOTH_CREATE, "InvalidParameter.DuplicatedName", "InvalidParameter.DuplicatedVolumeName",
        "ImageSnapshot.IncorrectStatus", "ImageSnapshot.NotSupport", "ImageSnapshot.NotFound",
        "DiskNumber.LimitExceed", "InvalidPaymentMethod.InsufficientBalance", "DiskVolume.NotInSameZone",
        "HighCpuMemConfigRequired", "RecommendEmpty.InstanceTypeFamilyNotMatched", "LocalDiskAmountNotMatch",
        "Payfor.CreditPayInsufficientBalance", "InvalidOperation.KMS.InstanceTypeNotSupport",
        "InvalidParameter.Encrypted.KmsNotEnabled", "InvalidParameter.KMS.EncryptedIllegal",
        "InvalidSpotCpuMemorySpec", "Ipv6AddressNotSupportVsw", "Ipv6AddressNotSupport",
        "Ipv6AddressNotSupportInstanceType", "EipPayInsufficientBalance", "EipPurchaseFlowControl",
        "Throttling", "JobInstanceBatchCreateNotSupport", "JobInstanceDiskNotSupport",
        "JobInstanceEipNotSupport", "JobInstanceFeatureNotMatch", "JobInstanceImageCacheNotSupport",
        "JobInstanceIPv6NotSupport", "JobInstanceRamRoleNotSupport", "JobInstanceRegionNotSupport",
        "JobInstanceSpotNotSupport", "InvalidInstanceTypeForEciSpotDurationBuy",
        "InvalidInstanceTypeForEciBuy", "InstanceTypeNotMatchCpuArch",
        "JobInstanceEcsInstanceTypeNotSupport", "PrivatePoolInstanceSpotNotSupport", "DryRun.Success",
        "PrivateIpAddress.Already.InUse", "IncorrectOperation", "FeatureBasedConstraintConflict",
        "OperationFailed.RiskControl", "RISK.RISK_CONTROL_REJECTION", "InvalidInstanceTypeForRaid",
        "RegionDissolved", "InvalidParameter.KMS.KeyId.Forbidden", "Forbidden.AccountClosed",
        "InvalidOperation.ResourceManagedByCloudProduct", "Spot.NotMatched", "Throttling.Vcpu.PerDay",
        "FeatureAccessRestricted", "InvalidDiskId.NotFound", "InvalidParameter.KMS.KeyId.NotFound",
    ),
}  # fmt: skip
"""Product and action, to the codes that their page lists."""
