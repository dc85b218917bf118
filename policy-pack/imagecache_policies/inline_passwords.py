"""No passwords of registries: the state keeps them, and somebody has to rotate them.

A policy is handed secrets in the clear and can't tell one that the program took from the stack's secrets
from one in its text. It says nothing of what is in imageRegistryCredentials but where a password is.
"""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import Severity

from imagecache_policies.inputs import UNKNOWN, Inputs
from imagecache_policies.resource_types import IMAGE_CACHES
from imagecache_policies.rule import Settings, resource_policy
from imagecache_policies.setting import Setting

_ALLOWED = Setting("allowedServers", (), "Registries, as host[:port], that have no other way to log in.")


def _faults(_type: str, inputs: Inputs, settings: Settings) -> Iterator[str]:
    for index in range(inputs.count("imageRegistryCredentials")):
        credential = ("imageRegistryCredentials", index)
        # A password that a preview doesn't know yet is one all the same.
        if inputs.value(*credential, "password") is None:
            continue
        if not _is_allowed(inputs, credential, settings[_ALLOWED.name]):
            yield (
                f"imageRegistryCredentials[{index}].password is set, and kept in the stack's state: pull from"
                " ACR Enterprise Edition with acrRegistryInfos, or from ACR Personal Edition of this account,"
                f" which needs no password, or name the registry in this policy's {_ALLOWED.name}"
            )


def _is_allowed(inputs: Inputs, credential: tuple[str, int], servers: list[str]) -> bool:
    """Say whether a credential is for an allowed registry, or may be."""
    if not servers:
        return False
    server = inputs.value(*credential, "server")
    return server is UNKNOWN or server in servers


POLICY = resource_policy(
    "image-cache-no-inline-passwords",
    "Image caches log in to registries without passwords.",
    _faults,
    types=IMAGE_CACHES,
    settings=(_ALLOWED,),
    severity=Severity.HIGH,
)
