"""What Eci refuses.

Codes: spec/eci-image-cache.md section 5; those that it lacks are listed in docs/simulator.md.
"""

from __future__ import annotations

from imagecache_simulator.exceptions import ApiError


class ImageCacheNotFoundError(ApiError):
    """No such image cache in the region."""

    status = 404
    code = "InvalidParameter.NotFound"

    def __init__(self, image_cache_id: str) -> None:
        super().__init__(f"The specified ImageCacheId {image_cache_id} is NotFound.")


class ImageCacheIncorrectStatusError(ApiError):
    """An image cache can be updated only when it's Ready or UpdateFailed."""

    code = "ImageCache.IncorrectStatus"

    def __init__(self, image_cache_id: str, status: str) -> None:
        super().__init__(
            f"The status {status} of image cache {image_cache_id} does not support this operation."
        )


class EipInstanceNotFoundError(ApiError):
    """No such elastic IP address in the region."""

    status = 404
    code = "InvalidEipInstanceId.NotFound"
    message = "The specified EipInstanceId does not exist."


class ResourceGroupNotFoundError(ApiError):
    """No such resource group."""

    status = 404
    code = "InvalidResourceGroup.NotFound"
    message = "The specified ResourceGroupId does not exist."


class VSwitchZoneMismatchError(ApiError):
    """A vSwitch isn't in the zone that was named."""

    status = 403
    code = "OperationDenied.VswZoneMisMatch"
    message = "The specified VSwitchId is not in the specified Zone."


class SecurityGroupMismatchError(ApiError):
    """The vSwitch and the security group are of different VPCs."""

    status = 403
    code = "OperationDenied.SecurityGroupMisMatch"
    message = "The specified VSwitchId and SecurityGroupId are not in the same VPC."


class NotEnoughAddressesError(ApiError):
    """No vSwitch has an address left for the transit instance."""

    status = 403
    code = "InvalidVSwitchId.IpNotEnough"
    message = "The specified VSwitch does not have enough IP addresses."


class QuotaExceededError(ApiError):
    """The account has as many of something as it may: image caches (none that LRU lets go), vCPUs."""

    status = 403
    code = "QuotaExceeded"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} quota exceeded.")


class ZoneNotOnSaleError(ApiError):
    """The zone is closed for sale."""

    status = 403
    code = "Zone.NotOnSale"
    message = "The specified zone is not available for purchase."


class NoStockError(ApiError):
    """The zone is open, and has none left."""

    status = 403
    code = "OperationDenied.NoStock"
    message = (
        "Sales of this resource are temporarily suspended in the specified zone. We recommend that you use "
        "the multi-zone creation function to avoid the risk of insufficient resource. For more information, "
        "see https://help.aliyun.com/document_detail/157290.html"
    )


class CpuMemoryNotAllowedError(ApiError):
    """The zone doesn't offer instances of this size."""

    code = "InvalidParameter.CPU.Memory"
    message = "The specified cpu and memory are not allowed"


class DiskVolumeNotSupportedError(ApiError):
    """The zone doesn't offer disks of this category."""

    code = "DiskVolume.NotSupport"
    message = "The disk volume is not supported."


class IncorrectStatusError(ApiError):
    """Something that the call uses isn't in the state for it."""

    code = "IncorrectStatus"

    def __init__(self, what: str, status: str) -> None:
        super().__init__(f"The status {status} of {what} does not support this operation.")


class RamRoleNotSupportedError(ApiError):
    """A role that the instance shall take is of another account."""

    code = "RamRole.NotSupport"
    message = "The RAM role is not supported."


class OnlyForInvitedTestError(ApiError):
    """Windows images are for invited users."""

    status = 403
    code = "Forbidden.OnlyForInvitedTest"
    message = "Eci create action is only open to invited users during public beta."


class ContainerGroupNotFoundError(ApiError):
    """No such container group in the region."""

    status = 404
    code = "InvalidParameter.NotFound"

    def __init__(self, container_group_id: str) -> None:
        super().__init__(f"The specified ContainerGroupId {container_group_id} is NotFound.")


class DuplicatedNameError(ApiError):
    """Two containers of a group have one name."""

    code = "InvalidParameter.DuplicatedName"
    message = "The container group include containers with duplicate names."


class DuplicatedVolumeNameError(ApiError):
    """Two volumes of a group have one name."""

    code = "InvalidParameter.DuplicatedVolumeName"
    message = "The container group includes volumes with duplicate names."


class ImageSnapshotNotFoundError(ApiError):
    """ImageSnapshotId names no image cache of the region."""

    status = 404
    code = "ImageSnapshot.NotFound"
    message = "The specified snapshot does not exist."


class ImageSnapshotIncorrectStatusError(ApiError):
    """ImageSnapshotId names an image cache that isn't Ready."""

    code = "ImageSnapshot.IncorrectStatus"

    def __init__(self, image_cache_id: str, status: str) -> None:
        super().__init__(f"The status {status} of image cache {image_cache_id} is not Ready.")


class PrivateIpAddressInUseError(ApiError):
    """The address that a container group is to have belongs to another."""

    code = "PrivateIpAddress.Already.InUse"
    message = "The specific PrivateIpAddress already in use."
