"""The pull request's comment: examples/preview-in-pr, run as any CI runs it.

What an engine really writes is in tests/engine/plugin/test_preview_in_pr.py; here is what that stack hasn't.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imagecache_provider.diff import _REASONS
from imagecache_provider.fields import Change

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a value that a preview can't know."""
COMMENT = Path(__file__).resolve().parents[2] / "examples" / "preview-in-pr" / "comment.py"
CACHE = "imagecache:eci:ImageCache"
Comment = Callable[..., str]


def urn(name: str, kind: str = CACHE) -> str:
    """Give the URN of a resource of the project `caches` and its stack `prod`."""
    return f"urn:pulumi:prod::caches::{kind}::{name}"


def step(name: str, op: str, kind: str = CACHE, **state: Any) -> dict[str, Any]:
    """Write a step as the document has it."""
    return {"urn": urn(name, kind), "op": op, **state}


def update(name: str, path: str, old: Any, new: Any) -> dict[str, Any]:
    """Write the step of a cache of which one property changes."""
    root = path.partition("[")[0].partition(".")[0]
    states: dict[str, Any] = {"oldState": {"inputs": {root: old}}, "newState": {"inputs": {root: new}}}
    return step(name, "update", detailedDiff={path: {"kind": "update"}}, **states)


def said(text: str, name: str = "", severity: str = "info") -> dict[str, Any]:
    """Write a diagnostic as the document has it."""
    return {"message": f"{text}\n", "severity": severity, **({"urn": urn(name)} if name else {})}


@pytest.fixture
def comment(tmp_path: Path) -> Comment:
    """Return a function that makes a comment as a CI does, without any package installed."""

    def make(
        *steps: Any, messages: Any = (), events: Any = (), document: str | None = None, options: Any = ()
    ) -> str:
        whole = {"steps": steps, "diagnostics": messages, "changeSummary": {}}
        preview, log = tmp_path / "preview.json", tmp_path / "events.jsonl"
        preview.write_text(json.dumps(whole) if document is None else document)
        log.write_text("".join(each if isinstance(each, str) else f"{json.dumps(each)}\n" for each in events))
        command = [sys.executable, "-S", "-E", str(COMMENT), str(preview), str(log), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
        assert done.stderr == ""
        return done.stdout

    return make


def rows(text: str) -> list[list[str]]:
    """Give the table's rows by their cells; a pipe inside a cell must not split it."""
    lines = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| cache")]
    cells = [[cell.strip() for cell in line.replace("\\|", "PIPE").strip("|").split("|")] for line in lines]
    assert all(len(each) == 4 for each in cells), text
    return cells


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (Change.BUILD, "rebuilt in place"),
        (Change.METADATA, "changed without a build"),
        (Change.RECORD, "recorded only"),
        (Change.LOCAL, "recorded only"),
    ],
)
def test_words_are_the_plugins(comment: Comment, change: Change, word: str) -> None:
    """What happens is read from the reason that the plugin gives today for each kind of change."""
    text = comment(
        update("web", "images[0]", ["a:1"], ["a:2"]), messages=[said(f"images: {_REASONS[change]}", "web")]
    )
    assert rows(text)[0][1] == f"**{word}**"


def test_strongest_word_wins(comment: Comment) -> None:
    """A cache that is rebuilt and retagged is one that is rebuilt."""
    reasons = f"tags: {_REASONS[Change.METADATA]}\nimages: {_REASONS[Change.BUILD]}"
    text = comment(update("web", "images[0]", ["a:1"], ["a:2"]), messages=[said(reasons, "web")])
    assert rows(text)[0][1] == "**rebuilt in place**"


def test_without_a_reason(comment: Comment) -> None:
    """An update that the plugin isn't asked about, as an input isn't known yet, is told by its values."""
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    text = comment(update("web", "vswitchIds[0]", ["vsw-1"], [unknown]))
    assert rows(text) == [["`web`", "**changed**", "`vswitchIds[0]`: `vsw-1` → (known later)", ""]]


