"""The one action of Sts that clients need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.wire import Parameters


def get_caller_identity(cloud: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Tell whose access key this is: the account's own, or a RAM user's.

    Source: spec/networking.md section 5, item 7, and the API page of GetCallerIdentity.
    """
    if user := parameters.user:
        return {
            "AccountId": cloud.account_id,
            "UserId": user.user_id,
            "PrincipalId": user.user_id,
            "IdentityType": "RAMUser",
            "Arn": f"acs:ram::{cloud.account_id}:user/{user.name}",
        }
    return {
        "AccountId": cloud.account_id,
        "UserId": cloud.account_id,
        "PrincipalId": cloud.account_id,
        "IdentityType": "Account",
        "Arn": f"acs:ram::{cloud.account_id}:root",
    }
