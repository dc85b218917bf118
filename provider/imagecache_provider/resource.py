"""What a resource module fulfils, and what makes a resource itself: identity, tokens, builds and hidden tags.

The lifecycle knows resources only through `Resource`. Everything here is a pure function of its arguments, so
that a create that is repeated after a crash computes what the first one computed.
"""

from __future__ import annotations

import enum
import functools
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Protocol

from imagecache_provider.clock import Clock
from imagecache_provider.fields import (
    OPTIONAL,
    UNKNOWN,
    Change,
    Field,
    Model,
    Property,
    fields,
    has_unknown,
    without_empty,
    without_secrets,
)
from imagecache_provider.place import Locator
from imagecache_provider.preflight import Preflight

STACK_TAG = "pulumi-imagecache-stack"
"""The hidden tag that every cache of a stack carries: the stack's hash."""
RESOURCE_TAG = "pulumi-imagecache-resource"
"""The hidden tag that says which resource a cache is: its hash, its ClientToken and its last build."""
HIDDEN_TAGS = frozenset({STACK_TAG, RESOURCE_TAG})

SINGLY = 3
"""Up to so many resources are looked up by their IDs; for more a list takes fewer calls, and tells of all."""

_HASH_DIGITS = 16
_TOKEN_DIGITS = 20
_NAME_DIGITS = 7
_RECORD_PARTS = 3
_PENDING = "pending"


def digest(value: Any, digits: int) -> str:
    """Hash a plain value, independent of the order of its keys, into hex digits."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


@dataclass(frozen=True)
class Identity:
    """Which resource of which stack: the same in every `up`, unlike the engine's random seed.

    Attributes:
        stack: a hash of project and stack.
        resource: a hash of the resource in it.
    """

    stack: str
    resource: str

    @classmethod
    def of(cls, project: str, stack: str, *resource: str) -> Identity:
        """Make the identity of a resource that its type, name and parents tell apart in its stack."""
        return cls(_stack_hash(project, stack), digest([project, stack, *resource], _HASH_DIGITS))

    def __str__(self) -> str:
        return f"{self.stack}.{self.resource}"

    @classmethod
    def parse(cls, text: str) -> Identity:
        """Read `str(identity)` back."""
        stack, _, resource = text.partition(".")
        return cls(stack, resource)


@functools.cache  # a process works on one
def _stack_hash(project: str, stack: str) -> str:
    return digest([project, stack], _HASH_DIGITS)


@dataclass(frozen=True)
class Record:
    """The value of RESOURCE_TAG: what a cache in the cloud says about itself.

    Attributes:
        resource: the hash of the resource that it is.
        token: the token of the request that it was made or last built for.
        build_id: its last build.
        pending: whether it was never handed over to Pulumi's state, as far as we got.
    """

    resource: str
    token: Token
    build_id: str
    pending: bool = False

    def __str__(self) -> str:
        text = f"{self.resource}.{self.token.text}.{self.build_id}"
        return f"{text}.{_PENDING}" if self.pending else text

    @classmethod
    def read(cls, tags: Mapping[str, str]) -> Record | None:
        """Read it from a cache's tags; None where it has none, or one that isn't ours."""
        parts = tags.get(RESOURCE_TAG, "").split(".")
        pending = parts[-1] == _PENDING
        if pending:
            parts.pop()
        if len(parts) != _RECORD_PARTS:
            return None
        return cls(parts[0], Token(parts[1]), parts[2], pending)


@dataclass(frozen=True)
class Token:
    """A create's ClientToken: half of it tells the request, the other half tells creates of it apart."""

    text: str

    @classmethod
    def of(cls, identity: Identity, request: Mapping[str, str], salt: str) -> Token:
        """Make it: the same for the same request, without its secrets, and the same salt.

        The salt is empty, or what the new cache must not be: the ID of another one.
        """
        parts = [str(identity), dict(request)]
        return cls(digest(parts, _TOKEN_DIGITS) + digest([*parts, salt], _TOKEN_DIGITS))

    @property
    def request(self) -> str:
        """The half that is the same for every create of this request."""
        return self.text[:_TOKEN_DIGITS]


