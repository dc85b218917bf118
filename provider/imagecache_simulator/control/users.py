"""RAM users over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagecache_simulator.control.request import ControlError, text

if TYPE_CHECKING:
    from imagecache_simulator.control.request import ControlRequest
    from imagecache_simulator.core import Cloud


def show_users(cloud: Cloud, _: ControlRequest) -> Any:
    """Answer `GET users`."""
    return [user.shown() for user in cloud.users.listing()]


def add_user(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `POST users`, with a name, a policy and maybe a key: a new user, or another policy for one."""
    content = request.content("name", "policy", "access_key_id", "access_key_secret")
    name = text("name", content.get("name"))
    key = {
        field: text(field, content[field])
        for field in ("access_key_id", "access_key_secret")
        if field in content
    }
    try:
        if cloud.users.named(name) and not key:
            return cloud.users.grant(name, content.get("policy")).shown()
        return cloud.users.add(name, content.get("policy"), **key).shown()
    except ValueError as error:
        raise ControlError(400, str(error)) from None


def remove_user(cloud: Cloud, request: ControlRequest) -> Any:
    """Answer `DELETE users/{name}`."""
    try:
        cloud.users.remove(request.rest)
    except KeyError:
        raise ControlError(404, f"there is no user {request.rest}") from None
    return {}
