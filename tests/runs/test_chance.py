"""One seed repeats a run."""

from __future__ import annotations

import re

from tests.runs.conftest import Inner

TEST = """
import random
import pytest
from hypothesis import given, strategies as st
from tests.chance import examples

SEEN = []

@pytest.mark.parametrize("number", range(20))
def test_order(number):
    print("order", number, random.random())

@examples(5)
@given(st.integers())
def test_examples(number):
    SEEN.append(number)

def test_count():
    pass

@pytest.fixture(autouse=True, scope="module")
def shown():
    yield
    print("examples", SEEN)
"""


def test_repeats(inner: Inner) -> None:
    """The seed that a run prints gives the same order, the same chance and the same examples again."""
    first = inner("-s", plugin="chance", test_it=TEST)
    ((seed, profile),) = re.findall(r"Using --hypothesis-seed=(\d+) --hypothesis-profile=(\w+)", first.stdout)
    assert f"Using --randomly-seed={seed}" in first.stdout
    assert profile in {"default", "ci"}
    seen = re.findall(r"order \S+ \S+|examples .*", first.stdout)
    assert len(seen) == 21
    again = inner("-s", f"--randomly-seed={seed}", plugin="chance")
    assert re.findall(r"order \S+ \S+|examples .*", again.stdout) == seen
    other = inner("-s", f"--randomly-seed={int(seed) + 1}", plugin="chance")
    assert re.findall(r"order \S+ \S+", other.stdout) != seen[:20]


def test_workers(inner: Inner) -> None:
    """All workers have the seed that is printed, and say again what it is where a test fails."""
    test = "def test_it(pytestconfig): assert pytestconfig.getoption('hypothesis_seed') == '7' == str(\n"
    test += "    pytestconfig.getoption('randomly_seed'))\ndef test_bad(): assert False\n"
    done = inner("-n2", "--randomly-seed=7", plugin="chance", test_it=test)
    assert "1 failed, 1 passed" in done.stdout, done.stdout
    assert "Using --randomly-seed=7" in done.stdout
    assert "The same order again: --randomly-seed=7" in done.stdout


def test_deep(inner: Inner) -> None:
    """The deep form tries twenty times as many examples."""
    test = TEST.replace("yield", "yield\n    assert len(SEEN) == 100")
    done = inner("--hypothesis-profile=deep", plugin="chance", test_it=test)
    assert done.returncode == 0, done.stdout
    assert "--hypothesis-profile=deep" in done.stdout
