"""Tests of the rules on proxies: what NO_PROXY spares, and how a proxy is used and shown."""

from __future__ import annotations

import base64
from urllib.parse import unquote_to_bytes

import pytest
from requests.adapters import HTTPAdapter

from imagecache_provider.eci.proxies import read_proxy, spared

ECI = "https://eci.aliyuncs.com/"
LOCAL = "http://127.0.0.1:8800/?Action=x"
SIX = "http://[fd00::1]:8800/"
METADATA = "http://100.100.100.200/latest/meta-data"


@pytest.mark.parametrize(
    ("url", "listed"),
    [
        (ECI, "*"),
        (ECI, "a, *"),
        (ECI, "eci.aliyuncs.com"),
        (ECI, "ECI.Aliyuncs.COM"),
        (ECI, "aliyuncs.com"),
        (ECI, ".aliyuncs.com"),
        (ECI, "*.aliyuncs.com"),
        (ECI, "aliyuncs.com:443"),
        (ECI, "localhost, 127.0.0.1 , .aliyuncs.com"),
        (ECI, "localhost\taliyuncs.com"),
        ("https://eci.aliyuncs.com./", "aliyuncs.com"),
        (LOCAL, "127.0.0.1"),
        (LOCAL, "127.0.0.1:8800"),
        (LOCAL, "127.0.0.0/8"),
        (LOCAL, "10.0.0.0/8,127.0.0.1/8"),
        ("http://localhost:8800/", "localhost"),
        ("http://localhost:8800/", "localhost:8800"),
        (METADATA, "100.100.100.200"),
        (METADATA, "100.64.0.0/10"),
        (METADATA, "100.100.100.200:80"),
        (SIX, "fd00::1"),
        (SIX, "[fd00::1]"),
        (SIX, "[fd00::1]:8800"),
        (SIX, "FD00:0::1"),
        (SIX, "fd00::/8"),
    ],
)
@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_spared(url: str, listed: str, variable: str) -> None:
    """Each form of an entry spares what it names, in either variable."""
    assert spared(url, {variable: listed})


@pytest.mark.parametrize(
    ("url", "listed"),
    [
        (ECI, ""),
        (ECI, " , "),
        (ECI, "."),
        (ECI, "notaliyuncs.com"),
        (ECI, "uncs.com"),
        (ECI, "vpc.aliyuncs.com"),
        (ECI, "x.eci.aliyuncs.com"),
        (ECI, "aliyuncs.com:80"),
        (ECI, "10.0.0.0/8"),
        (LOCAL, "127.0.0.2"),
        (LOCAL, "127.0.0.1:80"),
        (LOCAL, "0.0.1"),
        (LOCAL, "10.0.0.0/8"),
        (LOCAL, "fd00::/8"),
        (LOCAL, "localhost"),
        (SIX, "fd00::2"),
        (SIX, "[fd00::1]:80"),
        (SIX, "fe80::/10"),
    ],
)
def test_not_spared(url: str, listed: str) -> None:
    """What no entry names goes through the proxy, and what only looks alike, too."""
    assert not spared(url, {"NO_PROXY": listed})


def test_neither() -> None:
    """Without a list nothing is spared."""
    assert not spared(LOCAL, {})


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("http://proxy:3128", "http://proxy:3128"),
        ("proxy:3128", "http://proxy:3128"),
        ("https://proxy.corp", "https://proxy.corp"),
        ("http://proxy:3128/", "http://proxy:3128"),
        ("socks5://127.0.0.1:1080", "socks5://127.0.0.1:1080"),
        ("http://[::1]:3128", "http://[::1]:3128"),
        ("http://user:hid-den@proxy:3128", "http://proxy:3128"),
        ("http://hid-den@proxy:3128", "http://proxy:3128"),
        ("user:hid-den@proxy:3128", "http://proxy:3128"),
        ("http://user:hid%2Dden@proxy", "http://proxy"),
        ("http://user:hid@hid-den@proxy", "http://proxy"),
    ],
)
def test_address(value: str, address: str) -> None:
    """A proxy is shown by its address; neither user nor password is part of it."""
    proxy = read_proxy(ECI, value, {"HTTPS_PROXY": value})
    assert (proxy.variable, proxy.address, proxy.has_user) == ("HTTPS_PROXY", address, "@" in value)
    assert "den" not in repr(proxy)


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("proxy:3128", "http://proxy:3128"),
        (" http://proxy:3128/ ", "http://proxy:3128"),
        ("HTTP://Proxy:3128", "http://Proxy:3128"),
        ("user:word@proxy", "http://user:word@proxy"),
        ("http://token@proxy", "http://token:@proxy"),
        ("http://@proxy", "http://proxy"),
        ("http://u:a%2Fb%25@proxy", "http://u:a%2Fb%25@proxy"),
        ("http://u:50%@proxy", "http://u:50%25@proxy"),
        ("http://u:a:b@proxy", "http://u:a%3Ab@proxy"),
        ("http://u:a@b@proxy", "http://u:a%40b@proxy"),
        ("http://u:[word]@proxy", "http://u:%5Bword%5D@proxy"),
        ("http://u:a\\b@proxy", "http://u:a%5Cb@proxy"),
        ("socks5://u:a%C3%A4@proxy", "socks5://u:a%C3%A4@proxy"),
        ("socks5://u:aä@proxy", "socks5://u:a%C3%A4@proxy"),
    ],
)
def test_url(value: str, url: str) -> None:
    """The libraries are given an address that they can take, whatever its password is made of."""
    assert read_proxy(ECI, value, {}).url == url


@pytest.mark.parametrize("password", ["密码", "%E5%AF%86%E7%A0%81", "ä", "%C3%A4", "%FF", "\udcff"])
def test_sent(password: str) -> None:
    """A proxy gets the bytes of user and password, in UTF-8 where they aren't encoded."""
    url = read_proxy(ECI, f"http://user:{password}@proxy", {}).url
    header = HTTPAdapter().proxy_headers(url)["Proxy-Authorization"]
    expected = b"user:" + unquote_to_bytes(password.encode("utf-8", "surrogateescape"))
    assert base64.b64decode(header.removeprefix("Basic ")) == expected


@pytest.mark.parametrize(
    "value",
    [
        "http://user:hid/den@proxy:3128",
        "http://user:12/34@proxy:3128",
        "http://user:hid#den@proxy:3128",
        "http://user:hid?den@proxy:3128",
        "http://user:hid den@proxy:3128",
        "http://proxy:port",
        "http://proxy:70000",
        "ftp://proxy:21",
        "http://",
    ],
)
def test_no_address(value: str) -> None:
    """What isn't an address, such as one with a password that isn't encoded, is shown by nothing of it."""
    assert read_proxy(ECI, value, {"HTTPS_PROXY": value}).address == ""


@pytest.mark.parametrize(
    ("url", "environment", "variable"),
    [
        (ECI, {"HTTPS_PROXY": "p", "https_proxy": "q"}, "HTTPS_PROXY"),
        (ECI, {"HTTPS_PROXY": "q", "https_proxy": "p"}, "https_proxy"),
        (LOCAL, {"HTTP_PROXY": "p"}, "HTTP_PROXY"),
        (LOCAL, {"http_proxy": "p", "https_proxy": "p"}, "http_proxy"),
    ],
)
def test_variable(url: str, environment: dict[str, str], variable: str) -> None:
    """A proxy is told with the variable that it comes from, as that is written."""
    assert read_proxy(url, "p", environment).variable == variable
