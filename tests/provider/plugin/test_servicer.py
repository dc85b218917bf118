"""Tests of the servicer, called as the engine calls it: what each RPC answers, and every trap of table 2.

What both fronts share is tested in test_lifecycle; the table is that of the project's design of its hosts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime import rpc
from tests.provider.fronts import TOKEN, AbortedError, Plugin, Recorded
from tests.rights.walk import FULL, watch

from imagecache_provider.eci.readiness_gate import ReadinessGate
from imagecache_provider.fields import UNKNOWN
from imagecache_provider.plugin.codec import decode, encode
from imagecache_provider.plugin.protocol import plugin_pb2, provider_pb2
from imagecache_provider.plugin.settings import Sessions
from imagecache_provider.resource import Record, fixed_digest

if TYPE_CHECKING:
    from tests.provider.plugin.conftest import Start
    from tests.provider.world import World

SMALL = {"images": ["busybox:1"]}
LOGIN = {"server": "private.example.com", "userName": "simulator", "password": "hidden-1"}
PropertyDiff = provider_pb2.PropertyDiff
Autonaming = provider_pb2.CheckRequest.AutonamingOptions


async def create(plugin: Plugin, name: str = "web", **inputs: Any) -> Recorded:
    """Check and create."""
    news = await plugin.checked(name, None, encode({**SMALL, **inputs}))
    return await plugin.create(name, news)


async def fails(plugin: Plugin, name: str = "web", **inputs: Any) -> tuple[Recorded, AbortedError]:
    """Check and create what doesn't become usable; return what the engine records of it, and the error."""
    with pytest.raises(AbortedError) as caught:
        await create(plugin, name, **inputs)
    return Recorded.failed(caught.value), caught.value


async def refresh(plugin: Plugin, before: Recorded, name: str = "web") -> Recorded | None:
    """Read, as refresh_before_update does; return what the engine records then."""
    try:
        return await plugin.read(name, before.id, before.inputs, before.outputs)
    except AbortedError as error:
        return Recorded.failed(error)


def made_by_hand(world: World, **parameters: str) -> str:
    """Make a cache as somebody does in the console; return its ID once it's Ready."""
    eip = world.network["eip"]
    made = world.call(
        "CreateImageCache", ImageCacheName="mine", Image__1="busybox:1", EipInstanceId=eip, **parameters
    )
    world.clock.advance(60)
    return str(made["ImageCacheId"])


class TestHandshake:
    """Handshake, Attach, GetPluginInfo and what isn't offered."""

    def test_offers(self, world: World, start: Start) -> None:
        """The engine is told that secrets are kept, that naming is configurable, that previews are served."""
        plugin = start()
        answer = world.run(plugin.call("Handshake", provider_pb2.ProviderHandshakeRequest()))
        assert (answer.accept_secrets, answer.supports_autonaming_configuration) == (True, True)
        assert (answer.accept_resources, answer.accept_outputs) == (False, False)
        configured = world.run(plugin.call("Configure", provider_pb2.ConfigureRequest()))
        assert (configured.supportsPreview, configured.acceptSecrets) == (True, True)

    def test_info(self, world: World, start: Start) -> None:
        """The version is the package's."""
        info = world.run(start().call("GetPluginInfo", Empty()))
        assert info.version.count(".") == 2

    def test_attach(self, world: World, start: Start) -> None:
        """A process that an engine didn't start is told where it listens."""
        assert world.run(start().call("Attach", plugin_pb2.PluginAttach(address="127.0.0.1:1"))) == Empty()

    def test_no_mappings(self, world: World, start: Start) -> None:
        """No Terraform provider has these resources."""
        plugin = start()
        mapping = world.run(plugin.call("GetMapping", provider_pb2.GetMappingRequest(key="terraform")))
        assert (mapping.provider, mapping.data) == ("", b"")
        assert not world.run(plugin.call("GetMappings", provider_pb2.GetMappingsRequest())).providers


class TestConfig:
    """CheckConfig, DiffConfig, Configure."""

    def test_check(self, world: World, start: Start) -> None:
        """Settings come back as they were, secrets marked, each fault told; a secret's value isn't shown."""
        news = encode({"region": "x", "secretKey": "hidden-1", "assumeRole": '{"a": 1}', "version": "1.0"})
        answer = world.run(start().call("CheckConfig", provider_pb2.CheckRequest(news=news)))
        assert [failure.property for failure in answer.failures if failure.property] == ["region"]
        reasons = [failure.reason for failure in answer.failures if not failure.property]
        assert sorted(reason.partition(" is ")[0] for reason in reasons) == [
            "assumeRole.a",
            "assumeRole.roleArn",
        ]
        inputs = decode(answer.inputs)
        assert inputs.plain["version"] == "1.0"
        assert inputs.secrets == {("secretKey",)}

    @pytest.mark.parametrize(
        ("settings", "text"),
        [
            ({"assumeRole": "{}"}, "assumeRole.roleArn is required: The role's ARN"),
            ({"assumeRole": '{"roleArn": 5}'}, "assumeRole.roleArn should be a valid string"),
            ({"endpoints": '{"vpc": "https://a"}'}, "endpoints.vpc has a scheme: write host[:port]"),
            ({"secretkey": "hidden-1"}, "secretkey is no property of Provider; did you mean secretKey?"),
        ],
    )
    def test_check_place(self, world: World, start: Start, settings: dict[str, Any], text: str) -> None:
        """What the engine has no value for, or may not show, is named in the reason alone."""
        request = provider_pb2.CheckRequest(news=encode(settings))
        (failure,) = world.run(start().call("CheckConfig", request)).failures
        assert failure.property == ""
        assert failure.reason.startswith(text)
        assert "hidden-1" not in failure.reason

    def test_unused_settings(self, start: Start, told: list[tuple[str, str, bool]]) -> None:
        """What is set and not used is told when the provider is configured, once, without its value."""
        plugin = start({"ALIBABA_CLOUD_ROLE_ARN": "acs:ram::2:role/r", "ALICLOUD_REGION": "cn-beijing"})
        ((text, resource, ephemeral),) = told
        assert text.startswith("ALIBABA_CLOUD_ROLE_ARN is set and not used: the credentials are those of")
        assert "acs:ram" not in text
        assert (resource, ephemeral) == ("", False)
        assert plugin.servicer.secrets

    def test_unreadable_settings(self, start: Start, told: list[Any]) -> None:
        """Settings that can't be read are told by the call that needs them, not here."""
        start(endpoint="http://x")
        assert told == []

    def test_check_unknown(self, world: World, start: Start) -> None:
        """A region that a preview doesn't know yet is no fault."""
        news = encode({"region": UNKNOWN})
        answer = world.run(start().call("CheckConfig", provider_pb2.CheckRequest(news=news)))
        assert not answer.failures
        assert answer.inputs["region"] == rpc.UNKNOWN

    @pytest.mark.parametrize(
        ("olds", "news", "kind"),
        [
            ({"region": "cn-hangzhou"}, {"region": "cn-beijing"}, PropertyDiff.UPDATE_REPLACE),
            ({"secretKey": "a"}, {"secretKey": "b"}, PropertyDiff.UPDATE),
            ({"profile": "a"}, {}, PropertyDiff.DELETE),
        ],
    )
    def test_diff(
        self, world: World, start: Start, olds: dict[str, str], news: dict[str, str], kind: Any
    ) -> None:
        """Another region replaces the provider and what it has made; credentials update it."""
        request = provider_pb2.DiffRequest(old_inputs=encode(olds), news=encode(news))
        answer = world.run(start().call("DiffConfig", request))
        assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
        ((name, found),) = answer.detailedDiff.items()
        assert found.kind == kind
        assert list(answer.replaces) == ([name] if kind == PropertyDiff.UPDATE_REPLACE else [])

    def test_no_credentials(self, world: World, start: Start) -> None:
        """Without credentials all but a call to the cloud works; the call's error says how to set them."""
        plugin = start(accessKey=None, secretKey=None)
        inputs = world.run(plugin.checked("web", None, encode(SMALL)))
        world.run(plugin.create("web", inputs, preview=True))
        with pytest.raises(AbortedError, match=r"imagecache\.Provider\(") as caught:
            world.run(plugin.create("web", inputs))
        assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT
        assert "ALIBABA_CLOUD_ACCESS_KEY_ID" in caught.value.text
        assert "secret_key=alicloud.config.secret_key" in caught.value.text

    def test_no_region(self, world: World, start: Start) -> None:
        """A region that nothing sets is a fault of the resource that needs one, with both remedies."""
        plugin = start(region=None)
        _, failures = world.run(plugin.check("web", None, encode(SMALL)))
        ((path, reason),) = failures
        assert path == ""  # the engine would show the value that it hasn't
        assert reason.startswith("regionId is ")
        assert "ALIBABA_CLOUD_REGION" in reason
        assert "region=alicloud.config.region" in reason