def test_gone_from_the_cloud(comment: Comment) -> None:
    """A cache that a refreshing preview misses in the cloud is created again, and the comment says why."""
    again = step("web", "create", newState={"inputs": {"images": ["nginx:1.27"]}})
    text = comment(step("web", "delete"), again)
    why = "it's gone from the cloud<br>`images`: `nginx:1.27`"
    assert rows(text) == [["`web`", "**created again**", why, ""]]


def test_most_urgent_first(comment: Comment) -> None:
    """Rows begin with what takes most care, by name among equals; what stays as it is has none."""
    steps = [step("b", "create"), step("a", "create"), step("d", "delete"), step("r", "replace")]
    text = comment(*steps, step("same", "same"))
    assert [row[0] for row in rows(text)] == ["`r`", "`d`", "`a`", "`b`"]
    assert "1 replaced, 1 deleted, 2 created, 1 unchanged" in text


def test_markdown_of_others_is_text(comment: Comment) -> None:
    """Names, values and messages neither break the table nor become markup, links, mentions or references."""
    evil = "a|b`c`<img src=x>**d**"
    warning = "x | y <script>alert(1)</script> [click](http://evil) @everyone #12 `z`\nsecond | line"
    text = comment(
        update(evil, "images[0]", ["old|`1`"], ["<b>new</b>"]), messages=[said(warning, evil, "warning")]
    )
    (row,) = rows(text)
    assert row[0] == "<code>a&#124;b&#96;c&#96;&#60;img src=x&#62;&#42;&#42;d&#42;&#42;</code>"
    assert row[2] == "`images[0]`: <code>old&#124;&#96;1&#96;</code> → `<b>new</b>`"
    shown = "x <code>&#124;</code> y <code>&#60;script&#62;alert(1)&#60;/script&#62; &#91;click&#93;(http<!---->://evil)"
    assert row[3] == f"⚠️ {shown} <!---->@everyone #12 &#96;z&#96;</code><br>second <code>&#124;</code> line"


def test_what_is_not_seen_is_told(comment: Comment) -> None:
    """A name that a direction mark turns around, or that no encoding has, is told by its numbers."""
    text = comment(step("web\u202egnp.exe\ud800", "create"), step("plain", "\u202etaerc|@team"))
    assert [row[:2] for row in rows(text)] == [
        ["`web\\u202egnp.exe\\ud800`", "**created**"],
        ["`plain`", "**<code>&#92;u202etaerc&#124;<!---->@team</code>**"],
    ]


def test_hidden_line(comment: Comment) -> None:
    """The line by which the next run finds the comment can't be ended by a name in it."""
    raw = {"urn": f"urn:pulumi:a--->@team<img src=x>::caches::{CACHE}::web", "op": "create"}
    assert comment(raw).startswith("<!-- image caches: caches/a-=2d=2d=3e=40team=3cimg=20src=3dx=3e -->\n")


@pytest.mark.parametrize("kind", ["eci/imageCache:ImageCache", "eci/openApiImageCache:OpenApiImageCache"])
def test_alicloud_caches_are_caches(comment: Comment, kind: str) -> None:
    """Both of pulumi-alicloud's image caches have a row."""
    text = comment(step("web", "delete", f"alicloud:{kind}"))
    assert rows(text)[0][:2] == ["`web`", "**deleted**"]


def test_errors_are_fenced(comment: Comment) -> None:
    """An error that has a fence of its own stays inside the comment's."""
    text = comment(messages=[said("error: ```\n# not a heading\n```", severity="error")])
    assert "````text\n```\n# not a heading\n```\n````" in text


def test_colours_are_taken_out(comment: Comment) -> None:
    """Pulumi's marks for colours, a terminal's, and other control characters aren't shown."""
    raw = "<{%fg 3%}>careful<{%reset%}> \x1b[31mred\x1b[0m\x07 \u202ereversed"
    text = comment(step("web", "same"), messages=[said(raw, "web", "warning")])
    assert rows(text)[0][3] == "⚠️ careful red reversed"


