"""What `cloud_server` gives to other processes, on a real engine with the real alicloud plugin."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from imagecache_simulator.server import Server
from local_stack import LocalStack, Simulator

MINIMAL = Path(__file__).resolve().parents[2] / "examples" / "minimal"
RULE = """
alicloud.ecs.SecurityGroupRule(
    "rule", security_group_id=group.id, type="ingress", ip_protocol="tcp", cidr_ip="10.0.0.0/16",
    port_range="443/443",
)
"""


@pytest.fixture
def stack_of(cloud_server: Server, tmp_path: Path) -> Callable[[dict[str, str]], LocalStack]:
    """Return a function that makes the minimal example a stack, with some variables and no settings."""
    cloud_server.cloud.clock.speed = 600  # type: ignore[attr-defined] # the fixture's clock is a running one

    def make(variables: dict[str, str]) -> LocalStack:
        project = tmp_path / "project"
        shutil.copytree(MINIMAL, project)
        # The stack asks its simulator nothing but where it is.
        simulator = cast("Simulator", cloud_server)
        stack = LocalStack(project, tmp_path / "pulumi", simulator, variables=variables)
        stack.install_plugin()
        stack.pulumi("stack", "init", stack.name, quiet=True)
        return stack

    return make


def up_and_down(stack: LocalStack, server: Server) -> None:
    """Bring a stack up, see that it's in the account, and destroy it."""
    stack.pulumi("up", "--yes", "--skip-preview", quiet=True)
    (cache,) = server.cloud.eci.image_caches.values()
    assert (cache.status, cache.image_cache_id) == ("Ready", stack.outputs()["imageCacheId"])
    assert len(server.cloud.vpc.vpcs) == len(server.cloud.vpc.eips) == 1
    stack.pulumi("destroy", "--yes", "--skip-preview", quiet=True)
    assert not server.cloud.eci.image_caches
    assert not server.cloud.vpc.vpcs


def test_environment(cloud_server: Server, stack_of: Callable[[dict[str, str]], LocalStack]) -> None:
    """With the environment, alicloud's protocol is all that a stack has to set."""
    stack = stack_of(cloud_server.environment)
    stack.configure({"alicloud:protocol": "HTTP"})
    up_and_down(stack, cloud_server)


@pytest.mark.timeout(180)
def test_pulumi_config(cloud_server: Server, stack_of: Callable[[dict[str, str]], LocalStack]) -> None:
    """With the settings, a stack needs no variables but the one for TLS, and its rules can be deleted."""
    stack = stack_of({"SSL_CERT_FILE": cloud_server.environment["SSL_CERT_FILE"]})
    with (stack.project / "__main__.py").open("a") as program:
        program.write(RULE)
    stack.configure(cloud_server.pulumi_config)
    up_and_down(stack, cloud_server)
