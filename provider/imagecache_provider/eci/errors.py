"""ECI's error codes: for each the property that it is about and what a user can do; one line a code.

`eci.client` turns an answer into an error with `refused`. The codes are those that the page of
CreateImageCache lists, and those of the network calls behind it; the cloud's own texts are shown as they
come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from imagecache_provider.eci.image_cache_model import ImageCacheArgs
from imagecache_provider.errors import (
    Cause,
    CloudError,
    NotFoundError,
    RefusedError,
    ThrottledError,
    TokenUsedError,
    TryAgainError,
)
from imagecache_provider.fields import fields


@dataclass(frozen=True)
class Meaning:
    """What a code means for the user: the property and the remedy."""

    property: str
    remedy: str


_ACCOUNT = "settle it in the console of the account that the credentials belong to, then run up again"
_CREDENTIALS = (
    "check the access key: config imagecache:accessKey and imagecache:secretKey (or alicloud:…),"
    " or ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET; if those of the configuration are"
    " new, refresh and destroy use those of the last up: give them --run-program"
)
_RIGHTS = "docs/rights.md has the policies"
_VSWITCH_EXISTS = "use a vSwitch of this region and account; pass its resource's id so that it's made first"
_GROUP_EXISTS = (
    "use a security group of this region and account; pass its resource's id so that it's made first"
)
_EIP_EXISTS = "use an EIP of this region and account; pass its resource's id so that it's made first"

MEANINGS: dict[str, Meaning] = {
    # The 26 codes of CreateImageCache; what lacks a permission has its remedy from `_guess`.
    "Account.Arrearage": Meaning("", f"the account has an unpaid bill: {_ACCOUNT}"),
    "DryRunOperation": Meaning("", "the request was only a trial: nothing to do"),
    "InvalidParameter.CPU.Memory": Meaning(
        "", "the region can't build caches with 2 vCPU and 4 GiB: try another region or zone"
    ),
    "IncorrectStatus": Meaning("", "wait until the other operation on it has ended, then run up again"),
    "ServiceNotEnabled": Meaning(
        "", "activate the service that the message names in the console, then run up again"
    ),
    "DiskVolume.NotSupport": Meaning(
        "zoneId", "cloud disks aren't possible here: use a vSwitch of another zone"
    ),
    "RamRole.NotSupport": Meaning(
        "acrRegistryInfos", "use RAM roles that trust eci.aliyuncs.com, or credentials instead"
    ),
    "ImageCache.IncorrectStatus": Meaning(
        "", "the cache is being built: wait until it's Ready, then run up again"
    ),
    "ImageCacheNotSupport": Meaning(
        "", "image caches aren't open to this account: ask Alibaba Cloud to enable them"
    ),
    "EipAddressPoolIpNotEnough": Meaning("eipInstanceId", "use an EIP of another address pool, or none"),
    "OperationConflict": Meaning("", "another request is at work on it: run up again"),
    "OperationDenied.VswZoneMisMatch": Meaning(
        "zoneId", "leave zoneId out, or use vswitchIds of that zone only"
    ),
    "QuotaExceeded": Meaning(
        "",
        "delete caches that nobody needs, set eliminationStrategy to LRU on some, or ask for a larger quota",
    ),
    "Zone.NotOnSale": Meaning("vswitchIds", "use a vSwitch of another zone"),
    "Forbidden.RiskControl": Meaning("", f"the account is under risk control: {_ACCOUNT}"),
    "Forbidden.OnlyForInvitedTest": Meaning("", "the feature is by invitation: ask Alibaba Cloud for it"),
    "OperationDenied.SecurityGroupMisMatch": Meaning(
        "securityGroupId", "use a security group of the same VPC as the vSwitches"
    ),
    "InvalidVSwitchId.IpNotEnough": Meaning(
        "vswitchIds", "add a vSwitch that has free addresses, or a larger one"
    ),
    "Forbidden.UserBussinessStatus": Meaning("", f"the account has overdue bills: {_ACCOUNT}"),
    "Forbidden.UserNotRealNameAuthentication": Meaning(
        "", f"the account hasn't passed the real-name verification: {_ACCOUNT}"
    ),
    "InvalidUser.PassRoleForbidden": Meaning(
        "acrRegistryInfos",
        f"have ram:PassRole granted to the RAM user for the roles that the property names; {_RIGHTS}",
    ),
    "OperationDenied.NoStock": Meaning(
        "vswitchIds", "add vSwitches of other zones, so that the cloud can choose, or try again later"
    ),
    "NoPermission": Meaning("", "repair the RAM role that the message names, or have the permission granted"),
    "SecurityRisk.3DVerification": Meaning("", f"the payment card needs a verification: {_ACCOUNT}"),
    "CreateServiceLinkedRole.Denied": Meaning(
        "",
        "have ram:CreateServiceLinkedRole granted, or let an administrator create AliyunServiceRoleForECI;"
        f" {_RIGHTS}",
    ),
    # Who calls, and where.
    "InvalidAccessKeyId.NotFound": Meaning("", _CREDENTIALS),
    "InvalidAccessKeyId.Inactive": Meaning("", _CREDENTIALS),
    "SignatureDoesNotMatch": Meaning("", f"the access key's secret is wrong: {_CREDENTIALS}"),
    "IncompleteSignature": Meaning("", f"the access key's secret is wrong: {_CREDENTIALS}"),
    "InvalidSecurityToken.Expired": Meaning(
        "", "the temporary credentials have expired: get new ones, then run up again"
    ),
    "InvalidSecurityToken.MismatchWithAccessKey": Meaning(
        "", "access key and security token belong to different sessions: get all three anew"
    ),
    "InvalidTimeStamp.Expired": Meaning("", "this machine's clock is wrong: set it"),
    "InvalidRegionId.NotFound": Meaning(
        "regionId", "name a region that has ECI, such as cn-hangzhou: pulumi config set imagecache:region …"
    ),
    # What the cache is built with.
    "InvalidZoneId.NotFound": Meaning("zoneId", "leave zoneId out, or name a zone of the cache's region"),
    "InvalidVSwitchId.NotFound": Meaning("vswitchIds", _VSWITCH_EXISTS),
    "InvalidSecurityGroupId.NotFound": Meaning("securityGroupId", _GROUP_EXISTS),
    "InvalidEipInstanceId.NotFound": Meaning("eipInstanceId", _EIP_EXISTS),
    "InvalidResourceGroup.NotFound": Meaning("resourceGroupId", "use a resource group of this account"),
    "NumberExceed.Tags": Meaning("tags", "keep 18 tags at most: two more are the provider's own"),
    "NoPermission.Tag": Meaning("tags", f"have eci:TagResources granted; {_RIGHTS}"),
}

_PROPERTIES = {field.property.wire: name for name, field in fields(ImageCacheArgs).items()}

NOT_FOUND = frozenset({"InvalidParameter.NotFound", "ImageCache.NotFound", "InvalidImageCacheId.NotFound"})
"""Codes that mean that the cache itself doesn't exist."""