class TestCheck:
    """Check."""

    def test_unknown(self, world: World, start: Start) -> None:
        """What isn't known is never wrong, at any depth, within a secret too, and goes back as it came."""
        inputs = {
            "images": ["nginx", UNKNOWN],
            "vswitchIds": UNKNOWN,
            "imageRegistryCredentials": [{**LOGIN, "password": UNKNOWN}],
            "tags": {"team": UNKNOWN},
        }
        checked = decode(world.run(start().checked("web", None, encode(inputs, {("vswitchIds",)}))))
        assert checked.plain.items() >= inputs.items()
        assert checked.plain["imageCacheName"] is UNKNOWN
        assert checked.secrets == {("vswitchIds",), ("imageRegistryCredentials", 0, "password")}

    def test_failures(self, world: World, start: Start) -> None:
        """Each fault is a failure of its own, and no secret is in any."""
        logins = [{**LOGIN, "server": "http://a"}, {**LOGIN, "server": "http://a"}]
        inputs = encode({"images": [], "imageCacheSize": 7, "imageRegistryCredentials": logins})
        _, failures = world.run(start().check("web", None, inputs))
        assert {path for path, _ in failures} == {"imageCacheSize", ""}
        assert {reason.partition(" ")[0] for path, reason in failures if not path} == {
            "images",
            "imageRegistryCredentials",
            "imageRegistryCredentials[0].server",
            "imageRegistryCredentials[1].server",
        }
        assert "hidden-1" not in str(failures)

    @pytest.mark.parametrize(
        ("inputs", "text"),
        [
            ({"tags": {"acct": "acs:1"}}, "tags.acct has a value that begins with acs:"),
            ({"tags": {"acs:a": "1"}}, 'tags["acs:a"] has a key that the cloud reserves'),
            ({"tags": {"team": ["a"]}}, "tags.team should be a valid string"),
            ({"tags": ["a"]}, "tags should be an object"),
            ({"images": ["nginx", "NGINX"]}, "images[1] 'NGINX' has upper-case letters"),
            ({"images": ["nginx", "nginx:latest"]}, "images lists one image twice"),
            ({"images": []}, "images has 0 images"),
            ({"images": [["nginx"]]}, "images[0] should be a valid string"),
            ({"vswitchIds": [5]}, "vswitchIds[0] should be a valid string"),
            (
                {"imageRegistryCredentials": [{**LOGIN, "server": "https://a"}]},
                "imageRegistryCredentials[0].server has",
            ),
            (
                {"imageRegistryCredentials": [{"server": "a", "userName": "b"}]},
                "imageRegistryCredentials[0].password is",
            ),
            (
                {"imageRegistryCredentials": [{**LOGIN, "password": [1]}]},
                "imageRegistryCredentials[0].password should",
            ),
            ({"imageRegistryCredentials": "hidden-1"}, "imageRegistryCredentials should be a valid list"),
            ({"acrRegistryInfos": [{}]}, "acrRegistryInfos[0].instanceId is required"),
            (
                {"acrRegistryInfos": [{"instanceId": "c", "domains": ["a/b"]}]},
                "acrRegistryInfos[0].domains[0] has a path",
            ),
            (
                {"acrRegistryInfos": [{"instanceId": "c", "instance": "d"}]},
                "acrRegistryInfos[0].instance is no property",
            ),
            ({"pasword": "hidden-1"}, "pasword is no property of ImageCache"),
        ],
    )
    def test_place_of_a_failure(self, world: World, start: Start, inputs: dict[str, Any], text: str) -> None:
        """A failure at any depth says its path and what is wrong; the engine isn't told to show a value."""
        _, ((path, reason),) = world.run(start().check("web", None, encode({**SMALL, **inputs})))
        assert path == ""
        assert reason.startswith(text)
        assert "hidden-1" not in reason

    @pytest.mark.parametrize(
        ("inputs", "name"),
        [
            ({"imageCacheSize": 5}, "imageCacheSize"),
            ({"osType": "linux"}, "osType"),
            ({"retentionDays": True}, "retentionDays"),
            ({"imageCacheName": " "}, "imageCacheName"),
        ],
    )
    def test_value_of_a_failure(self, world: World, start: Start, inputs: dict[str, Any], name: str) -> None:
        """A plain value is the engine's to show: its property is named; one that is a secret isn't."""
        _, ((path, reason),) = world.run(start().check("web", None, encode({**SMALL, **inputs})))
        assert path == name
        assert name not in reason
        _, ((path, reason),) = world.run(start().check("web", None, encode({**SMALL, **inputs}, {(name,)})))
        assert path == ""
        assert reason.startswith(f"{name} ")

    @pytest.mark.parametrize(
        ("inputs", "place"),
        [
            ({"images": ["Hidden-1!"]}, ("images", 0)),
            ({**SMALL, "vswitchIds": ["Hidden-1", "Hidden-1"]}, ("vswitchIds",)),
            ({"images": ["example.com/Hidden-1!:1"]}, ("images", 0)),
            ({"images": ["https://Hidden-1"]}, ("images", 0)),
            ({"images": ["Hidden-1"]}, ("images", 0)),
            ({"images": ["Hidden-1'"]}, ("images", 0)),
            (
                {**SMALL, "imageRegistryCredentials": [{**LOGIN, "server": "http://Hidden-1"}]},
                ("imageRegistryCredentials", 0, "server"),
            ),
        ],
    )
    def test_secret_in_a_failure(
        self, world: World, start: Start, inputs: dict[str, Any], place: tuple[str | int, ...]
    ) -> None:
        """What the program keeps secret is in no reason, not even a part of it."""
        _, ((path, reason),) = world.run(start().check("web", None, encode(inputs, {place})))
        assert path == ""
        assert "hidden-1" not in reason.lower()
        assert "[secret]" in reason

    def test_whole_numbers(self, world: World, start: Start) -> None:
        """Numbers, which are all floats on the wire, go through."""
        checked = world.run(start().checked("web", None, encode({**SMALL, "imageCacheSize": 40.0})))
        assert decode(checked).plain["imageCacheSize"] == 40

    @pytest.mark.parametrize("mode", [Autonaming.PROPOSE, Autonaming.ENFORCE])
    def test_proposed_name(self, world: World, start: Start, mode: Any) -> None:
        """A name that pulumi:autonaming makes is taken; one that a program gives, or that there was, wins."""
        plugin = start()
        naming = Autonaming(proposed_name="team-web", mode=mode)
        checked, _ = world.run(plugin.check("web", None, encode(SMALL), autonaming=naming))
        assert checked["imageCacheName"] == "team-web"
        olds = encode({"imageCacheName": "old"})
        checked, _ = world.run(plugin.check("web", olds, encode(SMALL), autonaming=naming))
        assert checked["imageCacheName"] == "old"
        given = encode({**SMALL, "imageCacheName": "given"})
        checked, _ = world.run(plugin.check("web", olds, given, autonaming=naming))
        assert checked["imageCacheName"] == "given"

    def test_names_switched_off(self, world: World, start: Start) -> None:
        """Where automatic names are switched off, a name is required."""
        naming = Autonaming(mode=Autonaming.DISABLE)
        _, failures = world.run(start().check("web", None, encode(SMALL), autonaming=naming))
        assert failures == [("", "imageCacheName is required: pulumi:autonaming is switched off for it")]

    def test_another_type(self, world: World, start: Start) -> None:
        """A type that isn't ours, and a URN that is none, are errors in words."""
        plugin = start()
        request = provider_pb2.CheckRequest(urn="urn:pulumi:dev::project::imagecache:eci:Cache::web")
        with pytest.raises(AbortedError, match="there is no resource imagecache:eci:Cache"):
            world.run(plugin.call("Check", request))
        with pytest.raises(AbortedError, match="'web', which is no URN"):
            world.run(plugin.call("Check", provider_pb2.CheckRequest(urn="web")))


