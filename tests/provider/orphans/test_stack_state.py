"""Tests of what an exported state says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from imagecache_provider.errors import ProviderError
from imagecache_provider.orphans.stack_state import read_state
from imagecache_provider.resource import Identity

TOKEN = "imagecache:eci:ImageCache"
URN = f"urn:pulumi:dev::project::{TOKEN}::web"


def exported(*resources: dict[str, Any], pending: list[Any] | None = None) -> str:
    """Write a state as Pulumi exports it."""
    deployment = {"resources": list(resources), "pending_operations": pending}
    return json.dumps({"version": 3, "deployment": deployment})


def cache(id: str = "imc-1", urn: str = URN, **more: Any) -> dict[str, Any]:
    """Give a cache as a state has it."""
    return {"urn": urn, "type": TOKEN, "id": id, "outputs": {"regionId": "cn-beijing"}, **more}


def test_everything_is_known() -> None:
    """What is about to be deleted and what was under way are in the state like all else."""
    pending = [
        {"resource": cache("imc-3"), "type": "updating"},
        {"resource": cache("", URN + "2"), "type": "creating"},
    ]
    state = read_state(exported(cache(), cache("imc-2", delete=True), pending=pending), "", "")
    assert state.known == {"imc-1", "imc-2", "imc-3"}
    assert state.creating == {Identity.of("project", "dev", TOKEN, "web2").resource}


def test_whose() -> None:
    """URNs tell project and stack, and with them the tag; an empty state is whose one says that it is."""
    state = read_state(exported(cache()), "ignored", "")
    assert (state.project, state.name) == ("project", "dev")
    assert state.tag == Identity.of("project", "dev").stack
    assert read_state(exported(), "project", "dev").tag == state.tag


def test_regions() -> None:
    """The regions of caches and providers are told, those of other resources aren't."""
    provider = {
        "urn": "urn:pulumi:dev::project::pulumi:providers:imagecache::other",
        "type": "pulumi:providers:imagecache",
        "inputs": {"region": "cn-shanghai"},
    }
    secret = cache("imc-2", outputs={"regionId": {"4dabf18193072939515e22adb298388d": "…"}})
    bucket = {"urn": URN, "type": "alicloud:oss/bucket:Bucket", "outputs": {"regionId": "cn-hongkong"}}
    assert read_state(exported(cache(), provider, secret, bucket), "", "").regions == (
        "cn-beijing",
        "cn-shanghai",
    )


def test_resources() -> None:
    """A cache's hash tells its resource, made by the plugin or by the dynamic front."""
    ours = Identity.of("project", "dev", TOKEN, "web")
    theirs = Identity.of("project", "dev", "custom:Group", "group", TOKEN, "web")
    dynamic = "urn:pulumi:dev::project::custom:Group$pulumi-python:dynamic/eci:ImageCache::web"
    state = read_state(
        exported(cache(), cache("imc-2", dynamic, inputs={"__resource": {"identity": str(theirs)}})), "", ""
    )
    assert (state.resources[ours.resource], state.resources[theirs.resource]) == (URN, dynamic)


@pytest.mark.parametrize(
    ("text", "project", "stack", "reason"),
    [
        ("", "", "", "isn't what `pulumi stack export` writes"),
        ("[]", "", "", "isn't what `pulumi stack export` writes"),
        ("{}", "", "", "isn't what `pulumi stack export` writes"),
        ('{"deployment": {"resources": {"a": 1}}}', "", "", "resources are no list of objects"),
        ('{"deployment": {"resources": [1]}}', "", "", "resources are no list of objects"),
        ('{"deployment": {"pending_operations": 1}}', "", "", "pending_operations are no list of objects"),
        (exported(), "project", "", "--project NAME --stack NAME"),
        (exported(cache()), "", "prod", "stack dev of project project, not of prod"),
    ],
)
def test_refused(text: str, project: str, stack: str, reason: str) -> None:
    """What can't be read never looks like an empty state, in which nothing would be known."""
    with pytest.raises(ProviderError, match=reason):
        read_state(text, project, stack)
