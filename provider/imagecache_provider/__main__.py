"""`python -m imagecache_provider`: the package's commands, `install` and `orphans`.

What each does is in the module of its name.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from imagecache_provider import install, orphans
from imagecache_provider.errors import ProviderError


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit status is 0, or 1 with one message on standard error.

    `orphans` ends with `orphans.FOUND` where it leaves some.
    """
    commands = parser()
    options = commands.parse_args(arguments)
    if options.command is None:
        commands.print_help()
        return 0
    try:
        answer = _done(options)
    except ProviderError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{answer.text}\n")
    return answer.status


def _done(options: argparse.Namespace) -> orphans.Answer:
    if options.command == "orphans":
        return orphans.run(options, os.environ)
    return orphans.Answer(_install(options), 0)


def _install(options: argparse.Namespace) -> str:
    place = install.Place.of(os.environ)
    if options.check:
        return place.check()
    if options.remove:
        return place.remove()
    if options.file is not None:
        return place.put(install.archived(options.file), f"from {options.file}")
    return place.put(install.launcher(sys.executable), f"runs in the Python environment {sys.prefix}")


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    options = argparse.ArgumentParser(
        prog="python -m imagecache_provider",
        description="What pulumi-imagecache does beside Pulumi's own commands.",
    )
    commands = options.add_subparsers(dest="command", metavar="COMMAND")
    installing = commands.add_parser(
        "install",
        help="put the plugin where Pulumi looks for it",
        description="Put the plugin of this version into PULUMI_HOME (~/.pulumi), where Pulumi looks for it:"
        " a launcher for this Python environment, which need not be active when Pulumi runs.",
    )
    ways = installing.add_mutually_exclusive_group()
    ways.add_argument(
        "--file",
        type=Path,
        metavar="ARCHIVE",
        help="install this archive instead, which has its own Python",
    )
    ways.add_argument("--check", action="store_true", help="say whether it's installed and starts")
    ways.add_argument("--remove", action="store_true", help="take it away again")
    orphans.add_options(
        commands.add_parser(
            "orphans",
            help="list image caches of a stack that aren't in its state, and remove them",
            description="List the image caches that carry a stack's tag and aren't in its state: what a"
            " create that was cut off or a lost state left. Nothing is removed without --remove --yes, and"
            " what was handed over to a state only by its ID. The exit status is 0 if there are none or all"
            " are removed, 3 if some are left, 1 for an error.",
        )
    )
    return options


if __name__ == "__main__":
    sys.exit(main())
