"""Where ECI is and who calls it: region, endpoint, protocol and credentials, from wherever they are set.

Both fronts make an `Account` from their settings. Three places, in this order, each of which may give any
part: `imagecache:*` of the stack's configuration, `alicloud:*` of it, and the environment variables of the
alicloud provider (`environment`). Credentials come whole from the first place that has any (`callers`); where
none has, the official credentials chain looks for them at the first call: CLI profile, credentials file, ECS
role. A region that no place names is that of the CLI profile, if its credentials are used.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imagecache_provider.eci import callers
from imagecache_provider.eci import environment as variables
from imagecache_provider.eci.callers import Caller
from imagecache_provider.eci.products import ECI, OTHERS, Product, is_the_clouds
from imagecache_provider.eci.profile import ProfileFile
from imagecache_provider.errors import ConfigurationError
from imagecache_provider.preflight import Mode

DEFAULT_ENDPOINT = ECI.host
"""What the official Python SDK calls for every region; the region is a parameter."""

EXPIRY_WARNING_DAYS = 7
"""A stack that is deployed once a week is then told at least once before a cache goes."""

CREATES_PER_MINUTE = 200
"""So many CreateImageCache calls are taken from an account in a region [API page CreateImageCache]."""

_NO_PROFILES = "ALIBABA_CLOUD_CLI_PROFILE_DISABLED"


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
        endpoints: host[:port] of the other products, by `Product.name`, where it's set.
        preflight: what is done with what preflight finds.
        expiry_warning_days: how many days before it expires a cache is warned of.
        names: where each of the credentials' settings is set, such as a variable's name.
        profiles: the file of CLI profiles; None where no home folder is known.
        notes: what was set and isn't used, a line each, without values; to be told once.
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
    names: Mapping[str, str] = field(default_factory=dict)
    profiles: ProfileFile | None = None
    notes: tuple[str, ...] = ()

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
    ours, theirs = _namespace(config, "imagecache"), _namespace(config, "alicloud")
    sources = [ours, theirs, _variables(environment)]
    endpoint = _first(sources, "endpoint") or DEFAULT_ENDPOINT
    others = _other_endpoints(sources)
    _check_endpoints({"endpoint": endpoint, **{f"endpoints.{name}": host for name, host in others.items()}})
    protocol = (_first(sources, "protocol") or "HTTPS").upper()
    if protocol not in {"HTTP", "HTTPS"}:
        raise ConfigurationError(f"{_origin(sources, environment)} {protocol!r} is neither HTTPS nor HTTP")
    caller = callers.choose(
        [
            callers.from_configuration(ours, "imagecache"),
            callers.from_configuration(theirs, "alicloud"),
            callers.from_environment(environment),
        ]
    )
    profiles = ProfileFile.of(str(caller.settings.get("sharedCredentialsFile") or ""), environment)
    account = Account(
        _first(sources, "region") or _profile_region(caller, profiles, environment),
        endpoint,
        protocol,
        caller.settings,
        remedy,
        _creates_per_minute(ours),
        others,
        _preflight(ours),
        _expiry_warning_days(ours),
        caller.names,
        profiles,
        (*_disagreements(sources[:2], environment), *caller.notes),
    )
    if protocol == "HTTP":
        _check_plain_http(account, _origin(sources, environment))
    return account


def _profile_region(caller: Caller, profiles: ProfileFile | None, environment: Mapping[str, str]) -> str:
    """Give the region of the CLI profile whose credentials are used."""
    named = not {"profile", "sharedCredentialsFile"}.isdisjoint(caller.settings)
    chain = not set(caller.settings) - {"assumeRole"}
    if profiles is None or not (named or chain) or environment.get(_NO_PROFILES, "").lower() == "true":
        return ""
    return profiles.region(str(caller.settings.get("profile") or ""))


def _disagreements(configured: list[dict[str, Any]], environment: Mapping[str, str]) -> list[str]:
    """Say which variables disagree about a setting that no configuration has."""
    notes = [
        note
        for setting, names in variables.SETTINGS.items()
        if not _first(configured, setting)
        for note in variables.disagreement(names, environment)
    ]
    endpoints = variables.ENDPOINTS.values()
    return notes + [note for names in endpoints for note in variables.disagreement(names, environment)]


def missing_region(remedy: str) -> str:
    """Say what to do where no source names a region; `remedy` is what the front offers besides."""
    return (
        "is set nowhere: run `pulumi config set imagecache:region cn-hangzhou`, set ALICLOUD_REGION or"
        " ALIBABA_CLOUD_REGION, use a profile of the Alibaba Cloud CLI that names one, or give the resource a"
        f" regionId{remedy}"
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
    return next(name for name in variables.SETTINGS["protocol"] if environment.get(name))


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
    endpoints = variables.values(variables.ENDPOINTS, environment)
    return {**variables.values(variables.SETTINGS, environment), "endpoints": endpoints}
