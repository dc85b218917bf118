"""The account's access keys: its own, which may do everything, and those of RAM users, who have a policy.

`core.Cloud` asks here whose key a call is signed with, and whether they may make it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from imagecache_simulator.ram.exceptions import (
    AccessDeniedError,
    CreateServiceLinkedRoleDeniedError,
    NoPermissionError,
    PassRoleForbiddenError,
)
from imagecache_simulator.ram.needs import ECI_SERVICE, needs_role, own_needs, passed_roles
from imagecache_simulator.ram.policies import Decision, Need, Policy

if TYPE_CHECKING:
    from imagecache_simulator.calls import Call
    from imagecache_simulator.core import Cloud

MOST_USERS = 1000
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LONGEST_KEY = 128
_FIRST = "simulator"
# Their own code; all others answer as Ecs does.
_WORDED_AS_RAM = frozenset({"ResourceManager"})


@dataclass
class User:
    """A RAM user.

    Attributes:
        name: of the user.
        user_id: 18 digits.
        access_key_id, access_key_secret: the one key that it has.
        policy: what it may do.
        needed: how often its calls needed each right, granted or not, by the name of the action that it's
            for: what its policy has to allow.
    """

    name: str
    user_id: str
    access_key_id: str
    access_key_secret: str = field(repr=False)
    policy: Policy
    needed: Counter[str] = field(default_factory=Counter)

    def shown(self) -> dict[str, Any]:
        """Return it as plain data, without its secret."""
        return {
            "name": self.name,
            "access_key_id": self.access_key_id,
            "policy": dict(self.policy.document),
            "needed": dict(sorted(self.needed.items())),
        }


class Users:
    """The users of one account. They stay when it's reset.

    Args:
        access_key_id, access_key_secret: the account's own key.
        policy: makes that key one of the RAM user `simulator`; the account itself then has none.
    """

    def __init__(self, access_key_id: str, access_key_secret: str, policy: Any = None) -> None:
        self._root = {access_key_id: access_key_secret} if policy is None else {}
        self._users: dict[str, User] = {}
        self._by_key: dict[str, User] = {}
        self._count = 0
        if policy is not None:
            self.add(_FIRST, policy, access_key_id=access_key_id, access_key_secret=access_key_secret)

    def add(self, name: str, policy: Any, *, access_key_id: str = "", access_key_secret: str = "") -> User:
        """Add a user with an access key.

        Args:
            name: 1 to 64 letters, digits, `.`, `_`, `-`.
            policy: in RAM's language: plain data, JSON, or a `Policy`.
            access_key_id: of its key; its name unless given.
            access_key_secret: the key's secret; `<name>-secret` unless given.

        Raises:
            ValueError: the name can't be, or name or key is taken; `PolicyError`: the policy can't be.
        """
        key = access_key_id or name
        if not _NAME.fullmatch(name):
            raise ValueError("the name of a user has 1 to 64 letters, digits and . _ -")
        if not (key.isascii() and key.isprintable()) or len(key) > _LONGEST_KEY:
            raise ValueError(f"an access key has at most {_LONGEST_KEY} characters of ASCII")
        if name in self._users or self.secret(key) is not None:
            raise ValueError(f"there is a user {name} or an access key {key} already")
        if len(self._users) >= MOST_USERS:
            raise ValueError(f"there are {MOST_USERS} users already; remove some")
        read = policy if isinstance(policy, Policy) else Policy.read(policy)
        self._count += 1
        user = User(name, f"{2 * 10**17 + self._count}", key, access_key_secret or f"{name}-secret", read)
        self._users[name] = self._by_key[key] = user
        return user

    def grant(self, name: str, policy: Any) -> User:
        """Give a user another policy in place of the one it has; `KeyError` if there's no such user."""
        user = self._users[name]
        user.policy = policy if isinstance(policy, Policy) else Policy.read(policy)
        return user

    def remove(self, name: str) -> None:
        """Remove a user and its key; `KeyError` if there's no such user."""
        user = self._users.pop(name)
        del self._by_key[user.access_key_id]

    def listing(self) -> list[User]:
        """Return all users, the oldest first."""
        return list(self._users.values())

    def named(self, name: str) -> User | None:
        """Return a user, None if there's none of this name."""
        return self._users.get(name)

    def of_key(self, access_key_id: str) -> User | None:
        """Return whose access key it is; None for the account's own."""
        return self._by_key.get(access_key_id)

    def secret(self, access_key_id: str) -> str | None:
        """Return an access key's secret; None if there's no such key."""
        if access_key_id in self._by_key:
            return self._by_key[access_key_id].access_key_secret
        return self._root.get(access_key_id)


def authorize(cloud: Cloud, call: Call, user: User | None) -> None:
    """Let a call pass that its caller may make, and have Eci's service-linked role made if it wants that.

    Args:
        cloud: the account.
        call: its signature is right.
        user: whose it is; None: the account itself, which may do everything.

    Raises:
        AccessDeniedError: the user may not; of several things that it lacks, the action's own comes first.
    """
    role = needs_role(cloud, call)
    if user is not None:
        for need in own_needs(cloud, call):
            _check(
                cloud, user, need, NoPermissionError if call.product in _WORDED_AS_RAM else AccessDeniedError
            )
        if role is not None:
            _check(cloud, user, role, CreateServiceLinkedRoleDeniedError)
        for need in passed_roles(cloud, call):
            _check(cloud, user, need, PassRoleForbiddenError)
    if role is not None:
        cloud.service_linked_roles.add(ECI_SERVICE)


def _check(cloud: Cloud, user: User, need: Need, error: type[AccessDeniedError]) -> None:
    user.needed[need.action] += 1
    decision = user.policy.decide(need)
    if decision is Decision.ALLOW:
        return
    detail = {
        "AuthAction": need.action,
        "AuthPrincipalType": "SubUser",
        "AuthPrincipalDisplayName": user.user_id,
        "AuthPrincipalOwnerId": cloud.account_id,
        "NoPermissionType": decision.value,
        "PolicyType": "AccountLevelIdentityBasedPolicy",
    }
    raise error(detail, need.resource)
