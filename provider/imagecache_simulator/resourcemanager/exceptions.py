"""What ResourceManager refuses."""

from __future__ import annotations

from imagecache_simulator.exceptions import ApiError


class ResourceGroupNotFoundError(ApiError):
    """No such resource group."""

    status = 404
    code = "EntityNotExists.ResourceGroup"

    def __init__(self, resource_group_id: str) -> None:
        super().__init__(f"The resource group {resource_group_id} does not exist.")