TOKEN_MISMATCH = "IdempotentParameterMismatch"  # noqa: S105 - an error code
"""A ClientToken was used again for another request."""

_SERVER_ERROR = 500


def is_temporary(code: str, status: int) -> bool:
    """Say whether the same call may go through later."""
    return (
        status >= _SERVER_ERROR
        or code.startswith(("Throttling", "ServiceUnavailable", "InternalError"))
        or code == "RequestTimeout"
    )


def _guess(action: str, code: str, status: int) -> Meaning:
    """Give a code that has no line of its own the remedy of its kind."""
    if code.startswith("Throttling"):
        return Meaning(
            "",
            "the account makes more calls than the cloud takes: run up again later; --parallel and"
            " maxCreatesPerMinute leave some to others",
        )
    if is_temporary(code, status):
        return Meaning("", "the cloud is overloaded: run up again later")
    if code.startswith(("Forbidden", "NoPermission")):
        return Meaning("", _lacking(f"eci:{action}", {}))
    return Meaning(
        _PROPERTIES.get(code.removeprefix("InvalidParameter.").removeprefix("Missing").partition(".")[0], ""),
        "correct what the message names; Alibaba Cloud's support explains it by the RequestId",
    )


def _lacking(right: str, denied: Mapping[str, Any]) -> str:
    """Give the remedy for a right that the cloud itself names.

    Source: AccessDeniedDetail of ECS's page on denied Describe calls, and RAM's DecodeDiagnosticMessage.
    """
    user = str(denied.get("AuthPrincipalDisplayName") or "")
    who = f"RAM user {user}" if user else "whoever the credentials belong to"
    if denied.get("NoPermissionType") == "ExplicitDeny":
        return (
            f"have the policy changed that denies {right} to {who}: no other policy can allow it; {_RIGHTS}"
        )
    return f"have {right} granted to {who}; {_RIGHTS}"


def refused(  # noqa: PLR0917 - what an answer consists of, in its order
    action: str,
    code: str,
    message: str,
    status: int,
    request_id: str,
    denied: Mapping[str, Any] | None = None,
) -> CloudError:
    """Make the error for an answer of the cloud: its class says what the caller should do.

    Args:
        action: the API's name of it.
        code: of the answer.
        message: the cloud's words.
        status: the HTTP status.
        request_id: the cloud's name for the call.
        denied: the answer's AccessDeniedDetail, where a right is lacking.
    """
    meaning = MEANINGS.get(code) or _guess(action, code, status)
    if denied and (right := denied.get("AuthAction")):
        meaning = replace(meaning, remedy=_lacking(str(right), denied))
    cause = Cause(code, message, meaning.remedy, meaning.property, request_id)
    if code in NOT_FOUND:
        return NotFoundError(action, cause)
    if code == TOKEN_MISMATCH:
        return TokenUsedError(action, cause)
    if code.startswith("Throttling"):
        return ThrottledError(action, cause)
    if is_temporary(code, status):
        return TryAgainError(action, cause)
    return RefusedError(action, cause)
