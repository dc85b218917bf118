"""Previewed outputs agree with those that come: what depends on a cache changes in a preview as in the `up`.

Pulumi previews a change of all that depends on an output which is shown as unknown, such as a gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.chance import examples
from tests.provider.fronts import Plugin, Recorded
from tests.provider.world import REGION, DrivenClock, DrivenLoop
from tests.rights.walk import restricted_cloud

from imagecache_provider.eci.image_cache_model import ImageCacheArgs, ImageCacheState
from imagecache_provider.fields import UNKNOWN, Change, fields
from imagecache_provider.plugin.codec import encode
from imagecache_provider.plugin.servicer import Servicer
from imagecache_simulator import mock_cloud

LOGIN = {"server": "private.example.com", "userName": "simulator"}
ROLES = {"arnService": "own-role", "arnUser": "acs:ram::2:role/user"}
CHOICES: dict[str, list[Any]] = {
    "images": [["busybox:1"], ["alpine:3"], ["busybox:1", "alpine:3"]],
    "imageCacheName": ["mine", "yours", None],
    "regionId": [REGION, "cn-beijing", None],
    "zoneId": ["cn-hangzhou-h", None],
    "vswitchIds": [["vswitch"], ["vswitch", "second"], None],
    "securityGroupId": ["group", "other-group", None],
    "eipInstanceId": ["eip", "other-eip", None],
    "resourceGroupId": ["default-rg", "other-rg", None],
    "imageCacheSize": [20, 40, None],
    "retentionDays": [7, 30, None],
    "autoMatchImageCache": [True, False, None],
    "flash": [True, False, None],
    "flashCopyCount": [1, 2, None],
    "standardCopyCount": [1, 2, None],
    "eliminationStrategy": ["LRU", "", None],
    "imageRegistryCredentials": [
        [{**LOGIN, "password": "hidden-1"}],
        [{**LOGIN, "password": "hidden-2"}],
        None,
    ],
    "acrRegistryInfos": [[{"instanceId": "cri-1"}], [{"instanceId": "cri-1", **ROLES}], None],
    "plainHttpRegistries": [["http.example.com"], None],
    "insecureRegistries": [["self-signed.example.com"], None],
    "annotations": ["{}", None],
    "osType": ["Linux", None],  # Windows is by invitation; it takes another cache, as a region does
    "tags": [{"team": "a"}, {"team": "b", "stage": "c"}, None],
    "rebuildTriggers": [["1"], ["2"], None],
    "awaitReady": [True, False, None],
}
"""Values of each input; the words of a network stand for IDs, None for what is left out."""
ANY_MOMENT = {name for name, field in fields(ImageCacheState).items() if field.property.change is None}


class Account:
    """A simulated account with a network, and processes of the plugin before it."""

    def __init__(self) -> None:
        self.clock = DrivenClock(restricted_cloud(seed=7), pace=20)
        self.loop = DrivenLoop(self.clock)
        cloud = self.clock.cloud
        vpc = cloud.vpc.create_vpc(REGION, "10.0.0.0/8", "")
        vswitches = [cloud.vpc.create_vswitch(vpc, "cn-hangzhou-h", f"10.0.{at}.0/24") for at in (1, 2)]
        groups = [cloud.ecs.create_security_group(REGION, vpc.vpc_id, "") for _ in range(2)]
        eips = [cloud.vpc.allocate_eip(REGION, "") for _ in range(2)]
        self.named = {
            "vswitch": vswitches[0].v_switch_id,
            "second": vswitches[1].v_switch_id,
            "group": groups[0].security_group_id,
            "other-group": groups[1].security_group_id,
            "eip": eips[0].allocation_id,
            "other-eip": eips[1].allocation_id,
            "own-role": f"acs:ram::{cloud.account_id}:role/service",
            "default-rg": cloud.resource_manager.default.resource_group_id,
            "other-rg": cloud.resource_manager.add_resource_group("other").resource_group_id,
        }

    def process(self) -> Plugin:
        """Start a process of the plugin, which knows of nothing that went before."""
        settings = {"region": REGION, "endpoint": "eci.aliyuncs.com", "protocol": "HTTPS", "preflight": "off"}
        keys = {"accessKey": "simulator", "secretKey": "simulator"}
        plugin = self.loop.run_until_complete(Plugin.start(Servicer({}, self.clock), {**settings, **keys}))
        plugin.kinds = {"gate": "imagecache:eci:ReadinessGate"}
        return plugin

    def inputs(self, chosen: dict[str, Any]) -> dict[str, Any]:
        """Give inputs with this network's IDs; only what belongs to a region goes with it."""
        given = {name: self._named(value) for name, value in chosen.items() if value is not None}
        if given.get("regionId", REGION) != REGION:
            for of_the_region in ("zoneId", "vswitchIds", "securityGroupId", "eipInstanceId"):
                given.pop(of_the_region, None)
        return given

    def _named(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._named(each) for each in value]
        if isinstance(value, dict):
            return {name: self._named(part) for name, part in value.items()}
        return self.named.get(value, value) if isinstance(value, str) else value


