"""Tests of adoption where the cloud does what the simulator never does; the rest is in test_lifecycle."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from imagecache_provider.adoption import Adoption, Memory
from imagecache_provider.clock import SystemClock
from imagecache_provider.eci.image_cache import ImageCache
from imagecache_provider.errors import Cause, NotFoundError, ProviderError, StoppedError, TokenUsedError
from imagecache_provider.pace import Pace
from imagecache_provider.resource import RESOURCE_TAG, STACK_TAG, Identity, Observed, Phase, Record, Token

if TYPE_CHECKING:
    from tests.provider.world import World

IDENTITY = Identity.of("project", "dev", "type", "web")
INPUTS: dict[str, Any] = {"images": ["nginx"], "regionId": "cn-hangzhou", "imageCacheName": "web"}


class Sky(ImageCache):
    """A kind of resource whose cloud answers each create with the next of its answers.

    Args:
        answers: IDs, or errors to raise; the last one for ever.
    """

    noun: ClassVar[str] = "image cache"

    def __init__(self, *answers: str | Exception) -> None:
        self.answers = list(answers)
        self.wanted = INPUTS
        self.there: list[Observed] = []
        self.tokens: list[str] = []
        self.tags: list[Mapping[str, str]] = []
        self.deleted: list[str] = []
        self.listings = 0
        self.tagged: list[tuple[str, str, Mapping[str, str], tuple[str, ...]]] = []

    async def create(self, inputs: Mapping[str, Any], tags: Mapping[str, str], token: str) -> str:
        """Answer a create."""
        assert inputs == self.wanted
        self.tokens.append(token)
        self.tags.append(tags)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def find(self, region: str, tags: Mapping[str, str]) -> list[Observed]:
        """List what is there."""
        assert (region, tags) == ("cn-hangzhou", {STACK_TAG: IDENTITY.stack})
        self.listings += 1
        await asyncio.sleep(0)
        return self.there

    async def delete(self, id: str, region: str) -> None:
        """Note a deletion; what is called gone is gone."""
        assert region == "cn-hangzhou"
        self.deleted.append(id)
        if id == "gone":
            raise NotFoundError("DeleteImageCache", Cause("InvalidParameter.NotFound", "Gone."))

    async def tag(self, id: str, region: str, tags: Mapping[str, str], removed: Collection[str]) -> None:
        """Note the tags that are set."""
        self.tagged.append((id, region, tags, tuple(removed)))

    def leave(
        self, id_: str, phase: Phase, record: str | None = None, created: str = "", pending: bool = True
    ) -> None:
        """Put something there that an earlier create left; with a record of other inputs unless given."""
        text = record or str(Record(IDENTITY.resource, Token("0" * 40), "b", pending))
        outputs = {"creationTime": created}
        self.there.append(Observed(id_, phase, phase.value, "", outputs, {}, tags={RESOURCE_TAG: text}))


def adoption(sky: Sky, memory: Memory | None = None) -> Adoption:
    """Return what creates under a cloud that takes 200 creates a minute."""
    return Adoption(sky, memory or Memory(), lambda: Pace(200, SystemClock()))


def told(text: str) -> None:
    """Fail: nothing here is waited for."""
    raise AssertionError(text)


def create(sky: Sky, memory: Memory | None = None, identity: Identity = IDENTITY) -> str:
    """Create in a new process."""
    return asyncio.run(adoption(sky, memory).create(identity, INPUTS, told))


def first_record() -> str:
    """Return the record that a first create of these inputs puts on its cache."""
    sky = Sky("imc-1")
    create(sky)
    return sky.tags[0][RESOURCE_TAG]


def test_repeats() -> None:
    """Two processes that know the same ask with the same token, and tag with it."""
    one, two = Sky("imc-1"), Sky("imc-1")
    assert create(one) == create(two) == "imc-1"
    assert one.tokens == two.tokens == [Token.of(IDENTITY, one.request(INPUTS), "").text]
    record = Record.read(one.tags[0])
    assert record is not None
    assert record.token.text == one.tokens[0]


def test_shown() -> None:
    """An answer that is in the state is refused, and the token after it is made from it."""
    memory = Memory()
    memory.show(IDENTITY, "imc-1")
    memory.show(IDENTITY, "imc-2")
    sky = Sky("imc-1", "imc-3")
    assert create(sky, memory) == "imc-3"
    assert len(set(sky.tokens)) == 2


def test_shown_twice() -> None:
    """What was shown once isn't listed twice."""
    memory = Memory()
    memory.show(IDENTITY, "imc-1")
    memory.show(IDENTITY, "imc-2")
    memory.show(IDENTITY, "imc-1")
    assert memory.shown[IDENTITY] == ["imc-1", "imc-2"]


