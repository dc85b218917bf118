"""A property test: whatever is called, in whatever order, the image caches keep to the rules."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.chance import examples
from tests.simulator.eci.image_cache_rules import (
    A_DAY,
    BUILDING,
    MISSING,
    MODEL,
    MODEL_MB,
    NGINX,
    NO_ADDRESS,
    REDIS,
    ImageCacheRules,
    KnownCache,
    moment,
)
from tests.simulator.signed_account import Answer, SignedAccount

ANY = st.integers(0, 11)
IMAGES = st.lists(
    st.sampled_from([NGINX, NGINX, NGINX, REDIS, MODEL, MISSING]), min_size=1, max_size=2, unique=True
)
KEYS, VALUES = ("team", "stage"), ("a", "b", "")
TAGS = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), min_size=1)
SECONDS = st.sampled_from([1, 20, 45, 90, 600, 7200, 86_000, 86_400, 3 * 86_400])
HOLDS = st.sampled_from(["Preparing", "Creating", "Ready", "Failed", "Expiry"])
CREATION = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["web", "api"]),
        "images": IMAGES,
        "size": st.sampled_from([20, 20, 40]),
        "v_switches": st.sampled_from([(0,), (1,), (0, 1)]),
        "lru": st.booleans(),
    },
    optional={
        "flash": st.just(value=True),
        "eip": st.integers(0, 1),
        "retention_days": st.integers(1, 4),
        "tags": TAGS,
    },
)
# What a container group that uses a cache has decided by then, in simulated seconds.
DECIDED = 60


class Account(RuleBasedStateMachine):
    """The calls of one account, and what is known of it."""

    @initialize(stock=st.integers(0, 3))
    def begin(self, stock: int) -> None:
        """Make the network: two vSwitches, one of them with 4 addresses, two EIPs; and some caches."""
        self.account = SignedAccount()
        self.cloud = self.account.cloud
        self.cloud.registries.add_image(MODEL, MODEL_MB)
        vpc = self.done("CreateVpc", {"CidrBlock": "10.0.0.0/8"}, "Vpc")["VpcId"]
        place = {"VpcId": vpc, "ZoneId": "cn-hangzhou-h"}
        self.v_switches = [
            self.done("CreateVSwitch", {**place, "CidrBlock": each}, "Vpc")["VSwitchId"]
            for each in ("10.0.0.0/29", "10.0.1.0/24")
        ]
        self.group = self.done("CreateSecurityGroup", {"VpcId": vpc}, "Ecs")["SecurityGroupId"]
        self.eips = [self.done("AllocateEipAddress", {}, "Vpc")["AllocationId"] for _ in range(2)]
        addresses = dict(zip(self.v_switches, (4, 252), strict=True))
        self.rules = ImageCacheRules(self.cloud.clock.now(), 0, addresses)
        self.answers: list[tuple[str, dict[str, str], datetime, Answer]] = []
        self.uses: dict[str, tuple[str, datetime]] = {}
        self.numbers = itertools.count()
        self.change_quota(4)
        for _ in range(stock):
            wanted = {"name": "web", "images": [NGINX], "size": 20, "v_switches": (1,), "lru": True}
            self.create(wanted, full=False)
            self.pass_time(7200)
            self.caches()

    def done(self, action: str, parameters: Mapping[str, Any], product: str = "Eci") -> dict[str, Any]:
        """Make a call that must succeed."""
        answer = self.account.call(action, parameters, product)
        assert answer.status == 200, answer.body
        return answer.body

    def wanted(self, wanted: Mapping[str, Any]) -> tuple[KnownCache, dict[str, str]]:
        """Return a cache as it will be, and the parameters that ask for it."""
        cache = KnownCache(
            image_cache_id="",
            container_group_id="",
            number=next(self.numbers),
            created=self.rules.now,
            **{
                **wanted,
                "images": tuple(wanted["images"]),
                "v_switches": tuple(self.v_switches[each] for each in wanted["v_switches"]),
                "eip": self.eips[wanted["eip"]] if "eip" in wanted else "",
                "tags": dict(wanted.get("tags", {})),
            },
        )
        optional = {
            "EliminationStrategy": "LRU" if cache.lru else "",
            "Flash": "true" if cache.flash else "",
            "EipInstanceId": cache.eip,
            "RetentionDays": str(cache.retention_days or ""),
        }
        return cache, {
            "ImageCacheName": cache.name,
            "ImageCacheSize": str(cache.size),
            "SecurityGroupId": self.group,
            "VSwitchId": ",".join(cache.v_switches),
            **indexed("Image", *cache.images),
            **tagged(cache.tags),
            **{name: value for name, value in optional.items() if value},
        }

    def one(self, pick: int) -> KnownCache:
        """Return one of the caches that there must be."""
        caches: list[KnownCache] = list(self.rules.caches.values())
        return caches[pick % len(caches)]

    def added(self, cache: KnownCache, answer: Answer) -> None:
        """Take note of a cache that must have been created."""
        assert answer.status == 200, answer.body
        cache.image_cache_id = answer.body["ImageCacheId"]
        cache.container_group_id = answer.body["ContainerGroupId"]
        self.rules.add(cache)

    @rule(wanted=CREATION, full=st.booleans())
    def create(self, wanted: dict[str, Any], full: bool) -> None:
        """Create a cache; where there's no room the cache that's used least goes, or it's refused."""
        if full:
            self.change_quota(1)
        cache, parameters = self.wanted(wanted)
        refusals = self.rules.refusals(cache.v_switches)
        answer = self.account.call("CreateImageCache", parameters)
        if refusals:
            assert answer.status == 403
            assert answer.code in refusals
        else:
            self.added(cache, answer)

    @rule(wanted=CREATION, after=st.sampled_from([None, False, True]))
    def create_with_token(self, wanted: dict[str, Any], after: bool | None) -> None:
        """Create a cache under a token, also when the first answer is lost: there's one cache."""
        cache, parameters = self.wanted(wanted)
        if self.rules.refusals(cache.v_switches):
            return
        parameters["ClientToken"] = f"token-{cache.number}"
        if after is not None:
            self.cloud.faults.drop("CreateImageCache", after=after)
            assert self.account.call("CreateImageCache", parameters).status == 0
        answer = self.account.call("CreateImageCache", parameters)
        self.added(cache, answer)
        self.answers.append(("CreateImageCache", parameters, self.rules.now, answer))

    @rule(pick=ANY, same=st.booleans())
    @precondition(lambda self: self.answers)
    def repeat(self, pick: int, same: bool) -> None:
        """Send a token again within a day: the same call gets the same answer, another one is refused."""
        action, parameters, at, before = self.answers[pick % len(self.answers)]
        if self.rules.now - at >= A_DAY:
            return
        answer = self.account.call(action, parameters if same else {**parameters, "OwnerId": "1"})
        if same:
            assert without_request_id(answer) == without_request_id(before)
        else:
            assert (answer.status, answer.code) == (400, "IdempotentParameterMismatch")

    @rule(wanted=CREATION)
    def create_while_throttled(self, wanted: dict[str, Any]) -> None:
        """Throttle a creation: nothing changes."""
        self.cloud.faults.throttle("CreateImageCache")
        assert self.account.call("CreateImageCache", self.wanted(wanted)[1]).code == "Throttling"

    @rule(pick=ANY, images=IMAGES, size=st.sampled_from([20, 40]))
    @precondition(lambda self: self.rules.caches)
    def rebuild(self, pick: int, images: list[str], size: int) -> None:
        """Change what a cache holds, which only Ready and UpdateFailed allow."""
        cache = self.one(pick)
        parameters = {"ImageCacheId": cache.image_cache_id, "ImageCacheSize": size}
        answer = self.account.call("UpdateImageCache", {**parameters, **indexed("Image", *images)})
        if cache.status not in {"Ready", "UpdateFailed"}:
            assert (answer.status, answer.code) == (400, "ImageCache.IncorrectStatus")
        elif not self.rules.place(cache.v_switches):
            assert (answer.status, answer.code) == (403, NO_ADDRESS)
        else:
            assert answer.status == 200, answer.body
            cache.images, cache.size = tuple(images), size
            self.rules.begin(cache, "Updating")
            (form,) = self.described({"ImageCacheId": cache.image_cache_id})
            self.rules.new_id(form["ContainerGroupId"])
            cache.container_group_id = form["ContainerGroupId"]

    @rule(pick=ANY, days=st.integers(1, 5), tags=TAGS)
    @precondition(lambda self: self.rules.caches)
    def change(self, pick: int, days: int, tags: dict[str, str]) -> None:
        """Change what needs no build: it stays as Ready as it is."""
        cache = self.one(pick)
        parameters = {"ImageCacheId": cache.image_cache_id, "RetentionDays": days, **tagged(tags)}
        answer = self.account.call("UpdateImageCache", parameters)
        if cache.status in {"Ready", "UpdateFailed"}:
            assert answer.status == 200, answer.body
            cache.retention_days = days
            cache.tags.update(tags)
        else:
            assert (answer.status, answer.code) == (400, "ImageCache.IncorrectStatus")

    @rule(pick=ANY, token=st.booleans())
    @precondition(lambda self: self.rules.caches)
    def delete(self, pick: int, token: bool) -> None:
        """Delete a cache in any state; without a token the second time finds none."""
        parameters = {"ImageCacheId": self.one(pick).image_cache_id}
        if token:
            parameters["ClientToken"] = f"token-{next(self.numbers)}"
        answer = self.account.call("DeleteImageCache", parameters)
        assert answer.status == 200, answer.body
        self.rules.remove(parameters["ImageCacheId"])
        if token:
            self.answers.append(("DeleteImageCache", parameters, self.rules.now, answer))
        else:
            for action in ("DeleteImageCache", "UpdateImageCache"):
                again = self.account.call(action, parameters)
                assert (again.status, again.code) == (404, "InvalidParameter.NotFound")

    @rule(pick=ANY)
    @precondition(lambda self: self.rules.caches)
    def delete_transit_instance(self, pick: int) -> None:
        """Delete what a cache is built with: its build fails at once; without a build it isn't there."""
        cache = self.one(pick)
        answer = self.account.call("DeleteContainerGroup", {"ContainerGroupId": cache.container_group_id})
        if cache.status in BUILDING:
            assert answer.status == 200, answer.body
            self.rules.lose_transit(cache)
        else:
            assert answer.status == 404

    @rule(pick=ANY, tags=TAGS, keys=st.lists(st.sampled_from(KEYS), max_size=2))
    @precondition(lambda self: self.rules.caches)
    def tag(self, pick: int, tags: dict[str, str], keys: list[str]) -> None:
        """Put tags on a cache in any state, and take some off."""
        cache = self.one(pick)
        resource = {"ResourceType": "ImageCache", "ResourceId.1": cache.image_cache_id}
        self.done("TagResources", {**resource, **tagged(tags)})
        cache.tags.update(tags)
        if keys:
            self.done("UntagResources", {**resource, **indexed("TagKey", *keys)})
        cache.tags = {key: value for key, value in cache.tags.items() if key not in keys}

    @rule(pick=ANY, v_switch=st.integers(0, 1))
    @precondition(lambda self: self.rules.caches)
    def use(self, pick: int, v_switch: int) -> None:
        """Start an instance from a cache that it names, which must be Ready."""
        cache, place = self.one(pick), self.v_switches[v_switch]
        self.start(cache, place, {"ImageSnapshotId": cache.image_cache_id}, cache.status == "Ready")
        self.pass_time(DECIDED)

    @rule(v_switch=st.integers(0, 1))
    @precondition(lambda self: self.matching() is not None)
    def match(self, v_switch: int) -> None:
        """Start an instance from the cache that matches best: of those that fit exactly, the newest."""
        best = self.matching()
        assert best is not None
        self.start(best, self.v_switches[v_switch], {"AutoMatchImageCache": "true"}, usable=True)
        self.pass_time(DECIDED)

    def matching(self) -> KnownCache | None:
        """Return the cache that an instance of nginx must get, if that's certain for the next minute."""
        caches = list(self.rules.caches.values())
        fits = [each for each in caches if each.images == (NGINX,) and each.status == "Ready"]
        certain = not any(each.status in BUILDING or each.retention_days for each in caches)
        return max(fits, key=lambda each: (-each.size, each.number)) if certain and fits else None

    def start(self, cache: KnownCache, v_switch: str, parameters: dict[str, str], usable: bool) -> None:
        """Create a container group that is to use a cache."""
        container = {"Container.1.Name": "main", "Container.1.Image": NGINX, "ContainerGroupName": "shop"}
        place = {"VSwitchId": v_switch, "SecurityGroupId": self.group}
        answer = self.account.call("CreateContainerGroup", {**container, **place, **parameters})
        if usable and self.rules.place([v_switch]):
            assert answer.status == 200, answer.body
            self.rules.new_id(answer.body["ContainerGroupId"])
            self.rules.groups[answer.body["ContainerGroupId"]] = v_switch
            self.uses[answer.body["ContainerGroupId"]] = (cache.image_cache_id, self.rules.now)
        else:
            assert answer.code in {NO_ADDRESS, "ImageSnapshot.IncorrectStatus"}

    @rule(pick=ANY)
    @precondition(lambda self: self.rules.groups)
    def stop(self, pick: int) -> None:
        """Delete a container group: its address is free."""
        group = list(self.rules.groups)[pick % len(self.rules.groups)]
        self.done("DeleteContainerGroup", {"ContainerGroupId": group})
        del self.rules.groups[group]
        self.uses.pop(group, None)

    @rule(quota=st.integers(2, 6))
    def change_quota(self, quota: int) -> None:
        """Change the quota, to what there is at least, as no source says how room is made below that."""
        self.rules.quota = max(quota, len(self.rules.caches))
        self.cloud.quotas["MaxImageCacheCount"] = self.rules.quota

    @rule(transition=HOLDS)
    def hold(self, transition: str) -> None:
        """Let a transition of all caches wait."""
        self.cloud.eci.holds.hold(transition)
        self.rules.held.add(transition)

    @rule()
    def hold_all(self) -> None:
        """Let all builds stand still."""
        self.cloud.eci.hold(held=True)
        self.rules.all_held = True

    @rule()
    @precondition(lambda self: self.rules.held or self.rules.all_held)
    def release(self) -> None:
        """Let everything go on; what waited happens at once."""
        self.rules.all_held = False
        self.rules.held.clear()
        self.cloud.eci.hold(held=False)
        self.cloud.eci.holds.release_all()
        self.pass_time(1)

    @rule(seconds=SECONDS)
    def advance(self, seconds: int) -> None:
        """Let time pass."""
        self.pass_time(seconds)

    def pass_time(self, seconds: int) -> None:
        """Let time pass, and take note of it."""
        self.cloud.advance(seconds)
        self.rules.pass_time(seconds)

    @rule(
        limit=st.integers(1, 3),
        name=st.sampled_from(["", "web", "api"]),
        image=st.sampled_from(["", NGINX, REDIS, "redis"]),
        tag=st.sampled_from([{}, {"team": "a"}, {"team": "a", "stage": ""}]),
    )
    def describe(self, limit: int, name: str, image: str, tag: dict[str, str]) -> None:
        """List with filters, page by page: exactly those that fit, the newest first."""
        filters = {"Limit": limit, "ImageCacheName": name, "Image": image, **tagged(tag)}
        expected = [
            cache.image_cache_id
            for cache in reversed(self.rules.caches.values())
            if name in {"", cache.name}
            and (not image or any(each.endswith((image, f"/{image}:7")) for each in cache.images))
            and tag.items() <= cache.tags.items()
        ]
        assert [form["ImageCacheId"] for form in self.described(filters, limit)] == expected

    def described(self, filters: Mapping[str, Any], limit: int = 20) -> list[dict[str, Any]]:
        """Return the caches on all pages."""
        found: list[dict[str, Any]] = []
        token, total = "", 0
        while token or not found:
            answer = self.done("DescribeImageCaches", {**filters, "NextToken": token})
            assert len(answer["ImageCaches"]) <= limit
            found += answer["ImageCaches"]
            token, total = answer["NextToken"], answer["TotalCount"]
            if not answer["ImageCaches"]:
                break
        assert len(found) == total
        return found

    @invariant()
    def caches(self) -> None:
        """All caches are as the rules want them."""
        forms = self.described({})
        self.check_uses({form["ImageCacheId"]: form for form in forms})
        self.rules.see(forms)

    def check_uses(self, forms: Mapping[str, Mapping[str, Any]]) -> None:
        """A cache was last used when an instance that names or matches it decided to."""
        for group, (image_cache_id, since) in list(self.uses.items()):
            cache, form = self.rules.caches.get(image_cache_id), forms.get(image_cache_id)
            decided = (self.rules.now - since).total_seconds() >= DECIDED
            if cache is None or form is None or form["Status"] != "Ready":
                del self.uses[group]
            elif decided:
                assert moment(form["LastMatchedTime"]) >= since
                del self.uses[group]
        for image_cache_id, form in forms.items():
            cache, told = self.rules.caches.get(image_cache_id), form.get("LastMatchedTime")
            if cache is None or told is None:
                assert cache is None or cache.matched is None
            elif cache.matched != moment(told):
                assert cache.created <= moment(told) <= self.rules.now
                cache.matched = moment(told)

    @invariant()
    def network(self) -> None:
        """Every instance has one address of its vSwitch, and what has ended has none."""
        rows = self.done("DescribeVSwitches", {}, "Vpc")["VSwitches"]["VSwitch"]
        free = {row["VSwitchId"]: row["AvailableIpAddressCount"] for row in rows}
        assert free == {each: self.rules.free_addresses(each) for each in self.v_switches}
        rows = self.done("DescribeEipAddresses", {}, "Vpc")["EipAddresses"]["EipAddress"]
        bound = {row["AllocationId"]: row["InstanceId"] for row in rows if row["InstanceId"]}
        assert bound == {
            eip: self.rules.caches[holder].container_group_id for eip, holder in self.rules.bound.items()
        }

    @invariant()
    def usage(self) -> None:
        """The quota counts what there is."""
        attributes = self.done("ListUsage", {})["Attributes"]
        assert attributes["UsedImageCacheCount"] == len(self.rules.caches) <= self.rules.quota
        assert attributes["MaxImageCacheCount"] == self.rules.quota


def indexed(name: str, *values: str) -> dict[str, str]:
    """Return a list as it crosses the wire."""
    return {f"{name}.{number}": value for number, value in enumerate(values, 1)}


def tagged(tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags as they cross the wire."""
    pairs = enumerate(tags.items(), 1)
    return {
        f"Tag.{n}.{part}": text for n, tag in pairs for part, text in zip(("Key", "Value"), tag, strict=True)
    }


def without_request_id(answer: Answer) -> dict[str, Any]:
    """Return an answer's body but for what is new in each."""
    return {name: value for name, value in answer.body.items() if name != "RequestId"}


# A failure is made small before it's shown, which takes minutes.
TestRules = pytest.mark.timeout(600)(Account.TestCase)
TestRules.settings = examples(20, same=True, stateful_step_count=50)
