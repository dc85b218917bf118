"""Who calls, and in which role: chosen out of the places where that can be set, always whole from one.

`account` calls `choose`. A place is the configuration's `imagecache:*`, its `alicloud:*`, or the environment,
in this order. In each of them there may be several ways to say who calls, in the order of the official
credentials chain: an access key, OIDC, a profile, an ECS role, a credentials URI. What one way lacks, no
other completes: a key with the secret of another account would be refused, or worse, wouldn't.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from imagecache_provider.eci import environment as variables
from imagecache_provider.errors import ConfigurationError

_KEYS = ("accessKey", "secretKey", "securityToken")
_WAYS = (
    ("assumeRoleWithOidc",),
    _KEYS,
    ("profile", "sharedCredentialsFile"),
    ("ecsRoleName",),
    ("credentialsUri",),
)
_PERMANENT = "LTAI"
"""What the ID of an access key begins with that isn't temporary, and so has no token."""


@dataclass(frozen=True)
class Way:
    """One way to say who calls, as one place has it.

    Attributes:
        settings: by their Pulumi names.
        names: where each of them is set, such as `imagecache:profile` or a variable's name.
        lacks: the setting that is missing; empty if it's whole.
    """

    settings: Mapping[str, Any]
    names: Mapping[str, str]
    lacks: str = ""

    @property
    def is_mistake(self) -> bool:
        """Whether it can only be half of an access key, and not something that other tools want so."""
        return bool(self.lacks) and not set(_KEYS).isdisjoint(self.settings)


@dataclass(frozen=True)
class Place:
    """What one place says.

    Attributes:
        ways: to say who calls, the first one first.
        roles: what the caller becomes, as `ways`.
        explicit: whether somebody wrote it for this stack, so that half of a way is a mistake in any case.
    """

    ways: Sequence[Way]
    roles: Sequence[Way]
    explicit: bool = True


@dataclass(frozen=True)
class Caller:
    """Who calls.

    Attributes:
        settings: by their Pulumi names; empty for the official chain.
        names: where they are set.
        notes: what was set and isn't used, a line each, without values.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def from_configuration(settings: Mapping[str, Any], namespace: str) -> Place:
    """Read the place `namespace:*` of a configuration."""

    def ways(*wanted: Sequence[str]) -> list[Way]:
        parts = ({name: f"{namespace}:{name}" for name in names if settings.get(name)} for names in wanted)
        return [
            _way(names, {place: settings[name] for name, place in names.items()}) for names in parts if names
        ]

    return Place(ways(*_WAYS), ways(["assumeRole"]))


def from_environment(environment: Mapping[str, str]) -> Place:
    """Read the environment's variables."""
    ways = [*_keys(environment), *_oidc(environment), *_others(environment)]
    return Place(ways, list(_roles(environment)), explicit=False)


def choose(places: Sequence[Place]) -> Caller:
    """Choose the caller of the first place that has one, and the role of that place or an earlier one.

    A role of a later place isn't taken on: who names a key in the configuration doesn't mean a role that this
    shell happens to have.

    Raises:
        ConfigurationError: the first place that says anything says half of it.
    """
    caller, at = _caller(places)
    allowed, later = places[: at + 1], places[at + 1 :]
    roles = [role for place in allowed for role in place.roles]
    role = next((each for each in roles if _goes_with(each, caller)), None)
    left = [way for place in allowed for way in place.ways if way is not caller]
    left += [each for place in allowed if not place.explicit for each in place.roles if each is not role]
    left += [way for place in later for way in (*place.ways, *place.roles) if way.lacks or way in place.roles]
    used = [way for way in (caller, role) if way is not None]
    settings = {name: value for way in used for name, value in way.settings.items()}
    names = {name: place for way in used for name, place in way.names.items()}
    return Caller(settings, names, tuple(_notes(settings, names, left)))


def _caller(places: Sequence[Place]) -> tuple[Way | None, int]:
    for at, place in enumerate(places):
        whole = next((way for way in place.ways if not way.lacks), None)
        mistake = next((way for way in place.ways if way.is_mistake), None)
        if mistake is not None and (whole is None or place.explicit):
            raise _half_set(mistake)
        if whole is not None:
            return whole, at
    return None, len(places)