def test_token_used() -> None:
    """A token that stands for another request is followed by another, the same one in each process."""
    used = TokenUsedError("CreateImageCache", Cause("IdempotentParameterMismatch", "Used."))
    one, two = Sky(used, "imc-1"), Sky(used, "imc-1")
    assert create(one) == create(two) == "imc-1"
    assert one.tokens == two.tokens
    assert len(set(one.tokens)) == 2


def test_password() -> None:
    """A password is no part of the token, which tags and logs show; who logs in where is."""
    tokens = []
    for user, password in (("one", "a"), ("one", "b"), ("two", "a")):
        credentials = [{"server": "one.example.com", "userName": user, "password": password}]
        sky = Sky("imc-1")
        sky.wanted = {**INPUTS, "imageRegistryCredentials": credentials}
        asyncio.run(adoption(sky).create(IDENTITY, sky.wanted, told))
        tokens += sky.tokens
    assert tokens[0] == tokens[1] != tokens[2]


def test_no_end() -> None:
    """A cloud that answers every token with the same cache is an error in the end."""
    memory = Memory()
    memory.show(IDENTITY, "imc-1")
    sky = Sky("imc-1")
    with pytest.raises(ProviderError, match=r"answered 8 times with a cache that isn't this one \(imc-1\)"):
        create(sky, memory)
    assert len(sky.tokens) == 8
    assert sky.tokens[0] == sky.tokens[1], "the salt begins with the ID in the state, which is the answer"


@pytest.mark.parametrize("phase", [Phase.BUILDING, Phase.READY])
def test_adopts(phase: Phase) -> None:
    """What was begun for these inputs is taken, without a create."""
    sky = Sky("imc-new")
    sky.leave("imc-1", phase, first_record())
    assert create(sky) == "imc-1"
    assert sky.tokens == []


def test_adopts_the_newest() -> None:
    """Of two that fit, the newer one is taken."""
    sky = Sky("imc-new")
    sky.leave("newer", Phase.BUILDING, first_record(), "2026-01-01T00:02:00Z")
    sky.leave("older", Phase.BUILDING, first_record(), "2026-01-01T00:01:00Z")
    assert create(sky) == "newer"


def test_the_newest_goes_by_its_creation() -> None:
    """Nothing but the creation tells which is the newest; one whose creation isn't told is the oldest."""
    sky = Sky("imc-new")
    outputs = {"newer": {"a": "1", "creationTime": "2026-01-01T00:02:00Z"}, "untold": {}}
    outputs["older"] = {"b": "1", "creationTime": "2026-01-01T00:01:00Z"}
    for id_ in outputs:
        sky.leave(id_, Phase.BUILDING, first_record())
    sky.there = [replace(seen, outputs=outputs[seen.id]) for seen in sky.there]
    assert create(sky) == "newer"


def test_adopts_an_older_one() -> None:
    """Where the newest has failed, or is of another build, an older one that fits is taken."""
    sky = Sky("imc-new")
    sky.leave("imc-1", Phase.BUILDING, first_record(), "2026-01-01T00:01:00Z")
    sky.leave("imc-2", Phase.FAILED, first_record(), "2026-01-01T00:02:00Z")
    sky.leave("imc-3", Phase.BUILDING, None, "2026-01-01T00:03:00Z")
    assert create(sky) == "imc-1"


def of_another_request(record: Record) -> Record:
    """Return a record of the same build whose token tells another request."""
    first = "0" if record.token.text[0] != "0" else "1"
    return replace(record, token=Token(first + record.token.text[1:]))


def of_another_create(record: Record) -> Record:
    """Return a record of the same build and request whose token was made under another salt."""
    last = "0" if record.token.text[-1] != "0" else "1"
    return replace(record, token=Token(record.token.text[:-1] + last))


def record_of(memory: Memory | None = None) -> Record:
    """Return the record that a create of these inputs puts on its cache."""
    sky = Sky("imc-made")
    create(sky, memory)
    record = Record.read(sky.tags[0])
    assert record is not None
    return record


def remembering(*ids: str) -> Memory:
    """Return the memory of a process that was shown these IDs of the resource."""
    memory = Memory()
    for id_ in ids:
        memory.show(IDENTITY, id_)
    return memory


def test_pending_of_another_salt() -> None:
    """What is pending is taken if it's of this request and build, whatever its token was salted with."""
    sky = Sky("imc-new")
    sky.leave("imc-1", Phase.BUILDING, str(of_another_create(record_of())))
    assert create(sky) == "imc-1"