def test_secrets(comment: Comment) -> None:
    """A secret is told as its property only, and so is what a name gives away as one, if nobody marked it."""
    text = comment(
        update("web", "tags.team", {"team": "[secret]"}, {"team": "[secret]"}),
        update("db", "annotations.password", {"password": "hunter2"}, {"password": "hunter3"}),
    )
    assert [row[2] for row in rows(text)] == ["`annotations.password`", "`tags.team`"]
    assert "hunter" not in text


def test_unchanged_with_a_warning(comment: Comment) -> None:
    """A cache that stays as it is has a row if there is something to say of it."""
    text = comment(step("web", "same"), messages=[said("warning: it expires in 3 days", "web", "warning")])
    assert rows(text) == [["`web`", "**unchanged**", "", "⚠️ it expires in 3 days"]]
    assert "1 unchanged; ⚠️ 1 warning" in text


@pytest.mark.parametrize(
    ("kind", "inputs", "warned"),
    [
        (
            "kubernetes:core/v1:Pod",
            {"spec": {"containers": [{"image": "a:1", "imagePullPolicy": "Always"}]}},
            True,
        ),
        (
            "kubernetes:apps/v1:Deployment",
            {"spec": {"template": {"spec": {"initContainers": [{"image": "a"}]}}}},
            True,
        ),
        ("kubernetes:core/v1:Pod", {"spec": {"containers": [{"image": "host:5000/a:latest"}]}}, True),
        ("kubernetes:core/v1:Pod", {"spec": {"containers": [{"image": "a:1"}]}}, False),
        ("kubernetes:core/v1:Pod", {"spec": {"containers": [{"image": f"a@sha256:{'0' * 64}"}]}}, False),
        (
            "kubernetes:core/v1:Pod",
            {"spec": {"containers": [{"image": "a", "imagePullPolicy": "IfNotPresent"}]}},
            False,
        ),
        (
            "alicloud:eci/containerGroup:ContainerGroup",
            {"containers": [{"image": "a:1", "imagePullPolicy": "Always"}]},
            True,
        ),
        ("alicloud:eci/containerGroup:ContainerGroup", {"containers": [{"image": "a"}]}, False),
    ],
)
def test_pull_policy(comment: Comment, kind: str, inputs: Any, warned: bool) -> None:
    """A Pod or container group that pulls at each start is warned of: no cache helps it."""
    text = comment(step("app", "create", kind, newState={"inputs": inputs}))
    assert ("`app`" in text and "at each start" in text) == warned
    assert "Other resources: 1 created." in text
    assert "at each start" not in comment(step("app", "delete", kind, oldState={"inputs": inputs}))


def test_images_without_a_policy(comment: Comment) -> None:
    """Without a policy, Pods pull what has the tag latest or none; no malformed or unknown reference."""
    pulled = [
        *("nginx", "team/nginx:latest", "registry.example.com:5000/team/nginx", "localhost/nginx"),
        *("[fd00::5]:5000/nginx:latest", "A-b.c/nginx", "a__b--c.d/e_f"),
    ]
    left = [
        *("nginx:latest-1", "nginx:1.27", "registry.example.com:5000/team/nginx:1.27", "localhost:5000"),
        *(f"nginx@sha{bits}:{'0' * (bits // 4)}" for bits in (256, 384, 512)),
        *("nginx@latest", "nginx:latest@latest", f"nginx@sha256:{'0' * 63}", f"nginx@sha384:{'0' * 64}"),
        *("Nginx", "nginx:", "nginx: latest", "a//b", "a___b", "-a:latest", "https://a.b/c", "a:b:latest"),
        *("größe", "nginx\n", "a b", "", "[secret]", UNKNOWN),
    ]
    pods = (
        step(f"pod-{number}", "create", "kubernetes:core/v1:Pod", newState={"inputs": {"containers": [each]}})
        for number, each in enumerate({"image": image} for image in [*pulled, *left])
    )
    text = comment(*pods)
    assert re.findall(r"`pod-(\d+)`.*at each start", text) == [str(number) for number in range(len(pulled))]