def _half_set(way: Way) -> ConfigurationError:
    there = " and ".join(way.names.values())
    if "securityToken" in way.settings and way.lacks == "accessKey" and "secretKey" not in way.settings:
        return ConfigurationError(
            "credentials are half set: securityToken stands without accessKey and secretKey:"
            f" {there} alone is set; set all three in the same place (imagecache:*, alicloud:* or variables"
            " of one prefix), or unset it"
        )
    return ConfigurationError(
        f"credentials are half set: {way.lacks} is missing beside its other half, {there}; set both in the"
        " same place: imagecache:*, alicloud:* or variables of one prefix"
    )


def _goes_with(role: Way, caller: Way | None) -> bool:
    """Say whether a role belongs to a caller: variables of one tool say nothing of another one's key."""
    families = {variables.family(name) for name in role.names.values()} - {""}
    if caller is None or not families:
        return True
    main = next(iter(caller.names.values()))
    return variables.family(main) in {"", *families}


def _notes(settings: Mapping[str, Any], names: Mapping[str, str], left: Sequence[Way]) -> Iterator[str]:
    """Say what was set and isn't used; what agrees with what is used is no news."""
    used = set(names.values())
    ignored = [
        place
        for way in left
        for name, place in way.names.items()
        if place not in used and settings.get(name) != way.settings.get(name, way)
    ]
    if not ignored:
        return
    source = ", ".join(dict.fromkeys(names.values())) or "the official credentials chain"
    verb = "is" if len(ignored) == 1 else "are"
    yield (
        f"{', '.join(dict.fromkeys(ignored))} {verb} set and not used: the credentials are those of {source},"
        f" whole; unset what isn't meant for this stack"
    )


def _keys(environment: Mapping[str, str]) -> Iterator[Way]:
    """Give each family's access key; of one that is permanent, a left-over token is a way of its own."""
    for family in variables.KEYS:
        names = {setting: name for setting, name in family.items() if environment.get(name)}
        if environment.get(family["accessKey"], "").startswith(_PERMANENT) and "securityToken" in names:
            token = names.pop("securityToken")
            yield _way(names, environment)
            yield _way({"securityToken": token}, environment)
        elif names:
            yield _way(names, environment)


def _way(names: Mapping[str, str], values: Mapping[str, Any]) -> Way:
    lacks = (
        "" if set(_KEYS).isdisjoint(names) else next((name for name in _KEYS[:2] if name not in names), "")
    )
    return Way({setting: values[name] for setting, name in names.items()}, names, lacks)


def _oidc(environment: Mapping[str, str]) -> Iterator[Way]:
    if not (
        environment.get(variables.OIDC["oidcProviderArn"]) or environment.get(variables.OIDC["oidcTokenFile"])
    ):
        return
    role = {part: environment[name] for part, name in variables.OIDC.items() if environment.get(name)}
    names = {part: variables.OIDC[part] for part in role}
    if session := environment.get(variables.OIDC_SESSION):
        role["roleSessionName"] = session
    lacks = next((part for part in variables.OIDC if part not in role), "")
    yield Way({"assumeRoleWithOidc": role}, names, lacks)


def _others(environment: Mapping[str, str]) -> Iterator[Way]:
    for settings in variables.CALLERS:
        used = {setting: variables.first(names, environment) for setting, names in settings.items()}
        names = {setting: name for setting, name in used.items() if name}
        if names:
            yield _way(names, environment)
        for setting, all_names in settings.items():
            for name in variables.outvoted(all_names, environment):
                yield _way({setting: name}, environment)


def _roles(environment: Mapping[str, str]) -> Iterator[Way]:
    """Give the roles that variables name, unless they are about OIDC."""
    session = variables.values(variables.ROLE_SETTINGS, environment)
    for name in variables.ROLES:
        about_oidc = name == variables.OIDC["roleArn"] and environment.get(variables.OIDC["oidcProviderArn"])
        if environment.get(name) and not about_oidc:
            yield Way({"assumeRole": {"roleArn": environment[name], **session}}, {"assumeRole": name})
