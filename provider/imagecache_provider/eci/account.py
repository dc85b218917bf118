"""Where ECI is and who calls it: region, endpoint, protocol and credentials, from wherever they are set.

Both fronts make an `Account` from their settings. Three sources, in this order, each of which may give any
part: `imagecache:*` of the stack's configuration, `alicloud:*` of it, and the environment variables of the
alicloud provider. Credentials come whole from the first source that has any; where none has, the
official credentials chain looks for them at the first call: environment, OIDC, CLI profile, ECS role,
credentials URI.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imagecache_provider.eci.products import ECI, OTHERS, Product, is_the_clouds
from imagecache_provider.errors import ConfigurationError
from imagecache_provider.preflight import Mode

DEFAULT_ENDPOINT = ECI.host
"""What the official Python SDK calls for every region; the region is a parameter."""

EXPIRY_WARNING_DAYS = 7
"""A stack that is deployed once a week is then told at least once before a cache goes."""

CREATES_PER_MINUTE = 200
"""So many CreateImageCache calls are taken from an account in a region [API page CreateImageCache]."""

_ENVIRONMENT: dict[str, tuple[str, ...]] = {
    "region": ("ALICLOUD_REGION", "ALIBABA_CLOUD_REGION", "ALIBABA_CLOUD_REGION_ID"),
    "endpoint": ("ALIBABA_CLOUD_ENDPOINT_ECI", "ECI_ENDPOINT"),
    "protocol": ("ALIBABA_CLOUD_PROTOCOL",),
    "accessKey": ("ALICLOUD_ACCESS_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_ID"),
    "secretKey": (
        "ALICLOUD_SECRET_KEY",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "ALIBABACLOUD_ACCESS_KEY_SECRET",
    ),
    "securityToken": (
        "ALICLOUD_SECURITY_TOKEN",
        "ALIBABA_CLOUD_SECURITY_TOKEN",
        "ALIBABACLOUD_SECURITY_TOKEN",
    ),
    "profile": ("ALICLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE"),
    "sharedCredentialsFile": ("ALICLOUD_SHARED_CREDENTIALS_FILE",),
    "ecsRoleName": ("ALICLOUD_ECS_ROLE_NAME", "ALIBABA_CLOUD_ECS_METADATA"),
    "credentialsUri": ("ALICLOUD_CREDENTIALS_URI", "ALIBABA_CLOUD_CREDENTIALS_URI"),
}

_OTHER_ENDPOINTS = {
    product.name: (f"ALIBABA_CLOUD_ENDPOINT_{product.name.upper()}", f"{product.name.upper()}_ENDPOINT")
    for product in OTHERS
}

_CALLER_SETTINGS = (
    "accessKey",
    "secretKey",
    "securityToken",
    "profile",
    "sharedCredentialsFile",
    "ecsRoleName",
    "credentialsUri",
)
"""Who calls; these come together from one source."""
_ROLE_SETTINGS = ("assumeRole", "assumeRoleWithOidc")
"""Whom the caller becomes; each may come from another source than the caller."""

_ASSUMED_ROLE: dict[str, tuple[str, ...]] = {
    "roleArn": ("ALICLOUD_ASSUME_ROLE_ARN", "ALIBABA_CLOUD_ROLE_ARN"),
    "sessionName": ("ALICLOUD_ASSUME_ROLE_SESSION_NAME", "ALIBABA_CLOUD_ROLE_SESSION_NAME"),
    "sessionExpiration": ("ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION",),
}
_OIDC = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN"
"""With this, the role's variables are about OIDC, which the official chain reads by itself."""


