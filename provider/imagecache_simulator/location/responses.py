"""The one action of Location."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from imagecache_simulator.core import Cloud
    from imagecache_simulator.wire import Parameters


def describe_endpoints(_: Cloud, parameters: Parameters) -> dict[str, Any]:
    """Tell where a product is: all of them are where this request went.

    Source: spec/networking.md section 2.
    """
    endpoint = {
        "Type": "openAPI",
        "Endpoint": parameters.host,
        "Id": parameters.text("Id"),
        "ServiceCode": parameters.text("ServiceCode"),
        "Protocols": {"Protocols": ["HTTP"]},
    }
    return {"Success": True, "Endpoints": {"Endpoint": [endpoint]}}
