"""`make demo`: the quick-start stack from preview to destroy, on a real engine, against the simulator.

It goes through the plugin; one step brings the same program up through the dynamic front.

Every step is Pulumi's own output behind a line that says what to look at, and is checked: the demo ends with
0 only if the stack and the simulated account are what the lines say. KEEP=1 leaves both for looking around.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import processes
from engine_environment import EngineMissingError, find_engine
from local_stack import LocalStack, Simulator

ROOT = Path.cwd()
"""The repository, or what a test shows of it."""
FOLDER = ROOT / ".pulumi-demo"
KEPT = FOLDER / "simulator.json"
SPEED = "60"


class DemoError(Exception):
    """A step's result isn't what its line says."""


class Demo:
    """The steps, in order.

    Args:
        stack: the quick-start stack, not created yet.
        dynamic: the same program's stack through the dynamic front, not created yet.
    """

    def __init__(self, stack: LocalStack, dynamic: LocalStack) -> None:
        self.stack = stack
        self.dynamic = dynamic
        self.cloud = stack.simulator
        self.ids: dict[str, str] = {}

    def run(self, *, keep: bool) -> int:
        """Run the steps; give their number."""
        self.stack.create()
        steps = [
            self.preview,
            self.up,
            self.preview_again,
            self.change_images,
            self.rotate_password,
            self.delete_behind_back,
            self.dynamic_front,
            self.outputs,
        ]
        if not keep:
            steps.append(self.destroy)
        for number, step in enumerate(steps, 1):
            print(f"\n\033[1m── {number}/{len(steps)}  {step.__doc__}\033[0m", flush=True)
            step()
        return len(steps)

    def preview(self) -> None:
        """preview: seven resources to create; the caches' IDs are unknown yet, their images are not."""
        self.stack.pulumi("preview")
        _expect(not self.cloud.caches(), "a preview made a cache")

    def up(self) -> None:
        """up: network first, then both caches; they share one EIP, so that one build waits for the other."""
        self.stack.pulumi("up", "--yes", "--skip-preview")
        self.ids = self._ids()
        _expect(self._statuses() == ["Ready", "Ready"], "the caches aren't Ready")

    def preview_again(self) -> None:
        """preview: once more; there is nothing to do."""
        self.stack.pulumi("preview", "--expect-no-changes")

    def change_images(self) -> None:
        """up: with one more image; the cache is rebuilt in place (~), its ID stays."""
        self.stack.configure({"publicImages": '["nginx:1.27", "redis:7.4", "flink:1.20"]'})
        self.stack.pulumi("up", "--yes", "--skip-preview", "--diff")
        _expect(self._ids() == self.ids, "a cache was replaced")
        built = [cache for cache in self.cloud.caches() if "flink:1.20" in cache["Images"]]
        _expect(len(built) == 1, "the image isn't in the cache")
        print(f"\nstill {self.ids['public']}, with {', '.join(built[0]['Images'])}")

    def rotate_password(self) -> None:
        """up: with a new registry password; it's recorded for the next build, and nothing is sent."""
        before = len(self.cloud.calls("UpdateImageCache"))
        self.stack.configure({"registryPassword": "rotated-and-longer"}, secret=True)
        self.stack.pulumi("up", "--yes", "--skip-preview", "--diff")
        _expect(len(self.cloud.calls("UpdateImageCache")) == before, "the password caused a build")
        exported = self.stack.pulumi("stack", "export", quiet=True).stdout
        _expect("rotated-and-longer" not in exported, "the password is in the state in the clear")

    def delete_behind_back(self) -> None:
        """refresh: a colleague has deleted a cache in the console; it's missed, and up makes it again."""
        self.cloud.ask(f"image-caches/{self.ids['public']}", "DELETE")
        self.stack.pulumi("refresh", "--yes", "--skip-preview")
        self.stack.pulumi("up", "--yes", "--skip-preview")
        now = self._ids()
        _expect(now["public"] != self.ids["public"], "the deleted cache wasn't made again")
        _expect(now["private"] == self.ids["private"], "the other cache was touched")
        _expect(len(self.cloud.caches()) == len(now), "there are more caches than the stack has")

    def dynamic_front(self) -> None:
        """up, destroy: the same program through the dynamic front, without the plugin; one import differs."""
        before = len(self.cloud.caches())
        self.dynamic.create()
        self.dynamic.pulumi("up", "--yes", "--skip-preview")
        _expect(len(self.cloud.caches()) == before + len(self.ids), "the dynamic front made other caches")
        self.dynamic.pulumi("destroy", "--yes", "--skip-preview", quiet=True)
        _expect(len(self.cloud.caches()) == before, "the dynamic front left a cache")

    def outputs(self) -> None:
        """outputs: what other programs read."""
        self.stack.pulumi("stack", "output")

    def destroy(self) -> None:
        """destroy: nothing is left, in the stack or in the account."""
        self.stack.pulumi("destroy", "--yes", "--skip-preview")
        left = {kind: found for kind, found in self.cloud.resources().items() if found}
        _expect(not left, f"the account still has {json.dumps(left)}")

    def _ids(self) -> dict[str, str]:
        outputs = self.stack.outputs()
        return {name: outputs[name]["id"] for name in ("public", "private")}

    def _statuses(self) -> list[str]:
        return [cache["Status"] for cache in self.cloud.caches()]