@contextmanager
def an_account() -> Iterator[Account]:
    """Give an account for an example."""
    account = Account()
    try:
        with mock_cloud(account.clock.cloud):
            yield account
    finally:
        account.loop.crash()
        account.loop.close()


async def up(plugin: Plugin, before: Recorded | None, news: Any, *, preview: bool = False) -> Recorded:
    """Create, replace or update the cache; read what is to be read first, as the engine does."""
    if before is None:
        made = await plugin.create("web", await plugin.checked("web", None, news), preview=preview)
    else:
        inputs = await plugin.checked("web", before.inputs, news)
        found = await plugin.diff("web", before, inputs)
        if found.changes == found.DIFF_NONE:
            return before
        if found.replaces:
            return await up(plugin, None, news, preview=preview)
        made = await plugin.update("web", before, inputs, preview=preview)
    while made.refresh and not preview:
        await plugin.servicer._clock.sleep(60)  # noqa: SLF001 - the clock that this file made
        read = await plugin.read("web", made.id, made.inputs, made.outputs)
        assert read is not None
        made = read
    return made


async def gate_changes(plugin: Plugin, before: Recorded, after: Recorded) -> bool:
    """Say whether a gate behind the cache differs once the cache has changed so."""

    def awaiting(cache: Recorded) -> Any:
        plain = cache.plain.plain
        parts = {name: plain.get(name, UNKNOWN) for name in ("imageCacheId", "buildId")}
        return encode({"caches": [parts], "regionId": REGION})

    gate = Recorded("gate-1", awaiting(before), awaiting(before))
    found = await plugin.diff("gate", gate, awaiting(after))
    return bool(found.changes != found.DIFF_NONE)


def agree(olds: dict[str, Any], news: dict[str, Any]) -> None:
    """See that a preview of a change shows what then comes, and all that can be known of it."""
    with an_account() as account:
        run = account.loop.run_until_complete
        before = run(up(account.process(), None, encode(account.inputs(olds))))
        wanted = encode(account.inputs(news))
        previewing, updating = account.process(), account.process()
        shown = run(up(previewing, before, wanted, preview=True))
        came = run(up(updating, before, wanted))
        plain, truth = shown.plain.plain, came.plain.plain
        known = {name: value for name, value in plain.items() if name not in ANY_MOMENT}
        assert known.items() <= truth.items()
        assert "buildId" in known
        assert run(gate_changes(previewing, before, shown)) == run(gate_changes(updating, before, came))
        if before.id == came.id and before.plain.plain["buildId"] == truth["buildId"]:
            changed = {name for name in CHOICES if olds.get(name) != news.get(name)}
            if not any(fields(ImageCacheArgs)[name].property.change is Change.BUILD for name in changed):
                may_change = ANY_MOMENT | ({"expireDateTime"} if "retentionDays" in changed else set())
                assert fields(ImageCacheState).keys() - plain.keys() <= may_change


def test_choices() -> None:
    """Every input has values to change between."""
    assert CHOICES.keys() == fields(ImageCacheArgs).keys()
    assert all(len(values) > 1 for values in CHOICES.values())


@given(
    before=st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CHOICES.items()}),
    name=st.sampled_from(list(CHOICES)),
    data=st.data(),
)
@examples(40)
def test_one_change(before: dict[str, Any], name: str, data: st.DataObject) -> None:
    """A change of any one input."""
    agree(before, {**before, name: data.draw(st.sampled_from(CHOICES[name]))})


@given(
    before=st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CHOICES.items()}),
    after=st.fixed_dictionaries({}, optional={n: st.sampled_from(v) for n, v in CHOICES.items()}),
)
@examples(20)
def test_many_changes(before: dict[str, Any], after: dict[str, Any]) -> None:
    """A change of any number of them."""
    agree(before, {**before, **after})
