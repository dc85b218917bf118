"""An account's credential settings as a client of the official credentials package.

`eci.client` calls this at the first request, so that nothing of the cloud's libraries is loaded before.
Each source has a title that names it in errors (`credential_sources`): a profile and its file, a variable, a
token's file, a role, an address.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from imagecache_provider.eci.account import Account, missing_credentials
from imagecache_provider.eci.credential_sources import Chain, CheckedProfile, Source, UnusableCredentialsError
from imagecache_provider.errors import ConfigurationError

_SESSION = "pulumi-imagecache"


def credentials_client(account: Account) -> Any:
    """Make an `alibabacloud_credentials.client.Client`.

    Args:
        account: its `credentials` are accessKey, secretKey, securityToken, profile, sharedCredentialsFile,
            ecsRoleName, credentialsUri, assumeRole {roleArn, sessionName, sessionExpiration, policy,
            externalId} and assumeRoleWithOidc {roleArn, oidcProviderArn, oidcTokenFile, roleSessionName,
            sessionExpiration, policy}, as pulumi-alicloud names them; empty for the official chain.

    Raises:
        ConfigurationError: the settings don't suffice for what they ask for.
    """
    from alibabacloud_credentials.client import Client  # noqa: PLC0415 - see the module's docstring

    # It logs what it raises, with a stack, and with URLs that hold tokens.
    logging.getLogger("credentials").disabled = True
    return Client(provider=_Sources(account).source(account.credentials))


class _Sources:
    """The sources of one account's credentials."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def source(self, settings: Mapping[str, Any]) -> Source | Chain:  # noqa: PLR0911 - one return a kind of credentials
        """Give the source that some of the account's settings describe."""
        from alibabacloud_credentials import provider  # noqa: PLC0415 - see the module's docstring

        if settings.get("assumeRole"):
            rest = {name: value for name, value in settings.items() if name != "assumeRole"}
            return self._assumed(_one(settings, "assumeRole"), self.source(rest))
        if settings.get("assumeRoleWithOidc"):
            return self._oidc(_one(settings, "assumeRoleWithOidc"))
        if settings.get("securityToken"):
            return self._static(
                lambda: provider.StaticSTSCredentialsProvider(
                    access_key_id=settings.get("accessKey"),
                    access_key_secret=settings.get("secretKey"),
                    security_token=settings["securityToken"],
                )
            )
        if settings.get("accessKey"):
            return self._static(
                lambda: provider.StaticAKCredentialsProvider(
                    access_key_id=settings["accessKey"], access_key_secret=settings["secretKey"]
                )
            )
        if settings.get("profile") or settings.get("sharedCredentialsFile"):
            return self._profile(str(settings.get("profile") or ""))
        if settings.get("ecsRoleName"):
            return self._ecs(str(settings["ecsRoleName"]))
        if settings.get("credentialsUri"):
            return self._uri(str(settings["credentialsUri"]))
        return self._chain()

    def _where(self, *settings: str) -> str:
        """Say where a setting is set."""
        names = [self._account.names[name] for name in settings if name in self._account.names]
        return f" ({', '.join(names)})" if names else ""

    def _static(self, make: Callable[[], Any]) -> Source:
        title = f"the access key is incomplete{self._where('accessKey')}"
        return Source(title, lambda: missing_credentials(self._account.remedy), make)

    def _profile(self, name: str) -> Source:
        from alibabacloud_credentials import provider  # noqa: PLC0415 - see the module's docstring

        profiles = self._account.profiles
        if profiles is None:
            raise UnusableCredentialsError(
                f"profile {name!r}{self._where('profile')}",
                "no home folder is known, in which the CLI's file would be",
                "set HOME, or imagecache:sharedCredentialsFile",
            )

        def make() -> CheckedProfile:
            # Named in any case: else the package takes ALIBABA_CLOUD_PROFILE of the environment.
            current = name or profiles.current()
            official = provider.CLIProfileCredentialsProvider(
                profile_name=current, profile_file=str(profiles.path)
            )
            return CheckedProfile(profiles, current, official)

        title = f"{profiles.title(name)}{self._where('profile', 'sharedCredentialsFile')}"
        return Source(title, lambda: profiles.remedy(name), make, secrets=lambda: profiles.secrets(name))

    def _ecs(self, role: str) -> Source:
        from alibabacloud_credentials import provider  # noqa: PLC0415 - see the module's docstring

        return Source(
            f"ECS role {role or 'of this instance'}{self._where('ecsRoleName')}",
            lambda: "attach the RAM role to this ECS instance, or set other credentials",
            lambda: provider.EcsRamRoleCredentialsProvider(
                role_name=role or None, async_update_enabled=False
            ),
            local=True,
        )

    def _uri(self, uri: str) -> Source:
        from alibabacloud_credentials import provider  # noqa: PLC0415 - see the module's docstring

        return Source(
            f"credentials URI {_address(uri)}{self._where('credentialsUri')}",
            lambda: (
                "see that this address answers with Code, AccessKeyId, AccessKeySecret, SecurityToken and"
                " Expiration"
            ),
            lambda: provider.URLCredentialsProvider(uri=uri),
            local=True,
            secrets=lambda: [uri, urlsplit(uri).query],
        )

    def _assumed(self, role: Mapping[str, Any], source: Source | Chain) -> Source:
        from alibabacloud_credentials import provider  # noqa: PLC0415 - see the module's docstring

        return Source(
            f"role {role.get('roleArn')}{self._where('assumeRole')}",
            lambda: "correct the role's ARN, and let its trust policy name who calls",
            lambda: provider.RamRoleArnCredentialsProvider(
                credentials_provider=source,
                role_arn=role.get("roleArn"),
                role_session_name=role.get("sessionName", _SESSION),
                policy=role.get("policy"),
                external_id=role.get("externalId"),
                **_duration(role),
            ),
            caller=source,
        )

    def _oidc(self, role: Mapping[str, Any]) -> Source:
        from alibabacloud_credentials import provider  # noqa: PLC0415 - see the module's docstring

        file = role.get("oidcTokenFile") or os.environ.get("ALIBABA_CLOUD_OIDC_TOKEN_FILE") or ""
        where = self._where("assumeRoleWithOidc", "oidcTokenFile")
        return Source(
            f"role {role.get('roleArn')} with the OIDC token file {file or 'that is set nowhere'}{where}",
            lambda: (
                "see that the file holds the token, and that role, OIDC provider and the role's trust policy"
                " agree"
            ),
            lambda: provider.OIDCRoleArnCredentialsProvider(
                role_arn=role.get("roleArn"),
                oidc_provider_arn=role.get("oidcProviderArn"),
                oidc_token_file_path=role.get("oidcTokenFile"),
                role_session_name=role.get("roleSessionName", _SESSION),
                policy=role.get("policy"),
                **_duration(role),
            ),
        )

    def _chain(self) -> Chain:
        """Give what the official chain has behind the settings that `callers` reads by itself."""
        from alibabacloud_credentials.utils import auth_util  # noqa: PLC0415 - see the module's docstring

        set_up: list[Callable[[], Source]] = []
        around: list[Callable[[], Source]] = []
        profiles = self._account.profiles
        if (
            profiles is not None
            and profiles.exists
            and auth_util.environment_cli_profile_disabled.lower() != "true"
        ):
            set_up.append(lambda: self._profile(""))
        if os.path.exists(_ini()):  # noqa: PTH110 - as in `profile`
            set_up.append(self._ini)
        if auth_util.environment_ecs_metadata_disabled.lower() != "true":
            around.append(lambda: self._ecs(""))
        return Chain(set_up, around, missing_credentials(self._account.remedy))

    @staticmethod
    def _ini() -> Source:
        from alibabacloud_credentials import provider  # noqa: PLC0415 - see the module's docstring
        from alibabacloud_credentials.utils import auth_util  # noqa: PLC0415 - see the module's docstring

        file = _ini()
        return Source(
            f"profile {auth_util.client_type!r} in {file}",
            lambda: f"correct {file}, or set ALIBABA_CLOUD_CREDENTIALS_FILE to another one",
            provider.ProfileCredentialsProvider,
        )


