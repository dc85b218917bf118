"""`python -m imagecache_simulator`: serve a simulated account until SIGINT or SIGTERM.

Once it listens, one line of JSON on standard output says where and with which credentials; scripts rely
on it.
"""

from __future__ import annotations

import argparse
import json
import logging
import shlex
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from imagecache_simulator import Cloud, ScaledClock, serve
from imagecache_simulator.ram.policies import Policy


def main(arguments: list[str] | None = None) -> int:
    """Run the server; return the exit status: 0 when it was told to stop, 1 when it couldn't listen."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    options = parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING)
    try:
        cloud = Cloud(
            clock=ScaledClock(options.speed),
            seed=options.seed,
            access_key_id=options.access_key_id,
            access_key_secret=options.access_key_secret,
            policy=options.policy,
        )
    except ValueError as error:
        parser().error(str(error))
    with ExitStack() as stack:
        try:
            tls_port = None if options.no_tls else options.tls_port
            server = stack.enter_context(serve(cloud, options.host, options.port, tls_port))
        except OSError as error:
            ports = f"{options.port}" if options.no_tls else f"{options.port} and {options.tls_port}"
            sys.stderr.write(f"Can't listen on {options.host}:{ports}: {error.strerror or error}\n")
            return 1
        if options.environment:
            try:
                stack.enter_context(_written(server.environment, options.environment))
            except OSError as error:
                sys.stderr.write(f"Can't write {options.environment}: {error.strerror or error}\n")
                return 1
        line = {
            "endpoint": server.endpoint,
            "tls_endpoint": server.tls_endpoint,
            "ca_file": str(server.ca_file or ""),
            "access_key_id": cloud.access_key_id,
            "access_key_secret": cloud.access_key_secret,
            "region": cloud.region,
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        stopped.wait()
    return 0


@contextmanager
def _written(environment: dict[str, str], file: Path) -> Iterator[None]:
    """Have a file that sets an environment in a shell, until the block ends; it appears all at once."""
    fresh = file.with_name(f"{file.name}.partial")
    fresh.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items()))
    fresh.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    options = argparse.ArgumentParser(prog="python -m imagecache_simulator", description=__doc__)
    options.add_argument("--host", default="127.0.0.1", help="what to listen on (default: %(default)s)")
    options.add_argument("--port", type=_port, default=0, help="0, the default, takes any that is free")
    options.add_argument("--tls-port", type=_port, default=0, help="the same for the port with TLS")
    options.add_argument("--no-tls", action="store_true", help="listen without TLS only")
    options.add_argument(
        "--speed", type=_speed, default=60, help="simulated seconds per real second (default: %(default)s)"
    )
    options.add_argument("--seed", type=int, help="makes IDs and durations repeat")
    options.add_argument(
        "--environment",
        type=Path,
        metavar="FILE",
        help="once it listens, write what leads a shell's programs to it: `. FILE`",
    )
    options.add_argument("--access-key-id", default="simulator", help="default: %(default)s")
    options.add_argument("--access-key-secret", default="simulator", help="default: %(default)s")
    options.add_argument(
        "--policy", type=_policy, metavar="FILE", help="a policy of RAM, which restricts the access key"
    )
    return options


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:  # noqa: PLR2004 - the highest port
        raise argparse.ArgumentTypeError("a port is from 0 to 65535")
    return number


def _policy(path: str) -> Policy:
    try:
        return Policy.read(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{path}: {getattr(error, 'strerror', None) or error}") from None


def _speed(text: str) -> float:
    speed = float(text)
    try:
        ScaledClock(speed)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return speed


if __name__ == "__main__":
    sys.exit(main())
