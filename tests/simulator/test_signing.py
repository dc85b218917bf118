"""Tests of the signatures: the official client's, and the Go clients', computed here from the rule."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException

from imagecache_simulator import Cloud
from imagecache_simulator.wire import Request

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=timezone.utc)
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def account() -> Cloud:
    """Return an account for which it's always noon on the first of March."""
    return Cloud(seed=1, now=lambda: NOW)


def rpc_request(
    business: dict[str, str],
    form: dict[str, str] | None = None,
    secret: str = "simulator",  # noqa: S107 - made up
    **system: str,
) -> Request:
    """Sign with HMAC-SHA1 as the Go clients do: parameters in the query, or some in a form body."""
    query = {
        "Action": "DescribeRegions",
        "Version": "2018-08-08",
        "Format": "JSON",
        "Timestamp": "2026-03-01T12:00:00Z",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": "nonce-1",
        "SignatureType": "",
        "AccessKeyId": "simulator",
        **business,
        **system,
    }
    query = {name: value for name, value in query.items() if value != "-"}
    to_sign = rpc_string({**query, **(form or {})})
    digest = hmac.new(f"{secret}&".encode(), to_sign.encode(), hashlib.sha1).digest()
    query["Signature"] = base64.b64encode(digest).decode()
    return Request("POST", "h", query=urlencode(query), headers=FORM, body=urlencode(form or {}).encode())


def rpc_string(parameters: dict[str, str]) -> str:
    """Give what is signed with HMAC-SHA1, by the clients' rule."""
    pairs = sorted(parameters.items())
    canonical = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in pairs)
    return "POST&%2F&" + quote(canonical, safe="-_.~")


def v3_request(
    query: str = "",
    secret: str = "simulator",  # noqa: S107 - made up
    signed: str = "",
    **changed: str,
) -> Request:
    """Sign with ACS3-HMAC-SHA256 a query that is canonical already."""
    headers = {
        "host": "h",
        "x-acs-action": "DescribeRegions",
        "x-acs-version": "2018-08-08",
        "x-acs-date": "2026-03-01T12:00:00Z",
        "x-acs-signature-nonce": "nonce-3",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    headers = {name: value for name, value in headers.items() if value != "-"}
    names = signed or ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in names.split(";"))
    body_hash = hashlib.sha256(b"").hexdigest()
    canonical = f"POST\n/\n{query}\n{lines}\n{names}\n{body_hash}"
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    authorization = f"ACS3-HMAC-SHA256 Credential=simulator,SignedHeaders={names},Signature={signature}"
    return Request("POST", "h", query=query, headers={**headers, "authorization": authorization})


def code(account: Cloud, request: Request) -> tuple[int, str]:
    """Return status and code of the answer; no code for a success."""
    response = account.handle(request)
    entry = account.requests[-1]
    assert entry["status"] == response.status
    return response.status, entry["code"]


@pytest.mark.parametrize("algorithm", [None, "v2"])
def test_official_client(call: Callable[..., Any], algorithm: str | None) -> None:
    """The official client's signatures are accepted through both doors, whatever is in a parameter."""
    awkward = {"Filter": "a b+c*d~e/f:g@h%20é=&?#", "Empty": "", "RegionId": None}
    assert len(call("DescribeRegions", awkward, algorithm=algorithm)["Regions"]) > 20


@pytest.mark.parametrize("algorithm", [None, "v2"])
def test_official_client_with_form(call: Callable[..., Any], algorithm: str | None) -> None:
    """Parameters may stand in the query, in the form body, or some here and some there."""
    answer = call("DescribeRegions", {"RegionId": None}, form={"RegionId": "cn-beijing"}, algorithm=algorithm)
    assert [region["RegionId"] for region in answer["Regions"]] == ["cn-beijing"]


@pytest.mark.parametrize("algorithm", [None, "v2"])
def test_wrong_secret_and_key(refusal: Callable[..., Any], algorithm: str | None) -> None:
    """A wrong secret and an unknown key are refused, each with its own code."""
    refused = refusal("DescribeRegions", secret="wrong", algorithm=algorithm)
    assert refused == (400, "SignatureDoesNotMatch")
    refused = refusal("DescribeRegions", key="nobody", algorithm=algorithm)
    assert refused == (404, "InvalidAccessKeyId.NotFound")


