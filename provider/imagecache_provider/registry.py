"""Every resource and function of the provider, one line each. The fronts look them up here."""

from __future__ import annotations

from imagecache_provider.eci.account_information import GetRegions, GetUsage
from imagecache_provider.eci.image_cache import ImageCache
from imagecache_provider.eci.image_cache_lookup import GetImageCache, GetImageCaches
from imagecache_provider.eci.image_cache_match import GetImageCacheMatch
from imagecache_provider.eci.readiness_gate import ReadinessGate
from imagecache_provider.function import Function
from imagecache_provider.gate import Awaits
from imagecache_provider.resource import Resource

RESOURCES: dict[str, type[Resource]] = {resource.token: resource for resource in (ImageCache,)}
"""Resource classes by Pulumi type token."""

GATES: dict[str, type[Awaits]] = {gate.token: gate for gate in (ReadinessGate,)}
"""Classes of gates by Pulumi type token."""

FUNCTIONS: dict[str, type[Function]] = {
    function.token: function
    for function in (GetImageCache, GetImageCaches, GetImageCacheMatch, GetUsage, GetRegions)
}
"""Function classes by Pulumi token."""
