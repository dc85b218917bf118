"""Tests of the dynamic front's provider, called as Pulumi's host of dynamic providers calls it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from pulumi import dynamic
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.output import Unknown as PulumiUnknown
from pulumi.runtime import rpc

from imagecache_provider.dynamic import PROGRAM, Provider, host, session
from imagecache_provider.eci.image_cache_model import ImageCacheArgs, ImageCacheState
from imagecache_provider.errors import ConfigurationError, ProviderError
from imagecache_provider.fields import fields
from imagecache_provider.lifecycle import Lifecycle

if TYPE_CHECKING:
    from tests.provider.world import World

make_unknown: Any = PulumiUnknown
PULUMI_UNKNOWN = make_unknown()
TOKEN = "imagecache:eci:ImageCache"
HIDDEN_INPUT = {"identity": "0123456789abcdef.fedcba9876543210", "name": "web"}
CREDENTIAL = {"server": "private.example.com", "userName": "simulator", "password": "hidden-1"}
LARGEST_STATE = 3 * 1024

Props = dict[str, Any]
Open = Callable[..., Provider]


def props(**inputs: Any) -> Props:
    """Return inputs as the host hands them over, of one image unless told otherwise."""
    return {"images": ["busybox:1"], **inputs, PROGRAM: HIDDEN_INPUT, "__provider": "pickled"}


def without_provider(outs: Props) -> Props:
    """Return properties without what Pulumi's host adds itself."""
    return {name: value for name, value in outs.items() if name != "__provider"}


