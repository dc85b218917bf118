"""Rules on the caches themselves: whose name it is, when it goes, whether anything uses it. Pure.

Sources: spec/eci-image-cache.md, section 3 (retention, auto reclamation), spec/eci-container-group.md, "Image
caches at instance creation" (ImagePullPolicy).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from imagecache_provider.clock import moment
from imagecache_provider.eci import image_reference
from imagecache_provider.eci.preflight.facts import Facts, ImageCache, region_of
from imagecache_provider.eci.preflight.network import listed
from imagecache_provider.importing import import_command, import_id
from imagecache_provider.preflight import Finding, Plan

UNUSED = timedelta(days=30)
"""An automatic cache is reclaimed so long after its last use [spec: section 3, from seed 001]."""
NEVER_USED = timedelta(days=7)
"""An automatic cache that nothing has used is reclaimed so long after it was made [the same]."""
_SHOWN = 3
_URN_PARTS = 4
_LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)
_DAY = timedelta(days=1)


def name_is_free(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """No cache of another stack has the name."""
    name = plan.known("imageCacheName")
    if not name:
        return
    for cache in facts.caches or ():
        if cache.name == name and cache.id != plan.id and cache.stack != plan.stack:
            owner = "another stack's" if cache.stack else "of no stack"
            yield Finding(
                "imageCacheName",
                f"{cache.id} in {region_of(plan)}, {owner}, has the name {name}",
                "use another name, or none for an automatic one; import that cache if it's meant",
                certain=False,  # the cloud takes one name twice
            )
            return


def is_there_already(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """No cache that an `up` has handed over to a state is there for a resource that an empty state lacks.

    What is pending, or has failed, is taken over or cleaned up by the create.
    """
    if not plan.adds or plan.replaces or not plan.state_is_empty:
        return
    there = [cache for cache in facts.caches or () if _was_handed_over(cache, plan)]
    if not there:
        return
    newest = max(there, key=lambda cache: (cache.created or _LONG_AGO, cache.id))
    yield Finding(
        "imageCacheId",
        f"{listed([cache.id for cache in there])} in {region_of(plan)}"
        f" {'was' if len(there) == 1 else 'were'} made for this very resource, and the state has nothing of"
        " this provider: an up makes another one beside that",
        "if another stack has it, as after a rename or in another backend, go there, or give this stack"
        f" another name; if the state is lost, {_import(plan, newest, facts)}",
        certain=False,
    )


def _was_handed_over(cache: ImageCache, plan: Plan) -> bool:
    ours = (cache.stack, cache.resource) == (plan.stack, plan.resource)
    return ours and not cache.pending and cache.status != "Failed"


def _import(plan: Plan, cache: ImageCache, facts: Facts) -> str:
    """Say how a cache comes into the state; the key of a plan is its resource's URN."""
    id = import_id(cache.id, region_of(plan), facts.home)
    *_, types, name = plan.key.split("::", _URN_PARTS - 1)
    if "$" in types:
        return f"import it first: by `import`, which is {id}, among the resource's options"
    return f"run this first: {import_command(types, name, id)}"


def expires(outputs: Mapping[str, Any], now: datetime, days: int) -> Iterator[Finding]:
    """Say that a cache expires within so many days, and no sooner than in the second half of its life."""
    ends, began = _moment(outputs.get("expireDateTime")), _moment(outputs.get("creationTime"))
    if ends is None or not timedelta(0) < ends - now <= days * _DAY:
        return
    if began is not None and now - began < (ends - began) / 2:
        return
    yield Finding(
        "expireDateTime",
        f"it expires on {outputs['expireDateTime']}, {_in(ends - now)}: pods pull from the registry then,"
        " until an up makes it anew",
        "raise retentionDays, or run up soon after that",
        certain=False,
        known_by=ends.isoformat(),
    )


def unused(outputs: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    """Say that a cache, as it was read in this run, has served nothing for long."""
    if outputs.get("status") == "Ready":
        created, matched = _moment(outputs.get("creationTime")), _moment(outputs.get("lastMatchedTime"))
        yield from _unused(created, matched, now)


def unused_now(cache: ImageCache, now: datetime) -> Iterator[Finding]:
    """Say that a cache of the cloud's list has served nothing for long."""
    if cache.status == "Ready":
        yield from _unused(cache.created, cache.matched, now)


def _unused(created: datetime | None, matched: datetime | None, now: datetime) -> Iterator[Finding]:
    since, limit = (matched, UNUSED) if matched is not None else (created, NEVER_USED)
    if since is None or now - since < limit:
        return
    days = (now - since) // _DAY
    used = (
        f"nothing has matched it for {days} days" if matched else f"nothing has matched it in its {days} days"
    )
    yield Finding(
        "lastMatchedTime",
        f"{used}; ECI deletes a cache that it made by itself after {limit // _DAY}, this one goes on costing",
        "delete it, or see by getImageCacheMatch why the instances that it's for don't get it",
        certain=False,
        known_by=since.isoformat(),
    )


def always_pulled(images: Any, facts: Facts) -> Iterator[Finding]:
    """Say that container groups pull the images of a cache whether they have it or not."""
    named = images if isinstance(images, list) else []
    wanted = {image_reference.canonical(image) for image in named if isinstance(image, str)}
    pulls = [pull for pull in facts.pulls or () if image_reference.canonical(pull.image) in wanted]
    if pulls:
        yield Finding("images", _always(pulls), "use IfNotPresent, with a version or a digest", certain=False)


def _always(pulls: Iterable[Any]) -> str:
    groups = list(dict.fromkeys(f"{pull.group_name} ({pull.group})" for pull in pulls))
    image = next(iter(pulls)).image
    shown = (
        listed(groups)
        if len(groups) <= _SHOWN
        else f"{', '.join(groups[:_SHOWN])} and {len(groups) - _SHOWN} more"
    )
    verb = "pulls" if len(groups) == 1 else "pull"
    return f"container group {shown} {verb} {image} with imagePullPolicy Always, which no cache helps"


def _moment(text: Any) -> datetime | None:
    """Read a recorded moment; None for what is none, in a state edited by hand."""
    try:
        then = moment(str(text or ""))
    except ValueError:
        return None
    return then if then.tzinfo is not None else None


def _in(left: timedelta) -> str:
    days = left // _DAY
    if days >= 1:
        return "in 1 day" if days == 1 else f"in {days} days"
    hours = max(1, round(left / timedelta(hours=1)))
    return "in 1 hour" if hours == 1 else f"in {hours} hours"
