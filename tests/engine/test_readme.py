"""The README's program, which is examples/minimal."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.prepared import Template

from local_stack import Simulator

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "examples" / "minimal"


def test_readme_shows_the_example() -> None:
    """The README's program is examples/minimal, to the letter."""
    program = (PROGRAM / "__main__.py").read_text().partition("\n\n")[2]
    assert f"```python\n{program}```" in (ROOT / "README.md").read_text()


def test_minimal_example(cloud: Simulator, template: Template, tmp_path: Path) -> None:
    """The README's program brings up a network and a cache in it, and takes all of it away again."""
    project = tmp_path / "project"
    shutil.copytree(PROGRAM, project)
    stack = template.stack(project, tmp_path / "pulumi", cloud)
    stack.pulumi("up", "--yes", "--skip-preview", quiet=True)
    cache = cloud.caches()[0]
    assert stack.outputs() == {"imageCacheId": cache["ImageCacheId"]}
    assert (cache["Status"], cache["Images"]) == ("Ready", ["flink:1.20"])
    stack.pulumi("destroy", "--yes", "--skip-preview", quiet=True)
    assert not any(cloud.resources().values())
