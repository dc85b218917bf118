"""Tests of listing and removing what a stack's state doesn't have; tests/engine does it on a real engine."""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.provider.world import REGION, World

from imagecache_provider import orphans
from imagecache_provider.errors import ProviderError
from imagecache_provider.lifecycle import Outcome
from imagecache_provider.resource import STACK_TAG, Identity

TOKEN = "imagecache:eci:ImageCache"
NOTHING: dict[str, Any] = {"deployment": {"resources": []}}
CALL = "python -m imagecache_provider orphans"
Fake = Callable[[Mapping[str, tuple[int, str, str]]], dict[str, str]]


def exported(*known: Outcome, **more: Any) -> dict[str, Any]:
    """Give a state that has these caches."""
    resources = [resource(each.id) for each in known]
    return {"deployment": {"resources": resources, **more}}


def resource(id: str, name: str = "web") -> dict[str, Any]:
    """Give a cache as a state has it."""
    return {
        "urn": f"urn:pulumi:dev::project::{TOKEN}::{name}",
        "type": TOKEN,
        "id": id,
        "outputs": {"regionId": REGION},
    }


class Stack:
    """The stack `dev` with its state in a file, in an account of the environment."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.file = folder / "state.json"
        self.environment = {
            "ALIBABA_CLOUD_REGION": REGION,
            "ALIBABA_CLOUD_ENDPOINT_ECI": str(world.config["imagecache:endpoint"]),
            "ALIBABA_CLOUD_PROTOCOL": str(world.config["imagecache:protocol"]),
            "ALIBABA_CLOUD_ACCESS_KEY_ID": "simulator",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "simulator",
        }

    def options(self, *arguments: str) -> argparse.Namespace:
        """Read a command line."""
        parser = argparse.ArgumentParser()
        orphans.add_options(parser)
        return parser.parse_args(arguments)

    def run(self, state: Any, *arguments: str) -> str:
        """Run the command on this state in a file."""
        self.file.write_text(json.dumps(state))
        whose = ("--project", "project", "--stack", "dev", "--state", str(self.file))
        return self.ended(self.options(*whose, *arguments), self.environment).text

    def ended(self, options: argparse.Namespace, environment: Mapping[str, str]) -> orphans.Answer:
        """Run the command to its end."""
        command = orphans.Command(options, environment, self.world.clock)
        answer: orphans.Answer = self.world.run(command.run())
        return answer

    def listed(self, state: Any, *arguments: str) -> Any:
        """Run it for JSON."""
        return json.loads(self.run(state, "--json", *arguments))

    def by_pulumi(self, environment: Mapping[str, str], folder: Path, *arguments: str) -> orphans.Answer:
        """Run the command for JSON where `pulumi` tells the state."""
        return self.ended(self.options("--cwd", str(folder), "--json", *arguments), environment)

    def left_ready(self, name: str = "web") -> str:
        """Leave a cache as a kill during its build does, which ends well; give its ID."""
        made = self.left(name)
        self.world.cloud.advance(3600)
        return made

    def left(self, name: str = "web") -> str:
        """Leave a cache as a kill during its build does; give its ID."""
        before = set(self.world.caches())
        process = self.world.process()
        self.world.cut_off(
            process.creating(name, images=["nginx:1"]), lambda: bool(set(self.world.caches()) - before)
        )
        (made,) = set(self.world.caches()) - before
        return made


@pytest.fixture
def stack(world: World, tmp_path: Path) -> Stack:
    """Return a stack, not yet up."""
    return Stack(world, tmp_path)


def test_none(stack: Stack) -> None:
    """What is in the state is no orphan, nor is another stack's."""
    made = stack.world.process().create(images=["nginx:1"])
    stack.world.process(stack="prod").create(images=["nginx:1"])
    said = stack.run(exported(made))
    assert said.startswith(
        "No orphans: every image cache in cn-hangzhou with the tag of stack dev of project"
    )