def test_go_clients(account: Cloud) -> None:
    """All parameters in the query, and business ones in the form, are both signed as one set."""
    assert code(account, rpc_request({"RegionId": "cn-beijing"})) == (200, "")
    request = rpc_request({}, form={"RegionId": "cn-beijing", "A": "x y"}, SignatureNonce="nonce-2")
    assert code(account, request) == (200, "")


def test_async_client_escapes_less(account: Cloud) -> None:
    """The asynchronous client leaves characters raw that were signed escaped."""
    signed = v3_request("Filter=a%20b%3Ac%2Fd%40e")
    raw = Request("POST", "h", query="Filter=a+b:c/d@e", headers={**signed.headers, "content-type": "x/y"})
    assert code(account, raw) == (200, "")


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (rpc_request({}, secret="other"), (400, "SignatureDoesNotMatch")),
        (rpc_request({}, AccessKeyId="other"), (404, "InvalidAccessKeyId.NotFound")),
        (rpc_request({}, AccessKeyId="-"), (400, "MissingAccessKeyId")),
        (rpc_request({}, SignatureNonce="-"), (400, "MissingSignatureNonce")),
        (rpc_request({}, Timestamp="-"), (400, "MissingTimestamp")),
        (rpc_request({}, Timestamp="yesterday"), (400, "InvalidTimeStamp.Format")),
        (rpc_request({}, Timestamp="2026-03-01T11:44:59Z"), (400, "InvalidTimeStamp.Expired")),
        (rpc_request({}, Timestamp="2026-03-01T12:15:01Z"), (400, "InvalidTimeStamp.Expired")),
        (rpc_request({}, SignatureMethod="HMAC-SHA256"), (400, "InvalidSignatureMethod")),
        (rpc_request({}, SignatureVersion="2.0"), (400, "InvalidSignatureMethod")),
        (rpc_request({}, Action="-"), (400, "MissingAction")),
        (rpc_request({}, Action="NoSuchThing"), (404, "InvalidAction.NotFound")),
        (rpc_request({}, Version="2000-01-01"), (400, "InvalidVersion")),
        (v3_request(secret="other"), (400, "SignatureDoesNotMatch")),
        (v3_request(x_acs_date="2026-03-01T11:44:59Z"), (400, "InvalidTimeStamp.Expired")),
        (v3_request(x_acs_date="-"), (400, "MissingTimestamp")),
        (v3_request(x_acs_signature_nonce="-"), (400, "MissingSignatureNonce")),
        (v3_request(x_acs_content_sha256="0" * 64), (400, "SignatureDoesNotMatch")),
        (v3_request(signed="host;x-acs-date"), (400, "IncompleteSignature")),
    ],
)
def test_refused(account: Cloud, request_: Request, expected: tuple[int, str]) -> None:
    """Each defect of a signature has its status and code."""
    assert code(account, request_) == expected


def message(account: Cloud, request: Request) -> str:
    """Return the message of a refusal for a wrong signature."""
    body = json.loads(account.handle(request).body)
    assert body["Code"] == "SignatureDoesNotMatch"
    return str(body["Message"])


@pytest.mark.parametrize("form", [{}, {"Password": "a:b&c d/*~é"}])
def test_what_old_clients_read(account: Cloud, form: dict[str, str]) -> None:
    """With the RPC signature, the message names the string that was signed here, as official clients read it.

    By the rules of aliyun-python-sdk-core, aliyun-java-sdk-core and alibaba-cloud-sdk-go, which aren't
    installed: where the string is the client's own, it tells that the secret is wrong.
    """
    request = rpc_request({"Filter": "x:y z"}, form=form, secret="other")
    sent = dict(request.query_pairs() + request.form_pairs())
    del sent["Signature"]
    own, told = rpc_string(sent), message(account, request)
    assert told.split(":")[1] == own, "Python"
    found = re.search("string to sign is:", told)
    assert found is not None, "Java"
    assert told[found.end() :] == own, "Java"
    prefix = "Specified signature is not matched with our calculation. server string to sign is:"
    assert told.removeprefix(prefix) == own, "Go"


