"""Tests of where resources live: recorded with each, and compared before one counts as gone."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from tests.provider.fronts import AbortedError

from imagecache_provider.dynamic import host
from imagecache_provider.errors import (
    Cause,
    CloudError,
    ConfigurationError,
    ProviderError,
    RefusedError,
    TryAgainError,
)
from imagecache_provider.place import Home, MisplacedError
from imagecache_provider.plugin.engine import Engine

if TYPE_CHECKING:
    from tests.provider.world import DrivenLoop, World

    from imagecache_provider.lifecycle import Outcome

fronts = pytest.mark.parametrize("front", ["core", "plugin", "dynamic"], indirect=True)
SMALL = ["busybox:1"]
ELSEWHERE = "1999999999999999"


def identities(world: World) -> int:
    """Count the questions whose account it is."""
    return len(world.sent("GetCallerIdentity"))


def elsewhere(made: Outcome) -> Outcome:
    """Give a cache as a state has it that was made in another account."""
    return replace(made, id="imc-elsewhere", outputs={**made.outputs, "accountId": ELSEWHERE})


def before_accounts(made: Outcome) -> Outcome:
    """Give a cache as a state of an earlier version has it."""
    outputs = {name: value for name, value in made.outputs.items() if name != "accountId"}
    return replace(made, outputs=outputs)


@fronts
class TestRecorded:
    """What the state says."""

    def test_create(self, world: World) -> None:
        """A new cache's account is recorded; a process asks once."""
        process = world.process()
        made = [process.create(name, images=SMALL) for name in ("one", "two")]
        assert [each.outputs["accountId"] for each in made] == 2 * [world.cloud.account_id]
        assert identities(world) == 1

    def test_stays(self, world: World) -> None:
        """What is recorded stays through reads, updates and a deletion, and nobody asks again."""
        made = world.process().create(images=SMALL)
        world.mark()
        process = world.process()
        assert process.read(made) == made
        built = process.update(made, images=["alpine:3"])
        assert built.outputs["accountId"] == world.cloud.account_id
        process.delete(built)
        assert identities(world) == 0

    def test_earlier_state(self, world: World) -> None:
        """A state without it is no difference; a read or an update adds it."""
        made = before_accounts(world.process().create(images=SMALL))
        process = world.process()
        assert process.update(made, tags={"a": "b"}).outputs["accountId"] == world.cloud.account_id
        read = world.process().read(made)
        assert read is not None
        assert read.outputs["accountId"] == world.cloud.account_id


@pytest.mark.parametrize("front", ["core"], indirect=True)
def test_no_difference(world: World) -> None:
    """A recorded place, whichever, is never a difference, and takes no call."""
    made = world.process().create(images=SMALL)
    world.mark()
    process = world.process()
    for before in (made, before_accounts(made), elsewhere(made)):
        news = process.check(dict(before.inputs), before.inputs)
        diff = process.lifecycle.diff(process.identity(), before.id, before.inputs, before.outputs, news)
        assert not diff
    assert list(world.cloud.requests)[-1]["action"] != "GetCallerIdentity"
    assert identities(world) == 0


@fronts
@pytest.mark.parametrize("work", ["read", "update", "delete"])
def test_another_account(world: World, work: str) -> None:
    """What isn't found, and is recorded in another account, isn't gone: the error has both accounts."""
    before = elsewhere(world.process().create(images=SMALL))
    process = world.process()
    works: dict[str, Callable[[], Any]] = {
        "read": lambda: process.read(before),
        "update": lambda: process.update(before, images=["alpine:3"]),
        "delete": lambda: process.delete(before),
    }
    with pytest.raises((ProviderError, AbortedError)) as caught:
        works[work]()
    text = str(caught.value)
    assert "image cache imc-elsewhere in cn-hangzhou isn't found" in text
    assert f"the state has it in account {ELSEWHERE}" in text
    assert f"the credentials are those of account {world.cloud.account_id}" in text
    assert f"what to do: use credentials of account {ELSEWHERE}" in text
    assert identities(world) == 2, "one a process"