@dataclass(frozen=True)
class Account:
    """Settings of one account.

    Attributes:
        region: the region of caches that name none; empty if nothing sets one.
        endpoint: ECI's host[:port], without a scheme.
        protocol: HTTPS or HTTP.
        credentials: the settings that say who calls and in which role; empty for the official chain.
        remedy: what the front offers a user who has set too little, beside configuration and environment.
        creates_per_minute: how many caches this process asks for in a minute at most, in each region.
        endpoints: host[:port] of the products that only preflight asks, by `Product.name`, where it's set.
        preflight: what is done with what preflight finds.
        expiry_warning_days: how many days before it expires a cache is warned of.
    """

    region: str = ""
    endpoint: str = DEFAULT_ENDPOINT
    protocol: str = "HTTPS"
    credentials: Mapping[str, Any] = field(default_factory=dict, repr=False)
    remedy: str = ""
    creates_per_minute: int = CREATES_PER_MINUTE
    endpoints: Mapping[str, str] = field(default_factory=dict)
    preflight: Mode = Mode.WARN
    expiry_warning_days: int = EXPIRY_WARNING_DAYS

    def host(self, product: Product, region: str) -> str:
        """Give the host[:port] of a product.

        An ECI that isn't Alibaba's own, such as a simulator, answers for the other products, too.
        """
        if product is ECI:
            return self.endpoint
        if named := self.endpoints.get(product.name):
            return named
        if not is_the_clouds(self.endpoint):
            return self.endpoint
        return product.host.format(region=region)

    @property
    def secrets(self) -> list[str]:
        """The texts in the credentials that must never be shown."""
        shown = ("secretKey", "securityToken")
        return [str(self.credentials[name]) for name in shown if self.credentials.get(name)]


def read_account(config: Mapping[str, Any], environment: Mapping[str, str], remedy: str = "") -> Account:
    """Make the account from a stack's configuration (`imagecache:region`, …) and the environment.

    Raises:
        ConfigurationError: a setting is there, but can't be read, or would send keys in the clear.
    """
    sources = [
        _namespace(config, "imagecache"),
        _namespace(config, "alicloud"),
        _variables(environment),
    ]
    endpoint = _first(sources, "endpoint") or DEFAULT_ENDPOINT
    others = _other_endpoints(sources)
    _check_endpoints({"endpoint": endpoint, **{f"endpoints.{name}": host for name, host in others.items()}})
    protocol = (_first(sources, "protocol") or "HTTPS").upper()
    if protocol not in {"HTTP", "HTTPS"}:
        raise ConfigurationError(f"{_origin(sources, environment)} {protocol!r} is neither HTTPS nor HTTP")
    region, credentials = _first(sources, "region") or "", _credentials(sources)
    account = Account(
        region,
        endpoint,
        protocol,
        credentials,
        remedy,
        _creates_per_minute(sources[0]),
        others,
        _preflight(sources[0]),
        _expiry_warning_days(sources[0]),
    )
    if protocol == "HTTP":
        _check_plain_http(account, _origin(sources, environment))
    return account


def missing_region(remedy: str) -> str:
    """Say what to do where no source names a region; `remedy` is what the front offers besides."""
    return (
        "is set nowhere: run `pulumi config set imagecache:region cn-hangzhou`,"
        f" set ALIBABA_CLOUD_REGION, or give the resource a regionId{remedy}"
    )


def missing_credentials(remedy: str) -> str:
    """Say what to do where no credentials are found; `remedy` is what the front offers besides."""
    return (
        "set imagecache:accessKey and (--secret) imagecache:secretKey, or ALIBABA_CLOUD_ACCESS_KEY_ID and"
        f" ALIBABA_CLOUD_ACCESS_KEY_SECRET, or a profile{remedy}"
    )


def _check_endpoints(hosts: Mapping[str, str]) -> None:
    """See that hosts have no scheme: the SDK would take that for the protocol, whatever is set."""
    for name, host in hosts.items():
        if "://" in host:
            raise ConfigurationError(
                f"imagecache:{name} {host!r} has a scheme: write host[:port] and set imagecache:protocol"
            )


def _check_plain_http(account: Account, setting: str) -> None:
    """See that nothing goes to the cloud's own hosts in the clear; `setting` is where HTTP was set."""
    for product in (ECI, *OTHERS):
        host = account.host(product, account.region or "cn-hangzhou")
        if is_the_clouds(host):
            name = "endpoint" if product is ECI else f"endpoints.{product.name}"
            raise ConfigurationError(
                f"{setting} HTTP would send requests to {host} in the clear, with session tokens and registry"
                f" passwords\n  what to do: unset {setting}, or set it to HTTPS; for a simulator or a proxy"
                f" of your own, set imagecache:{name} to its host[:port]"
            )


def _origin(sources: list[dict[str, Any]], environment: Mapping[str, str]) -> str:
    """Give the name of the setting that the protocol comes from."""
    place = next((place for place, source in enumerate(sources) if source.get("protocol")), 0)
    if place < len(sources) - 1:
        return ("imagecache:protocol", "alicloud:protocol")[place]
    return next(name for name in _ENVIRONMENT["protocol"] if environment.get(name))