class TestDiff:
    """Diff."""

    BEFORE: ClassVar[dict[str, Any]] = {
        "imageCacheName": "web",
        "regionId": "cn-hangzhou",
        **SMALL,
        "retentionDays": 7,
    }

    def diff(self, world: World, plugin: Plugin, news: dict[str, Any], **state: Any) -> Any:
        """Compare the inputs above with others."""
        outputs = {**self.BEFORE, "status": "Ready", "buildId": f"a-{fixed_digest({})}", **state}
        before = Recorded("imc-1", encode(self.BEFORE), encode(outputs))
        return world.run(plugin.diff("web", before, encode(news)))

    @pytest.mark.parametrize(
        ("change", "path", "kind"),
        [
            ({"images": ["nginx"]}, "images[0]", PropertyDiff.UPDATE),
            ({"images": UNKNOWN}, "images", PropertyDiff.UPDATE),
            ({"images": [UNKNOWN]}, "images[0]", PropertyDiff.UPDATE),
            ({"images": ["busybox:1", "nginx"]}, "images[1]", PropertyDiff.ADD),
            ({"tags": {"a": "b"}}, "tags", PropertyDiff.ADD),
            ({"retentionDays": None}, "retentionDays", PropertyDiff.DELETE_REPLACE),
            ({"regionId": "cn-beijing"}, "regionId", PropertyDiff.UPDATE_REPLACE),
            ({"osType": "Windows"}, "osType", PropertyDiff.ADD_REPLACE),
        ],
    )
    def test_kinds(self, world: World, start: Start, change: dict[str, Any], path: str, kind: Any) -> None:
        """Each property that differs has its line, and says whether it takes another cache."""
        name = path.partition("[")[0]
        answer = self.diff(world, start(), {**self.BEFORE, **change})
        assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
        assert list(answer.diffs) == [name]
        assert list(answer.detailedDiff) == [path]
        assert answer.detailedDiff[path].kind == kind
        assert answer.detailedDiff[path].inputDiff
        assert answer.hasDetailedDiff
        replaces = "REPLACE" in PropertyDiff.Kind.Name(kind)
        assert list(answer.replaces) == ([name] if replaces else [])
        assert list(answer.stables) == (
            [] if replaces else ["imageCacheId", "creationTime", "regionId", "accountId"]
        )
        assert not answer.deleteBeforeReplace

    def test_none(self, world: World, start: Start) -> None:
        """The same is no change, said as such."""
        answer = self.diff(world, start(), self.BEFORE)
        assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE

    @pytest.mark.parametrize(
        ("state", "name", "kind"),
        [
            ({"status": "Failed"}, "status", PropertyDiff.UPDATE_REPLACE),
            ({"status": "Creating"}, "status", PropertyDiff.UPDATE),
            ({"status": ""}, "status", PropertyDiff.UPDATE),
            ({"expireDateTime": "2025-01-01T00:00:00Z"}, "expireDateTime", PropertyDiff.UPDATE_REPLACE),
        ],
    )
    def test_state(self, world: World, start: Start, state: dict[str, str], name: str, kind: Any) -> None:
        """A cache that isn't usable differs by what was recorded, not by an input."""
        answer = self.diff(world, start(), self.BEFORE, **state)
        assert (answer.detailedDiff[name].kind, answer.detailedDiff[name].inputDiff) == (kind, False)