def _ini() -> str:
    """Give the official package's own file of credentials."""
    from alibabacloud_credentials.utils import (  # noqa: PLC0415 - see the module's docstring
        auth_constant,
        auth_util,
    )

    own = os.path.join(auth_constant.HOME, ".alibabacloud", "credentials.ini")  # noqa: PTH118 - as the package
    return str(auth_util.environment_credentials_file or own)


def _address(uri: str) -> str:
    """Give a URL without what may be secret in it."""
    try:
        parts = urlsplit(uri)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "that is set"
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}" if parts.hostname else "that is set"


def _duration(role: Mapping[str, Any]) -> dict[str, int]:
    """The library's own default stands where the session's length, in seconds, isn't set."""
    seconds = role.get("sessionExpiration")
    if not seconds:
        return {}
    if not str(seconds).isdecimal():
        raise ConfigurationError(f"sessionExpiration {seconds!r} is no whole number of seconds")
    return {"duration_seconds": int(seconds)}


def _one(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Read a setting that is an object, alone or as the one member of a list.

    Its parts become texts: `pulumi config set --path` makes a number of an externalId of digits, and a policy
    may be written as the object that it is.
    """
    value = settings[name]
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        raise ConfigurationError(f"{name} is no object: give it as {{roleArn: acs:ram::…:role/…, …}}")
    return {
        part: text if isinstance(text, str) else json.dumps(text)
        for part, text in value.items()
        if text is not None
    }
