"""The policy pack: the engine runs this folder, asks what policies it has, and hands it each resource."""

from __future__ import annotations

from pulumi_policy import PolicyPack

from imagecache_policies import POLICIES

PolicyPack(name="imagecache", policies=POLICIES)