class TestPreview:
    """Create and Update of a preview."""

    def test_create(self, world: World, start: Start) -> None:
        """A preview shows what is certain, which is what comes, and nothing else; nothing is sent."""
        plugin = start()
        inputs = world.run(plugin.checked("web", None, encode(SMALL)))
        shown = world.run(plugin.create("web", inputs, preview=True))
        assert world.cloud.requests == type(world.cloud.requests)()
        made = world.run(plugin.create("web", inputs))
        assert shown.id == ""
        assert shown.plain.plain.keys() == {"images", "imageCacheName", "regionId", "buildId"}
        assert shown.plain.plain.items() <= made.plain.plain.items()

    def test_create_unknown(self, world: World, start: Start) -> None:
        """What a preview doesn't know, and what follows from it, it doesn't show."""
        plugin = start()
        unknown = {"images": ["busybox:1", UNKNOWN]}
        inputs = world.run(plugin.checked("web", None, encode(unknown)))
        shown = world.run(plugin.create("web", inputs, preview=True)).plain.plain
        assert shown["images"] == ["busybox:1", UNKNOWN]
        assert "buildId" not in shown

    def test_create_unknown_beside_the_build(self, world: World, start: Start) -> None:
        """What isn't part of the build's digest may be unknown: the build is known all the same."""
        plugin = start()
        unknown = {**SMALL, "vswitchIds": [UNKNOWN], "tags": {"team": UNKNOWN}}
        inputs = world.run(plugin.checked("web", None, encode(unknown)))
        shown = world.run(plugin.create("web", inputs, preview=True)).plain.plain
        assert (shown["vswitchIds"], "buildId" in shown) == ([UNKNOWN], True)

    @pytest.mark.parametrize(
        ("change", "stays"), [({"tags": {"a": "b"}}, True), ({"images": ["nginx:1"]}, False)]
    )
    def test_update(self, world: World, start: Start, change: dict[str, Any], stays: bool) -> None:
        """An update shows the outputs that it leaves as they are: the build's too, unless it builds."""
        plugin = start()
        made = world.run(create(plugin))
        news = world.run(plugin.checked("web", made.inputs, encode({**SMALL, **change})))
        world.mark()
        shown = world.run(plugin.update("web", made, news, preview=True)).plain.plain
        assert world.sent("DescribeImageCaches") == []
        assert world.writes() == []
        updated = world.run(plugin.update("web", made, news)).plain.plain
        assert shown.items() <= updated.items()
        assert shown["imageCacheId"] == made.id
        assert {name: name in shown for name in ("snapshotId", "status", "expireDateTime")} == dict.fromkeys(
            ("snapshotId", "status", "expireDateTime"), stays
        )
        assert "lastMatchedTime" not in shown

    def test_reasons(self, world: World, start: Start, told: list[Any]) -> None:
        """What changes mean is said once a preview, at the resource, and not again when they are made."""
        plugin = start()
        made = world.run(create(plugin, vswitchIds=[world.network["vswitch"]]))
        told.clear()
        news = world.run(plugin.checked("web", made.inputs, encode({"images": ["nginx:1"], "flash": True})))
        world.run(plugin.diff("web", made, news))
        assert told == []
        world.run(plugin.update("web", made, news, preview=True))
        ((text, name, ephemeral),) = told
        assert (name, ephemeral) == ("web", False)
        assert "images, flash: the images are pulled again; until the cache is Ready" in text
        assert "vswitchIds: kept for the next build" in text
        world.run(plugin.update("web", made, news, preview=True))
        assert len(told) == 1

    def test_reasons_of_a_replacement(self, world: World, start: Start, told: list[Any]) -> None:
        """A replacement says why."""
        plugin = start()
        made = world.run(create(plugin, retentionDays=7))
        told.clear()
        news = world.run(plugin.checked("web", made.inputs, encode(SMALL)))
        world.run(plugin.diff("web", made, news))
        world.run(plugin.create("web", world.run(plugin.checked("web", None, encode(SMALL))), preview=True))
        ((text, name, _),) = told
        assert name == "web"
        assert "retentionDays: the cloud has no value that undoes retentionDays; another cache" in text


