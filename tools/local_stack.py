"""A stack on this machine alone: the real engine with a file backend, and a simulator as its cloud.

The demo and the real-engine tests make one each. Everything it writes is in one folder, and every process
that it starts is in a session of its own, so that nothing outlives it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import processes
from engine_environment import environment

PASSPHRASE = "not-a-secret"  # noqa: S105 - it protects made-up secrets on this machine alone
_GRACE = 20
"""Seconds that a process has to end after it was asked to."""
PROVIDER = "pulumi"
"""The RAM user whom the image cache provider's key belongs to."""
_POLICY = Path(__file__).resolve().parents[1] / "docs" / "policies" / "full.json"


@dataclass
class Simulator:
    """A simulated account that listens: a `python -m imagecache_simulator`, or a thread of this process."""

    endpoint: str
    tls_endpoint: str
    ca_file: str
    access_key_id: str
    access_key_secret: str
    region: str
    process: subprocess.Popen[str] | None = None

    @classmethod
    def start(cls, *arguments: str) -> Simulator:
        """Start it and wait until it listens.

        Args:
            arguments: of its command line, such as `--speed`, `60`.
        """
        process = subprocess.Popen(
            [sys.executable, "-m", "imagecache_simulator", *arguments],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdout is not None  # noqa: S101 - it was asked for
        try:
            line = process.stdout.readline()
        except BaseException:
            end(process)
            raise
        if not line:
            raise RuntimeError(f"the simulator ended with {process.wait()} before it listened")
        return cls(**json.loads(line), process=process)

    @property
    def pid(self) -> int:
        """The ID of the process that serves it."""
        return os.getpid() if self.process is None else self.process.pid

    def ask(self, path: str, method: str = "GET", body: Any = None) -> Any:
        """Call `/_simulator/PATH`, its door for tests and for what a colleague does in the console."""
        request = urllib.request.Request(
            f"http://{self.endpoint}/_simulator/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            text = answer.read()
        return json.loads(text) if text else None

    def resources(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that the account has, by kind."""
        found: dict[str, list[dict[str, Any]]] = self.ask("resources")
        return found

    def caches(self) -> list[dict[str, Any]]:
        """The account's image caches."""
        return self.resources()["image_caches"]

    def calls(self, action: str) -> list[dict[str, Any]]:
        """The requests for an action that arrived so far, oldest first."""
        return [request for request in self.ask("requests") if request["action"] == action]

    def provider_key(self, name: str = PROVIDER) -> tuple[str, str]:
        """Give access key and secret of a RAM user who may do what docs/policies/full.json allows."""
        self.ask("users", "POST", {"name": name, "policy": json.loads(_POLICY.read_text())})
        return name, f"{name}-secret"

    def stop(self) -> None:
        """End its process; a thread ends with the block that serves it."""
        if self.process is not None:
            end(self.process)


@dataclass
class LocalStack:
    """A stack, its engine's environment and its cloud.

    Attributes:
        project: the folder of the program: the one with Pulumi.yaml.
        folder: where state, settings and plugins are kept; made if it isn't there.
        simulator: its cloud.
        name: the stack's name.
        variables: what its `pulumi` processes see of the environment.
    """

    project: Path
    folder: Path
    simulator: Simulator
    name: str = "simulated"
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        backend = self.folder / "backend"
        backend.mkdir(parents=True, exist_ok=True)
        self.variables = {
            **_without_cloud_settings(os.environ),
            **environment(self.folder / "home"),
            "PULUMI_BACKEND_URL": backend.absolute().as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
            "SSL_CERT_FILE": self.simulator.ca_file,
            **self.variables,
        }

    @property
    def config_file(self) -> Path:
        """The stack's settings, which Pulumi keeps beside Pulumi.yaml."""
        return self.project / f"Pulumi.{self.name}.yaml"

    def forget(self) -> None:
        """Remove the stack's settings; what the engine knows of it goes with the folder."""
        self.config_file.unlink(missing_ok=True)

    def create(self) -> None:
        """Make the stack and point it at the simulator, for pulumi-alicloud as for image caches.

        The alicloud plugin takes the port with TLS, as it sends some calls over HTTPS whatever it's told. It
        gets the account's own key; the image cache provider gets no more than the rights that it needs.
        """
        self.forget()
        self.install_plugin()
        self.pulumi("stack", "init", self.name, quiet=True)
        endpoint = self.simulator.tls_endpoint
        key, provider_secret = self.simulator.provider_key()
        products = ("vpc", "ecs", "eci", "sts", "location", "resourcemanager")
        self.configure(
            {
                "alicloud:region": self.simulator.region,
                "alicloud:accessKey": self.simulator.access_key_id,
                "alicloud:accountType": "Domestic",
                "alicloud:protocol": "HTTPS",
                "alicloud:endpoints": json.dumps([dict.fromkeys(products, endpoint)]),
                "imagecache:region": self.simulator.region,
                "imagecache:accessKey": key,
                "imagecache:endpoint": self.simulator.endpoint,
                "imagecache:protocol": "HTTP",
            }
        )
        secret = self.simulator.access_key_secret
        self.configure({"alicloud:secretKey": secret, "imagecache:secretKey": provider_secret}, secret=True)

    def install_plugin(self) -> None:
        """Put the plugin where this stack's engine looks, as a user does."""
        subprocess.run(
            [sys.executable, "-m", "imagecache_provider", "install"],
            check=True,
            env=self.variables,
            capture_output=True,
        )

    def configure(self, settings: Mapping[str, str], *, secret: bool = False) -> None:
        """Set values of the stack's configuration."""
        flag = "--secret" if secret else "--plaintext"
        pairs = [part for name, value in settings.items() for part in (flag, f"{name}={value}")]
        self.pulumi("config", "set-all", *pairs, quiet=True)

    def pulumi(
        self, *arguments: str, quiet: bool = False, expect: int | None = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run `pulumi` in the project and wait for its end.

        Args:
            arguments: of `pulumi`.
            quiet: capture what it prints instead of showing it.
            expect: the exit status that is no error; None for any.

        Raises:
            subprocess.CalledProcessError: it ended otherwise.
        """
        process = self.start(*arguments, quiet=quiet)
        try:
            output, errors = process.communicate()
        except BaseException:
            end(process)
            raise
        done = subprocess.CompletedProcess(process.args, process.returncode, output or "", errors or "")
        if expect is not None and done.returncode != expect:
            raise subprocess.CalledProcessError(done.returncode, done.args, done.stdout, done.stderr)
        return done

    def start(self, *arguments: str, quiet: bool = True) -> subprocess.Popen[str]:
        """Start `pulumi` in the project."""
        stack = ["--stack", self.name] if arguments[0] not in {"stack", "version"} else []
        pipe = subprocess.PIPE if quiet else None
        return subprocess.Popen(
            ["pulumi", *arguments, *stack],
            cwd=self.project,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            text=True,
            start_new_session=True,
        )

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets masked."""
        found: dict[str, Any] = json.loads(self.pulumi("stack", "output", "--json", quiet=True).stdout)
        return found

    def state(self) -> list[dict[str, Any]]:
        """The resources that the engine has recorded, providers and the stack itself included."""
        exported = json.loads(self.pulumi("stack", "export", quiet=True).stdout)
        found: list[dict[str, Any]] = exported["deployment"].get("resources", [])
        return found


@contextlib.contextmanager
def simulator(*arguments: str) -> Iterator[Simulator]:
    """Run a simulator until the block ends."""
    running = Simulator.start(*arguments)
    try:
        yield running
    finally:
        running.stop()


def end(process: subprocess.Popen[str]) -> None:
    """Ask a process to end, and see that nothing of its session stays."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
    for left in processes.of_session(process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(left, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _without_cloud_settings(variables: Mapping[str, str]) -> dict[str, str]:
    """Leave out what would point a stack at a real account."""
    prefixes = ("ALICLOUD_", "ALIBABA_CLOUD_", "ALIBABACLOUD_", "PULUMI_")
    return {name: value for name, value in variables.items() if not name.startswith(prefixes)}
