"""docs/troubleshooting.md holds: each trouble is made on the simulator, and the page's way out is taken.

A test brings a stack into trouble and then follows one section of the page, whose messages are what the real
engine has to print. Afterwards cloud and state agree, and nothing is there twice.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions
from tests.pages.page import ANY, DOCS, Command, Edit, Shell, Step, steps
from tests.prepared import PreparedStack, Template

from local_stack import Simulator, end

PAGE = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
IMAGE_CACHE = "imagecache:eci:ImageCache"
PATIENCE = 60
"""Seconds to wait for what another process is going to do."""
DYNAMIC = """import pulumi
from imagecache_provider.dynamic import eci

web = eci.ImageCache("web", images=["nginx:1.27"])
pulumi.export("imageCacheId", web.image_cache_id)
"""
Test = TypeVar("Test", bound=Callable[..., None])
followed: set[str] = set()
"""The sections that have a test."""


def follows(*headings: str) -> Callable[[Test], Test]:
    """Note which sections a test follows."""
    followed.update(headings)
    return lambda test: test


def sections() -> dict[str, str]:
    """The page's sections by their headings, each without those under it."""
    parts = re.split(r"^#{2,3} (.+)\n", PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@dataclass
class Section:
    """A section that a reader follows, step by step.

    Attributes:
        shell: the reader's.
        steps: what is left of it.
        names: what stands in the place of a placeholder of commands and edits, such as `imc-…`.
    """

    shell: Shell
    steps: list[Step]
    names: dict[str, str] = field(default_factory=dict)

    def follow(self, number: int = 1) -> None:
        """Take the next steps: an edit and the command behind it are two."""
        for _ in range(number):
            self.shell.take(self._named(self.steps.pop(0)))

    def rest(self) -> None:
        """Take all steps that are left."""
        self.follow(len(self.steps))

    def _named(self, step: Step) -> Step:
        if isinstance(step, Command):
            return replace(step, text=self._filled(step.text))
        return replace(step, after=self._filled(step.after)) if isinstance(step, Edit) else step

    def _filled(self, text: str) -> str:
        for placeholder, name in self.names.items():
            text = text.replace(placeholder, name)
        return text


class Reader:
    """Somebody whose stack is in trouble and who follows the page.

    Args:
        stack: the stack, made.
        shell: a shell in its project.
    """

    def __init__(self, stack: PreparedStack, shell: Shell) -> None:
        self.stack = stack
        self.shell = shell
        self.cloud = stack.simulator

    def program(self, **resources: Mapping[str, Any]) -> None:
        """Write the program: image caches by name, each its properties, `options` among them."""
        lines = ["name: shop", "runtime: yaml", "resources:"]
        for name, properties in resources.items():
            options = properties.get("options")
            given = {key: value for key, value in properties.items() if key != "options"}
            lines += [f"  {name}:", f"    type: {IMAGE_CACHE}", "    properties:"]
            lines += [f"      {key}: {json.dumps(value)}" for key, value in given.items()]
            lines += [f"    options: {json.dumps(options)}"] if options else []
        lines += ["outputs:", f"  imageCacheId: ${{{next(iter(resources))}.id}}"]
        self._write("Pulumi.yaml", "\n".join(lines) + "\n")

    def dynamic_program(self, image: str) -> None:
        """Write a program of the dynamic front: one cache of one image."""
        self._write("Pulumi.yaml", "name: shop\nruntime: python\n")
        self._write("__main__.py", DYNAMIC.replace("nginx:1.27", image))

    def _write(self, name: str, text: str) -> None:
        (self.stack.project / name).write_text(text)

    def run(self, command: str, *, fails: bool = False) -> None:
        """Run a command that is part of the trouble."""
        status, output = self.shell.run(command)
        assert (status != 0) is fails, output

    @contextmanager
    def section(self, heading: str, **names: str) -> Iterator[Section]:
        """Follow a section, to its end.

        Args:
            heading: the section's.
            names: for what stands before a placeholder's `-…`: `imc="imc-1"`.
        """
        placeholders = {f"{prefix}-{ANY}": name for prefix, name in names.items()}
        section = Section(self.shell, steps(sections()[heading]), placeholders)
        yield section
        assert section.steps == [], "the test doesn't follow the section to its end"

    def ids(self) -> list[str]:
        """The IDs of the caches in the cloud."""
        return [cache["ImageCacheId"] for cache in self.cloud.caches()]

    def healed(self) -> None:
        """See that all is well: every cache Ready and in the state, once, and as the program wants it."""
        caches = self.cloud.caches()
        assert {cache["Status"] for cache in caches} == {"Ready"}
        recorded = [each for each in self.stack.state() if each["type"].endswith(":ImageCache")]
        ids = [each.get("outputs", {}).get("imageCacheId") for each in recorded]
        assert sorted(ids) == sorted(cache["ImageCacheId"] for cache in caches)
        assert not any(each.get("initErrors") or each.get("delete") for each in recorded)
        self.stack.pulumi("preview", "--refresh", "--expect-no-changes", quiet=True)


def eventually(fact: Callable[[], object], what: str) -> None:
    """Wait for what another process is going to do: there is no clock of ours in it to drive."""
    limit = time.monotonic() + PATIENCE
    while not fact():
        assert time.monotonic() < limit, f"{what}: not in {PATIENCE} s"
        time.sleep(0.05)


@contextmanager
def meanwhile(happens: Callable[[], object]) -> Iterator[None]:
    """Let something happen while the block runs; whatever goes wrong in it is raised after the block."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            happens()
        except BaseException as error:  # noqa: BLE001 - it is raised again
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    thread.join()
    if errors:
        raise errors[0]


@pytest.fixture
def reader(cloud: Simulator, template: Template, tmp_path: Path) -> Iterator[Reader]:
    """A stack of one cache, not yet up, and a shell with credentials in its environment, as CI jobs have."""
    project = tmp_path / "shop"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: shop\nruntime: yaml\n")
    stack = template.stack(project, tmp_path / "pulumi", cloud, name="prod")
    stack.unset(*stack.settings())  # what there is to set is in the environment
    cloud.ask("internet", "POST", {"RegionId": cloud.region})
    key, secret = cloud.provider_key()
    stack.variables |= {
        "PULUMI_SKIP_CONFIRMATIONS": "true",  # nobody is there to say yes
        "ALIBABA_CLOUD_REGION": cloud.region,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": key,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": secret,
        "ALIBABA_CLOUD_ENDPOINT_ECI": cloud.endpoint,
        "ALIBABA_CLOUD_PROTOCOL": "HTTP",
    }
    with Shell(project, stack.variables) as shell:
        reader = Reader(stack, shell)
        reader.program(web={"images": ["nginx:1.27"]})
        yield reader


def test_table() -> None:
    """Each line of the page's table is a piece of a message that stands in the section it points to."""
    anchors = {_anchor(heading): text for heading, text in sections().items()}
    rows = re.findall(r"^\| (.+) \| \[.+\]\(#(.+)\) \|$", PAGE, re.MULTILINE)
    assert len(rows) > 10
    for seen, anchor in rows:
        shown = [
            line for step in steps(anchors[anchor]) if isinstance(step, Command) for line in step.expected
        ]
        for message in re.findall("`(.+?)`", seen):
            assert any(_fits(message, line) for line in shown), f"{message} isn't in {anchor}"


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _fits(message: str, line: str) -> bool:
    return re.search(".*".join(map(re.escape, message.split(ANY))), line) is not None


def test_every_section_is_followed() -> None:
    """Every section with a command has a test here."""
    with_commands = {heading for heading, text in sections().items() if steps(text)}
    assert with_commands == followed


@follows("Looking closer")
def test_looking_closer(reader: Reader) -> None:
    """The commands show a cache's ID, status and events."""
    reader.run("pulumi up --skip-preview")
    with reader.section("Looking closer", imc=reader.ids()[0]) as section:
        section.rest()


@follows("A build that doesn't end")
def test_slow_build(reader: Reader) -> None:
    """A build that takes longer than the wait is waited for by the next `up`, and begun once."""
    reader.cloud.ask("faults", "POST", {"kind": "hang"})
    reader.program(web={"images": ["nginx:1.27"], "options": {"customTimeouts": {"create": "3s"}}})
    with reader.section("A build that doesn't end") as section:
        section.follow()
        section.names["imc-…"] = reader.ids()[0]
        section.follow()
        reader.cloud.ask("holds", "DELETE")
        section.follow()
    assert len(reader.cloud.calls("CreateImageCache")) == 1
    reader.healed()


@follows("If it never ends")
def test_hanging_build(reader: Reader) -> None:
    """A build that hangs for good is replaced, and deleted."""
    reader.cloud.ask("faults", "POST", {"kind": "hang"})
    reader.program(web={"images": ["nginx:1.27"], "options": {"customTimeouts": {"create": "3s"}}})
    reader.run("pulumi up --skip-preview", fails=True)
    (stuck,) = reader.ids()
    reader.program(web={"images": ["nginx:1.27"]})
    with reader.section("If it never ends") as section:
        section.rest()
    assert stuck not in reader.ids()
    reader.healed()


@follows("An image that can't be pulled")
def test_failed_pull(reader: Reader) -> None:
    """A cache that failed is replaced once the program names the right image."""
    reader.program(web={"images": ["nginx:1.27-no-such"]})
    with reader.section("An image that can't be pulled") as section:
        section.follow()
        (failed,) = reader.ids()
        section.rest()
    assert failed not in reader.ids()
    reader.healed()


@follows("A failed create in the dynamic front")
def test_failed_pull_dynamic(reader: Reader) -> None:
    """The dynamic front deletes a cache that failed; the mended program makes one."""
    reader.dynamic_program("nginx:1.27-no-such")
    with reader.section("A failed create in the dynamic front") as section:
        section.follow()
        assert reader.ids() == []
        section.rest()
    reader.healed()


@follows("No way to the registry: no EIP, no NAT gateway")
def test_no_internet(reader: Reader) -> None:
    """Without a way to the registry the event says so; an EIP is one."""
    reader.cloud.ask("reset", "POST")  # the NAT gateway goes
    with reader.section(
        "No way to the registry: no EIP, no NAT gateway", eip=new_eip(reader.cloud)
    ) as section:
        section.rest()
    reader.healed()


def new_eip(cloud: Simulator) -> str:
    """Allocate an elastic IP address, as a colleague does."""
    return str(call(cloud, "2016-04-28", "AllocateEipAddress")["AllocationId"])


def call(cloud: Simulator, version: str, action: str, **parameters: str) -> dict[str, Any]:
    """Call the cloud as a colleague does, by the official client.

    Args:
        cloud: the cloud.
        version: of the product's API.
        action: the API's name of it.
        parameters: by their names on the wire, with `__` for a dot.
    """
    how = Params(
        action=action,
        version=version,
        protocol="HTTP",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    config = Config(
        access_key_id=cloud.access_key_id, access_key_secret=cloud.access_key_secret, endpoint=cloud.endpoint
    )
    query = {"RegionId": cloud.region, **{name.replace("__", "."): text for name, text in parameters.items()}}
    answer = Client(config).call_api(how, OpenApiRequest(query=query), RuntimeOptions())
    body: dict[str, Any] = answer["body"]
    return body


@follows("Once the NAT gateway is there")
def test_nat_gateway(reader: Reader) -> None:
    """Once there is a NAT gateway, the same program makes the cache; preflight can refuse it before that."""
    reader.cloud.ask("reset", "POST")
    reader.run("pulumi config set imagecache:preflight error")
    reader.run("pulumi preview", fails=True)
    reader.run("pulumi config rm imagecache:preflight")
    reader.run("pulumi up --skip-preview", fails=True)
    reader.cloud.ask("internet", "POST", {"RegionId": reader.cloud.region})
    with reader.section("Once the NAT gateway is there") as section:
        section.rest()
    reader.healed()


@follows("A disk that is too small")
def test_disk_too_small(reader: Reader) -> None:
    """Images that don't fit fail with the property that is too small."""
    reader.program(web={"images": ["nvcr.io/nvidia/tritonserver:24.08-py3", "vllm/vllm-openai:v0.6.0"]})
    with reader.section("A disk that is too small") as section:
        section.rest()
    assert reader.cloud.caches()[0]["ImageCacheSize"] == 60
    reader.healed()


@follows("Throttling")
def test_throttling(reader: Reader) -> None:
    """Creates that are throttled are sent again; a call that always is fails, and `up` goes on later."""
    one = {"images": ["nginx:1.27"]}
    reader.run("pulumi up --skip-preview")
    reader.cloud.ask("faults", "POST", throttle("CreateImageCache", times=2))
    reader.program(web=one, first=one, second=one, third=one)
    with reader.section("Throttling") as section:
        section.follow()
        reader.program(web=one, first=one, second=one, third=one, fourth=one)
        reader.cloud.ask("faults", "POST", throttle("DescribeImageCaches", times=None))
        section.follow()
        reader.cloud.ask("faults", "DELETE")
        section.rest()
    reader.healed()


def throttle(action: str, *, times: int | None) -> dict[str, Any]:
    """A fault that throttles an action."""
    return {"kind": "throttle", "action": action, "code": "Throttling.User", "times": times}


@follows("A quota that is full")
def test_quota(reader: Reader) -> None:
    """Where the quota is full, what is needed no more is deleted first."""
    reader.program(old={"images": ["nginx:1.27"]})
    reader.run("pulumi up --skip-preview")
    reader.cloud.ask("quotas", "POST", {"MaxImageCacheCount": 1})
    reader.program(new={"images": ["redis:7.4"]})
    with reader.section("A quota that is full") as section:
        section.rest()
    reader.healed()


@follows("Credentials that expired half-way")
def test_expired_credentials(reader: Reader) -> None:
    """A cache whose credentials expire during its build is in the state; new ones go on with it."""
    reader.cloud.ask("holds", "POST", {"ImageCaches": True})
    expired = {
        "kind": "error",
        "status": 400,
        "code": "InvalidSecurityToken.Expired",
        "message": "Specified SecurityToken is expired.",
        "times": None,
    }

    def expire() -> None:
        eventually(reader.ids, "the cache is being built")
        reader.cloud.ask("faults", "POST", expired)

    with reader.section("Credentials that expired half-way") as section:
        with meanwhile(expire):
            section.follow()
        (begun,) = reader.ids()
        reader.cloud.ask("holds", "DELETE")
        reader.cloud.ask("faults", "DELETE")
        key, secret = reader.cloud.provider_key()
        reader.run(f"NEW_ACCESS_KEY_ID={key}")
        reader.run(f"NEW_ACCESS_KEY_SECRET={secret}")
        reader.run("NEW_SECURITY_TOKEN=a-new-session")
        section.rest()
    assert reader.ids() == [begun]
    reader.healed()


def kill_while(reader: Reader, begun: Callable[[], object]) -> None:
    """Kill an `up` with all its processes once something has begun."""
    reader.cloud.ask("holds", "POST", {"ImageCaches": True})
    engine = reader.stack.start("up", "--yes", "--skip-preview")
    eventually(begun, "a cache is being built")
    engine.kill()
    end(engine)
    reader.cloud.ask("holds", "DELETE")


@follows("An update that was interrupted")
def test_killed(reader: Reader) -> None:
    """What a killed `up` had begun, a create and an update, is found by the next one."""
    reader.run("pulumi up --skip-preview")
    (web,) = reader.ids()
    reader.program(web={"images": ["redis:7.4"]}, two={"images": ["nginx:1.27"]})

    def begun() -> bool:
        return len(reader.ids()) == 2 and reader.cloud.calls("UpdateImageCache") != []

    kill_while(reader, begun)
    (two,) = set(reader.ids()) - {web}
    with reader.section("An update that was interrupted") as section:
        section.rest()
    assert sorted(reader.ids()) == sorted([web, two])
    assert [len(reader.cloud.calls(f"{verb}ImageCache")) for verb in ("Create", "Update")] == [2, 1]
    reader.healed()


@follows("An interrupted update in the dynamic front")
def test_two_interrupts_dynamic(reader: Reader) -> None:
    """After ^C twice, the next `up` goes on with the cache that was begun."""
    reader.dynamic_program("nginx:1.27")
    reader.cloud.ask("holds", "POST", {"ImageCaches": True})
    engine = reader.stack.start("up", "--yes", "--skip-preview")
    eventually(reader.ids, "a cache is being built")

    def interrupted() -> bool:
        os.kill(engine.pid, signal.SIGINT)
        return engine.poll() is not None

    eventually(interrupted, "the engine has ended")
    end(engine)
    reader.cloud.ask("holds", "DELETE")
    (begun,) = reader.ids()
    with reader.section("An interrupted update in the dynamic front") as section:
        section.rest()
    assert reader.ids() == [begun]
    assert len(reader.cloud.calls("CreateImageCache")) == 1
    reader.healed()


def commit(reader: Reader, message: str) -> None:
    """Commit the program."""
    reader.run(f"git add -A && git commit -q -m '{message}'")


def repository(reader: Reader) -> None:
    """Make the project a repository whose author is somebody."""
    for who in ("AUTHOR", "COMMITTER"):
        reader.run(f"export GIT_{who}_NAME=somebody GIT_{who}_EMAIL=somebody@example.com")
    reader.run("git init -q")
    reader.run("echo __pycache__/ > .gitignore")  # as that of `pulumi new` has it
    commit(reader, "Cache nginx 1.27")


@follows("Rolling a bad image back")
def test_rollback(reader: Reader) -> None:
    """A bad image that is reverted is built back into the same cache."""
    repository(reader)
    reader.run("pulumi up --skip-preview")
    made = reader.ids()
    reader.program(web={"images": ["nginx:1.28-no-such"]})
    commit(reader, "Cache nginx 1.28")
    pod = {"ContainerGroupName": "pod", "Container__1__Name": "web", "Container__1__Image": "nginx:1.27"}
    with reader.section("Rolling a bad image back") as section:
        section.follow()
        with pytest.raises(AlibabaCloudException, match=r"ImageSnapshot\.IncorrectStatus"):
            call(reader.cloud, "2018-08-08", "CreateContainerGroup", ImageSnapshotId=made[0], **pod)
        section.rest()
    call(reader.cloud, "2018-08-08", "CreateContainerGroup", ImageSnapshotId=made[0], **pod)
    assert reader.ids() == made
    assert reader.cloud.caches()[0]["Images"] == ["nginx:1.27"]
    reader.healed()


@follows("A rollback in the dynamic front")
def test_rollback_dynamic(reader: Reader) -> None:
    """The dynamic front builds a reverted image back after a refresh."""
    reader.dynamic_program("nginx:1.27")
    repository(reader)
    reader.run("pulumi up --skip-preview")
    made = reader.ids()
    reader.dynamic_program("nginx:1.28-no-such")
    commit(reader, "Cache nginx 1.28")
    with reader.section("A rollback in the dynamic front") as section:
        section.rest()
    assert reader.ids() == made
    assert reader.cloud.caches()[0]["Images"] == ["nginx:1.27"]
    reader.healed()


def lose_state(reader: Reader) -> None:
    """Delete all that the backend has of the stack; its settings stay with the program."""
    backend = reader.stack.folder / "backend" / ".pulumi"
    for kept in ("stacks", "backups", "history"):
        shutil.rmtree(backend / kept)


@follows("A state that is lost")
def test_lost_state(reader: Reader) -> None:
    """A copy of the state brings the stack back as it was."""
    reader.run("pulumi up --skip-preview")
    made = reader.ids()
    reader.run("pulumi stack export --file state.json")
    lose_state(reader)
    with reader.section("A state that is lost") as section:
        section.rest()
    assert reader.ids() == made
    reader.healed()


@follows("Without a copy of the state")
def test_import(reader: Reader) -> None:
    """Without a copy, an import by the ID builds nothing."""
    reader.run("pulumi up --skip-preview")
    made = reader.ids()
    lose_state(reader)
    reader.run("pulumi stack init prod")
    with reader.section("Without a copy of the state", imc=made[0]) as section:
        section.rest()
    assert reader.ids() == made
    assert len(reader.cloud.calls("CreateImageCache")) == 1
    assert reader.cloud.calls("UpdateImageCache") == []
    reader.healed()


@follows("If up has run already")
def test_lost_state_and_up(reader: Reader) -> None:
    """As the page warns, `up` without the state makes a second cache; the first is then found and removed."""
    reader.run("pulumi up --skip-preview")
    (first,) = reader.ids()
    lose_state(reader)
    reader.run("pulumi stack init prod")
    reader.run("pulumi up --skip-preview")
    (second,) = set(reader.ids()) - {first}
    with reader.section("If up has run already", imc=first) as section:
        section.rest()
    assert reader.ids() == [second]
    reader.healed()


@follows("Caches that no stack has")
def test_orphan(reader: Reader) -> None:
    """What a killed create left, and the program doesn't have any more, is found and removed."""
    reader.run("pulumi up --skip-preview")
    (web,) = reader.ids()
    reader.program(web={"images": ["nginx:1.27"]}, two={"images": ["nginx:1.27"]})
    kill_while(reader, lambda: len(reader.ids()) == 2)
    reader.run("pulumi cancel")
    reader.program(web={"images": ["nginx:1.27"]})
    reader.run("pulumi up --skip-preview")
    eventually(lambda: {each["Status"] for each in reader.cloud.caches()} == {"Ready"}, "the orphan is built")
    with reader.section("Caches that no stack has") as section:
        section.rest()
    assert reader.ids() == [web]
    reader.healed()
