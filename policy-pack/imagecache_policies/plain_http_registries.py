"""No registry over plain HTTP, nor over HTTPS with a certificate that nobody verifies.

Whoever is between the building instance and such a registry decides what the cache, and so every pod that
starts from it, runs.
"""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import Severity

from imagecache_policies.inputs import Inputs
from imagecache_policies.resource_types import OURS
from imagecache_policies.rule import Settings, resource_policy
from imagecache_policies.setting import Setting

_ALLOWED = Setting(
    "allowedRegistries", (), "Registries, as host[:port], for which it is allowed all the same."
)
_VERIFY = Setting("verifyCertificates", True, "Whether a certificate that isn't verified is a fault, too.")


def _faults(_type: str, inputs: Inputs, settings: Settings) -> Iterator[str]:
    for registry, where in _registries(inputs, "plainHttpRegistries"):
        if registry not in settings[_ALLOWED.name]:
            yield (
                f"{where} is {registry!r}, which is spoken to over plain HTTP: serve it over HTTPS and take"
                f" it out of the list, or name it in this policy's {_ALLOWED.name}"
            )
    if not settings[_VERIFY.name]:
        return
    for registry, where in _registries(inputs, "insecureRegistries"):
        if registry not in settings[_ALLOWED.name]:
            yield (
                f"{where} is {registry!r}, whose certificate isn't verified: give it one that a public"
                f" authority signed and take it out of the list, or name it in this policy's {_ALLOWED.name}"
            )


def _registries(inputs: Inputs, name: str) -> Iterator[tuple[str, str]]:
    for index in range(inputs.count(name)):
        registry = inputs.value(name, index)
        if isinstance(registry, str):
            yield registry, f"{name}[{index}]"


POLICY = resource_policy(
    "image-cache-no-plain-http-registry",
    "Image caches are built from registries whose answers nobody on the way can change.",
    _faults,
    types=OURS,
    settings=(_ALLOWED, _VERIFY),
    severity=Severity.CRITICAL,
)
