"""The short form of `make chaos` on the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaos import compare
from chaos.real import bench
from chaos.real_programs import DYNAMIC, PLUGIN


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("front", "seeds"), [(PLUGIN, (1, 13)), (DYNAMIC, (108,))])
def test_trials(front: str, seeds: tuple[int, ...], tmp_path: Path) -> None:
    """After kills and ^C that struck, `up` brings a stack where it should be: nothing lost or doubled."""
    with bench(front, tmp_path) as running:
        results = [running.run(seed) for seed in seeds]
    assert all(each.faults for each in results)
    found = [(each.seed, each.faults, finding) for each in results for finding in each.findings]
    assert [each for each in found if each[2].kind not in compare.DOCUMENTED] == []