class TestNotUsable:
    """Create, Read and Update of a cache that exists, but isn't usable: it's recorded, never lost."""

    def test_failed(self, world: World, start: Start) -> None:
        """A cache that ends Failed is recorded with ID, inputs, outputs and the cloud's reason."""
        failed, error = world.run(fails(start(), images=["missing:1"]))
        assert world.caches() == {failed.id: "Failed"}
        assert error.code is grpc.StatusCode.UNKNOWN
        assert error.failed.refresh_before_update
        (reason,) = error.failed.reasons
        assert reason == error.text
        assert "ended Failed" in reason
        assert "missing:1" in reason
        assert "run up again: it is replaced" in reason
        assert failed.outcome.outputs["status"] == "Failed"
        assert failed.outcome.inputs["images"] == ["missing:1"]

    def test_failed_is_replaced(self, world: World, start: Start) -> None:
        """The next `up` replaces a Failed cache in one go, the new one first."""
        failed, _ = world.run(fails(start(), images=["missing:1"]))
        plugin = start()
        again = world.run(refresh(plugin, failed))
        assert again is not None
        news = world.run(plugin.checked("web", again.inputs, encode(SMALL)))
        assert list(world.run(plugin.diff("web", again, news)).replaces) == ["status"]
        made = world.run(plugin.create("web", world.run(plugin.checked("web", None, encode(SMALL)))))
        world.run(plugin.delete("web", again))
        assert world.caches() == {made.id: "Ready"}

    def test_same_inputs_again(self, world: World, start: Start) -> None:
        """A Failed cache whose cause is gone is replaced under the same inputs."""
        world.cloud.registries.remove_image("team/app:1")
        failed, _ = world.run(fails(start(), images=["team/app:1"]))
        world.cloud.registries.add_image("team/app:1", 20)
        plugin = start()
        world.run(plugin.diff("web", failed, failed.inputs))
        made = world.run(plugin.create("web", failed.inputs))
        assert world.caches() == {failed.id: "Failed", made.id: "Ready"}

    def test_timed_out(self, world: World, start: Start) -> None:
        """One that isn't Ready in time is recorded, and the next `up` only waits for it."""
        left, error = world.run(fails(start(timeout=1)))
        assert "wasn't Ready after 1 s" in error.text
        assert left.outcome.outputs["status"] in {"Preparing", "Creating"}
        plugin = start()
        again = world.run(refresh(plugin, left))
        assert again is not None
        answer = world.run(plugin.diff("web", again, left.inputs))
        assert list(answer.diffs) == ["status"]
        done = world.run(plugin.update("web", again, left.inputs))
        assert done.outcome.outputs["status"] == "Ready"
        assert list(world.caches()) == [left.id]
        assert len(world.sent("CreateImageCache")) == 1

    @pytest.mark.parametrize("after", [False, True])
    def test_mark_not_taken_off(self, world: World, start: Start, after: bool) -> None:
        """A cache that can't be marked as recorded is recorded, to be read first, which marks it then."""
        fault = world.cloud.faults.drop("TagResources", after=after, times=None)
        left, error = world.run(fails(start()))
        assert "TagResources failed" in error.text
        world.cloud.faults.remove(fault)
        assert world.run(refresh(start(), left)) is not None
        record = Record.read(world.cloud.eci.image_cache(left.id).tags)
        assert record is not None
        assert not record.pending

    def test_cancelled(self, world: World, start: Start) -> None:
        """^C ends the wait at once, and what was begun is recorded; nothing new is begun after it."""
        plugin = start()

        async def cancel() -> Recorded:
            task = world.loop.create_task(fails(plugin))
            while not world.caches():
                await world.clock.sleep(0.05)
            await world.clock.sleep(1.5)
            before = world.clock.seconds()
            await plugin.call("Cancel", Empty())
            left, error = await task
            assert world.clock.seconds() == before
            assert "when the operation was cancelled" in error.text
            return left

        left = world.run(cancel())
        assert world.caches().keys() == {left.id}
        with pytest.raises(AbortedError, match="cancelled before anything was sent") as caught:
            world.run(create(plugin, "other"))
        assert caught.value.code is grpc.StatusCode.CANCELLED
        assert len(world.sent("CreateImageCache")) == 1

    def test_cancelled_in_a_queue(self, world: World, start: Start) -> None:
        """One that still waits for its EIP when ^C comes isn't begun."""
        plugin = start()
        eip = world.network["eip"]

        async def cancel() -> list[AbortedError]:
            tasks = [
                world.loop.create_task(create(plugin, name, eipInstanceId=eip)) for name in ("one", "two")
            ]
            while not world.caches():
                await world.clock.sleep(0.05)
            await world.clock.sleep(1.5)
            await plugin.call("Cancel", Empty())
            errors = []
            for task in tasks:
                with pytest.raises(AbortedError) as caught:
                    await task
                errors.append(caught.value)
            return errors

        one, two = world.run(cancel())
        assert one.failed is not None
        assert two.failed is None
        assert two.code is grpc.StatusCode.CANCELLED
        assert len(world.caches()) == 1

    def test_configured_again(self, world: World, start: Start) -> None:
        """A process that serves another run after a Cancel waits as it did."""
        plugin = start()
        world.run(plugin.call("Cancel", Empty()))
        account = {name.removeprefix("imagecache:"): value for name, value in world.config.items()}
        world.run(plugin.call("Configure", provider_pb2.ConfigureRequest(args=encode(account))))
        assert world.run(create(plugin)).outcome.outputs["status"] == "Ready"

    def test_call_refused_half_way(self, world: World, start: Start) -> None:
        """Whatever ends the wait once the ID is known, the cache is recorded and found again."""
        plugin = start()

        async def break_in() -> tuple[Recorded, AbortedError]:
            task = world.loop.create_task(fails(plugin))
            while not world.caches():
                await world.clock.sleep(0.05)
            world.cloud.users.remove("simulator")  # its key is withdrawn
            return await task

        left, error = world.run(break_in())
        world.cloud.users.add("simulator", FULL, access_key_secret="simulator")  # and given back
        watch(world.cloud)
        assert "InvalidAccessKeyId" in error.text
        assert list(world.caches()) == [left.id]
        assert left.outcome.outputs["status"] == ""
        plugin = start()
        again = world.run(refresh(plugin, left))
        assert again is not None
        world.run(plugin.diff("web", again, left.inputs))
        assert world.run(plugin.update("web", again, left.inputs)).outcome.outputs["status"] == "Ready"
        assert list(world.caches()) == [left.id]

    @pytest.mark.parametrize("ready_first", [False, True])
    def test_recorded_is_not_adopted(self, world: World, start: Start, ready_first: bool) -> None:
        """A forced replacement of a cache that was recorded unfinished is another cache."""
        left, _ = world.run(fails(start(timeout=1)))
        if ready_first:
            world.run(start().update("web", left, left.inputs))
        plugin = start()
        if not ready_first:
            world.run(refresh(plugin, left))  # as refresh_before_update has it
        made = world.run(create(plugin))  # --target-replace: no Diff comes before it
        assert made.id != left.id
        assert left.id in world.caches()

    def test_cancelled_and_killed(self, world: World, start: Start) -> None:
        """An engine that is killed before it records what a Cancel left finds it by its mark."""
        left, _ = world.run(fails(start(timeout=1)))
        made = world.run(create(start()))
        assert made.id == left.id

    def test_marked_when_resumed(self, world: World, start: Start) -> None:
        """A cache that was cut off before it could be marked as recorded is marked by the next update."""
        plugin = start()
        made = world.run(create(plugin))
        cache = world.cloud.eci.image_cache(made.id)
        tag = next(name for name in cache.tags if name.endswith("-resource"))
        cache.tags[tag] += ".pending"
        news = world.run(plugin.checked("web", made.inputs, encode({**SMALL, "tags": {"a": "b"}})))
        world.run(plugin.update("web", made, news))
        record = Record.read(cache.tags)
        assert record is not None
        assert not record.pending

    def test_update_failed(self, world: World, start: Start) -> None:
        """A failed update is recorded; back to the old images, the next `up` builds them again."""
        plugin = start()
        made = world.run(create(plugin))
        news = world.run(plugin.checked("web", made.inputs, encode({"images": ["missing:1"]})))
        with pytest.raises(AbortedError, match="ended UpdateFailed") as caught:
            world.run(plugin.update("web", made, news))
        failed = Recorded.failed(caught.value)
        assert failed.id == made.id
        plugin = start()
        again = world.run(refresh(plugin, failed))
        assert again is not None
        back = world.run(plugin.checked("web", again.inputs, encode(SMALL)))
        assert world.run(plugin.diff("web", again, back)).changes == provider_pb2.DiffResponse.DIFF_SOME
        assert world.run(plugin.update("web", again, back)).outcome.outputs["status"] == "Ready"
        assert world.cloud.eci.image_cache(made.id).inputs.images == ("busybox:1",)

    def test_gone_while_building(self, world: World, start: Start) -> None:
        """A cache that is deleted behind our back while it's being built isn't recorded."""
        plugin = start()

        async def delete() -> None:
            task = world.loop.create_task(create(plugin))
            while not world.caches():
                await world.clock.sleep(0.05)
            await world.clock.sleep(1.5)
            (cache,) = world.cloud.eci.image_caches.values()
            world.cloud.eci.delete_image_cache(cache)
            await task

        with pytest.raises(AbortedError, match="doesn't exist any more") as caught:
            world.run(delete())
        assert (caught.value.failed, caught.value.code) == (None, grpc.StatusCode.NOT_FOUND)