def _creates_per_minute(settings: Mapping[str, Any]) -> int:
    given = settings.get("maxCreatesPerMinute")
    if given is None:
        return CREATES_PER_MINUTE
    text = str(given)
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise ConfigurationError(f"imagecache:maxCreatesPerMinute {given!r} is no whole number above 0")
    return int(text)


def _expiry_warning_days(settings: Mapping[str, Any]) -> int:
    given = settings.get("expiryWarningDays")
    if given is None:
        return EXPIRY_WARNING_DAYS
    text = str(given)
    if not (text.isascii() and text.isdecimal()):
        raise ConfigurationError(f"imagecache:expiryWarningDays {given!r} is no whole number from 0 on")
    return int(text)


def _preflight(settings: Mapping[str, Any]) -> Mode:
    given = settings.get("preflight")
    if given is None or given == "":
        return Mode.WARN
    if given is False:  # what YAML makes of the word off
        return Mode.OFF
    try:
        return Mode(given)
    except ValueError:
        raise ConfigurationError(f"imagecache:preflight {given!r} is none of off, warn, error") from None


def _other_endpoints(sources: list[dict[str, Any]]) -> dict[str, str]:
    """Give the other products' hosts, from no later source than ECI's: they are spoken to as that is."""
    first = next((place for place, source in enumerate(sources) if source.get("endpoint")), len(sources))
    found = {
        product.name: _endpoint_of(product, source.get("endpoints"))
        for source in reversed(sources[: first + 1])
        for product in OTHERS
        if _endpoint_of(product, source.get("endpoints"))
    }
    return {name: endpoint for name, endpoint in found.items() if endpoint}


def _first(sources: list[dict[str, Any]], name: str) -> str | None:
    return next((str(source[name]) for source in sources if source.get(name)), None)


def _credentials(sources: list[dict[str, Any]]) -> dict[str, Any]:
    roles = {
        name: next((source[name] for source in sources if source.get(name)), None) for name in _ROLE_SETTINGS
    }
    return {**_caller(sources), **{name: role for name, role in roles.items() if role}}


def _caller(sources: list[dict[str, Any]]) -> dict[str, Any]:
    for source in sources:
        found = {name: source[name] for name in _CALLER_SETTINGS if source.get(name)}
        if not found:
            continue
        if found.get("securityToken") and not found.get("accessKey"):
            raise ConfigurationError(
                "credentials are half set: securityToken stands without accessKey and secretKey;"
                " set all three in the same place: imagecache:*, alicloud:* or the environment"
            )
        if bool(found.get("accessKey")) != bool(found.get("secretKey")):
            missing = "secretKey" if found.get("accessKey") else "accessKey"
            raise ConfigurationError(
                f"credentials are half set: {missing} is missing beside its other half;"
                f" set both, in imagecache:*, in alicloud:* or in the environment"
            )
        return found
    return {}


def _namespace(config: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    found = {
        key.removeprefix(f"{namespace}:"): _structured(key, value)
        for key, value in config.items()
        if key.startswith(f"{namespace}:")
    }
    if "endpoint" not in found:
        found["endpoint"] = _endpoint_of(ECI, found.get("endpoints"))
    return found


def _endpoint_of(product: Product, endpoints: Any) -> str | None:
    """Read `endpoints`, an object with one key a product, or pulumi-alicloud's list of such objects."""
    for entry in endpoints if isinstance(endpoints, list) else [endpoints]:
        if isinstance(entry, dict) and entry.get(product.name):
            return str(entry[product.name])
    return None


def _structured(key: str, value: Any) -> Any:
    """Read what Pulumi hands over as JSON text: lists and objects."""
    if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise ConfigurationError(f"{key} is no valid JSON: {error}") from None


def _variables(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = _set_variables(_ENVIRONMENT, environment)
    found["endpoints"] = _set_variables(_OTHER_ENDPOINTS, environment)
    role = _set_variables(_ASSUMED_ROLE, environment)
    if "roleArn" in role and not environment.get(_OIDC):
        found["assumeRole"] = role
    return found


def _set_variables(
    variables: Mapping[str, tuple[str, ...]], environment: Mapping[str, str]
) -> dict[str, str]:
    values = {
        setting: next((environment[name] for name in names if environment.get(name)), "")
        for setting, names in variables.items()
    }
    return {setting: value for setting, value in values.items() if value}
