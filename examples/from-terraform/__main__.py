"""Caches that Terraform made, taken into a stack by their IDs; the caches themselves aren't touched.

1. In Terraform's folder: `terraform show -json > terraform.json`, and the file beside this program. It has
   passwords in the clear: don't commit it.
2. `pulumi up`: every `alicloud_eci_image_cache` in it is imported. Name, images, and whatever else the cloud
   tells have to agree; the network and the passwords are recorded for the next build.
3. In Terraform's folder: `terraform state rm` of each, so that Terraform lets go.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
from pulumi_imagecache import eci

TYPE = "alicloud_eci_image_cache"


def resources(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the resources of a module and of those within it."""
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from resources(child)


root = json.loads(Path("terraform.json").read_text(encoding="utf-8"))["values"]["root_module"]
for resource in resources(root):
    if (resource["mode"], resource["type"]) != ("managed", TYPE):
        continue
    values = resource["values"]
    name = resource["address"].replace(f"{TYPE}.", "")
    cache = eci.ImageCache(
        name,
        image_cache_name=values["image_cache_name"],
        images=values["images"],
        vswitch_ids=[values["vswitch_id"]],
        security_group_id=values["security_group_id"],
        # Terraform writes "" and 0 where nothing was given.
        eip_instance_id=values.get("eip_instance_id") or None,
        zone_id=values.get("zone_id") or None,
        resource_group_id=values.get("resource_group_id") or None,
        image_cache_size=values.get("image_cache_size") or None,
        retention_days=values.get("retention_days") or None,
        image_registry_credentials=[
            eci.ImageRegistryCredentialArgs(
                server=each["server"], user_name=each["user_name"], password=each["password"]
            )
            for each in values.get("image_registry_credential") or []
        ],
        opts=pulumi.ResourceOptions(import_=values["id"]),
    )
    pulumi.export(name, cache.image_cache_id)
