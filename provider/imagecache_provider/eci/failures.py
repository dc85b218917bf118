"""What a failed build's events mean: for each kind of failure the property and what a user can do about it.

`eci.image_cache` asks it about the warning that a build ended with. The words are the kubelet's and
containerd's, which ECI repeats; docs/troubleshooting.md has a section for most.
"""

from __future__ import annotations

import re

from imagecache_provider.eci.errors import MEANINGS, Meaning

_KINDS: tuple[tuple[str, Meaning], ...] = (
    (
        r"no space left on device",
        Meaning("imageCacheSize", "set a larger imageCacheSize: unpacked, images take 2 to 3 times as much"),
    ),
    (
        r"i/o timeout|TLS handshake timeout|context deadline exceeded|Client\.Timeout",
        Meaning(
            "eipInstanceId",
            "give the build a way to the registry: an EIP, a NAT gateway with an SNAT entry for its vSwitch,"
            " or the registry's VPC endpoint",
        ),
    ),
    (
        r"no such host",
        Meaning("images", "correct the registry's name, or let its name be resolved in the vSwitch's VPC"),
    ),
    (
        r"HTTP response to HTTPS client",
        Meaning("plainHttpRegistries", "name the registry in plainHttpRegistries, or let it serve HTTPS"),
    ),
    (
        r"x509:",
        Meaning(
            "insecureRegistries",
            "name the registry in insecureRegistries, or give it a certificate of a known authority",
        ),
    ),
    (
        r"429 Too Many Requests|toomanyrequests",
        Meaning(
            "imageRegistryCredentials",
            "the registry limits pulls without an account: give credentials for it, or name a mirror",
        ),
    ),
    (
        r"401 Unauthorized|403 Forbidden|authorization failed|pull access denied|insufficient_scope",
        Meaning(
            "imageRegistryCredentials",
            "give a user name and password that may pull the image, or acrRegistryInfos for an ACR instance",
        ),
    ),
    (
        r"not found|manifest unknown|invalid reference format",
        Meaning("images", "correct the image's name or tag, or push the image"),
    ),
    (
        r"EIP .*\bInUse\b",
        Meaning(
            "eipInstanceId", "something else uses the EIP: wait until it is done, or give this cache another"
        ),
    ),
)
_UNKNOWN = Meaning("", "")


def failure(reason: str) -> Meaning:
    """Say what a warning means; property and remedy are empty where that isn't known.

    Args:
        reason: the event's reason and message, such as `FailedCreate: …`; empty if there was none.
    """
    if not reason:  # nearly always: a list tells of many that are well
        return _UNKNOWN
    for code, meaning in MEANINGS.items():
        if re.search(rf"\b{re.escape(code)}\b", reason):
            return meaning
    for pattern, meaning in _KINDS:
        if re.search(pattern, reason, re.IGNORECASE):
            return meaning
    return _UNKNOWN
