"""docs/getting-started.md, from the empty folder to the end, on a real engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.pages.page import DOCS, Command, Shell, steps

from local_stack import Simulator

pytestmark = pytest.mark.timeout(900)  # most of it are the alicloud provider's own waits, on a busy machine

REAL = "## On a real account"
CREDENTIALS = ("your-key-id", "your-secret")


def test_getting_started(
    reader: Path,
    shell_variables: dict[str, str],
    cloud: Simulator,
    instead_of_the_cloud: dict[str, str],
    furnish: Callable[[Path], None],
) -> None:
    """Every command works and prints what is shown: on the page's own simulator, then on an account.

    The account of the second half is another simulator, whose access key stands in for the reader's. The page
    has nothing of it: the reader's new shell has the endpoints from `instead_of_the_cloud`.
    """
    simulated, _, real = (DOCS / "getting-started.md").read_text(encoding="utf-8").partition(REAL)
    # What is there already isn't downloaded again, and the wheel is built with the tools that are there.
    variables = {**shell_variables, "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    with Shell(reader, variables) as shell:
        for step in steps(simulated):
            shell.take(step)
            if isinstance(step, Command) and step.text == "python3 -m venv environment":
                furnish(reader / "environment")
    for shown, actual in zip(CREDENTIALS, (cloud.access_key_id, cloud.access_key_secret), strict=True):
        assert f"={shown}" in real
        real = real.replace(f"={shown}", f"={actual}")
    with Shell(reader, {**variables, **instead_of_the_cloud}) as shell:
        for step in steps(real):
            shell.take(step)
    assert len(cloud.calls("CreateImageCache")) == 1
    assert not any(cloud.resources().values())
