"""What the mark of another stack on a resource means: the two hidden tags that its create put there.

`lifecycle` asks it in Read and Update. A stack may import what another one has made, or is making just now;
what that one will look for must stay as it is until then.
"""

from __future__ import annotations

from imagecache_provider.errors import ProviderError
from imagecache_provider.resource import STACK_TAG, Identity, Observed

_PENDING = "is marked by another stack, whose create is under way, or was cut off and will be taken up again"
_RECORD_IT = (
    "run up in that stack, which records it there, and let one of the two keep it; if that stack is no more,"
    f" remove the tag {STACK_TAG} from it"
)


def is_anothers(seen: Observed, stack: str, recorded: str) -> bool:
    """Say whether another stack's create is at work on a resource, or will be taken up again.

    Args:
        seen: the resource.
        stack: the hash of the stack that has it in its state, or is about to.
        recorded: the build ID in that state. Where it's the mark's own, the state had it from its own create,
            and the stack was renamed.
    """
    record = seen.record
    if record is None or not record.pending or record.build_id == recorded:
        return False
    return seen.stack not in {"", stack}


def import_warning(title: str, seen: Observed, identity: Identity) -> str:
    """Say what who imports a resource has to know of its mark; empty where there's nothing to say.

    Args:
        title: names the resource.
        seen: the resource.
        identity: that of the resource that is imported.
    """
    if seen.record is None or seen.stack in {"", identity.stack}:
        return ""
    if seen.record.pending:
        return f"{title}: {seen.id} {_PENDING}: its mark is left alone\n  what to do: {_RECORD_IT}"
    return (
        f"{title}: {seen.id} carries the mark of another stack (tag {STACK_TAG}): where that has it in its"
        " state, too, each undoes what the other changes, and a destroy of either deletes it\n"
        "  what to do: let one of them keep it: `pulumi state delete` takes it out of the other's state;"
        " nothing, if it's only looked at here"
    )


def refuse_to_send(title: str, seen: Observed, *, sends: bool) -> None:
    """Let nothing be sent for a resource that `is_anothers`.

    Raises:
        ProviderError: something would be.
    """
    if sends:
        raise ProviderError(
            f"{title}: {seen.id} {_PENDING}: nothing was sent\n  what to do: {_RECORD_IT}; then run up again"
        )