@pytest.mark.parametrize("shown", [(), ("imc-0",)])
def test_pending_of_another_request(shown: tuple[str, ...]) -> None:
    """What is pending for another request is deleted, though its build is the same: its name may differ."""
    sky = Sky("imc-new")
    sky.leave("imc-1", Phase.BUILDING, str(of_another_request(record_of(remembering(*shown)))))
    assert create(sky, remembering(*shown)) == "imc-new"
    assert sky.deleted == ["imc-1"]


def test_pending_of_another_build() -> None:
    """What is pending for this request, but from another build, is deleted."""
    sky = Sky("imc-new")
    sky.leave("imc-1", Phase.BUILDING, str(replace(record_of(), build_id="other")))
    assert create(sky) == "imc-new"
    assert sky.deleted == ["imc-1"]


def test_failed() -> None:
    """What Failed is never taken, however well it fits."""
    sky = Sky("imc-new")
    sky.leave("imc-1", Phase.FAILED, first_record())
    assert create(sky) == "imc-new"
    assert sky.deleted == ["imc-1"]


def test_handed_over_for_a_replacement() -> None:
    """What was handed over is taken if it was made to follow the very cache that is in the state."""
    handed = replace(record_of(remembering("imc-0")), pending=False)
    sky = Sky("imc-new")
    sky.leave("imc-1", Phase.READY, str(handed))
    assert create(sky, remembering("imc-0")) == "imc-1"
    assert sky.tokens == []


@pytest.mark.parametrize("change", [of_another_create, of_another_request])
def test_handed_over_otherwise(change: Any) -> None:
    """What was handed over under any other token is left alone, be it in one half of it only."""
    handed = replace(record_of(remembering("imc-0")), pending=False)
    sky = Sky("imc-new")
    sky.leave("imc-1", Phase.READY, str(change(handed)))
    assert create(sky, remembering("imc-0")) == "imc-new"
    assert sky.deleted == []


def test_handed_over_to_somebody() -> None:
    """What was handed over is left alone where nothing is replaced: it's some other state's."""
    sky = Sky("imc-new")
    sky.leave("imc-1", Phase.READY, str(replace(record_of(), pending=False)))
    assert create(sky) == "imc-new"
    assert sky.deleted == []


def test_in_the_state() -> None:
    """What is in the state is neither taken nor deleted, whatever it carries."""
    sky = Sky("imc-new")
    sky.leave("imc-1", Phase.BUILDING, str(record_of(remembering("imc-1"))))
    sky.leave("imc-2", Phase.FAILED, first_record())
    assert create(sky, remembering("imc-2", "imc-1")) == "imc-new"
    assert sky.deleted == []


def test_after_one_that_is_gone() -> None:
    """The ID that a create gave and that is gone isn't taken, and salts the next token."""
    sky = Sky("imc-new")
    sky.leave("imc-1", Phase.BUILDING, first_record())
    assert asyncio.run(adoption(sky).create(IDENTITY, INPUTS, told, "imc-1")) == "imc-new"
    assert sky.deleted == []
    request = sky.request(INPUTS)
    assert sky.tokens == [Token.of(IDENTITY, request, "imc-1").text]


def test_salts() -> None:
    """The first salt is the newest ID in the state; the next are the answer, and a token that was used."""
    sky = Sky("imc-1", TokenUsedError("CreateImageCache", Cause("Used", "Used.")), "imc-3")
    assert create(sky, remembering("imc-1", "imc-2")) == "imc-3"
    request = sky.request(INPUTS)
    first, second = (Token.of(IDENTITY, request, salt) for salt in ("imc-2", "imc-1"))
    assert sky.tokens == [first.text, second.text, Token.of(IDENTITY, request, second.text).text]
    assert [Record.read(tags) for tags in sky.tags] == [
        Record(IDENTITY.resource, Token(token), record_of().build_id, pending=True) for token in sky.tokens
    ]
    assert {tags[STACK_TAG] for tags in sky.tags} == {IDENTITY.stack}


def test_answered_with_a_leftover() -> None:
    """A create that is answered with a cache that was left alone is sent again under another token."""
    sky = Sky("in-use", "imc-new")
    sky.leave("in-use", Phase.READY, pending=False)
    assert create(sky) == "imc-new"
    assert len(set(sky.tokens)) == 2