@fronts
class TestGone:
    """What is believed to be gone."""

    @pytest.mark.parametrize("earlier", [False, True])
    def test_same_account(self, world: World, earlier: bool) -> None:
        """What isn't found in its own account, or was recorded without one, is gone."""
        made = world.process().create(images=SMALL)
        world.call("DeleteImageCache", ImageCacheId=made.id)
        world.clock.advance(60)
        process = world.process()
        before = before_accounts(made) if earlier else made
        assert process.read(before) is None
        process.delete(before)

    def test_nobody_tells(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where STS doesn't tell, what isn't found is gone, and one note says so."""
        told: list[str] = []

        async def log(_engine: Engine, _severity: int, text: str, _urn: str, **_: Any) -> None:
            told.append(text)

        monkeypatch.setattr(Engine, "log", log)
        monkeypatch.setattr(host, "warn", told.append)
        world.cloud.faults.error("GetCallerIdentity", code="Forbidden", status=403, times=None)
        process = world.process()
        made = process.create(images=SMALL)
        assert made.outputs["accountId"] == ""
        gone = elsewhere(made)
        assert process.read(gone) is None
        process.delete(gone)
        notes = [*told, *(process.lifecycle.notes() if hasattr(process, "lifecycle") else ())]
        (note,) = (each for each in notes if "account" in each)
        assert note.startswith("nobody tells which account this is, so that what isn't found counts as gone")
        assert "GetCallerIdentity failed: Forbidden" in note


@pytest.mark.parametrize("front", ["core", "plugin", "dynamic"], indirect=True)
@pytest.mark.parametrize("endpoint", ["http"], indirect=True)
@pytest.mark.parametrize("answer", ["[]", "null", "{}", "<html>"])
def test_something_else_answers(world: World, answer: str, server_that_says: Callable[[str], str]) -> None:
    """Whatever answers for STS, a cache that is made is recorded, and reading it anew is no difference."""
    process = world.process(config={"imagecache:endpoints": json.dumps({"sts": server_that_says(answer)})})
    made = process.create(images=SMALL)
    assert made.outputs["accountId"] == ""
    assert process.read(made) == made
    assert world.process().read(made) == replace(
        made, outputs={**made.outputs, "accountId": world.cloud.account_id}
    )


@pytest.fixture
def server_that_says() -> Iterator[Callable[[str], str]]:
    """Return a function that starts a server with one answer for everything; gives its host:port."""
    with ExitStack() as servers:

        def start(answer: str) -> str:
            class Handler(BaseHTTPRequestHandler):
                def do_POST(self) -> None:
                    self.rfile.read(int(self.headers["content-length"]))
                    self.send_response(200)
                    self.send_header("content-length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer.encode())

                def log_message(self, *_: Any) -> None:
                    """Print nothing."""

            server = servers.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            servers.callback(thread.join)
            servers.callback(server.shutdown)
            return f"127.0.0.1:{server.server_port}"

        yield start


@fronts
@pytest.mark.parametrize("work", ["read", "update", "delete"])
def test_overloaded(world: World, work: str) -> None:
    """While STS is overloaded, what isn't found isn't gone; afterwards the error has both accounts."""
    before = elsewhere(world.process().create(images=SMALL))
    world.cloud.faults.error("GetCallerIdentity", code="ServiceUnavailable", status=503, times=2)
    process = world.process()
    works: dict[str, Callable[[], Any]] = {
        "read": lambda: process.read(before),
        "update": lambda: process.update(before, images=["alpine:3"]),
        "delete": lambda: process.delete(before),
    }
    for words in ("GetCallerIdentity failed: ServiceUnavailable", "in the wrong account"):
        with pytest.raises((ProviderError, AbortedError), match=words):
            works[work]()


class There:
    """A made-up place, of a cloud that is no one's."""

    noun: ClassVar[str] = "cluster"
    output: ClassVar[str] = "cluster"
    remedy: ClassVar[str] = "go to {recorded}"

    def __init__(self, *answers: str | Exception) -> None:
        self.answers = list(answers)

    async def locate(self) -> str:
        """Give the next answer."""
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class TestHome:
    """The core's part, with a place that is no account."""

    def test_words(self, loop: DrivenLoop) -> None:
        """The words are the kind's own."""
        home = Home(There("west"))
        with pytest.raises(MisplacedError) as caught:
            loop.run_until_complete(home.confirm("thing 1", {"cluster": "east"}))
        assert str(caught.value) == (
            "thing 1 isn't found, and was looked for in the wrong cluster: the state has it in cluster east,"
            " the credentials are those of cluster west\n  what to do: go to east"
        )

    def test_nowhere(self, loop: DrivenLoop) -> None:
        """A kind that lives in one place only records and compares nothing."""
        home = Home(None)
        home.ask()
        assert loop.run_until_complete(home.recorded({})) == {}
        assert home.known({}) == {}
        loop.run_until_complete(home.confirm("thing 1", {"cluster": "east"}))
        assert home.notes() == ()

    def test_without_credentials(self, loop: DrivenLoop) -> None:
        """Without credentials nothing is known, nothing is noted, and it's asked again."""
        home = Home(There(ConfigurationError("no key"), "west"))
        assert loop.run_until_complete(home.recorded({})) == {"cluster": ""}
        assert home.notes() == ()
        assert loop.run_until_complete(home.recorded({})) == {"cluster": "west"}

    def test_overloaded(self, loop: DrivenLoop) -> None:
        """A cloud that is overloaded is asked again, and meanwhile nothing counts as gone."""
        later = TryAgainError("Locate", Cause("Throttling", "no."))
        home = Home(There(later, later, "west", later))
        assert loop.run_until_complete(home.recorded({})) == {"cluster": ""}
        with pytest.raises(ProviderError) as caught:
            loop.run_until_complete(home.confirm("thing 1", {"cluster": "east"}))
        assert str(caught.value) == (
            "thing 1 isn't found, and whether it was looked for in the right cluster, nobody tells for now:"
            " Locate failed: Throttling: no.\n  what to do: do the same again later"
        )
        assert home.notes() == ()
        loop.run_until_complete(home.confirm("thing 2", {"cluster": ""}))
        for _ in range(2):
            with pytest.raises(MisplacedError):
                loop.run_until_complete(home.confirm("thing 1", {"cluster": "east"}))
            loop.run_until_complete(home.confirm("thing 1", {"cluster": "west"}))

    def test_refused_in_the_end(self, loop: DrivenLoop) -> None:
        """Where the cloud doesn't tell after all, that is noted instead."""
        later, never = (kind("Locate", Cause("Code", "no.")) for kind in (TryAgainError, RefusedError))
        home = Home(There(later, never))
        assert loop.run_until_complete(home.recorded({})) == {"cluster": ""}
        loop.run_until_complete(home.confirm("thing 1", {"cluster": "east"}))
        assert len(home.notes()) == 1

    def test_unreachable(self, loop: DrivenLoop) -> None:
        """A cloud that can't be reached may never be: it's asked once, and noted."""
        home = Home(There(TryAgainError("Locate", Cause("", "refused"))))
        for _ in range(2):
            loop.run_until_complete(home.confirm("thing 1", {"cluster": "east"}))
        assert len(home.notes()) == 1

    @pytest.mark.parametrize("code", ["Forbidden", ""])
    def test_note(self, loop: DrivenLoop, code: str) -> None:
        """What can't be told is noted once."""
        error: CloudError = RefusedError("Locate", Cause(code, "no."))
        home = Home(There(error))
        assert loop.run_until_complete(home.recorded({})) == {"cluster": ""}
        assert loop.run_until_complete(home.recorded({"status": "old"})) == {}
        assert loop.run_until_complete(home.recorded({"cluster": ""})) == {"cluster": ""}
        loop.run_until_complete(home.confirm("thing 1", {"cluster": "east"}))
        (note,) = home.notes()
        assert note.endswith(f"Locate failed: {f'{code}: ' if code else ''}no.")
        assert home.notes() == ()

    def test_odd_answer(self, loop: DrivenLoop) -> None:
        """An answer that can't be read is as good as none: what was just made is recorded all the same."""
        home = Home(There(ValueError("<html>")))
        assert loop.run_until_complete(home.recorded({})) == {"cluster": ""}
        assert home.known({}) == {"cluster": ""}
        loop.run_until_complete(home.confirm("thing 1", {"cluster": "east"}))
        (note,) = home.notes()
        assert note.startswith("nobody tells which cluster this is")
        assert ": ValueError at test_place.py:" in note

    def test_known(self, loop: DrivenLoop) -> None:
        """What is known by now is given without asking; what the state has comes first."""
        home = Home(There("west"))
        assert home.known({}) == {"cluster": ""}
        assert home.known({"status": "old"}) == {}
        assert home.known({"cluster": ""}) == {"cluster": ""}
        loop.run_until_complete(home.recorded({}))
        assert home.known({}) == {"cluster": "west"}
        assert home.known({"cluster": "east"}) == {"cluster": "east"}


@pytest.mark.parametrize("front", ["plugin"], indirect=True)
def test_failed_create(world: World) -> None:
    """A cache whose create failed is recorded with its account, too."""
    world.cloud.faults.pull_failure(image="busybox:1")
    process = world.process()
    with pytest.raises(AbortedError) as caught:
        process.create(images=SMALL)
    assert caught.value.failed.properties["accountId"] == world.cloud.account_id
