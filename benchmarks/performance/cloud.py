"""The simulated account of a measurement: its quota, its network with NAT, and how long its builds take."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from local_stack import Simulator
from local_stack import simulator as running_simulator
from signed_calls import Signer

_ECS = "2014-05-26"
_MOST_CACHES = 2000
"""The account's quota; 500 unless raised, which is fewer than are measured here."""


@dataclass(frozen=True)
class Network:
    """What every cache is built in: a vSwitch that reaches the internet by NAT, and a security group."""

    vswitch: str
    security_group: str


@dataclass
class Account:
    """A simulator.

    Attributes:
        simulator: the process.
        network: where caches are built.
    """

    simulator: Simulator
    network: Network
    _since: int = 0

    def begin(self, build: float, *, creates_a_minute: int | None = None, throttled: int = 0) -> None:
        """Make the account as new.

        Args:
            build: seconds of the cloud's that every build takes, exactly.
            creates_a_minute: how many creates are admitted; any number unless given.
            throttled: how many are refused for coming too fast, whatever their pace.
        """
        ask = self.simulator.ask
        ask("reset", "POST")
        ask("quotas", "POST", {"MaxImageCacheCount": _MOST_CACHES})
        ask("builds", "POST", {"seconds": build})
        ask("rates", "POST", {"CreateImageCache": creates_a_minute})
        if throttled:
            ask("faults", "POST", {"kind": "throttle", "action": "CreateImageCache", "times": throttled})
        self.network = _network(self.simulator)
        self.mark()

    def mark(self) -> None:
        """Count calls from now on."""
        log = self.simulator.ask("requests")
        self._since = log[-1]["number"] if log else 0

    def calls(self) -> list[dict[str, Any]]:
        """Give the calls since the mark; `RuntimeError` if they were more than the simulator keeps."""
        log: list[dict[str, Any]] = self.simulator.ask(f"requests?since={self._since}")
        if log and log[0]["number"] != self._since + 1:
            raise RuntimeError("more calls were made than the simulator's log holds")
        return log


@contextmanager
def account(speed: float = 1) -> Iterator[Account]:
    """Run a simulator until the block ends; its seed gives the network the same IDs after every `begin`.

    Args:
        speed: the cloud's seconds in one of ours.
    """
    with running_simulator("--speed", str(speed), "--seed", "1") as simulator:
        yield Account(simulator, _network(simulator))


def _network(simulator: Simulator) -> Network:
    """Give the region's default network its NAT gateway, and make a security group in it."""
    default = simulator.ask("internet", "POST", {"RegionId": simulator.region})
    call = Signer(simulator.endpoint).rpc(
        "CreateSecurityGroup", _ECS, {"RegionId": simulator.region, "VpcId": default["VpcId"]}
    )
    connection = http.client.HTTPConnection(simulator.endpoint, timeout=30)
    connection.request("POST", f"/?{call.query}", call.body, dict(call.headers))
    group = json.loads(connection.getresponse().read())
    connection.close()
    return Network(default["VSwitchId"], group["SecurityGroupId"])
