"""The image registries that instances pull from: what exists, of which layers, and who may have it.

`eci.builds` asks `Registries.pull` for every image of a build. Tests add registries and images of their own
to `Cloud.registries`. The rule for images that nobody added is in docs/simulator.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from imagecache_simulator.acr import Acr
from imagecache_simulator.catalogue import Layer, derived_layers, derived_size, known_layers
from imagecache_simulator.reach import DIAL_SECONDS, dial_timeout, is_in_vpc
from imagecache_simulator.references import (
    DOCKER_HUB,
    ImageReference,
    image_key,
    parse_reference,
    split_port,
)

_NOT_THERE = ("does-not-exist", "missing", "no-such")
_DOCKER_HUBS = {DOCKER_HUB, "index.docker.io", "registry-1.docker.io"}


@dataclass
class Registry:
    """A registry that asks for something before it gives an image.

    Attributes:
        users: who may pull, user name to password; empty: everybody may.
        plain_http: it speaks HTTP only.
        self_signed: its certificate is its own.
        in_vpc: it's reached without the internet.
    """

    users: dict[str, str]
    plain_http: bool
    self_signed: bool
    in_vpc: bool


@dataclass(frozen=True)
class RegistryCredential:
    """One `ImageRegistryCredential.N` of a request."""

    server: str
    user_name: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class AcrRegistryInfo:
    """One `AcrRegistryInfo.N` of a request."""

    instance_id: str
    instance_name: str = ""
    region_id: str = ""
    domains: tuple[str, ...] = ()
    arn_service: str = ""
    arn_user: str = ""


@dataclass(frozen=True)
class Access:
    """What a request gives a transit instance to reach registries with."""

    credentials: tuple[RegistryCredential, ...] = ()
    acr_registry_infos: tuple[AcrRegistryInfo, ...] = ()
    plain_http: tuple[str, ...] = ()
    insecure: tuple[str, ...] = ()


class PullError(Exception):
    """An image can't be pulled; the text is what the kubelet would say.

    Attributes:
        waited: seconds that passed before it was known, besides those of any answer.
    """

    def __init__(self, message: str, waited: float = 0) -> None:
        self.waited = waited
        super().__init__(message)


class Registries:
    """All registries that exist.

    Args:
        account_id: the account that pulls.
        failure: tells of an image why it can't be pulled just now; empty if it can.

    Attributes:
        acr: whose the namespaces and instances of ACR are.
        need_internet: public registries are reached by the internet only. False is for tests that don't care
            about networks: every instance reaches every registry.
    """

    def __init__(self, account_id: str = "", failure: Callable[[ImageReference], str] = lambda _: "") -> None:
        self._failure = failure
        self.acr = Acr(account_id)
        self.need_internet = True
        self._registries: dict[str, Registry] = {}
        self._images: dict[str, float | None] = {}
        self.add_registry("private.example.com", users={"simulator": "simulator"})
        self.add_registry("http.example.com", plain_http=True)
        self.add_registry("self-signed.example.com", self_signed=True)

    def add_registry(
        self,
        host: str,
        *,
        users: Mapping[str, str] | None = None,
        plain_http: bool = False,
        self_signed: bool = False,
        in_vpc: bool = False,
    ) -> None:
        """Add a registry, or put another in the place of the one with its host.

        Args:
            host: its name, with a port if it has one.
            users: who may pull, user name to password; everybody may unless given.
            plain_http: it speaks HTTP only, so PlainHttpRegistry must name it.
            self_signed: its certificate is its own, so InsecureRegistry must name it.
            in_vpc: instances reach it without the internet, as a registry of one's own in the VPC.
        """
        self._registries[_key(host)] = Registry(dict(users or {}), plain_http, self_signed, in_vpc)

    def add_image(self, reference: str, size: float) -> None:
        """Set an image's compressed size in MB, for one tag, or without a tag for all of a repository."""
        self._images[image_key(reference)] = size

    def remove_image(self, reference: str) -> None:
        """Make an image one that doesn't exist: one tag, or without a tag a whole repository."""
        self._images[image_key(reference)] = None

    def pull(self, text: str, access: Access, *, internet: bool) -> tuple[Layer, ...]:
        """Return an image's layers, the lowest first.

        Args:
            text: the image as the user wrote it.
            access: what the request gave for registries.
            internet: whether the instance that pulls reaches the internet.

        Raises:
            PullError: there's no such image, or its registry doesn't give it with this access.
        """
        reference = parse_reference(text)
        if reference is None:
            raise PullError(f'Failed to pull image "{text}": invalid reference format')
        registry = self._registries.get(_key(reference.registry))
        failure = self._failure(reference)
        if self.need_internet and not internet and not failure:
            self._dial(text, reference, registry)
        refusal = failure or _refusal(reference, registry, access, self.acr)
        if refusal:
            raise PullError(_kubelet_message(text, reference, refusal))
        layers = self._layers(reference)
        if not layers:
            raise PullError(_kubelet_message(text, reference, f"{reference}: not found"))
        return layers

    def layers(self, text: str) -> tuple[Layer, ...]:
        """Return an image's layers, whoever may have them; none if there's no such image."""
        reference = parse_reference(text)
        return self._layers(reference) if reference else ()

    def _dial(self, text: str, reference: ImageReference, registry: Registry | None) -> None:
        """Connect without the internet; `PullError` if that can't be."""
        if is_in_vpc(reference.registry) or (registry is not None and registry.in_vpc):
            return
        cause = dial_timeout(reference, plain_http=registry is not None and registry.plain_http)
        raise PullError(_kubelet_message(text, reference, cause), DIAL_SECONDS)

    def _layers(self, reference: ImageReference) -> tuple[Layer, ...]:
        version = reference.digest or reference.tag
        for key in (str(reference), reference.name):
            if key in self._images:
                size = self._images[key]
                return () if size is None else derived_layers(reference.name, version, size)
        if any(word in f"{reference.repository}:{reference.tag}" for word in _NOT_THERE):
            return ()
        known = known_layers(reference.repository.rpartition("/")[2], version)
        return known or derived_layers(reference.name, version, derived_size(reference.name))