def test_hand_over() -> None:
    """A pending cache loses that mark and keeps the rest of its record; any other is left as it is."""
    sky = Sky("imc-1")
    record = record_of()
    sky.leave("pending", Phase.READY, str(record))
    sky.leave("handed", Phase.READY, str(replace(record, pending=False)))
    sky.leave("strange", Phase.READY, "not a record")
    for seen in sky.there:
        asyncio.run(adoption(sky).hand_over(seen, "cn-hangzhou"))
    tags = {RESOURCE_TAG: str(replace(record, pending=False))}
    assert sky.tagged == [("pending", "cn-hangzhou", tags, ())]


def test_stopped() -> None:
    """What is stopped sends no create, be it stopped before the region's first one or after."""

    async def run(ours: Adoption, *, before: bool) -> None:
        if before:
            await ours.create(IDENTITY, INPUTS, told)
        ours.stop()
        with pytest.raises(StoppedError):
            await ours.create(IDENTITY, INPUTS, told)

    for before in (False, True):
        sky = Sky("imc-1")
        asyncio.run(run(adoption(sky), before=before))
        assert len(sky.tokens) == before


def test_forget() -> None:
    """An ID that nobody has ever seen is taken back; the resource counts as missed, known or not."""
    memory = remembering("imc-1", "imc-2")
    memory.forget(IDENTITY, "imc-1")
    assert (memory.shown[IDENTITY], memory.missed) == (["imc-2"], {IDENTITY})
    memory.forget(IDENTITY, "imc-9")
    assert memory.shown[IDENTITY] == ["imc-2"]


@pytest.mark.parametrize("text", ["", "x.y.z", "not a record"])
def test_others(text: str) -> None:
    """What carries another resource's record, or none, is neither taken nor deleted."""
    sky = Sky("imc-new")
    sky.leave("imc-1", Phase.FAILED, text or "a.b")
    assert create(sky) == "imc-new"
    assert sky.deleted == []


def test_cleans_up(caplog: pytest.LogCaptureFixture) -> None:
    """What Failed, and what was begun for other inputs, is deleted; what was handed over stays, noted."""
    sky = Sky("imc-new")
    sky.leave("in-use", Phase.READY, pending=False)
    sky.leave("failed", Phase.FAILED, pending=False)
    sky.leave("begun", Phase.BUILDING)
    sky.leave("gone", Phase.BUILDING)
    with caplog.at_level(logging.WARNING):
        assert create(sky) == "imc-new"
    assert sky.deleted == ["failed", "begun", "gone"]
    note = "in-use carries this resource's tags, but isn't in its state: left alone"
    assert [record.getMessage() for record in caplog.records] == [note]


def test_one_listing() -> None:
    """However many are created at once, the stack is listed once."""
    sky = Sky("imc-1")
    ours = adoption(sky)

    async def all_of_them() -> None:
        identities = [Identity.of("project", "dev", "type", str(number)) for number in range(10)]
        await asyncio.gather(*(ours.create(identity, INPUTS, told) for identity in identities))

    asyncio.run(all_of_them())
    assert sky.listings == 1


def test_a_listing_for_each_stack_and_region() -> None:
    """What was listed of one stack, or in one region, is asked for anew in another."""
    asked = []

    class Wide(Sky):
        """A cloud of many regions."""

        async def find(self, region: str, tags: Mapping[str, str]) -> list[Observed]:
            """Note what is listed."""
            asked.append((region, tags[STACK_TAG]))
            return []

    sky = Wide("imc-1")
    ours = adoption(sky)
    other = Identity.of("project", "production", "type", "web")
    places = [(IDENTITY, "cn-hangzhou"), (IDENTITY, "cn-beijing"), (other, "cn-beijing")]

    async def all_of_them() -> None:
        for identity, region in places:
            sky.wanted = {**INPUTS, "regionId": region}
            await ours.create(identity, sky.wanted, told)

    asyncio.run(all_of_them())
    assert asked == [(region, identity.stack) for identity, region in places]


def test_300_under_the_documented_limit(world: World) -> None:
    """300 creates under the 200 a minute that the cloud documents: two waves, no throttled call."""
    world.clock.pace = 1
    world.cloud.rates.limit_as_documented()
    connection = ImageCache.connect(world.config, {}, world.clock)
    pace = partial(Pace, connection.creates_per_minute, world.clock)
    ours = Adoption(connection.resource, Memory(), pace)
    said: list[str] = []

    async def all_of_them() -> None:
        works = []
        for number in range(300):
            identity = Identity.of("project", "dev", "type", str(number))
            inputs = {**INPUTS, "imageCacheName": f"web-{number}"}
            works.append(ours.create(identity, inputs, said.append))
        await asyncio.gather(*works)

    world.run(all_of_them())
    assert len(world.sent("CreateImageCache")) == len(world.caches()) == 300
    assert len(said) == 100
    assert 60 <= world.clock.seconds() < 66