def test_changed_on_the_way(account: Cloud) -> None:
    """A request that was changed on its way is told from a wrong secret: the string is another one."""
    signed = rpc_request({})
    changed = Request("POST", "h", query=f"{signed.query}&A=b", headers=signed.headers, body=signed.body)
    assert "A%3Db" in message(account, changed).split(":")[1]


def test_v3_message(account: Cloud) -> None:
    """With ACS3-HMAC-SHA256, the message names the canonical request, and the string with its digest."""
    told = message(account, v3_request("A=b", secret="other"))
    start = "Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\n"
    digest, _, canonical = told.removeprefix(start).partition("], server CanonicalRequest is [")
    canonical = canonical.removesuffix("]")
    assert canonical.startswith("POST\n/\nA=b\nhost:h\n")
    assert hashlib.sha256(canonical.encode()).hexdigest() == digest


@pytest.mark.parametrize("algorithm", [None, "v2"])
def test_official_clients_word(call: Callable[..., Any], algorithm: str | None) -> None:
    """The official client passes the message on, through both doors."""
    with pytest.raises(AlibabaCloudException, match=r"server [sS]tring ?[tT]o ?[sS]ign is"):
        call("DescribeRegions", secret="wrong", algorithm=algorithm)


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        ("ACS3-HMAC-SHA256 nonsense", "IncompleteSignature"),
        ("ACS3-HMAC-SM3 Credential=a,SignedHeaders=host,Signature=00", "InvalidSignatureMethod"),
        ("Bearer token", "MissingAccessKeyId"),
    ],
)
def test_other_authorizations(account: Cloud, authorization: str, expected: str) -> None:
    """What isn't one of the two signatures is refused as such."""
    headers = {
        "x-acs-action": "DescribeRegions",
        "x-acs-version": "2018-08-08",
        "authorization": authorization,
    }
    assert code(account, Request("POST", "h", headers=headers)) == (400, expected)


def test_tampered_query(account: Cloud) -> None:
    """A parameter added after signing breaks the signature."""
    for signed in (rpc_request({}), v3_request()):
        joined = f"{signed.query}&RegionId=cn-beijing".lstrip("&")
        request = Request("POST", "h", query=joined, headers=signed.headers, body=signed.body)
        assert code(account, request) == (400, "SignatureDoesNotMatch")


def test_tampered_body(account: Cloud) -> None:
    """A body changed after signing breaks the signature."""
    signed = v3_request()
    request = Request("POST", "h", headers={**signed.headers, **FORM}, body=b"RegionId=cn-beijing")
    assert code(account, request) == (400, "SignatureDoesNotMatch")


@pytest.mark.parametrize("signed", [rpc_request({}), v3_request()])
def test_replayed_nonce(account: Cloud, signed: Request) -> None:
    """The same request is taken once; a refused one doesn't use its nonce up."""
    assert code(account, signed) == (200, "")
    assert code(account, signed) == (400, "SignatureNonceUsed")


def test_refused_request_leaves_its_nonce_free(account: Cloud) -> None:
    """A nonce counts as used only by a request whose signature was right."""
    assert code(account, rpc_request({}, secret="other")) == (400, "SignatureDoesNotMatch")
    assert code(account, rpc_request({})) == (200, "")


def test_nonces_are_forgotten() -> None:
    """The memory of nonces doesn't grow for ever: one too old to be accepted is dropped."""
    now = [NOW]
    account = Cloud(now=lambda: now[0])
    for number in range(3):
        stamp = now[0].strftime("%Y-%m-%dT%H:%M:%SZ")
        assert code(account, rpc_request({}, SignatureNonce=str(number), Timestamp=stamp)) == (200, "")
        now[0] += timedelta(hours=1)
    assert len(account._verifier._nonces) == 1  # noqa: SLF001 - the bound can't be seen from outside


def test_simulated_time_is_not_the_signatures_time(account: Cloud) -> None:
    """Moving simulated time by years leaves signatures valid: clients sign with the real time."""
    account.advance(10**8)
    assert code(account, rpc_request({})) == (200, "")
