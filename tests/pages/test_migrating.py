"""docs/migrating.md: caches come into stacks from three places, and none is built for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alibabacloud_eci20180808.client import Client
from alibabacloud_eci20180808.models import CreateImageCacheRequest
from alibabacloud_tea_openapi.models import Config
from darabonba.runtime import RuntimeOptions
from tests.pages.page import DOCS, Command, Shell, steps

from local_stack import PASSPHRASE, Simulator

pytestmark = pytest.mark.timeout(600)  # most of it are the alicloud provider's own waits, on a busy machine

BY_TERRAFORM: dict[str, Any] = {
    "ImageCacheName": "web",
    "Image": ["nginx:1.27", "private.example.com/team/app:1.0"],
    "ImageRegistryCredential": [
        {"Server": "private.example.com", "UserName": "simulator", "Password": "simulator"}
    ],
    "ImageCacheSize": 20,
    "RetentionDays": 30,
}
IN_THE_CONSOLE: dict[str, Any] = {"ImageCacheName": "shop", "Image": ["redis:7.4"]}
SHOWN = {"imc-bp1web00000000000000": BY_TERRAFORM, "imc-bp1shop0000000000000": IN_THE_CONSOLE}
"""The IDs that the page shows, of caches that stand for those which its reader has."""


def made(cloud: Simulator, request: dict[str, Any]) -> str:
    """Make a cache with the official client, as Terraform or a console does; give its ID once it's Ready."""
    client = Client(
        Config(
            access_key_id=cloud.access_key_id,
            access_key_secret=cloud.access_key_secret,
            endpoint=cloud.endpoint,
            protocol="HTTP",
        )
    )
    asked = CreateImageCacheRequest().from_map({"RegionId": cloud.region, **request})
    answer = client.create_image_cache_with_options(asked, RuntimeOptions())
    cloud.ask("clock", "POST", {"advance": 3600})
    return str(answer.body.image_cache_id)


@pytest.fixture
def variables(
    shell_variables: dict[str, str], instead_of_the_cloud: dict[str, str], cloud: Simulator, tmp_path: Path
) -> dict[str, str]:
    """The shell that the page asks for: credentials, region, backend.

    Both providers call ECI here and take its endpoint from the same variable, so that all is plain HTTP.
    """
    backend = tmp_path / "backend"
    backend.mkdir()
    plain = {name: cloud.endpoint for name in instead_of_the_cloud if "ENDPOINT" in name}
    return {
        **shell_variables,
        **instead_of_the_cloud,
        **plain,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": cloud.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": cloud.access_key_secret,
        "ALIBABA_CLOUD_REGION": cloud.region,
        "PULUMI_BACKEND_URL": backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
    }


def test_migrating(reader: Path, variables: dict[str, str], cloud: Simulator) -> None:
    """Every command works and prints what is shown; all caches stay what they were, with nothing built."""
    cloud.ask("internet", "POST", {"RegionId": cloud.region})
    text = (DOCS / "migrating.md").read_text(encoding="utf-8")
    ids = []
    for shown, request in SHOWN.items():
        assert shown in text
        ids.append(made(cloud, request))
        text = text.replace(shown, ids[-1])
    with Shell(reader, variables) as shell:
        shell.take(Command("python -m imagecache_provider install", ()))
        for step in steps(text):
            shell.take(step)
            if isinstance(step, Command) and step.text.startswith("pulumi stack init "):
                # pulumi-alicloud takes its protocol from nowhere else; a real account has HTTPS.
                shell.take(Command("pulumi config set alicloud:protocol HTTP", ()))
    found = {cache["ImageCacheId"]: cache["Status"] for cache in cloud.caches()}
    assert set(ids) < set(found)
    assert set(found.values()) == {"Ready"}
    assert len(found) == 3
    # Those two, and the one that the page itself makes with pulumi-alicloud.
    assert len(cloud.calls("CreateImageCache")) == 3
    assert cloud.calls("UpdateImageCache") == cloud.calls("DeleteImageCache") == []
