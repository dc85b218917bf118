"""What Vpc refuses.

Codes: spec/networking.md section 4; those that it lacks are listed in docs/simulator.md.
"""

from __future__ import annotations

from imagecache_simulator.exceptions import ApiError


class VpcNotFoundError(ApiError):
    """No such VPC in the region."""

    status = 404
    code = "InvalidVpcID.NotFound"
    message = "Specified VPC does not exist."


class VSwitchNotFoundError(ApiError):
    """No such vSwitch in the region."""

    status = 404
    code = "InvalidVSwitchId.NotFound"
    message = "Specified virtual switch does not exist."


class EipNotFoundError(ApiError):
    """No such elastic IP address in the region."""

    status = 404
    code = "InvalidAllocationId.NotFound"
    message = "Specified allocation ID does not exist."


class ResourceNotFoundError(ApiError):
    """No such resource of the type that was named."""

    status = 404
    code = "InvalidResourceId.NotFound"
    message = "The specified ResourceId does not exist."


class InvalidCidrBlockError(ApiError):
    """An address range isn't one, or isn't allowed here."""

    code = "InvalidCidrBlock.Malformed"
    message = "Specified CIDR block is not valid."


class CidrBlockOverlappedError(ApiError):
    """A vSwitch would overlap another of its VPC."""

    code = "InvalidCidrBlock.Overlapped"
    message = "Specified CIDR block overlapped with other subnets."


class VpcHasVSwitchError(ApiError):
    """A VPC with vSwitches can't be deleted."""

    code = "DependencyViolation.VSwitch"
    message = "Specified object has dependent resources: VSwitch."


class VpcHasSecurityGroupError(ApiError):
    """A VPC with security groups can't be deleted."""

    code = "DependencyViolation.SecurityGroup"
    message = "Specified object has dependent resources: SecurityGroup."


class VSwitchInUseError(ApiError):
    """A vSwitch in which instances run can't be deleted."""

    code = "DependencyViolation"
    message = "Specified object has dependent resources."


class IncorrectEipStatusError(ApiError):
    """An elastic IP address that is bound can't be released or bound again."""

    code = "IncorrectEipStatus"
    message = "Current elastic IP status does not support this operation."
