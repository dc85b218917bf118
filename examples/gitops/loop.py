"""GitOps without a cluster: keep a folder of stacks as it is written, and report what drifted.

    python loop.py stacks --once
    python loop.py stacks --every 900 --pull

A stack is a `Pulumi.STACK.yaml` beside a `Pulumi.yaml`, in the folder or anywhere below it: one for each
region or account. A round looks at each stack in the cloud (`pulumi refresh --preview-only`), then brings it
to what the files say (`pulumi up --refresh`), which mends the drift too. `--check` only looks. A stack that
fails keeps no other from its turn, nor does a file whose name is no stack's.

Standard output is the report, a JSON object a line:

    {"stack": "caches/cn-hangzhou", "result": "mended", "seconds": 41.3,
     "drift": [{"resource": "web", "type": "imagecache:eci:ImageCache", "what": "deleted", "properties": []}],
     "changes": {"create": 1, "same": 1}, "error": ""}

`result` is unchanged, changed, drifted (with `--check`), mended, failed, or interrupted, where a signal came
before the stack was brought to what the files say, or with `--check` looked at. Standard error is
what Pulumi says, each line behind its stack. With `--once` it ends with 0 if there was neither drift nor
failure, with 1 if a stack failed, with 3 if one drifted. SIGTERM, ^C and a terminal that is closed let a
running Pulumi end as its own ^C does, begin nothing more, and end the loop with 128 + the signal's number.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from programs import Programs, Pulumi
from pulumi import automation

FAILED, DRIFTED = 1, 3
LONGEST_ERROR = 2000
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NOT_LOOKED_AT = "a signal came before it was looked at"
NOT_APPLIED = "a signal came after it was looked at: what the files say is not applied"
_NAME = re.compile(r"(?!-)[A-Za-z0-9_.-]{1,100}")
"""A stack's name as Pulumi takes it; with a dash before it, its commands would take it for an option."""
_DIAGNOSTICS = re.compile(
    r"^Diagnostics:\n(.*?)(?=^(?:Outputs|Resources):| stderr: |\Z)", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True)
class StackFile:
    """A stack to keep.

    Attributes:
        project: the folder of its program.
        name: the stack's name.
        shown: what the report calls it.
    """

    project: Path
    name: str
    shown: str


@dataclass(frozen=True)
class Drift:
    """A resource that isn't in the cloud as Pulumi left it.

    Attributes:
        resource: its name in the program.
        type: its type.
        what: `deleted` or `changed`.
        properties: what changed, by its path; values aren't told.
    """

    resource: str
    type: str
    what: str
    properties: tuple[str, ...]


@dataclass
class Outcome:
    """A line of the report."""

    stack: str
    result: str = "interrupted"
    seconds: float = 0.0
    drift: list[Drift] = field(default_factory=list)
    changes: dict[str, int] = field(default_factory=dict)
    error: str = ""


def main() -> int:
    """Run one round, or one after the other until a signal comes."""
    arguments = _arguments()
    programs = Programs()
    for number in SIGNALS:
        if (
            number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN
        ):  # which is what nohup is for
            signal.signal(number, programs)
    while True:
        began = time.monotonic()
        found = _round(arguments, programs)
        if arguments.once and not programs.asked_to_end.is_set():
            return _status(found)
        if programs.asked_to_end.wait(max(0.0, arguments.every - (time.monotonic() - began))):
            return 128 + programs.signal


def _round(arguments: argparse.Namespace, programs: Programs) -> list[Outcome]:
    """Take care of each stack once; give what came of it."""
    found = list(_pulled(arguments.folder, programs) if arguments.pull else ())
    files = list(stack_files(arguments.folder))
    stacks = [stack for stack in files if _NAME.fullmatch(stack.name)]
    found.extend(_misnamed(stack) for stack in files if stack not in stacks)
    if not files:
        found.append(_without_stacks(arguments.folder))
    for outcome in found:
        _report(outcome)
    with ThreadPoolExecutor(arguments.parallel) as pool:
        cared = [pool.submit(_care_for, stack, programs, check=arguments.check) for stack in stacks]
        return found + [each.result() for each in cared]


def stack_files(folder: Path) -> Iterator[StackFile]:
    """Find the stacks of a folder; those in hidden folders are left out."""
    for program in sorted(folder.rglob("Pulumi.yaml")):
        project = program.parent
        inside = project.relative_to(folder)
        if any(part.startswith(".") for part in inside.parts):
            continue
        for file in sorted(project.glob("Pulumi.*.yaml")):
            name = file.name.removeprefix("Pulumi.").removesuffix(".yaml")
            shown = inside.as_posix() if inside.parts else project.resolve().name
            yield StackFile(project, name, f"{shown}/{name}")


def _care_for(stack: StackFile, programs: Programs, *, check: bool) -> Outcome:
    """Look at a stack, and unless told to look only, bring it to what its files say."""
    outcome = Outcome(stack.shown, error=NOT_LOOKED_AT)
    began = time.monotonic()
    try:
        _look_and_apply(stack, outcome, programs, check=check)
    except Exception as error:  # noqa: BLE001 - whatever one stack has, the others have their turn
        by_pulumi = isinstance(error, automation.CommandError)
        outcome.result = "interrupted" if programs.asked_to_end.is_set() else "failed"
        outcome.error = _said(str(error)) if by_pulumi else f"{type(error).__name__}: {error}"
    outcome.seconds = round(time.monotonic() - began, 1)
    _report(outcome)
    return outcome


