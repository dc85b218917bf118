"""The policy that the provider's tests run under, and what rights its calls needed meanwhile.

In every account that those tests make, the provider's access key is a RAM user's, whose policy is
docs/policies/full.json: a call which isn't in it fails the test that makes it. tests/whole_run.py looks
at the calls of the whole run.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from imagecache_simulator import Cloud
from imagecache_simulator.ram.policies import Policy

POLICIES = Path(__file__).resolve().parents[2] / "docs" / "policies"
READ_ONLY = Policy.read((POLICIES / "read-only.json").read_text())
FULL = Policy.read((POLICIES / "full.json").read_text())
ANYTHING = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

NEEDED: Counter[str] = Counter()
"""How often the provider's calls needed each right, in all tests of this process so far."""
COLLEAGUE = {"imagecache:accessKey": "colleague", "imagecache:secretKey": "colleague-secret"}
"""The settings of somebody who may do everything, in accounts of `restricted_cloud`."""


def restricted_cloud(**settings: Any) -> Cloud:
    """Make an account whose access key is the provider's; a colleague has another."""
    cloud = Cloud(policy=FULL, **settings)
    cloud.users.add("colleague", ANYTHING)
    watch(cloud)
    return cloud


def watch(cloud: Cloud) -> None:
    """Have what the provider's calls need counted here."""
    user = cloud.users.named("simulator")
    assert user is not None
    user.needed = NEEDED


def rights(policy: Policy) -> list[str]:
    """Give the actions that a policy of ours allows; none has a wildcard, and none denies anything."""
    found: list[str] = []
    for statement in policy.document["Statement"]:
        actions = statement["Action"]
        found.extend([actions] if isinstance(actions, str) else actions)
    return found
