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
    """A vSwitch or a range would overlap another of its VPC, or a vSwitch would be out of its range."""

    code = "InvalidCidrBlock.Overlapped"
    message = "Specified CIDR block overlapped with other subnets."


class TooManySecondaryRangesError(ApiError):
    """A VPC has as many further ranges of addresses as it may have."""

    code = "QuotaExceeded.SecondaryCidrBlock"
    message = "The number of secondary CIDR blocks of the VPC has reached its quota."


class SecondaryRangeNotFoundError(ApiError):
    """A VPC hasn't such a further range of addresses."""

    status = 404
    code = "InvalidSecondaryCidrBlock.NotFound"
    message = "The specified secondary CIDR block does not exist."


class SecondaryRangeInUseError(ApiError):
    """A range with vSwitches in it can't be taken off its VPC.

    Source: what terraform-provider-alicloud retries (resource_alicloud_vpc_ipv4_cidr_block.go).
    """

    code = "OperationFailed.CidrInUse"
    message = "The specified CIDR block is in use."


class RouteTableNotFoundError(ApiError):
    """No such route table in the region."""

    status = 404
    code = "InvalidRouteTableId.NotFound"
    message = "Specified route table does not exist."


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


class DefaultVpcExistsError(ApiError):
    """A region has one default VPC."""

    code = "OperationDenied.DefaultVpcExist"
    message = "The default VPC already exists in this region."


class DefaultVSwitchExistsError(ApiError):
    """A zone has one default vSwitch."""

    code = "OperationDenied.DefaultVSwitchExist"
    message = "The default VSwitch already exists in this zone."


class DefaultVpcNotFoundError(ApiError):
    """A default vSwitch needs a default VPC."""

    status = 404
    code = "InvalidVpcID.NotFound"
    message = "The default VPC does not exist in this region."


class DeletionProtectedError(ApiError):
    """What is protected from deletion can't be deleted."""

    code = "OperationDenied.DeletionProtection"
    message = "The operation is not allowed because deletion protection is enabled."


class InstanceNotFoundError(ApiError):
    """What an address is to be bound to isn't there, or isn't of the type that was named."""

    status = 404
    code = "InvalidInstanceId.NotFound"
    message = "The specified instance does not exist."


class EipUsedBySnatError(ApiError):
    """An address that SNAT entries use can't be taken off its gateway."""

    code = "InvalidIpStatus.HasBeenUsedBySnatTable"
    message = "The specified IP has been used by the SNAT table."


class NatGatewayNotFoundError(ApiError):
    """No such NAT gateway in the region."""

    status = 404
    code = "InvalidNatGatewayId.NotFound"
    message = "The specified NatGatewayId does not exist."


class NatGatewayEnhancedError(ApiError):
    """A gateway that is enhanced can't be made so, nor moved to another vSwitch."""

    code = "OperationUnsupported.NatType"
    message = "The specified NAT gateway is already an enhanced NAT gateway."


class NatGatewayHasSnatEntryError(ApiError):
    """A gateway with SNAT entries can't be deleted."""

    code = "DependencyViolation.SnatEntry"
    message = "Specified object has dependent resources: SnatEntry."


class NatGatewayHasEipError(ApiError):
    """A gateway with addresses can't be deleted."""

    code = "DependencyViolation.EIPS"
    message = "Specified object has dependent resources: EIPS."


class NotEnoughIpError(ApiError):
    """A vSwitch has no address left for a gateway."""

    code = "OperationFailed.VSwitchIpNotEnough"
    message = "The specified VSwitch does not have enough IP addresses."


class SnatTableNotFoundError(ApiError):
    """No such SNAT table."""

    status = 404
    code = "InvalidSnatTableId.NotFound"
    message = "The specified SnatTableId does not exist."


class SnatEntryNotFoundError(ApiError):
    """The table has no such entry."""

    status = 404
    code = "InvalidSnatEntryId.NotFound"
    message = "The specified SnatEntryId does not exist."


class SnatSourceTakenError(ApiError):
    """Another entry of the gateway has the same source."""

    code = "Forbidden.SourceVSwitchId.Duplicated"
    message = "The specified source is duplicated."


class EipNotInGatewayError(ApiError):
    """An SNAT entry names an address that isn't bound to its gateway."""

    code = "EIP_NOT_IN_GATEWAY"
    message = "The specified EIP is not bound to the NAT gateway."