def automatic_name(model: type[Model], identity: Identity, name: str, inputs: dict[str, Any]) -> Any:
    """Name a resource after itself: the same for the same inputs; UNKNOWN while any of them is."""
    if has_unknown(inputs):
        return UNKNOWN
    said = without_secrets(model, without_empty(model, inputs))
    return f"{name}-{digest([str(identity), said], _NAME_DIGITS)}"


def update_token(identity: Identity, parts: Any) -> str:
    """Make the ClientToken of one update; the parts have to differ from those of every other update."""
    return digest([str(identity), parts], 2 * _TOKEN_DIGITS)


def build_id(model: type[Model], inputs: Mapping[str, Any]) -> str:
    """Digest what a build is made from: `AAAA-BBBB`, A over what updates carry, B over what only creates can.

    Secrets are left out. When B differs from that of the last build, a new build takes a new resource.
    """
    said = without_empty(model, inputs)
    carried, fixed = carried_inputs(model, said), fixed_inputs(model, said)
    return f"{digest(carried, _HASH_DIGITS)}-{fixed_digest(fixed)}"


def carried_inputs(model: type[Model], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Give the inputs whose change is a build, each in the one form of all values that mean the same."""
    return {
        name: member.property.meaning(inputs.get(name))
        for name, member in fields(model).items()
        if member.property.change is Change.BUILD
    }


def fixed_inputs(model: type[Model], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a build uses and only a create can set: fields, and parts of nested objects."""
    parts = {
        name: _fixed_part(member, inputs.get(name))
        for name, member in fields(model).items()
        if member.property.change is Change.RECORD
    }
    return {name: value for name, value in parts.items() if not _is_nothing(value)}


def fixed_digest(fixed: Mapping[str, Any]) -> str:
    """Make the B part of a build ID."""
    return digest(fixed, _HASH_DIGITS)


def fixed_build(build: str) -> str:
    """Read the B part of a build ID."""
    return build.partition("-")[2]


def _fixed_part(member: Field, value: Any) -> Any:
    if not member.property.updatable:
        return value
    nested = fields(member.nested) if member.nested is not None else {}
    names = [name for name, part in nested.items() if not part.property.updatable]
    if not names or not isinstance(value, list):
        return value if names else None
    return [
        {name: item[name] for name in names if name in item} if isinstance(item, dict) else item
        for item in value
    ]


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, list) and not any(value))


class ListArgs(Model):
    """Which resources of a kind to list."""

    region_id: Annotated[str, Property("The region. Default: the provider's.")] = OPTIONAL
    tags: Annotated[dict[str, str], Property("Tags that all of them carry.")] = OPTIONAL


class Phase(enum.Enum):
    """Where a resource is in its life, in the lifecycle's words."""

    BUILDING = "building"
    REBUILDING = "rebuilding"
    """Being built again; it was usable before."""
    READY = "ready"
    FAILED = "failed"
    """Beyond help: it has to be replaced."""
    UPDATE_FAILED = "update failed"
    """Its last build failed; another may be asked for."""

    @property
    def busy(self) -> bool:
        """Whether a build is at work on it."""
        return self in {Phase.BUILDING, Phase.REBUILDING}


@dataclass(frozen=True)
class Observed:
    """A resource as the cloud shows it.

    Attributes:
        id: its ID.
        phase: where it is.
        status: the cloud's own word for that.
        progress: how far its build is, in the cloud's words; for people.
        outputs: its output properties, without `buildId`.
        returned: those of its input properties that the cloud returns, without tags.
        derived: those that can be worked out of an output, which `fields.Property.derived` names.
        tags: all its tags, hidden ones too.
        event: what happened last in its last build, in the cloud's words; for people.
        reasons: why it failed, newest last; empty if it didn't.
        remedy: what a user can do about that; the middle of a sentence.
        failing_property: the input property that it's about; empty where it is about none.
    """

    id: str
    phase: Phase
    status: str
    progress: str
    outputs: dict[str, Any]
    returned: dict[str, Any]
    derived: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    event: str = ""
    reasons: tuple[str, ...] = ()
    remedy: str = ""
    failing_property: str = ""

    @property
    def record(self) -> Record | None:
        """What its hidden tag says."""
        return Record.read(self.tags)

    @property
    def stack(self) -> str:
        """The hash of the stack that its hidden tag names; empty if it has none."""
        return self.tags.get(STACK_TAG, "")

    def built(self, build: str) -> bool:
        """Say whether it is usable from this build, as far as its hidden tag tells.

        A state that has imported what another stack's create is at work on knows no build: any will do then.
        """
        if self.phase is not Phase.READY:
            return False
        return not build or self.record is None or self.record.build_id == build