def test_listed(stack: Stack) -> None:
    """What isn't is listed, with what there is to know of it and what may be done; nothing is removed."""
    made = stack.world.process().create("api", images=["nginx:1"])
    lost = stack.world.process().create(images=["nginx:1", "redis:7"], imageCacheName="mine")
    said = stack.run(exported(made))
    assert "1 image cache carries the tag of stack dev of project project and isn't in its state:" in said
    assert made.id not in said
    for word in (lost.id, "mine", REGION, "Ready", lost.outputs["creationTime"], "handed over", "redis:7"):
        assert word in said
    for reason in ("another backend", "pulumi stack rename", "pulumi state delete", "retainOnDelete"):
        assert reason in said
    assert (
        "To remove what nobody needs, by its ID: python -m imagecache_provider orphans --stack dev --project"
        f" project --state {stack.file} --remove {lost.id} --yes"
    ) in said
    assert len(stack.world.caches()) == 2


def test_json(stack: Stack) -> None:
    """The same for scripts."""
    lost = stack.world.process().create(images=["nginx:1"])
    listed = stack.listed(NOTHING)
    (each,) = listed.pop("orphans")
    assert listed == {
        "project": "project",
        "stack": "dev",
        "regions": [REGION],
        "updateInProgress": False,
        "elsewhere": False,
        "removable": [],
        "needIds": [lost.id],
        "removed": [],
    }
    assert each == {
        "id": lost.id,
        "type": TOKEN,
        "name": lost.inputs["imageCacheName"],
        "regionId": REGION,
        "status": "Ready",
        "creationTime": lost.outputs["creationTime"],
        "images": ["nginx:1"],
        "resource": Identity.of("project", "dev", TOKEN, "web").resource,
        "resourceName": "web",
        "urn": "",
        "pending": False,
        "atWork": False,
        "importId": lost.id,
        "import": f"pulumi import --stack dev {TOKEN} web {lost.id} --protect=false --generate-code=false",
    }


def test_removed(stack: Stack) -> None:
    """Removed is what was named, once --yes is given, and nothing else; what goes is gone."""
    made = stack.world.process().create("api", images=["nginx:1"])
    other = stack.world.process(stack="prod").create(images=["nginx:1"])
    lost = stack.world.process().create(images=["nginx:1"])
    assert f"Would remove: {lost.id}. To do it, add --yes." in stack.run(exported(made), "--remove", lost.id)
    assert lost.id in stack.world.caches()
    assert f"Removed: {lost.id}" in stack.run(exported(made), "--remove", lost.id, "--yes")
    assert stack.world.caches().keys() == {made.id, other.id}
    assert stack.run(exported(made), "--remove", "--yes").startswith("No orphans")


def test_file_needs_ids(stack: Stack) -> None:
    """A state in a file may be older than a cache: without its ID none is removed, pending or not."""
    lost = stack.world.process().create("api", images=["nginx:1"])
    left = stack.left_ready()
    said = stack.run(NOTHING, "--remove", "--yes", "--building")
    assert f"--remove {left} --yes" in said
    assert f"--remove {lost.id} --yes" in said
    assert "Removed" not in said
    listed = stack.listed(NOTHING, "--remove", "--yes", "--building")
    assert (listed["removable"], sorted(listed["needIds"])) == ([], sorted([left, lost.id]))
    assert stack.world.caches().keys() == {left, lost.id}
    assert stack.listed(NOTHING, "--remove", left, "--yes")["removed"] == [left]


def test_yes_alone(stack: Stack) -> None:
    """Without --remove nothing is removed."""
    stack.world.process().create(images=["nginx:1"])
    stack.left("api")
    stack.run(NOTHING, "--yes", "--building")
    assert len(stack.world.caches()) == 2


def test_some(stack: Stack) -> None:
    """Removed may be some by their IDs; an ID that is none of them is an error, and nothing goes."""
    one, two, three = (stack.world.process().create(name, images=["nginx:1"]) for name in ("a", "b", "c"))
    with pytest.raises(ProviderError, match=f"--remove {three.id}: no such orphan"):
        stack.run(exported(three), "--remove", one.id, three.id, "--yes")
    assert stack.listed(exported(three), "--remove", one.id, "--yes")["removed"] == [one.id]
    assert stack.world.caches().keys() == {two.id, three.id}


