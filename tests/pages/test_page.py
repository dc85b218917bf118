"""Tests of the runner of pages itself: it has to notice what isn't so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.pages.page import Command, Edit, File, Shell, run_page, steps

PAGE = """# A page

```python
# file: folder/hello.py
print("hello,\\nworld")
```

1. Run it:

   ```console
   $ cd folder
   $ python3 \\
       hello.py
   hello…
   world
   $ cat nothing
   …
   error: it isn't there
   ```

```python
not_a_file = True
```
"""


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A shell in an empty folder."""
    with Shell(tmp_path, os.environ) as running:
        yield running


def test_steps() -> None:
    """A page's files and commands come in its order, whatever list they are indented in."""
    assert steps(PAGE) == [
        File("folder/hello.py", 'print("hello,\\nworld")\n'),
        Command("cd folder", ()),
        Command("python3 \\\n    hello.py", ("hello…", "world")),
        Command("cat nothing", ("…", "error: it isn't there")),
    ]


def test_edit(shell: Shell) -> None:
    """An edit replaces lines that are in the file once; anything else is a mistake in the page."""
    (edit,) = steps("```diff\n--- program\n a: 1\n-b: 2\n+b: 3\n+c: 4\n```\n")
    assert edit == Edit("program", "a: 1\nb: 2\n", "a: 1\nb: 3\nc: 4\n")
    shell.take(File("program", "a: 1\nb: 2\nd: 5\n"))
    shell.take(edit)
    shell.take(Command("cat program", ("a: 1", "b: 3", "c: 4", "d: 5")))
    with pytest.raises(AssertionError, match="program doesn't have this once:\na: 1\nb: 2"):
        shell.take(edit)
    with pytest.raises(ValueError, match="begins with ' a: 1', not with '--- NAME'"):
        steps("```diff\n a: 1\n-b: 2\n```\n")


def test_block_without_a_command() -> None:
    """A block that begins with an output is a mistake in the page."""
    with pytest.raises(ValueError, match="begins with 'hello'"):
        steps("```console\nhello\n```\n")


@pytest.mark.parametrize(
    ("expected", "output", "printed"),
    [
        ((), "anything", True),
        (("one", "two"), "one  \n\ntwo\n", True),
        (("one", "two"), "one\nmore\ntwo\n", False),
        (("one", "…", "two"), "one\nmore\nand more\ntwo\n", True),
        (("one", "…", "two"), "one\ntwo\n", True),
        (("one", "…", "two"), "one\ntwo\nthree\n", False),
        (("in … s (all)",), "in 3 s (all)", True),
        (("in … s",), "in 3 s and more", False),
        (("    1 error:", "        * it"), "    1 error:\n    \t* it\n", True),
    ],
)
def test_printed(expected: tuple[str, ...], output: str, printed: bool) -> None:
    """What is printed has to be what is shown; only … stands for something else."""
    assert Command("x", expected).printed(output) is printed


def test_shell_keeps_what_was_set(shell: Shell) -> None:
    """A variable and a folder hold for the commands behind them."""
    shell.take(File("there/file", "text"))
    shell.take(Command("cd there; WHO=me", ()))
    assert shell.take(Command('cat file; echo " $WHO"', ())).strip() == "text me"


def test_failure_is_noticed(shell: Shell) -> None:
    """A command that fails unannounced, or succeeds or prints otherwise than shown, is an error."""
    with pytest.raises(AssertionError, match="ended with 3"):
        shell.take(Command("(exit 3)", ()))
    with pytest.raises(AssertionError, match="ended with 0"):
        shell.take(Command("echo error: no", ("error: no",)))
    with pytest.raises(AssertionError, match="The page shows:\nthat"):
        shell.take(Command("echo this", ("that",)))


def test_ended_shell_is_noticed(shell: Shell) -> None:
    """A command that ends the shell is an error, not a silence."""
    with pytest.raises(AssertionError, match="ended the shell"):
        shell.run("exit 1")


def test_run_page(tmp_path: Path) -> None:
    """A page is run from its first step to its last."""
    page = tmp_path / "page.md"
    page.write_text(PAGE.replace("cat nothing", "echo error: it isn\\'t there; false"))
    assert [output.split() for output in run_page(page, tmp_path, os.environ)] == [
        [], [], ["hello,", "world"], ["error:", "it", "isn't", "there"],
    ]  # fmt: skip
