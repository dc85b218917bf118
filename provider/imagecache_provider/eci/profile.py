"""A profile of the Alibaba Cloud CLI's file: the region that it names, and what it lacks to give credentials.

`account` reads the region, without a call to the cloud; `credentials` has the profile checked before the
official library uses it: that completes what a profile lacks from the environment, and says little of what
is wrong.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_KEY = ("access_key_id", "access_key_secret")
_NEEDS: dict[str, tuple[str, ...]] = {
    "AK": _KEY,
    "StsToken": (*_KEY, "sts_token"),
    "RamRoleArn": (*_KEY, "ram_role_arn"),
    "EcsRamRole": (),
    "OIDC": ("ram_role_arn", "oidc_provider_arn", "oidc_token_file"),
    "ChainableRamRoleArn": ("source_profile", "ram_role_arn"),
    "CloudSSO": (
        "cloud_sso_sign_in_url",
        "cloud_sso_account_id",
        "cloud_sso_access_config",
        "access_token",
        "cloud_sso_access_token_expire",
    ),
    "OAuth": (),
    "External": ("process_command",),
}
"""What a profile of each mode needs; other modes the official library doesn't know."""
_LOGINS = frozenset({"CloudSSO", "OAuth"})
_SECRET = re.compile("secret|token|private", re.IGNORECASE)


class ProfileError(Exception):
    """A profile that gives nothing.

    Args:
        reason: why; follows the profile's title.
        remedy: what the user can do.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        self.reason = reason
        self.remedy = remedy
        super().__init__(reason)


@dataclass(frozen=True)
class ProfileFile:
    """The CLI's file, or another one of its form.

    Attributes:
        path: where it is.
    """

    path: Path

    @classmethod
    def of(cls, named: str, environment: Mapping[str, str]) -> ProfileFile | None:
        """Give the file that is named, else the CLI's own; None where no home folder is known."""
        home = environment.get("HOME") or environment.get("USERPROFILE") or ""
        if named:
            beginning = named.startswith("~/") and home
            return cls(Path(home, named[2:]) if beginning else Path(named))
        return cls(Path(home, ".aliyun", "config.json")) if home else None

    @property
    def exists(self) -> bool:
        """Whether there is such a file, readable or not."""
        return os.path.exists(self.path)  # noqa: PTH110 - Path.exists raises where a folder can't be read

    def title(self, name: str) -> str:
        """Say which profile is meant."""
        return f"profile {name!r} in {self.path}" if name else f"the current profile in {self.path}"

    def current(self) -> str:
        """Name the current profile; ProfileError if the file has none."""
        return str(self._found(self._whole(), "")["name"])

    def region(self, name: str) -> str:
        """Give the region of a profile; empty where none can be read.

        Why it can't be is told at the first call that wants its credentials.
        """
        try:
            found = self._found(self._whole(), name)
        except ProfileError:
            return ""
        region = found.get("region_id")
        return region if isinstance(region, str) else ""

    def secrets(self, name: str) -> list[str]:
        """Give the texts of a profile, and of those that it's based on, that must never be shown."""
        try:
            profiles = list(self._with_sources(self._whole(), name))
        except ProfileError:
            return []
        return [
            value
            for profile in profiles
            for key, value in profile.items()
            if _SECRET.search(key) and isinstance(value, str) and value and not key.endswith("_file")
        ]

    def remedy(self, name: str) -> str:
        """Say what a user can do about a profile whose credentials aren't taken."""
        try:
            found = self._found(self._whole(), name)
        except ProfileError as error:
            return error.remedy
        return _remedy(str(found.get("name")), str(found.get("mode")))

    def check(self, name: str) -> None:
        """See that a profile can give credentials.

        Args:
            name: of the profile; empty for the current one.

        Raises:
            ProfileError: it can't.
        """
        for profile in self._with_sources(self._whole(), name):
            mode, own = profile.get("mode"), str(profile["name"])
            if mode not in _NEEDS:
                known = ", ".join(_NEEDS)
                raise ProfileError(
                    f"{self._of(own, name)}its mode is {mode!r}",
                    f"give it a mode that the official credentials library knows: {known}",
                )
            missing = [key for key in _NEEDS[mode] if not profile.get(key)]
            if missing:
                verb = "is" if len(missing) == 1 else "are"
                reason = f"{self._of(own, name)}{', '.join(missing)} {verb} missing"
                raise ProfileError(reason, _remedy(own, mode))

    @staticmethod
    def _of(own: str, named: str) -> str:
        return f"of {own!r}, which it's based on, " if named and own != named else ""

    def _with_sources(self, whole: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
        """Give a profile, then the one that its role is taken on from, and so on."""
        seen: list[str] = []
        while True:
            profile = self._found(whole, name)
            own = str(profile["name"])
            if own in seen:
                circle = " -> ".join([*seen[seen.index(own) :], own])
                raise ProfileError(
                    f"its source_profile leads back to itself: {circle}",
                    f"let source_profile name a profile that has credentials of its own, in {self.path}",
                )
            seen.append(own)
            yield profile
            if profile.get("mode") != "ChainableRamRoleArn" or not profile.get("source_profile"):
                return
            name = str(profile["source_profile"])

    def _found(self, whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        name = name or str(whole.get("current") or "")
        if not name:
            raise ProfileError(
                "the file says no current profile", "name one: pulumi config set imagecache:profile …"
            )
        profiles = whole.get("profiles")
        named = [each for each in profiles if isinstance(each, dict)] if isinstance(profiles, list) else []
        found = next((each for each in named if each.get("name") == name), None)
        if found is None:
            there = ", ".join(repr(each.get("name")) for each in named) or "none"
            raise ProfileError(
                f"there is no profile {name!r}; those in the file: {there}",
                f"name one of them, or make it: aliyun configure --profile {name}",
            )
        return found

    def _whole(self) -> Mapping[str, Any]:
        make = "make it with `aliyun configure`, or name another file: imagecache:sharedCredentialsFile"
        try:
            whole = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ProfileError("there is no such file", make) from None
        except OSError as error:
            raise ProfileError(
                f"the file can't be read: {error.strerror}", "let this user read it, or name another one"
            ) from None
        except (ValueError, RecursionError):
            raise ProfileError("the file is no valid JSON", make) from None
        if not isinstance(whole, dict):
            raise ProfileError("the file holds no object with profiles", make)
        return whole


def _remedy(name: str, mode: str) -> str:
    if mode in _LOGINS:
        return f"log in again: aliyun configure --profile {name} --mode {mode}"
    return (
        f"correct the profile: aliyun configure --profile {name}{f' --mode {mode}' if mode in _NEEDS else ''}"
    )