@pytest.mark.parametrize(
    ("cache_name", "resource", "found"),
    [
        ({}, "web", True),
        ({}, "web-app_2.x", True),
        ({"imageCacheName": "project-dev-web-x1"}, "web", True),
        ({"imageCacheName": "shop"}, "shop", True),
        ({"imageCacheName": "shop"}, "web", False),
        ({"imageCacheName": "websites"}, "web", False),
    ],
)
def test_import(stack: Stack, cache_name: dict[str, str], resource: str, found: bool) -> None:
    """The resource's name is found in the cache's name and proven by its hash; it's in the command."""
    made = stack.world.process().create(resource, images=["nginx:1"], **cache_name)
    (each,) = stack.listed(NOTHING)["orphans"]
    command = f"pulumi import --stack dev {TOKEN} {resource} {made.id} --protect=false --generate-code=false"
    assert (each["resourceName"], each["import"]) == ((resource, command) if found else ("", ""))
    assert each["importId"] == made.id
    assert (command in stack.run(NOTHING)) is found
    assert ("pulumi preview --stack dev --import-file import.json" in stack.run(NOTHING)) is not found


def test_import_from_another_region(stack: Stack) -> None:
    """A cache outside the provider's region is imported with its region in front."""
    made = stack.world.process().create(images=["nginx:1"], regionId="cn-beijing")
    (each,) = stack.listed(NOTHING, "--region", "cn-beijing")["orphans"]
    assert each["importId"] == f"cn-beijing/{made.id}"
    assert f" web cn-beijing/{made.id} " in each["import"]


def test_nothing_to_import(stack: Stack) -> None:
    """No import is offered of what is pending or failed, or whose resource has another cache in the state."""
    stack.left_ready("pending")
    made = stack.world.process().create(images=["nginx:1"])
    failed = stack.world.process().create("failed", images=["nginx:1"])
    stack.world.cloud.eci.image_caches[failed.id].status = "Failed"
    state = {"deployment": {"resources": [resource("imc-newer")]}}
    assert {each["importId"] for each in stack.listed(state)["orphans"]} == {""}
    assert "pulumi import" not in stack.run(state)
    creating = exported(pending_operations=[{"resource": resource(""), "type": "creating"}])
    assert [each["importId"] for each in stack.listed(creating)["orphans"] if each["importId"]] == [made.id]