def _look_and_apply(stack: StackFile, outcome: Outcome, programs: Programs, *, check: bool) -> None:
    stop = programs.asked_to_end

    def say(line: str) -> None:
        print(f"[{stack.shown}] {line}", file=sys.stderr, flush=True)

    if stop.is_set():
        return
    open_stack = automation.select_stack if check else automation.create_or_select_stack
    options = automation.LocalWorkspaceOptions(pulumi_command=Pulumi(programs))
    opened = open_stack(stack.name, work_dir=str(stack.project), opts=options)
    if stop.is_set():
        return
    events: list[automation.events.EngineEvent] = []
    opened.preview_refresh(on_output=say, on_event=events.append, color="never")
    outcome.drift = list(_drift(events))
    if check:
        outcome.result, outcome.error = "drifted" if outcome.drift else "unchanged", ""
        return
    outcome.error = NOT_APPLIED
    if stop.is_set():
        return
    done = opened.up(on_output=say, refresh=True, color="never", show_secrets=False)
    outcome.changes = {str(op): count for op, count in (done.summary.resource_changes or {}).items()}
    changed = any(count for op, count in outcome.changes.items() if op != "same")
    outcome.result = "mended" if outcome.drift else "changed" if changed else "unchanged"
    outcome.error = ""


def _drift(events: Iterable[automation.events.EngineEvent]) -> Iterator[Drift]:
    """Read from a refresh's events what isn't as it was left."""
    for event in events:
        step = event.res_outputs_event.metadata if event.res_outputs_event else None
        if step is None or step.op not in {automation.OpType.UPDATE, automation.OpType.DELETE}:
            continue
        gone = step.op == automation.OpType.DELETE
        properties = () if gone else tuple(sorted(step.detailed_diff or step.diffs or ()))
        if gone or properties:
            name = step.urn.split("::", 3)[-1]
            yield Drift(name, step.type, "deleted" if gone else "changed", properties)


def _pulled(folder: Path, programs: Programs) -> Iterator[Outcome]:
    """Bring the folder's git checkout up to date; what is there is applied if that fails."""
    command = ["git", "-C", str(folder), "pull", "--quiet", "--ff-only"]
    try:
        with programs.started(command) as git:
            _, errors = git.communicate()
    except OSError as error:
        yield Outcome("", "failed", error=f"git pull: {error}: --pull needs git on PATH")
        return
    if git.returncode:
        result = "interrupted" if programs.asked_to_end.is_set() else "failed"
        yield Outcome("", result, error=f"git pull: {errors.strip()[:LONGEST_ERROR]}")


def _misnamed(stack: StackFile) -> Outcome:
    """Say that a file is no stack's; it isn't handed to Pulumi."""
    return Outcome(
        stack.shown,
        "failed",
        error=f"{stack.project}/Pulumi.{stack.name}.yaml: {stack.name!r} is no stack's name, which has up to"
        " 100 letters, digits, '_', '.' and '-' and doesn't begin with '-': rename the file, or take it away",
    )


def _without_stacks(folder: Path) -> Outcome:
    return Outcome("", "failed", error=f"{folder} has no Pulumi.STACK.yaml beside a Pulumi.yaml")


def _said(error: str) -> str:
    """Keep Pulumi's diagnostics of all that it said, or the errors where it came to none."""
    diagnostics = _DIAGNOSTICS.search(error)
    lines = [line.strip() for line in (diagnostics[1] if diagnostics else error).splitlines() if line.strip()]
    errors = lines if diagnostics else [line for line in lines if "error:" in line] or lines[-10:]
    return "\n".join(errors)[:LONGEST_ERROR]


def _status(found: Iterable[Outcome]) -> int:
    results = {outcome.result for outcome in found}
    if "failed" in results:
        return FAILED
    return DRIFTED if results & {"drifted", "mended"} else 0


_reporting = threading.Lock()


def _report(outcome: Outcome) -> None:
    with _reporting:
        print(json.dumps(asdict(outcome)), flush=True)  # as ASCII: a file's name may be no text at all


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Keep a folder of Pulumi stacks as it is written.")
    parser.add_argument("folder", type=Path, help="where the stacks are")
    how_long = parser.add_mutually_exclusive_group(required=True)
    how_long.add_argument("--once", action="store_true", help="end after one round")
    how_long.add_argument(
        "--every", type=_seconds, default=0.0, metavar="SECONDS", help="begin a round that often"
    )
    parser.add_argument("--check", action="store_true", help="report drift, and change nothing")
    parser.add_argument("--pull", action="store_true", help="run `git pull` in the folder before each round")
    parser.add_argument("--parallel", type=_count, default=4, help="stacks at once (default 4)")
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        parser.error(f"{arguments.folder} is no folder")
    return arguments


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError(f"{text} is no time between two rounds: give seconds, such as 900")
    return seconds


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of stacks: give 1 or more")
    return count


if __name__ == "__main__":
    sys.exit(main())
