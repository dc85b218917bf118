"""Tags, which every product reads by the same rules and shows in its own form; `responses` modules call it.

Source of the rules: spec/eci-image-cache.md section 1, row Tag.N (stated there for container groups).
"""

from __future__ import annotations

from collections.abc import Mapping

from imagecache_simulator.exceptions import InvalidParameterError, MissingParameterError, TooManyTagsError
from imagecache_simulator.wire import Parameters

MOST_TAGS = 20
_LONGEST_KEY = 128
_LONGEST_VALUE = 128


def read_tags(parameters: Parameters) -> dict[str, str]:
    """Return the tags of `Tag.N.Key` and `Tag.N.Value`.

    Raises:
        InvalidParameterError: a key or value breaks a rule, or a key stands twice.
        TooManyTagsError: there are more than 20.
    """
    tags: dict[str, str] = {}
    for tag in parameters.objects("Tag"):
        key, value = tag.text("Key"), tag.text("Value")
        _check_key(tag.prefix + "Key", key)
        if key in tags:
            raise InvalidParameterError(tag.prefix + "Key", "Another tag has the same key.")
        if len(value) > _LONGEST_VALUE or value.startswith("acs:"):
            raise InvalidParameterError(
                tag.prefix + "Value", "It has at most 128 characters and no prefix acs:."
            )
        tags[key] = value
    if len(tags) > MOST_TAGS:
        raise TooManyTagsError
    return tags


def read_new_tags(parameters: Parameters) -> dict[str, str]:
    """Return the tags that a call puts on; as `read_tags`, and `MissingParameterError` if there's none."""
    if tags := read_tags(parameters):
        return tags
    raise MissingParameterError("Tag")


def add_tags(added: Mapping[str, str], *resources: dict[str, str]) -> None:
    """Put tags on resources, on all or, with `TooManyTagsError`, on none if one would carry more than 20."""
    if any(len({**present, **added}) > MOST_TAGS for present in resources):
        raise TooManyTagsError
    for present in resources:
        present.update(added)


def remove_tags(present: dict[str, str], keys: list[str], every: bool) -> None:
    """Take tags off a resource, by key, or all of them if no key is given and `every` says so."""
    for key in list(present) if every and not keys else keys:
        present.pop(key, None)


def matches(present: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Tell whether a resource carries all the wanted tags, with their values."""
    return wanted.items() <= present.items()


def key_value_form(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as VPC and ECI show them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tag_key_form(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as ECS shows them."""
    return [{"TagKey": key, "TagValue": value} for key, value in tags.items()]


def _check_key(name: str, key: str) -> None:
    lowered = key.lower()
    if not key or len(key) > _LONGEST_KEY:
        raise InvalidParameterError(name, "It has 1 to 128 characters.")
    if lowered.startswith(("aliyun", "acs:")) or "http://" in lowered or "https://" in lowered:
        raise InvalidParameterError(
            name, "It must not begin with aliyun or acs:, nor hold http:// or https://."
        )
