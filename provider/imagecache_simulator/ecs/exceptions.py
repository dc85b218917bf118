"""What Ecs refuses.

Codes: spec/networking.md section 4; those that it lacks are listed in docs/simulator.md.
"""

from __future__ import annotations

from imagecache_simulator.exceptions import ApiError


class SecurityGroupNotFoundError(ApiError):
    """No such security group in the region."""

    status = 404
    code = "InvalidSecurityGroupId.NotFound"
    message = "The specified SecurityGroupId does not exist."


class SecurityGroupInUseError(ApiError):
    """A security group with instances, or that a rule of another names, can't be deleted."""

    status = 403
    code = "DependencyViolation"
    message = (
        "There is still instance(s) in the specified security group, or it is authorized in another one."
    )


class InvalidPermissionError(ApiError):
    """A rule's protocol, ports, policy or priority isn't one."""

    code = "InvalidParam.Permission"


class RuleNotFoundError(ApiError):
    """The security group has no such rule."""

    status = 404
    code = "InvalidSecurityGroupRule.RuleNotExist"
    message = "The specified rule does not exist."


class DiskNotFoundError(ApiError):
    """No such disk."""

    status = 404
    code = "InvalidDiskId.NotFound"
    message = "The specified DiskId does not exist."


class SnapshotNotFoundError(ApiError):
    """No such snapshot."""

    status = 404
    code = "InvalidSnapshotId.NotFound"
    message = "The specified SnapshotId does not exist."
