"""Tests of the reasons: what may hold a secret is taken out of a text, and nothing else is."""

from __future__ import annotations

import pytest

from imagecache_provider.eci.reasons import chain, innermost, shown

V3_REST = ", server CanonicalRequest is [POST\n/\n\nx-acs-security-token:hid\n]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "HTTPSConnectionPool: Max retries exceeded with url: /?Action=A&Password=hid",
            "HTTPSConnectionPool: Max retries exceeded with url: /?…",
        ),
        ("error from http://a/b?hid-den, http_code=403", "error from http://a/b?… http_code=403"),
        ("error from http://user:hid@a:1/b", "error from http://a:1/b"),
        ("Failed to parse: http://user:hi/d@a:1", "Failed to parse: http://a:1"),
        (
            'result: {"AccessKeySecret": "hid", "SecurityToken":"hid", "Code": "Failed"}',
            'result: {"AccessKeySecret": "…", "SecurityToken":"…", "Code": "Failed"}',
        ),
        (
            "Specified signature is not matched with our calculation. server string to sign is:POST&%2F&hid",
            "Specified signature is not matched with our calculation.",
        ),
        (
            f"Specified signature does not match our calculation. server StringToSign is [ACS3\nab]{V3_REST}",
            "Specified signature does not match our calculation.",
        ),
        ("No match. server CanonicalRequest is [POST\nx-acs-security-token:hid\n]", "No match."),
    ],
)
def test_hidden(text: str, expected: str) -> None:
    """A query, a URL's user, secrets in JSON and what the cloud signed itself aren't shown."""
    assert shown(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "no way to 127.0.0.1:80 (is there a network? yes)",
        "see https://help.aliyun.com/document/1",
        "mail admin@corp, or ask",
        "InvalidSecurityToken.Expired: the token is old",
        '{"Code": "Forbidden", "Message": "no right"}',
    ],
)
def test_kept(text: str) -> None:
    """What only looks like a secret stays."""
    assert shown(text) == text


def test_innermost() -> None:
    """The reason is that of the innermost error, or its kind where that has no text."""
    outer = RuntimeError("outer", ValueError(TimeoutError("slow")))
    assert [type(each) for each in chain(outer)] == [RuntimeError, ValueError, TimeoutError]
    assert innermost(outer) == "slow"
    assert innermost(RuntimeError(TimeoutError())) == "TimeoutError"