class TestRead:
    """Read: refresh and import."""

    def test_import(self, world: World, start: Start) -> None:
        """An ID alone is enough; what the cloud tells is the inputs, without defaults and hidden tags."""
        id_ = made_by_hand(world, RetentionDays="7", Tag__1__Key="team", Tag__1__Value="a")
        seen = world.run(start().read("web", id_))
        assert seen is not None
        assert decode(seen.inputs).plain == {
            "images": ["busybox:1"],
            "imageCacheName": "mine",
            "regionId": "cn-hangzhou",
            "retentionDays": 7,
            "tags": {"team": "a"},
        }
        assert seen.outcome.outputs["status"] == "Ready"

    @pytest.mark.parametrize(
        ("program", "sent"),
        [
            ({}, []),
            ({"imageCacheName": "mine", "zoneId": "cn-hangzhou-h", "flash": True, "osType": "Windows"}, []),
            ({"imageRegistryCredentials": [LOGIN], "rebuildTriggers": ["1"]}, []),
            ({"images": ["docker.io/library/busybox:1"], "imageCacheSize": 20}, []),
            ({"retentionDays": 30}, ["RetentionDays"]),
            ({"standardCopyCount": 2}, ["StandardCopyCount"]),
            ({"images": ["nginx"], "eipInstanceId": UNKNOWN}, ["Image.1"]),
        ],
    )
    def test_import_into_a_program(
        self, world: World, start: Start, program: dict[str, Any], sent: list[str]
    ) -> None:
        """After an import the engine updates to the program: what the cloud doesn't tell is only recorded."""
        id_ = made_by_hand(world)
        if program.get("eipInstanceId") is UNKNOWN:
            program = {**program, "eipInstanceId": world.network["eip"]}
        plugin = start()
        seen = world.run(plugin.read("web", id_))
        assert seen is not None
        news = world.run(plugin.checked("web", seen.inputs, encode({**SMALL, **program})))
        answer = world.run(plugin.diff("web", seen, news))
        assert not answer.replaces
        world.mark()
        after = world.run(plugin.update("web", seen, news)) if answer.diffs else seen
        requests = world.sent("UpdateImageCache")
        assert len(requests) == len(sent)
        assert all(name in request for name, request in zip(sent, requests, strict=True))
        assert not world.run(start().diff("web", after, news)).diffs

    def test_import_from_another_stack(
        self, world: World, start: Start, told: list[tuple[str, str, bool]]
    ) -> None:
        """What another stack has marked is told at the resource, once, at its import."""
        made = world.run(create(start()))
        beta = start()
        beta.stack = "beta"
        seen = world.run(beta.read("web", made.id))
        assert seen is not None
        world.run(beta.read("web", made.id, seen.inputs, seen.outputs))
        ((text, name, ephemeral),) = [each for each in told if "another stack" in each[0]]
        assert "what to do" in text
        assert (name, ephemeral) == ("web", False)

    def test_import_without_a_retention(self, world: World, start: Start) -> None:
        """A retention that the program doesn't name is left as it is: undoing it would take another cache."""
        id_ = made_by_hand(world, RetentionDays="7")
        plugin = start()
        seen = world.run(plugin.read("web", id_))
        assert seen is not None
        news = world.run(plugin.checked("web", seen.inputs, encode(SMALL)))
        answer = world.run(plugin.diff("web", seen, news))
        assert (list(answer.diffs), list(answer.replaces)) == (["retentionDays"], [])
        world.mark()
        after = world.run(plugin.update("web", seen, news))
        assert world.writes() == []
        assert not world.run(start().diff("web", after, news)).diffs

    def test_import_then_update(self, world: World, start: Start) -> None:
        """An imported cache is updated in place like any other, whatever it was built with."""
        id_ = made_by_hand(world, ZoneId="cn-hangzhou-h")
        plugin = start()
        seen = world.run(plugin.read("web", id_))
        assert seen is not None
        imported = Recorded(id_, world.run(plugin.checked("web", seen.inputs, encode(SMALL))), seen.outputs)
        plugin = start()
        wanted = {"images": ["nginx:1"], "retentionDays": 3, "eipInstanceId": world.network["eip"]}
        news = world.run(plugin.checked("web", imported.inputs, encode(wanted)))
        assert not world.run(plugin.diff("web", imported, news)).replaces
        world.run(plugin.update("web", imported, news))
        cache = world.cloud.eci.image_cache(id_)
        assert (cache.inputs.images, cache.inputs.retention_days) == (("nginx:1",), 3)

    def test_import_from_another_region(self, world: World, start: Start) -> None:
        """`region/ID` imports from a region that isn't the configured one."""
        made = world.run(create(start()))
        plugin = start(region="cn-beijing")
        assert world.run(plugin.read("web", made.id)) is None
        seen = world.run(plugin.read("web", f"cn-hangzhou/{made.id}"))
        assert seen is not None
        assert (seen.id, seen.outcome.inputs["regionId"]) == (made.id, "cn-hangzhou")

    def test_gone(self, world: World, start: Start) -> None:
        """What is gone has no ID, at an import as at a refresh."""
        plugin = start()
        made = world.run(create(plugin))
        world.run(plugin.delete("web", made))
        assert world.run(plugin.read("web", made.id, made.inputs, made.outputs)) is None
        assert world.run(plugin.read("web", "imc-none")) is None

    def test_drift(self, world: World, start: Start) -> None:
        """What was changed behind our back is in the inputs, in the user's form where it means the same."""
        plugin = start()
        made = world.run(create(plugin, images=["docker.io/library/busybox:1"], tags={"a": "b"}))
        world.call("UpdateImageCache", ImageCacheId=made.id, ImageCacheName="other")
        seen = world.run(plugin.read("web", made.id, made.inputs, made.outputs))
        assert seen is not None
        inputs = seen.outcome.inputs
        assert (inputs["imageCacheName"], inputs["tags"]) == ("other", {"a": "b"})
        assert inputs["images"] == ["docker.io/library/busybox:1"]

    def test_refresh_forgets_nothing(self, world: World, start: Start) -> None:
        """A refresh of what isn't usable tells all of it again, and writes nothing."""
        failed, _ = world.run(fails(start(), images=["missing:1"]))
        world.mark()
        again = world.run(refresh(start(), failed))
        assert again is not None
        assert (again.id, decode(again.inputs)) == (failed.id, decode(failed.inputs))
        assert again.plain.plain.keys() == failed.plain.plain.keys()
        assert world.writes() == []

    def test_secret_that_moved(self, world: World, start: Start) -> None:
        """A secret text stays secret where a drift has put it in another place of a list."""
        for image in ("hidden/web:1", "other/web:1"):
            world.cloud.registries.add_image(image, 1)
        plugin = start()
        inputs = encode({"images": ["hidden/web:1", "busybox:1"]}, {("images", 0)})
        made = world.run(plugin.create("web", world.run(plugin.checked("web", None, inputs))))
        images = {"Image__1": "other/web:1", "Image__2": "hidden/web:1"}
        world.call("UpdateImageCache", ImageCacheId=made.id, ImageCacheName="web", **images)
        world.clock.advance(60)
        seen = world.run(plugin.read("web", made.id, made.inputs, made.outputs))
        assert seen is not None
        assert seen.outcome.inputs["images"] == list(images.values())
        assert ("images",) in decode(seen.inputs).secrets & seen.plain.secrets

    def test_short_secret(self, world: World, start: Start) -> None:
        """A short text of a secret, such as a user name, makes no secret of an ID that has it by chance."""
        plugin = start()
        inputs = encode(
            {**SMALL, "imageRegistryCredentials": [{**LOGIN, "userName": "i"}]},
            {("imageRegistryCredentials",)},
        )
        made = world.run(plugin.create("web", world.run(plugin.checked("web", None, inputs))))
        assert ("imageCacheId",) not in made.plain.secrets

    def test_cancelled(self, world: World, start: Start) -> None:
        """A look that missed a cache when ^C came doesn't make it gone: the state keeps it."""
        made = world.run(create(start()))
        plugin = start()
        world.cloud.eci.image_caches.clear()
        world.run(plugin.call("Cancel", Empty()))
        with pytest.raises(AbortedError, match="before it was certain") as caught:
            world.run(plugin.read("web", made.id, made.inputs, made.outputs))
        assert caught.value.code is grpc.StatusCode.CANCELLED

    def test_refresh_ends_a_create(self, world: World, start: Start) -> None:
        """A create that timed out is ended by the refresh that finds it Ready: no later create adopts it."""
        plugin = start(timeout=2)
        left, _ = world.run(fails(plugin))
        world.clock.advance(60)
        assert world.run(refresh(start(), left)) is not None
        forced = world.run(create(start()))
        assert forced.id != left.id

    def test_refresh_without_the_right_to_tag(self, world: World, start: Start) -> None:
        """A refresh doesn't fail for that mark."""
        left, _ = world.run(fails(start(timeout=2)))
        world.clock.advance(60)
        world.cloud.switches.turn_on("tags_not_permitted")
        assert world.run(refresh(start(), left)) is not None

    def test_not_seen_yet(self, world: World, start: Start) -> None:
        """A cache that was cancelled before it was seen isn't gone for three looks without it."""
        world.cloud.faults.hide_new(seconds=140, times=None)
        left, _ = world.run(fails(start(timeout=2)))
        seen = world.run(refresh(start(), left))
        assert seen is not None
        assert seen.id == left.id

    def test_not_seen_for_long(self, world: World, start: Start) -> None:
        """One that can't be seen for long is forgotten, and yet not made twice: its token brings it back."""
        world.cloud.faults.hide_new(seconds=300, times=None)
        left, _ = world.run(fails(start(timeout=2)))
        plugin = start()
        assert world.run(refresh(plugin, left)) is None
        again = world.run(create(plugin))
        assert again.id == left.id
        assert len(world.caches()) == 1

    def test_together(self, world: World, start: Start) -> None:
        """Reads that come together take a call and one list, not one call each."""
        plugin = start()
        made = [world.run(create(plugin, f"web-{number}")) for number in range(6)]
        plugin = start()
        world.mark()

        async def read_all() -> None:
            reads = [
                world.loop.create_task(plugin.read(f"web-{n}", each.id, each.inputs, each.outputs))
                for n, each in enumerate(made)
            ]
            assert [seen.id for read in reads if (seen := await read)] == [each.id for each in made]

        world.run(read_all())
        assert len(world.sent("DescribeImageCaches")) == 2


