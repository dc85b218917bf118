"""The environment's variables as settings: which ones are read, in what order, and which of them disagree.

`account` and `callers` read them. The order is that of pulumi-alicloud, so that both providers of a program
work in the same account and region. Nothing here calls a cloud.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from imagecache_provider.eci.products import OTHERS

SETTINGS: dict[str, tuple[str, ...]] = {
    "region": ("ALICLOUD_REGION", "ALIBABA_CLOUD_REGION", "ALIBABA_CLOUD_REGION_ID"),
    "endpoint": ("ALIBABA_CLOUD_ENDPOINT_ECI", "ECI_ENDPOINT"),
    "protocol": ("ALIBABA_CLOUD_PROTOCOL",),
}
"""The variables of what may come from another place than the credentials, the first one first."""

ENDPOINTS: dict[str, tuple[str, ...]] = {
    product.name: (f"ALIBABA_CLOUD_ENDPOINT_{product.name.upper()}", f"{product.name.upper()}_ENDPOINT")
    for product in OTHERS
}

KEYS: tuple[dict[str, str], ...] = (
    {
        "accessKey": "ALICLOUD_ACCESS_KEY",
        "secretKey": "ALICLOUD_SECRET_KEY",
        "securityToken": "ALICLOUD_SECURITY_TOKEN",
    },
    {
        "accessKey": "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "secretKey": "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "securityToken": "ALIBABA_CLOUD_SECURITY_TOKEN",
    },
    {
        "accessKey": "ALIBABACLOUD_ACCESS_KEY_ID",
        "secretKey": "ALIBABACLOUD_ACCESS_KEY_SECRET",
        "securityToken": "ALIBABACLOUD_SECURITY_TOKEN",
    },
)
"""The families of an access key's variables, the first one first. What one lacks no other one completes."""

OIDC: dict[str, str] = {
    "roleArn": "ALIBABA_CLOUD_ROLE_ARN",
    "oidcProviderArn": "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
    "oidcTokenFile": "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
}
"""All three are needed. With the second one, the first one is about OIDC."""

CALLERS: tuple[dict[str, tuple[str, ...]], ...] = (
    {
        "profile": ("ALICLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE"),
        "sharedCredentialsFile": ("ALICLOUD_SHARED_CREDENTIALS_FILE",),
    },
    {"ecsRoleName": ("ALICLOUD_ECS_ROLE_NAME", "ALIBABA_CLOUD_ECS_METADATA")},
    {"credentialsUri": ("ALICLOUD_CREDENTIALS_URI", "ALIBABA_CLOUD_CREDENTIALS_URI")},
)
"""The other ways to say who calls, in the order of the official credentials chain."""

ROLES: tuple[str, ...] = ("ALICLOUD_ASSUME_ROLE_ARN", "ALIBABA_CLOUD_ROLE_ARN")
ROLE_SETTINGS: dict[str, tuple[str, ...]] = {
    "sessionName": ("ALICLOUD_ASSUME_ROLE_SESSION_NAME", "ALIBABA_CLOUD_ROLE_SESSION_NAME"),
    "sessionExpiration": ("ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION",),
}
OIDC_SESSION = "ALIBABA_CLOUD_ROLE_SESSION_NAME"

_FAMILIES = ("ALICLOUD_", "ALIBABA_CLOUD_", "ALIBABACLOUD_")


def first(names: Iterable[str], environment: Mapping[str, str]) -> str:
    """Name the first of these variables that is set; empty if none is."""
    return next((name for name in names if environment.get(name)), "")


def values(variables: Mapping[str, tuple[str, ...]], environment: Mapping[str, str]) -> dict[str, str]:
    """Give the settings of which a variable is set, each by its first one."""
    used = {setting: first(names, environment) for setting, names in variables.items()}
    return {setting: environment[name] for setting, name in used.items() if name}


def outvoted(names: Iterable[str], environment: Mapping[str, str]) -> list[str]:
    """Name the variables that say something else than the first one that is set."""
    names = list(names)
    used = first(names, environment)
    return [name for name in names if environment.get(name) and environment[name] != environment[used]]


def disagreement(names: Iterable[str], environment: Mapping[str, str]) -> list[str]:
    """Say in a line, for people, that variables of one setting disagree; nothing if they don't."""
    names = list(names)
    ignored = outvoted(names, environment)
    if not ignored:
        return []
    used = first(names, environment)
    return [f"{used} and {', '.join(ignored)} disagree: {used} is used; unset the others, or set them alike"]


def family(name: str) -> str:
    """Give the prefix by which the variables of one tool are known; empty for others."""
    return next((prefix for prefix in _FAMILIES if name.startswith(prefix)), "")