def test_policies_are_in_the_event_log(comment: Comment) -> None:
    """What policy packs find is told with the cache; a mandatory policy fails the preview."""
    finding = {"policyName": "digests-only", "policyPackName": "caches", "message": "<{%reset%}>use a digest"}
    advisory = {**finding, "enforcementLevel": "advisory", "resourceUrn": urn("web")}
    text = comment(step("web", "create"), events=[{"policyEvent": advisory}])
    assert rows(text)[0][3] == "⚠️ policy digests-only of caches: use a digest"
    assert "failed" not in text
    mandatory = {**finding, "enforcementLevel": "mandatory"}
    text = comment(step("web", "create"), events=[{"policyEvent": mandatory}])
    assert "❌ **The preview failed.**\n\n```text\npolicy digests-only of caches: use a digest\n```" in text


def test_killed_preview(comment: Comment) -> None:
    """Of a preview that was killed, the event log tells how far it came, up to the middle of a line."""
    metadata = {"urn": urn("web"), "op": "create", "new": {"inputs": {"images": ["nginx:1.27"]}}}
    text = comment(
        document="", events=[{"resourcePreEvent": {"metadata": metadata}}, '{"diagnosticEvent": {']
    )
    assert "It didn't come to its end." in text
    assert rows(text) == [["`web`", "**created**", "`images`: `nginx:1.27`", ""]]


@pytest.mark.parametrize("document", ["", "no JSON", "[]", "17", '{"steps": [{}]}'])
def test_nothing_to_read(comment: Comment, tmp_path: Path, document: str) -> None:
    """A preview that wrote nothing of use failed; what `pulumi` wrote besides is shown."""
    errors = tmp_path / "errors.txt"
    errors.write_text("\x1b[31merror:\x1b[0m no stack named 'prod' found\n")
    text = comment(document=document, options=["--errors", str(errors)])
    assert "**The preview failed.** It didn't come to its end." in text
    assert "```text\nerror: no stack named 'prod' found\n```" in text


def test_limit(comment: Comment) -> None:
    """A comment has no more characters than GitHub takes; what is left out is counted, urgent rows stay."""
    warnings = [said(f"{'|' * 900} {number}", f"c{number}", "warning") for number in range(100)]
    errors = [said(f"{'x' * 5000} {number}", severity="error") for number in range(30)]
    others = [said(f"{'*' * 900} {number}", severity="warning") for number in range(100)]
    steps = [step(f"c{number}", "create") for number in range(100)]
    text = comment(*steps, step("gone", "delete"), messages=[*warnings, *errors, *others])
    assert 50_000 < len(text) <= 65_536
    assert rows(text)[0][0] == "`gone`"
    for kind in ("caches", "errors", "warnings"):
        assert f"more {kind}: see the job's log" in text
    assert len(comment(*steps, messages=[*warnings, *errors, *others], options=["--limit", "4096"])) <= 4096
    wide = comment(*(step("\U0001f40b" * 90 + str(number), "create") for number in range(1000)))
    assert len(wide.encode("utf-16-le")) // 2 <= 65_536


def test_bad_arguments(tmp_path: Path) -> None:
    """A file that isn't there, and a limit without room, are one line each."""
    for arguments, said_ in (
        ([str(tmp_path / "none.json")], f"error: {tmp_path / 'none.json'} can't be read: No such file"),
        ([str(COMMENT), "--limit", "9"], "error: --limit is 9: a comment needs 4096 at least"),
    ):
        command = [sys.executable, str(COMMENT), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert done.stderr.startswith(said_)
        assert done.stderr.count("\n") == 1
