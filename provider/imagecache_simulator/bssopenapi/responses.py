"""The one action of BssOpenApi that the alicloud plugin calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.wire import Parameters


def query_available_instances(_: Cloud, parameters: Parameters) -> dict[str, Any]:
    """List subscriptions: there are none. That the call succeeds tells the plugin the kind of account.

    Source: spec/networking.md section 1, account type.
    """
    page = {"PageNum": parameters.integer("PageNum", 1, 1_000_000) or 1, "PageSize": 50, "TotalCount": 0}
    return {
        "Code": "Success",
        "Message": "Successful!",
        "Success": True,
        "Data": {**page, "InstanceList": []},
    }