@pytest.mark.parametrize("kind", [TOKEN, "imagecache:eci:ReadinessGate"])
@pytest.mark.parametrize("preview", [False, True])
def test_unchecked(world: World, start: Start, kind: str, preview: bool) -> None:
    """Inputs that Check never gave are refused in one error, without a call; `make chaos` sends more."""
    plugin = start()
    plugin.kinds = {"web": kind}
    before = Recorded("imc-1", encode({}), encode({}))
    for wrong in ({}, {"images": 1, "caches": "x"}, {"images": ["busybox:1"], "caches": []}):
        for call in (
            plugin.create("web", encode(wrong), preview=preview),
            plugin.update("web", before, encode(wrong), preview=preview),
        ):
            with pytest.raises(AbortedError, match="inputs that Check didn't give") as caught:
                world.run(call)
            assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT
    assert list(world.cloud.requests) == []


class TestDelete:
    """Delete."""

    def test_gone_already(self, world: World, start: Start) -> None:
        """Deleting what is gone succeeds."""
        plugin = start()
        made = world.run(create(plugin))
        world.run(plugin.delete("web", made))
        world.run(plugin.delete("web", made))
        assert world.caches() == {}

    def test_cancelled(self, world: World, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
        """^C ends the wait for a deletion, and the error says so."""
        plugin = start()
        made = world.run(create(plugin))
        monkeypatch.setattr(world.cloud.eci, "delete_image_cache", lambda _: None)

        async def cancel() -> None:
            task = world.loop.create_task(plugin.delete("web", made))
            await world.clock.sleep(3)
            await plugin.call("Cancel", Empty())
            await task

        with pytest.raises(AbortedError, match="is still there when the operation was cancelled") as caught:
            world.run(cancel())
        assert (caught.value.code, caught.value.failed) == (grpc.StatusCode.DEADLINE_EXCEEDED, None)

    def test_region(self, world: World, start: Start) -> None:
        """A cache is deleted where it is, whatever region the settings name by now."""
        made = world.run(create(start()))
        world.run(start(region="cn-beijing").delete("web", made))
        assert world.caches() == {}


class TestSecrets:
    """No secret leaves a mark where it can be read."""

    def test_state(self, world: World, start: Start) -> None:
        """A password is secret in the state, given in the clear or not, and so is what repeats a secret."""
        plugin = start()
        login = {**LOGIN, "password": "simulator"}
        inputs = encode(
            {"images": ["private.example.com/web:1"], "imageRegistryCredentials": [login]}, {("images", 0)}
        )
        made = world.run(plugin.create("web", world.run(plugin.checked("web", None, inputs))))
        assert made.plain.secrets >= {("imageRegistryCredentials", 0, "password"), ("images", 0), ("events",)}

    def test_errors(self, world: World, start: Start, told: list[Any]) -> None:
        """No error and no line of progress shows a secret, whichever side repeats it."""
        secret = "private.example.com/very-hidden:1"
        plugin = start()
        inputs = encode({"images": [secret], "imageRegistryCredentials": [LOGIN]}, {("images", 0)})
        checked = world.run(plugin.checked("web", None, inputs))
        with pytest.raises(AbortedError) as caught:
            world.run(plugin.create("web", checked))
        shown = caught.value.text + str(caught.value.failed.reasons) + str(told)
        assert "[secret]" in shown
        assert "very-hidden" not in shown
        assert "hidden-1" not in shown

    def test_gate(self, world: World, start: Start, told: list[Any]) -> None:
        """A gate's error shows no secret of the cache that it waits for."""
        plugin = start()
        plugin.kinds = {"gate": ReadinessGate.token}
        images = ["private.example.com/very-hidden:1"]
        inputs = encode({"images": images, "awaitReady": False}, {("images", 0)})
        made = world.run(plugin.create("web", world.run(plugin.checked("web", None, inputs))))
        waits_for = [{"imageCacheId": made.id, "buildId": made.plain.plain["buildId"]}]
        gate = world.run(plugin.checked("gate", None, encode({"caches": waits_for})))
        with pytest.raises(AbortedError) as caught:
            world.run(plugin.create("gate", gate))
        shown = caught.value.text + str(told)
        assert "[secret]" in shown
        assert "very-hidden" not in shown

    def test_our_fault(self, world: World, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
        """An error that should never come is one line without a stack, under a code that says so."""
        plugin = start()
        monkeypatch.setattr(Sessions, "of", lambda *_: dict[str, Any]()["no such key"])
        with pytest.raises(AbortedError, match=r"fault of pulumi-imagecache.*KeyError") as caught:
            world.run(plugin.check("web", None, encode(SMALL)))
        assert caught.value.code is grpc.StatusCode.INTERNAL
        assert "Traceback" not in caught.value.text
        assert "\n" not in caught.value.text


class TestList:
    """List."""

    async def list(self, plugin: Plugin, query: dict[str, Any], limit: int = 0) -> list[Any]:
        """List, as `pulumi do` does."""
        request = provider_pb2.ListRequest(token=TOKEN, query=encode(query), limit=limit)
        return [message async for message in plugin.stream("List", request)]

    def test_all(self, world: World, start: Start) -> None:
        """All caches of the region, by ID and name, or the first few."""
        plugin = start()
        made = {world.run(create(plugin, name, imageCacheName=name)).id: name for name in ("one", "two")}
        listed = world.run(self.list(plugin, {}))
        assert {message.result.id: message.result.name for message in listed} == made
        assert len(world.run(self.list(plugin, {}, limit=1))) == 1
        assert world.run(self.list(plugin, {"regionId": "cn-beijing"})) == []

    def test_tags(self, world: World, start: Start) -> None:
        """A query can name tags."""
        plugin = start()
        made = world.run(create(plugin, "one", tags={"team": "a"}))
        world.run(create(plugin, "two", tags={"team": "b"}))
        listed = world.run(self.list(plugin, {"tags": {"team": "a"}}))
        assert [message.result.id for message in listed] == [made.id]

    def test_unknown(self, world: World, start: Start) -> None:
        """A query that isn't known yet has a list that isn't known yet."""
        (message,) = world.run(self.list(start(), {"regionId": UNKNOWN}))
        assert message.HasField("computed")

    def test_wrong_query(self, world: World, start: Start) -> None:
        """A query that names or holds something else than it may is refused, all faults at once."""
        with pytest.raises(AbortedError, match="region is no property of List; did you mean") as caught:
            world.run(self.list(start(), {"region": "cn-hangzhou", "tags": "team"}))
        assert "tags should be an object" in caught.value.text
        assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT
        assert world.sent("DescribeImageCaches") == []

    def test_refused(self, world: World, start: Start) -> None:
        """An error of a list is an error in words."""
        with pytest.raises(AbortedError, match="regionId is set nowhere"):
            world.run(self.list(start(region=None), {}))


def test_progress(world: World, start: Start, told: list[Any]) -> None:
    """A build's status, percent, last event and seconds are shown while it's waited for, then no more."""
    world.clock.pace = 1
    world.run(create(start(), images=["flink:1"]))
    lines = [text for text, name, ephemeral in told if ephemeral and name == "web"]
    assert len(lines) > 1
    assert any("Creating" in line and "%" in line and "Start to pull image flink:1" in line for line in lines)
    assert all(line.endswith(" s") for line in lines)
    assert lines[-1].startswith("Ready after ")


def test_progress_of_a_rebuild(world: World, start: Start, told: list[Any]) -> None:
    """A rebuild's progress doesn't begin with what happened in the build before."""
    world.clock.pace = 1
    plugin = start()
    made = world.run(create(plugin))
    told.clear()
    news = world.run(plugin.checked("web", made.inputs, encode({"images": ["nginx:1"]})))
    world.run(plugin.update("web", made, news))
    assert told[0][0] == "Updating 0%, 0 s"
    assert told[-1][0].startswith("Ready after ")