@dataclass(frozen=True)
class Connection:
    """A kind of resource, bound to an account.

    Attributes:
        resource: the calls.
        region: the region of resources that name none; empty if nothing sets one.
        missing_region: what to tell a user who has to set one; it follows the property's name.
        secrets: the account's texts that must never be shown.
        creates_per_minute: how many creates are sent in a minute at most, in each region.
        preflight: what looks at operations before they are carried out; None for nothing.
        notes: what the user has set and isn't used, a line each; a front tells them once a process.
        locator: tells where its resources live, beside their region; None where there is one place only.
    """

    resource: Resource
    region: str
    missing_region: str
    secrets: tuple[str, ...]
    creates_per_minute: int = 200
    preflight: Preflight | None = None
    notes: tuple[str, ...] = ()
    locator: Locator | None = None


class Resource(Protocol):
    """One kind of cloud resource. Its methods are calls to the cloud and raise `errors.CloudError`."""

    token: ClassVar[str]
    """Its Pulumi type, the path of its module: `imagecache:eci:ImageCache`."""
    noun: ClassVar[str]
    """What a sentence calls it: `image cache`."""
    description: ClassVar[str]
    """What it is and does, for users; Markdown."""
    args: ClassVar[type[Model]]
    state: ClassVar[type[Model]]
    name_property: ClassVar[str]
    """The input that is named automatically."""

    @classmethod
    def connect(
        cls, config: Mapping[str, Any], environment: Mapping[str, str], clock: Clock, remedy: str = ""
    ) -> Connection:
        """Bind it to the account that a stack's configuration or the environment names; calls nothing.

        Args:
            config: the stack's configuration, or the provider resource's, as `imagecache:…`.
            environment: the process's environment variables.
            clock: what passes between calls.
            remedy: what the front offers a user who has set too little, beside those two.

        Raises:
            ConfigurationError: a setting can't be read. Missing credentials are no error here.
        """

    def request(self, inputs: Mapping[str, Any]) -> dict[str, str]:
        """Give the parameters that a create sends for these inputs, but for token and hidden tags."""

    def exclusive(self, inputs: Mapping[str, Any]) -> str | None:
        """Name what only one build can use at a time, such as an EIP."""

    async def create(self, inputs: Mapping[str, Any], tags: Mapping[str, str], token: str) -> str:
        """Ask for a new resource with these hidden tags; give its ID."""

    def accepted(self, id: str) -> Observed:
        """Give what is known of one that was only just asked for; calls nothing."""

    async def rebuild(self, id: str, inputs: Mapping[str, Any], tags: Mapping[str, str], token: str) -> None:
        """Build it again in place, from the complete inputs."""

    async def update(self, id: str, inputs: Mapping[str, Any], changed: Collection[str], token: str) -> None:
        """Change these METADATA properties, and only these; tags are not among them."""

    async def tag(self, id: str, region: str, tags: Mapping[str, str], removed: Collection[str]) -> None:
        """Set and remove tags."""

    async def describe(self, region: str, ids: Collection[str]) -> dict[str, Observed]:
        """Look these IDs up; the ones that don't exist are missing from the answer."""

    async def find(self, region: str, tags: Mapping[str, str]) -> list[Observed]:
        """List all that carry these tags."""

    async def delete(self, id: str, region: str) -> None:
        """Ask for its deletion; NotFoundError if it is gone already."""
