"""What a caller without the right is answered.

Sources: ECS's announcement that it refuses Describe calls with 403 `Forbidden.RAM` and AccessDeniedDetail;
reports of RAM's own `NoPermission`; spec/eci-image-cache.md section 5 for the two codes of what Eci does on
the caller's behalf. That Eci and Vpc answer as Ecs does, and ResourceManager as RAM, is a choice of
docs/simulator.md.
"""

from __future__ import annotations

from imagecache_simulator.exceptions import ApiError


class AccessDeniedError(ApiError):
    """No policy of the caller allows the call, or one denies it.

    Args:
        detail: what the answer's AccessDeniedDetail tells.
        resource: what the caller has no right on; an ARN.
    """

    status = 403
    code = "Forbidden.RAM"
    message = "User not authorized to operate on the specified resource, or this API doesn't support RAM."

    def __init__(self, detail: dict[str, str], resource: str) -> None:
        self.detail = detail
        super().__init__(self.message.format(resource=resource, action=detail["AuthAction"]))


class NoPermissionError(AccessDeniedError):
    """The same, as RAM and the products beside it word it."""

    code = "NoPermission"
    message = "You are not authorized to do this action. Resource: {resource} Action: {action}"


class CreateServiceLinkedRoleDeniedError(AccessDeniedError):
    """The account lacks Eci's service-linked role, and the caller may not have it made."""

    code = "CreateServiceLinkedRole.Denied"
    message = "Please make sure the account has ram:CreateServiceLinkedRole permission."


class PassRoleForbiddenError(AccessDeniedError):
    """The caller may not hand a role that the call names to Eci."""

    code = "InvalidUser.PassRoleForbidden"
    message = "The RAM user is not authorized to assume a RAM role."