def main() -> int:
    """Run the demo; leave no process behind, unless KEEP is set."""
    keep = os.environ.get("KEEP", "") not in {"", "0"}
    _on_request_to_end(signal.default_int_handler)
    try:
        find_engine(os.environ)
        _demonstrate(keep=keep)
    except KeyboardInterrupt:
        print("\nDemo interrupted; its simulator and engine are stopped.", file=sys.stderr)
        return 130
    except (EngineMissingError, DemoError, subprocess.CalledProcessError) as error:
        print(f"\nDemo failed: {_reason(error)}", file=sys.stderr)
        return 1
    return 0


def _demonstrate(*, keep: bool) -> None:
    stop_kept()
    shutil.rmtree(FOLDER, ignore_errors=True)
    started = time.monotonic()
    with contextlib.ExitStack() as cleaning:
        cloud = Simulator.start("--speed", SPEED)
        cleaning.callback(cloud.stop)
        cleaning.callback(shutil.rmtree, FOLDER, ignore_errors=True)
        stack = LocalStack(ROOT, FOLDER, cloud)
        cleaning.callback(stack.forget)
        dynamic = FOLDER / "quickstart-dynamic"
        shutil.copytree(ROOT / "examples" / "quickstart-dynamic", dynamic)
        cleaning.callback(_on_request_to_end, signal.SIG_IGN)  # the cleaning itself isn't interrupted
        steps = Demo(stack, LocalStack(dynamic, FOLDER, cloud)).run(keep=keep)
        print(f"\nDemo passed: {steps} steps, {_spent(cloud)}, in {time.monotonic() - started:.0f} s.")
        if keep:
            _keep(stack)
            cleaning.pop_all()


def _on_request_to_end(reaction: Any) -> None:
    """React to ^C and to a request to end alike, also where a shell started us with ^C ignored."""
    for request in (signal.SIGINT, signal.SIGTERM):
        signal.signal(request, reaction)


def _expect(fact: bool, otherwise: str) -> None:
    if not fact:
        raise DemoError(otherwise)


def _reason(error: Exception) -> str:
    if not isinstance(error, subprocess.CalledProcessError):
        return str(error)
    said = f"{error.stdout or ''}{error.stderr or ''}".strip()
    return f"`{shlex.join(error.cmd)}` ended with {error.returncode}{': ' + said if said else ''}"


def _spent(cloud: Simulator) -> str:
    requests = cloud.ask("requests")
    builds = [
        request for request in requests if request["action"] in {"CreateImageCache", "UpdateImageCache"}
    ]
    return f"{len(requests)} calls to the simulated cloud, {len(builds)} of them builds"


def _keep(stack: LocalStack) -> None:
    """Leave the simulator running and write down how to go on."""
    KEPT.write_text(json.dumps({"pid": stack.simulator.pid}))
    names = (
        "PATH",
        "PULUMI_HOME",
        "PULUMI_BACKEND_URL",
        "PULUMI_CONFIG_PASSPHRASE",
        "PULUMI_SKIP_UPDATE_CHECK",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION",
    )
    lines = [f"export {name}={shlex.quote(stack.variables[name])}" for name in names]
    (FOLDER / "environment").write_text("\n".join(lines) + "\n")
    print(
        f"\nThe stack {stack.name!r} and its simulator at http://{stack.simulator.endpoint} are kept."
        "\nTo look around:"
        f"\n  . {FOLDER.relative_to(ROOT)}/environment"
        f"\n  pulumi stack --stack {stack.name}"
        f"\n  curl http://{stack.simulator.endpoint}/_simulator/resources"
        "\nThe next `make demo` starts anew."
    )


def stop_kept() -> None:
    """End the simulator that an earlier run with KEEP left, if that process is still it."""
    if not KEPT.exists():
        return
    pid = int(json.loads(KEPT.read_text())["pid"])
    if "imagecache_simulator" in processes.command(pid):
        os.kill(pid, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