def test_no_import_without_its_parent(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose resource has a parent is told with its name; its import is by a file, with the parent."""
    process = stack.world.process()
    types = f"shop:index:Shop${TOKEN}"
    monkeypatch.setattr(process, "identity", lambda name: Identity.of("project", "dev", types, name))
    made = process.create("web", images=["nginx:1"])
    begun = {**resource(""), "urn": f"urn:pulumi:dev::project::{types}::web"}
    state = exported(pending_operations=[{"resource": begun, "type": "creating"}])
    (each,) = stack.listed(state)["orphans"]
    assert (each["resourceName"], each["importId"], each["import"]) == ("web", made.id, "")
    said = stack.run(state)
    assert f"pulumi import --stack dev {TOKEN}" not in said
    assert f"To take back {made.id}, of which" in said
    assert "pulumi import --stack dev --file import.json" in said


@pytest.mark.parametrize("how", ["delete", "under way", "another name"])
def test_in_the_state(stack: Stack, how: str) -> None:
    """What is about to be deleted, was under way, or has another name now is in the state: it stays."""
    made = stack.world.process().create(images=["nginx:1"])
    state = {
        "delete": {"deployment": {"resources": [{**resource(made.id), "delete": True}]}},
        "under way": exported(pending_operations=[{"resource": resource(made.id), "type": "deleting"}]),
        "another name": {"deployment": {"resources": [resource(made.id, "renamed")]}},
    }[how]
    listed = stack.listed(state, "--remove", "--yes", "--building")
    assert (listed["orphans"], listed["removed"]) == ([], [])
    assert list(stack.world.caches()) == [made.id]


def test_building(stack: Stack) -> None:
    """A pending cache that is being built may be an `up`'s own: it's left unless that is asked for."""
    left = stack.left()
    said = stack.run(NOTHING, "--remove", left, "--yes")
    assert f"Left alone, unless --building is given: {left}. An `up` may be at work on it" in said
    assert "Removed" not in said
    assert stack.listed(NOTHING, "--remove", left, "--yes", "--building")["removed"] == [left]
    assert stack.world.caches() == {}


def test_pending(stack: Stack) -> None:
    """One that is Ready is left only if the state says that its create was under way."""
    left = stack.left_ready()
    assert stack.world.caches() == {left: "Ready"}
    creating = exported(pending_operations=[{"resource": resource(""), "type": "creating"}])
    (each,) = stack.listed(creating, "--remove", left, "--yes")["orphans"]
    assert (each["atWork"], each["urn"].rpartition("::")[2]) == (True, "web")
    other = exported(pending_operations=[{"resource": resource("", "api"), "type": "creating"}])
    assert stack.listed(other, "--remove", left, "--yes")["removed"] == [left]


def test_unknown_mark(stack: Stack) -> None:
    """One whose tag of the resource is gone is listed with what is left of it, and needs its ID."""
    made = stack.world.process().create(images=["nginx:1"])
    stack.world.cloud.eci.image_caches[made.id].tags = {STACK_TAG: Identity.of("project", "dev").stack}
    assert "none  unknown" in stack.run(NOTHING)
    assert stack.listed(NOTHING)["needIds"] == [made.id]
    assert stack.listed(NOTHING, "--remove", made.id, "--yes")["removed"] == [made.id]


def test_regions(stack: Stack) -> None:
    """Looked in are the provider's region and the state's; or those that are named, and the provider's."""
    there = stack.world.process().create(images=["nginx:1"], regionId="cn-beijing")
    assert stack.listed(NOTHING)["orphans"] == []
    state = {"deployment": {"resources": [{**resource("imc-x"), "outputs": {"regionId": "cn-beijing"}}]}}
    assert [each["id"] for each in stack.listed(state)["orphans"]] == [there.id]
    named = stack.listed(NOTHING, "--region", "cn-beijing", "--region", "cn-shanghai")
    assert named["regions"] == ["cn-beijing", REGION, "cn-shanghai"]
    assert [each["id"] for each in named["orphans"]] == [there.id]


def test_removing_fails(stack: Stack) -> None:
    """What the cloud refuses is told, with what was removed all the same, and no secret."""
    one, two = (stack.world.process().create(name, images=["nginx:1"]) for name in ("a", "b"))
    stack.world.cloud.faults.error(
        "DeleteImageCache", status=403, code="Forbidden", message="not simulator", times=1
    )
    with pytest.raises(ProviderError, match=r"Forbidden: not \[secret\]") as refused:
        stack.run(NOTHING, "--remove", one.id, two.id, "--yes")
    (gone,) = {one.id, two.id} - stack.world.caches().keys()
    assert f"removed: {gone}" in str(refused.value)


@pytest.mark.parametrize(
    ("dropped", "reason"),
    [
        ("ALIBABA_CLOUD_ACCESS_KEY", "needs credentials and none were usable"),
        ("ALIBABA_CLOUD_REGION", "the region is set nowhere.*--region cn-hangzhou"),
    ],
)
def test_too_little(stack: Stack, monkeypatch: pytest.MonkeyPatch, dropped: str, reason: str) -> None:
    """Without credentials or region the error says what to set."""
    monkeypatch.setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
    for name in [name for name in stack.environment if name.startswith(dropped)]:
        del stack.environment[name]
    with pytest.raises(ProviderError, match=reason):
        stack.run(NOTHING)


def test_no_file(stack: Stack, tmp_path: Path) -> None:
    """A state that can't be read is one error."""
    for path in (tmp_path / "missing.json", tmp_path):
        options = stack.options("--state", str(path))
        with pytest.raises(ProviderError, match="can't be read"):
            stack.ended(options, {})


def test_standard_input(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is the standard input."""
    lost = stack.world.process().create(images=["nginx:1"])
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(exported())))
    options = stack.options("--state", "-", "--project", "project", "--stack", "me/project/dev", "--json")
    assert json.loads(stack.ended(options, stack.environment).text)["needIds"] == [lost.id]


class TestPulumi:
    """With the state and the configuration from `pulumi`."""

    def answers(self, stack: Stack, state: Any, backend: str) -> dict[str, tuple[int, str, str]]:
        """Answer as Pulumi does for a stack whose configuration has the account."""
        config = {name: {"value": value, "secret": True} for name, value in stack.world.config.items()}
        return {
            "stack --show-name": (0, "dev\n", ""),
            "stack export": (0, json.dumps(state), ""),
            "config --json --show-secrets": (0, json.dumps(config), ""),
            "whoami --json": (0, json.dumps({"url": backend}), ""),
        }

    def test_account(self, stack: Stack, fake_pulumi: Fake, tmp_path: Path) -> None:
        """The account is that of the stack's configuration, and the project that of the folder."""
        left = stack.left_ready()
        (tmp_path / "Pulumi.yaml").write_text("name: project\n")
        environment = fake_pulumi(self.answers(stack, NOTHING, tmp_path.as_uri()))
        said = json.loads(stack.by_pulumi(environment, tmp_path, "--remove", "--yes").text)
        assert said["removed"] == [left]

    def test_handed_over(self, stack: Stack, fake_pulumi: Fake, tmp_path: Path) -> None:
        """Without IDs only what is pending goes: what was handed over may serve, whatever this state has.

        That is what an empty state of the wrong backend looks like, and a new stack of a renamed one's name.
        """
        serving = stack.world.process().create("api", images=["nginx:1"])
        left = stack.left_ready()
        environment = fake_pulumi(self.answers(stack, NOTHING, tmp_path.as_uri()))
        answer = stack.by_pulumi(environment, tmp_path, "--project", "project", "--remove", "--yes")
        listed = json.loads(answer.text)
        assert (listed["removed"], listed["needIds"]) == ([left], [serving.id])
        assert (stack.world.caches(), answer.status) == ({serving.id: "Ready"}, orphans.FOUND)
        named = ("--project", "project", "--remove", serving.id, "--yes")
        answer = stack.by_pulumi(environment, tmp_path, *named)
        assert (stack.world.caches(), answer.status) == ({}, orphans.NONE)

    @pytest.mark.parametrize("elsewhere", [False, True])
    def test_another_account(
        self,
        stack: Stack,
        fake_pulumi: Fake,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        elsewhere: bool,
    ) -> None:
        """Where the state's caches are in another account, that is told, and nothing goes without its ID."""
        here, other = stack.world.cloud.account_id, "1999999999999999"
        account = {"regionId": REGION, "accountId": other if elsewhere else here}
        state = {"deployment": {"resources": [{**resource("imc-there", "api"), "outputs": account}]}}
        environment = fake_pulumi(self.answers(stack, state, tmp_path.as_uri()))

        def run(*more: str) -> tuple[Any, bool]:
            answer = stack.by_pulumi(environment, tmp_path, *more)
            told = f"in account {other}, and the credentials are those of account {here}"
            return json.loads(answer.text), told in capsys.readouterr().err

        assert run()[1] is elsewhere
        said = stack.ended(stack.options("--cwd", str(tmp_path)), environment).text
        assert said.startswith("Nothing found in cn-hangzhou" if elsewhere else "No orphans: every")
        left = stack.left_ready()
        listed, told = run("--remove", "--yes")
        assert (listed["elsewhere"], told) == (elsewhere, elsewhere)
        assert (listed["removed"], listed["needIds"]) == (([], [left]) if elsewhere else ([left], []))
        if elsewhere:
            said = stack.ended(stack.options("--cwd", str(tmp_path)), environment).text
            assert f"These may be another stack's, so that they're taken by their IDs only: {CALL}" in said
            assert run("--remove", left, "--yes")[0]["removed"] == [left]

    def test_status(self, stack: Stack, fake_pulumi: Fake, tmp_path: Path) -> None:
        """The status says whether some are left of those that were looked at, in text as in JSON."""
        environment = fake_pulumi(self.answers(stack, NOTHING, tmp_path.as_uri()))
        arguments = ("--cwd", str(tmp_path), "--project", "project")

        def status(*more: str) -> int:
            return stack.ended(stack.options(*arguments, *more), environment).status

        assert (status(), status("--json")) == (orphans.NONE, orphans.NONE)
        one, two = stack.left_ready("one"), stack.left_ready("two")
        assert (status(), status("--json"), status("--remove")) == (3, 3, 3)
        assert status("--remove", one, "--yes") == 0
        assert status() == 3
        assert status("--remove", "--yes") == 0
        assert (stack.world.caches(), two) == ({}, two)

    def test_under_way(self, stack: Stack, fake_pulumi: Fake, tmp_path: Path) -> None:
        """While something is at work on the stack, orphans are listed and nothing is removed."""
        lost = stack.world.process().create(images=["nginx:1"])
        lock = tmp_path / ".pulumi" / "locks" / "organization" / "project" / "dev" / "1.json"
        lock.parent.mkdir(parents=True)
        lock.write_text("{}")
        environment = fake_pulumi(self.answers(stack, NOTHING, tmp_path.as_uri()))
        arguments = ("--cwd", str(tmp_path), "--project", "project")

        def run(*more: str) -> str:
            return stack.ended(stack.options(*arguments, *more), environment).text

        assert "Nothing can be removed now: another command is at work on stack dev" in run()
        with pytest.raises(ProviderError, match="nothing was removed: another command is at work"):
            run("--remove", "--yes", "--building")
        assert list(stack.world.caches()) == [lost.id]

    def test_settled(self, stack: Stack, fake_pulumi: Fake, tmp_path: Path) -> None:
        """Where it's known that nothing is at work, a pending Ready cache is nobody's."""
        left = stack.left_ready()
        state = exported(pending_operations=[{"resource": resource(""), "type": "creating"}])
        for backend, removed in (("s3://bucket", []), (tmp_path.as_uri(), [left])):
            environment = fake_pulumi(self.answers(stack, state, backend))
            said = stack.by_pulumi(environment, tmp_path, "--remove", "--yes").text
            assert json.loads(said)["removed"] == removed

    def test_recorded_meanwhile(self, stack: Stack, fake_pulumi: Fake, tmp_path: Path) -> None:
        """What the state has by the time of the removal stays."""
        made = stack.world.process().create(images=["nginx:1"])
        environment = fake_pulumi(self.answers(stack, NOTHING, tmp_path.as_uri()))

        def record(_call: object) -> None:
            fake_pulumi(self.answers(stack, exported(made), tmp_path.as_uri()))

        stack.world.cloud.subscribe(record)
        arguments = ("--project", "project", "--remove", made.id, "--yes")
        said = json.loads(stack.by_pulumi(environment, tmp_path, *arguments).text)
        assert ([each["id"] for each in said["orphans"]], said["removed"]) == ([made.id], [])


@pytest.mark.parametrize("endpoint", ["http"], indirect=True)
def test_command(stack: Stack, tmp_path: Path) -> None:
    """As a command it ends with 0 or 3 and what it found, or 1 and one error; no secret is in either."""

    def run(secret: str, text: str, *more: str) -> subprocess.CompletedProcess[str]:
        account = {**stack.environment, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": secret}
        return subprocess.run(
            [sys.executable, "-m", "imagecache_provider", "orphans", "--state", "-", *more],
            env={**os.environ, **account},
            input=text,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    whose = ("--stack", "dev", "--project", "project")
    none = run("simulator", json.dumps(NOTHING), *whose)
    refused = run("wrong-secret", json.dumps(NOTHING), *whose)
    unreadable = run("simulator", "no state", "--stack", "dev")
    misspelled = run("simulator", json.dumps(NOTHING), "--stak", "dev")
    stack.left()
    found = run("simulator", json.dumps(NOTHING), *whose)
    done = [none, found, refused, unreadable, misspelled]
    assert [each.returncode for each in done] == [0, 3, 1, 1, 2]
    assert none.stdout.startswith("No orphans: ")
    assert found.stdout.startswith("1 image cache carries")
    assert "DescribeImageCaches failed" in refused.stderr
    assert "pulumi stack export" in unreadable.stderr
    assert not any("Traceback" in each.stderr or "wrong-secret" in each.stderr for each in done)


def test_unused_settings(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    """What is set and not used is told beside the list."""
    stack.environment["ALICLOUD_REGION"] = "cn-beijing"
    stack.run(exported(), "--region", REGION)
    assert capsys.readouterr().err.startswith(
        "warning: ALICLOUD_REGION and ALIBABA_CLOUD_REGION disagree: ALIC"
    )
