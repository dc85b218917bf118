"""Tests of asking Pulumi; the program is a fake here, the real one is in tests/engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from imagecache_provider.errors import ProviderError
from imagecache_provider.orphans.pulumi import Pulumi, project_of
from imagecache_provider.orphans.stack_state import StackState, read_state

Fake = Callable[[Mapping[str, tuple[int, str, str]]], dict[str, str]]
STATE: StackState = read_state('{"deployment": {}}', "project", "dev")


def backend(url: str) -> dict[str, tuple[int, str, str]]:
    """Answer where the backend is."""
    return {"whoami --json": (0, json.dumps({"user": "me", "url": url}), "")}


def test_asks(fake_pulumi: Fake, tmp_path: Path) -> None:
    """The state and the configuration are those of the named stack; the name is the last part."""
    config = {"a:b": {"value": "1", "secret": True}, "a:c": {"value": "[2]", "objectValue": [2]}}
    environment = fake_pulumi(
        {
            "stack export --stack=me/project/dev": (0, "{}", ""),
            "config --json --show-secrets --stack=me/project/dev": (0, json.dumps(config), ""),
        }
    )
    pulumi = Pulumi(tmp_path, "me/project/dev", environment)
    assert (pulumi.stack, pulumi.state(), pulumi.config()) == ("dev", "{}", {"a:b": "1", "a:c": [2]})


def test_selected(fake_pulumi: Fake, tmp_path: Path) -> None:
    """Without a name it's the stack that is selected."""
    assert Pulumi(tmp_path, "", fake_pulumi({"stack --show-name": (0, "dev\n", "")})).stack == "dev"


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("error: no stack named 'x' found", "--stack NAME"),
        ("error: no stack selected; please use `pulumi stack select`", "--stack NAME"),
        ("error: no Pulumi.yaml project file found", "--cwd DIR"),
        ("error: incorrect passphrase", "PULUMI_CONFIG_PASSPHRASE"),
        ("error: PULUMI_ACCESS_TOKEN must be set for login", "pulumi login"),
        ("error: something\nelse", "failed: something else"),
        ("", "said nothing"),
    ],
)
def test_refused(fake_pulumi: Fake, tmp_path: Path, said: str, remedy: str) -> None:
    """What Pulumi refuses is told in its words, with what to do."""
    pulumi = Pulumi(tmp_path, "dev", fake_pulumi({"stack export": (255, "", said)}))
    with pytest.raises(ProviderError, match=remedy) as refused:
        pulumi.state()
    assert str(refused.value).startswith("`pulumi stack export --stack=dev` failed: ")


def test_no_json(fake_pulumi: Fake, tmp_path: Path) -> None:
    """An answer that is no JSON is one error."""
    pulumi = Pulumi(tmp_path, "dev", fake_pulumi({"config": (0, "KEY  VALUE", "")}))
    with pytest.raises(ProviderError, match="didn't print JSON"):
        pulumi.config()


def test_no_pulumi(tmp_path: Path) -> None:
    """Without the program, or the folder, the error says what to do instead."""
    with pytest.raises(ProviderError, match="--state FILE"):
        Pulumi(tmp_path, "dev", {"PATH": str(tmp_path)}).state()
    with pytest.raises(ProviderError, match="is no folder"):
        Pulumi(tmp_path / "missing", "dev", {}).state()


@pytest.mark.parametrize("place", ["organization/project/dev", "dev"])
def test_locked(fake_pulumi: Fake, tmp_path: Path, place: str) -> None:
    """A lock in a folder's backend tells that something is at work; another stack's doesn't."""
    pulumi = Pulumi(tmp_path, "dev", fake_pulumi(backend(tmp_path.as_uri())))
    assert pulumi.knows_what_is_under_way
    for name in (place, "organization/project/other", "organization/other/dev"):
        assert pulumi.under_way(STATE) == ""
        lock = tmp_path / ".pulumi" / "locks" / name / "1.json"
        lock.parent.mkdir(parents=True)
        if name == place:
            lock.write_text("{}")
            assert str(lock) in pulumi.under_way(STATE)
            assert "pulumi cancel" in pulumi.under_way(STATE)
            lock.unlink()


@pytest.mark.parametrize(("url", "under"), [("file://~/b", "home/b"), ("file://./b", "b"), ("file://b", "b")])
def test_where_locks_are(
    fake_pulumi: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, under: str
) -> None:
    """A backend's folder may be given from the home or from the project."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    lock = tmp_path / under / ".pulumi" / "locks" / "organization" / "project" / "dev" / "1.json"
    lock.parent.mkdir(parents=True)
    lock.write_text("{}")
    assert str(lock) in Pulumi(tmp_path, "dev", fake_pulumi(backend(url))).under_way(STATE)


@pytest.mark.parametrize(("busy", "said"), [(True, "an update is in progress"), (False, ""), (None, "")])
def test_pulumi_cloud(fake_pulumi: Fake, tmp_path: Path, busy: bool | None, said: str) -> None:
    """Pulumi Cloud says itself whether an update is in progress."""
    listed: list[dict[str, Any]] = [
        {"name": "me/other", "updateInProgress": True},
        {"name": "me/dev", "updateInProgress": busy},
    ]
    answers = {
        **backend("https://app.pulumi.com/me"),
        "stack ls --json": (0, json.dumps(listed), ""),
    }
    pulumi = Pulumi(tmp_path, "dev", fake_pulumi(answers))
    assert pulumi.knows_what_is_under_way
    assert said in pulumi.under_way(STATE)
    assert bool(pulumi.under_way(STATE)) == bool(said)


def test_a_bucket(fake_pulumi: Fake, tmp_path: Path) -> None:
    """Whether something is at work on a stack that is kept in a bucket isn't known."""
    pulumi = Pulumi(tmp_path, "dev", fake_pulumi(backend("s3://bucket")))
    assert not pulumi.knows_what_is_under_way
    assert pulumi.under_way(STATE) == ""


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("Pulumi.yaml", "# mine\nname: web-1.x\nruntime: yaml\n"),
        ("Pulumi.yaml", "runtime:\n  name: no\nname: 'web-1.x' # quoted\n"),
        ("Pulumi.yml", '{"runtime": "yaml", "name": "web-1.x"}'),
        ("Pulumi.json", '{"name": "web-1.x"}'),
    ],
)
def test_project(tmp_path: Path, file: str, text: str) -> None:
    """The project's name is found in its folder and below."""
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / file).write_text(text)
    assert project_of(below) == project_of(tmp_path) == "web-1.x"


def test_no_project(tmp_path: Path) -> None:
    """Elsewhere there's none, and a file without a name tells none."""
    assert project_of(tmp_path) == ""
    (tmp_path / "Pulumi.yaml").write_text("runtime: yaml\n")
    assert project_of(tmp_path) == ""
