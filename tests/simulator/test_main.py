"""Tests of the command line, which scripts rely on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests as http_client

import imagecache_simulator

SOURCES = Path(imagecache_simulator.__file__).parents[1]


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Yield the command as a process; it's ended if the test didn't."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "imagecache_simulator", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> dict[str, str]:
    """Return the line that the command writes once it listens."""
    assert process.stdout is not None
    line: dict[str, str] = json.loads(process.stdout.readline())
    return line


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_start_and_stop(number: signal.Signals) -> None:
    """One line of JSON says where it listens; SIGINT and SIGTERM end it with 0 and without another word."""
    with started() as process:
        line = first_line(process)
        keys = {"endpoint", "tls_endpoint", "ca_file", "access_key_id", "access_key_secret", "region"}
        assert line.keys() == keys
        assert line["endpoint"].startswith("127.0.0.1:")
        url = f"http://{line['endpoint']}"
        with http_client.Session() as session:
            assert session.get(f"{url}/_simulator/resources", timeout=10).status_code == 200
            assert session.get(url, timeout=10).status_code == 400
            process.send_signal(number)
            rest, errors = process.communicate(timeout=30)
    assert (process.returncode, rest, errors) == (0, "", "")


def test_options() -> None:
    """Every option is taken: the access key is the one that was given, and the port too."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    key = ["--access-key-id", "me", "--access-key-secret", "mine"]
    with started(
        "--host", "127.0.0.1", "--port", str(port), "--no-tls", "--speed", "600", "--seed", "3", *key
    ) as process:
        assert first_line(process) == {
            "endpoint": f"127.0.0.1:{port}",
            "tls_endpoint": "",
            "ca_file": "",
            "access_key_id": "me",
            "access_key_secret": "mine",
            "region": "cn-hangzhou",
        }


def test_policy(tmp_path: Path) -> None:
    """A policy restricts the access key; one that can't be, or isn't there, is told with exit status 2."""
    file = tmp_path / "policy.json"
    file.write_text('{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}')
    with started("--no-tls", "--policy", str(file)) as process:
        url = f"http://{first_line(process)['endpoint']}/_simulator/users"
        (user,) = http_client.get(url, timeout=10).json()
        assert (user["name"], user["access_key_id"]) == ("simulator", "simulator")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    file.write_text('{"Version": "2"}')
    for path, reason in ((file, 'Version is "1"'), (tmp_path / "absent", "No such file or directory")):
        with started("--policy", str(path)) as process:
            output, errors = process.communicate(timeout=30)
        assert (process.returncode, output) == (2, "")
        assert errors.splitlines()[-1].endswith(f"argument --policy: {path}: {reason}")


def test_environment(tmp_path: Path) -> None:
    """A shell that reads the file of --environment is led to the server; the file goes with the server."""
    file = tmp_path / "an environment"
    with started("--environment", str(file), "--access-key-id", "it's me") as process:
        line = first_line(process)
        shell = '. "$1"; printf "%s\\n" "$ECI_ENDPOINT" "$ALICLOUD_ACCESS_KEY"'
        done = subprocess.run(
            ["bash", "-c", shell, "bash", file], capture_output=True, text=True, check=True, env={}
        )
        assert done.stdout.splitlines() == [line["endpoint"], "it's me"]
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=30) == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_environment_that_cannot_be_written(tmp_path: Path) -> None:
    """A file that can't be written is told in a sentence, with exit status 1."""
    file = tmp_path / "nowhere" / "environment"
    with started("--environment", str(file)) as process:
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (1, "")
    assert errors == f"Can't write {file}: No such file or directory\n"


def test_port_that_is_taken() -> None:
    """A port that's taken is told in a sentence, with exit status 1."""
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        started("--port", str(taken.getsockname()[1])) as process,
    ):
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert output == ""
    assert errors.startswith("Can't listen on 127.0.0.1:")
    assert "Traceback" not in errors


@pytest.mark.parametrize("arguments", [["--speed", "0"], ["--speed", "x"], ["--port", "70000"], ["--odd"]])
def test_bad_options(arguments: list[str]) -> None:
    """An option that can't be is told with exit status 2."""
    with started(*arguments) as process:
        output, errors = process.communicate(timeout=30)
    assert (process.returncode, output) == (2, "")
    assert "Traceback" not in errors
