"""One container group: what was asked for, and what has become of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from imagecache_simulator.eci.events import Event, record
from imagecache_simulator.eci.starts import Start
from imagecache_simulator.registries import Access

FINAL = frozenset({"Succeeded", "Failed", "ScheduleFailed"})


@dataclass(frozen=True)
class Container:
    """A container that was asked for.

    Attributes:
        pull_policy: `Always`, `IfNotPresent` or `Never`, as it works out where none was given.
        shown: what DescribeContainerGroups shows of it besides.
    """

    name: str
    image: str
    pull_policy: str
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class GroupInputs:
    """What CreateContainerGroup takes, as far as it does something here.

    Sizes are GiB, `eip_bandwidth` is Mbit/s; `shown` is what DescribeContainerGroups shows of the rest.
    Source: spec/eci-container-group.md.
    """

    name: str
    containers: tuple[Container, ...]
    init_containers: tuple[Container, ...] = ()
    resource_group_id: str = ""
    security_group_id: str = ""
    v_switch_ids: tuple[str, ...] = ()
    schedule_strategy: str = "VSwitchOrdered"
    zone_id: str = ""
    private_ip_address: str = ""
    eip_instance_id: str = ""
    auto_create_eip: bool = False
    eip_bandwidth: int = 5
    eip_isp: str = "BGP"
    image_snapshot_id: str = ""
    auto_match_image_cache: bool = False
    cpu: float = 2.0
    memory: float = 4.0
    ephemeral_storage: int = 0
    restart_policy: str = "Always"
    access: Access = field(default_factory=Access)
    shown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def images(self) -> tuple[str, ...]:
        """The images of all containers, each once."""
        return tuple(dict.fromkeys(each.image for each in (*self.init_containers, *self.containers)))


@dataclass
class ContainerState:
    """The state of a container: `Waiting`, `Running` or `Terminated`, and why it waits."""

    state: str = "Waiting"
    reason: str = ""
    message: str = ""
    started: datetime | None = None
    finished: datetime | None = None


@dataclass
class ContainerGroup:
    """A container group.

    Attributes:
        number: counts up with each cache and group of the account; pages are cut by it.
        start: what happens until its containers run.
        eip_instance_id: the address that's bound to it, or was.
        states: of its containers, by name.
        ended: when it came to a final status; it holds nothing then.
    """

    container_group_id: str
    number: int
    region_id: str
    created: datetime
    inputs: GroupInputs
    tags: dict[str, str]
    start: Start
    zone_id: str
    eni_id: str
    vpc_id: str
    v_switch_id: str
    intranet_ip: str
    eip_instance_id: str = ""
    internet_ip: str = ""
    status: str = "Scheduling"
    ended: datetime | None = None
    states: dict[str, ContainerState] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    @property
    def security_group_id(self) -> str:
        """The security group that it's in, empty if it's in none of the account's."""
        return self.inputs.security_group_id

    def record(self, moment: datetime, reason: str, message: str, *, warning: bool = False) -> None:
        """Leave an event, or count the same one up."""
        record(self.events, self.inputs.name, moment, reason=reason, message=message, warning=warning)
