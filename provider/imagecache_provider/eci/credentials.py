"""An account's credential settings as a client of the official credentials package.

`eci.client` calls this at the first request, so that nothing of the cloud's libraries is loaded before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagecache_provider.errors import ConfigurationError

_SESSION = "pulumi-imagecache"


def credentials_client(settings: Mapping[str, Any]) -> Any:
    """Make an `alibabacloud_credentials.client.Client`.

    Args:
        settings: accessKey, secretKey, securityToken, profile, sharedCredentialsFile, ecsRoleName,
            credentialsUri, assumeRole {roleArn, sessionName, sessionExpiration, policy, externalId} and
            assumeRoleWithOidc {roleArn, oidcProviderArn, oidcTokenFile, roleSessionName, sessionExpiration,
            policy}, as pulumi-alicloud names them; empty for the official chain.

    Raises:
        ConfigurationError: the settings don't suffice for what they ask for.
    """
    from alibabacloud_credentials.client import Client  # noqa: PLC0415 - see the module's docstring

    try:
        return Client(provider=_provider(settings)) if settings else Client()
    except ValueError as error:
        raise ConfigurationError(f"the credential settings are incomplete: {error}") from None


def _provider(settings: Mapping[str, Any]) -> Any:  # noqa: PLR0911 - one return a kind of credentials
    from alibabacloud_credentials import provider  # noqa: PLC0415 - see the module's docstring

    if settings.get("assumeRoleWithOidc"):
        return _oidc(_one(settings, "assumeRoleWithOidc"))
    if settings.get("assumeRole"):
        return _assumed(_one(settings, "assumeRole"), settings)
    if settings.get("securityToken"):
        return provider.StaticSTSCredentialsProvider(
            access_key_id=settings.get("accessKey"),
            access_key_secret=settings.get("secretKey"),
            security_token=settings["securityToken"],
        )
    if settings.get("accessKey"):
        return provider.StaticAKCredentialsProvider(
            access_key_id=settings["accessKey"], access_key_secret=settings["secretKey"]
        )
    if settings.get("profile") or settings.get("sharedCredentialsFile"):
        return provider.CLIProfileCredentialsProvider(
            profile_name=settings.get("profile"), profile_file=settings.get("sharedCredentialsFile")
        )
    if settings.get("ecsRoleName"):
        return provider.EcsRamRoleCredentialsProvider(
            role_name=settings["ecsRoleName"], async_update_enabled=False
        )
    return provider.URLCredentialsProvider(uri=settings["credentialsUri"])


def _assumed(role: Mapping[str, Any], settings: Mapping[str, Any]) -> Any:
    from alibabacloud_credentials import provider  # noqa: PLC0415 - see the module's docstring

    rest = {name: value for name, value in settings.items() if name != "assumeRole"}
    source = _provider(rest) if rest else provider.DefaultCredentialsProvider()
    return provider.RamRoleArnCredentialsProvider(
        credentials_provider=source,
        role_arn=role.get("roleArn"),
        role_session_name=role.get("sessionName", _SESSION),
        policy=role.get("policy"),
        external_id=role.get("externalId"),
        **_duration(role),
    )


def _oidc(role: Mapping[str, Any]) -> Any:
    from alibabacloud_credentials import provider  # noqa: PLC0415 - see the module's docstring

    return provider.OIDCRoleArnCredentialsProvider(
        role_arn=role.get("roleArn"),
        oidc_provider_arn=role.get("oidcProviderArn"),
        oidc_token_file_path=role.get("oidcTokenFile"),
        role_session_name=role.get("roleSessionName", _SESSION),
        policy=role.get("policy"),
        **_duration(role),
    )


def _duration(role: Mapping[str, Any]) -> dict[str, int]:
    """The library's own default stands where the session's length, in seconds, isn't set."""
    seconds = role.get("sessionExpiration")
    return {"duration_seconds": int(seconds)} if seconds else {}


def _one(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Read a setting that is an object, alone or as the one member of a list."""
    value = settings[name]
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        raise ConfigurationError(f"{name} is no object: give it as {{roleArn: acs:ram::…:role/…, …}}")
    return value