@pytest.fixture
def opened(world: World, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Return a function that opens a provider as a new process of the host does, on driven time."""
    monkeypatch.setattr(host, "run", world.run)
    monkeypatch.setattr(session, "SystemClock", lambda: world.clock)

    def make(**config: Any) -> Provider:
        provider = Provider(TOKEN)
        settings = {**world.config, **{f"imagecache:{name}": value for name, value in config.items()}}
        provider.configure(dynamic.ConfigureRequest(dynamic.Config(settings, "project")))
        return provider

    return make


def create(provider: Provider, **inputs: Any) -> tuple[str, Props]:
    """Check inputs that must be right, and create; return the ID and the state."""
    checked = provider.check({}, props(**inputs))
    assert checked.failures == []
    made = provider.create({**checked.inputs, "__provider": "pickled"})
    return str(made.id), {**(made.outs or {}), "__provider": "pickled"}


class TestState:
    """What is written into users' state."""

    def test_path(self) -> None:
        """The class's path is in users' states: it never changes."""
        assert (Provider.__module__, Provider.__qualname__) == ("imagecache_provider.dynamic", "Provider")
        assert PROGRAM == "__resource"

    def test_pickled(self, opened: Open) -> None:
        """A provider is pickled by reference: a path and a token, no code and no secret, opened or not."""
        provider = opened()
        before = serialize_provider(Provider(TOKEN))
        assert serialize_provider(provider) == before
        content = base64.b64decode(before)
        assert len(before) < 200
        assert b"imagecache_provider.dynamic" in content
        assert b"simulator" not in content

    def test_read_back(self) -> None:
        """It's read back by the host as it was."""
        dill = pytest.importorskip("dill")
        again = dill.loads(base64.b64decode(serialize_provider(Provider(TOKEN))))
        assert type(again) is Provider
        assert vars(again) == vars(Provider(TOKEN))

    def test_no_secret_by_itself(self) -> None:
        """The pickled provider isn't marked secret: that would hide the whole state's cause."""
        assert Provider.serialize_as_secret_always is False

    def test_keys(self, opened: Open) -> None:
        """A state has inputs, outputs and the hidden input, and nothing else."""
        _, state = create(opened())
        allowed = {*fields(ImageCacheArgs), *fields(ImageCacheState), PROGRAM, "__provider"}
        assert state.keys() <= allowed
        assert fields(ImageCacheState).keys() <= state.keys()
        assert state[PROGRAM] == HIDDEN_INPUT

    def test_size(self, world: World, opened: Open) -> None:
        """A state is small: below 3 KB with many images, and the same in inputs and outputs."""
        inputs = {
            "images": [f"registry.example.com/team/application-{number}:1.0" for number in range(5)],
            "vswitchIds": [world.network["vswitch"]],
            "securityGroupId": world.network["group"],
            "tags": {"team": "web"},
        }
        provider = opened()
        _, state = create(provider, **inputs)
        pickled = serialize_provider(provider)
        stored = {
            "inputs": {**provider.check({}, props(**inputs)).inputs, "__provider": pickled},
            "outputs": {**state, "__provider": pickled},
        }
        assert len(json.dumps(stored)) < LARGEST_STATE


class TestCheck:
    """Check."""

    @pytest.mark.parametrize("unknown", [rpc.UNKNOWN, PULUMI_UNKNOWN])
    def test_unknown(self, opened: Open, unknown: Any) -> None:
        """What isn't known is no failure, and goes back in the form that Pulumi's wire has for it."""
        checked = opened().check({}, props(vswitchIds=[unknown], securityGroupId=unknown))
        assert checked.failures == []
        assert checked.inputs["vswitchIds"] == [rpc.UNKNOWN]
        assert checked.inputs["securityGroupId"] == rpc.UNKNOWN
        assert checked.inputs["imageCacheName"] == rpc.UNKNOWN

    def test_filled_in(self, opened: Open) -> None:
        """Region and name are filled in; the hidden input stays."""
        inputs = opened().check({}, props(imageCacheSize=40.0, flash=None)).inputs
        name = inputs.pop("imageCacheName")
        assert name.startswith("web-")
        assert without_provider(inputs) == {
            "images": ["busybox:1"],
            "imageCacheSize": 40,
            "regionId": "cn-hangzhou",
            PROGRAM: HIDDEN_INPUT,
        }

    def test_failures(self, opened: Open) -> None:
        """All failures come back, each with its path; the hidden input isn't one of them.

        None is named to the engine, which would show its value: here nobody knows what is a secret.
        """
        wrong = {"images": [], "color": "red", "imageCacheSize": 5, "tags": {"acct": "acs:1"}}
        checked = opened().check({}, props(**wrong))
        assert {failure.property for failure in checked.failures} == {""}
        reasons = sorted(failure.reason for failure in checked.failures)
        starts = ["color is no", "imageCacheSize should be", "images has 0 images", "tags.acct has a value"]
        assert all(reason.startswith(start) for reason, start in zip(reasons, starts, strict=True))

    def test_failure_without_a_password(self, opened: Open) -> None:
        """A failure of the credentials says where it is and what to write, and shows no password."""
        credential = {"server": "https://a.example.com/hidden-1", "userName": "u", "password": "hidden-1"}
        (failure,) = opened().check({}, props(imageRegistryCredentials=[credential])).failures
        told = "imageRegistryCredentials[0].server has a scheme and a path: write 'a.example.com'"
        assert failure.reason == told
        (failure,) = (
            opened()
            .check(
                {},
                props(
                    images=["Hidden-1"],
                    imageRegistryCredentials=[{**credential, "server": "a", "password": "Hidden-1"}],
                ),
            )
            .failures
        )
        assert failure.reason.startswith("images[0] '[secret]' has upper-case letters")

    def test_old_name(self, opened: Open) -> None:
        """A resource that is in the state keeps its name."""
        checked = opened().check(props(imageCacheName="old"), props(images=["nginx"]))
        assert checked.inputs["imageCacheName"] == "old"

    def test_no_region(self, opened: Open) -> None:
        """Without a region anywhere, that is a failure of regionId."""
        failures = opened(region="").check({}, props()).failures
        assert [failure.reason.partition(" ")[0] for failure in failures] == ["regionId"]


class TestLife:
    """From create to delete."""

    def test_whole(self, world: World, opened: Open) -> None:
        """A cache is made, unchanged, read, built again, and deleted; the ID stays."""
        provider = opened()
        id_, state = create(provider, tags={"a": "1"}, imageCacheSize=40.0)
        news = provider.check(state, props(tags={"a": "1"}, imageCacheSize=40.0)).inputs
        same = provider.diff(id_, state, news)
        assert (same.changes, same.replaces) == (False, [])
        seen = provider.read(id_, state)
        assert (seen.id, seen.outs) == (id_, without_provider(state))
        assert seen.inputs == without_provider(news)
        news = provider.check(state, props(images=["alpine:3"])).inputs
        changed = provider.diff(id_, state, news)
        assert (changed.changes, changed.replaces, changed.delete_before_replace) == (True, [], False)
        outs = provider.update(id_, state, news).outs or {}
        assert outs["images"] == ["alpine:3"]
        assert "tags" not in outs
        assert outs["buildId"] != state["buildId"]
        provider.delete(id_, outs)
        assert world.caches() == {}

    def test_replacement(self, world: World, opened: Open) -> None:
        """What takes another cache is named, and that is made first."""
        id_, state = create(opened())
        provider = opened()
        news = provider.check(state, props(regionId="cn-beijing")).inputs
        assert provider.diff(id_, state, news).replaces == ["regionId"]
        made = provider.create(provider.check({}, props(regionId="cn-beijing")).inputs)
        assert made.id != id_
        provider.delete(id_, state)
        assert world.caches() == {made.id: "Ready"}

    def test_preview(self, opened: Open) -> None:
        """A preview of what isn't known yet is a change."""
        provider = opened()
        id_, state = create(provider)
        news = provider.check(state, props(vswitchIds=[PULUMI_UNKNOWN])).inputs
        assert provider.diff(id_, state, news).changes is True

    def test_gone(self, world: World, opened: Open) -> None:
        """A cache that is gone is an empty ID, with properties that the host can add to."""
        provider = opened()
        id_, state = create(provider)
        world.call("DeleteImageCache", ImageCacheId=id_)
        seen = provider.read(id_, state)
        assert (seen.id, seen.outs) == ("", {})

    def test_drift(self, world: World, opened: Open) -> None:
        """What somebody changed is in the outputs and in the inputs."""
        provider = opened()
        id_, state = create(provider)
        world.call("UpdateImageCache", ImageCacheId=id_, EliminationStrategy="LRU")
        seen = provider.read(id_, state)
        assert seen.outs is not None
        assert seen.inputs is not None
        assert seen.outs["eliminationStrategy"] == "LRU"
        assert seen.inputs["eliminationStrategy"] == "LRU"
        assert not seen.inputs.keys() & (fields(ImageCacheState).keys() - fields(ImageCacheArgs).keys())

    def test_delete_again(self, opened: Open) -> None:
        """Deleting what is gone succeeds."""
        provider = opened()
        id_, state = create(provider)
        provider.delete(id_, state)
        opened().delete(id_, state)

    def test_time_out(self, opened: Open) -> None:
        """The time that a build may take is configured in minutes."""
        with pytest.raises(ProviderError, match="wasn't Ready after 2 s"):
            create(opened(timeoutMinutes="0.04"))


class TestErrors:
    """Errors."""

    def test_refused(self, opened: Open) -> None:
        """A refusal is one readable text, of one class, without the error behind it."""
        with pytest.raises(ProviderError) as caught:
            create(opened(secretKey="hidden-2"), imageRegistryCredentials=[CREDENTIAL])
        text = str(caught.value)
        assert type(caught.value) is ProviderError
        assert "SignatureDoesNotMatch" in text
        assert "what to do" in text
        assert "hidden" not in text
        assert caught.value.__cause__ is None

    @pytest.mark.parametrize("error", [ProviderError, RuntimeError])
    def test_secrets(self, opened: Open, monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
        """Secrets of account and inputs are taken out of every text."""

        def fail(*_: Any, **__: Any) -> None:
            raise error("sent hidden-1 with hidden-2 and hidden-3")

        provider = opened(accessKey="key", secretKey="hidden-2", securityToken="hidden-3")
        monkeypatch.setattr(Lifecycle, "create", fail)
        with pytest.raises(ProviderError) as caught:
            provider.create(props(imageRegistryCredentials=[CREDENTIAL], regionId="cn-hangzhou"))
        assert "sent [secret] with [secret] and [secret]" in str(caught.value)

    @pytest.mark.parametrize("operation", ["check", "diff", "create", "read", "update", "delete"])
    def test_fault(self, opened: Open, monkeypatch: pytest.MonkeyPatch, operation: str) -> None:
        """What nobody expected is our fault: it's said so in one line, with no stack."""

        def fail(*_: Any, **__: Any) -> None:
            raise KeyError("surprise")

        provider = opened()
        monkeypatch.setattr(Lifecycle, operation, fail)
        state = props(regionId="cn-hangzhou")
        calls: dict[str, tuple[Any, ...]] = {
            "check": ({}, state),
            "diff": ("imc-1", state, state),
            "create": (state,),
            "read": ("imc-1", state),
            "update": ("imc-1", state, state),
            "delete": ("imc-1", state),
        }
        with pytest.raises(ProviderError) as caught:
            getattr(provider, operation)(*calls[operation])
        text = str(caught.value)
        assert text.startswith("this is a fault of pulumi-imagecache, please report it: KeyError: 'surprise'")
        assert "test_provider.py:" in text
        assert "\n" not in text
        assert "Traceback" not in text

    @pytest.mark.parametrize(
        ("config", "words"),
        [
            ({"secretKey": ""}, "secretKey is missing"),
            ({"endpoint": "http://a"}, "has a scheme"),
            ({"timeoutMinutes": "soon"}, "'soon' is no number of minutes above 0"),
        ],
    )
    def test_configuration(self, opened: Open, config: dict[str, str], words: str) -> None:
        """A setting that can't be read is a readable error."""
        with pytest.raises(ConfigurationError, match=words):
            opened(**config)

    def test_fault_in_the_settings(self, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
        """What nobody expected while opening is said to be our fault too."""

        def fail(*_: Any, **__: Any) -> None:
            raise KeyError("surprise")

        monkeypatch.setattr("imagecache_provider.dynamic.open_session", fail)
        with pytest.raises(ProviderError, match="this is a fault of pulumi-imagecache") as caught:
            opened()
        assert "\n" not in str(caught.value)

    def test_nothing_is_called(self, world: World, opened: Open) -> None:
        """Opening, check and diff call nothing: a preview needs no network and no right credentials."""
        provider = opened(secretKey="wrong")
        world.mark()
        news = provider.check({}, props()).inputs
        provider.diff("imc-1", {**news, "status": "Ready"}, news)
        assert len(world.cloud.requests) == 0


def test_four_threads(opened: Open) -> None:
    """The host's four threads check at once."""
    provider = opened()
    results: list[Any] = []

    def check(number: int) -> None:
        results.extend(provider.check({}, props(images=[f"nginx:{number}"])).failures)
        results.append(number)

    threads = [threading.Thread(target=check, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [0, 1, 2, 3]


def test_unused_settings(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set and not used is told when the host opens the provider, once."""
    told: list[str] = []
    monkeypatch.setattr(host, "warn", told.append)
    monkeypatch.setenv("ALIBABA_CLOUD_SECURITY_TOKEN", "hidden-token")
    opened()
    (text,) = told
    assert text.startswith("ALIBABA_CLOUD_SECURITY_TOKEN is set and not used: the credentials are those of")
    assert "hidden-token" not in text