def _key(host: str) -> str:
    """Return the one form of a registry's names."""
    return DOCKER_HUB if host.lower() in _DOCKER_HUBS else host.lower()


def _refusal(reference: ImageReference, registry: Registry | None, access: Access, acr: Acr) -> str:
    """Return why a registry doesn't give an image, an empty string if it does."""
    host = reference.registry
    if registry is None:
        cause = "" if _credential(host, access) else acr.refusal(reference, access.acr_registry_infos)
        return _unauthorized(host, cause) if cause else ""
    if registry.plain_http and not _listed(host, access.plain_http):
        return f'Head "https://{host}/v2/": http: server gave HTTP response to HTTPS client'
    if registry.self_signed and not _listed(host, access.insecure):
        return f'Head "https://{host}/v2/": x509: certificate signed by unknown authority'
    return _user_refusal(registry, host, access) if registry.users else ""


def _user_refusal(registry: Registry, host: str, access: Access) -> str:
    given = _credential(host, access)
    if given is None:
        return _unauthorized(host, "it is private and no credential was given for it")
    if registry.users.get(given.user_name) != given.password:
        return _unauthorized(host, f"it refused the user name or password of {given.user_name!r}")
    return ""


def _credential(host: str, access: Access) -> RegistryCredential | None:
    for credential in access.credentials:
        if _key(credential.server) == _key(host):
            return credential
    return None


def _listed(host: str, hosts: tuple[str, ...]) -> bool:
    return host in hosts or split_port(host)[0] in hosts


def _unauthorized(host: str, cause: str) -> str:
    return f"failed to authorize: unexpected status from {host}: 401 Unauthorized: {cause}"


def _kubelet_message(text: str, reference: ImageReference, cause: str) -> str:
    return (
        f'Failed to pull image "{text}": rpc error: code = Unknown desc = failed to pull and unpack image '
        f'"{reference}": failed to resolve reference "{reference}": {cause}'
    )
