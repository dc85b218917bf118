"""Verification of the two signatures that clients send: RPC HMAC-SHA1 and ACS3-HMAC-SHA256.

`core.Cloud.handle` calls `Verifier.verify` before an action runs. Clients escape the same value
differently on the wire, so a query is decoded first and encoded again in the one canonical way.
Source: spec/signing.md sections 2, 3 and 9.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from imagecache_simulator.exceptions import (
    IncompleteSignatureError,
    InvalidAccessKeyIdNotFoundError,
    InvalidTimeStampExpiredError,
    InvalidTimeStampFormatError,
    MissingParameterError,
    SignatureDoesNotMatchError,
    SignatureNonceUsedError,
    UnsupportedSignatureError,
)
from imagecache_simulator.wire import Request

SKEW = timedelta(minutes=15)

_V3_AUTHORIZATION = re.compile(
    r"(?P<algorithm>ACS3-[A-Z0-9-]+) +Credential=(?P<key>[^,]*), *"
    r"SignedHeaders=(?P<headers>[^,]*), *Signature=(?P<signature>[0-9a-f]+)"
)


class Verifier:
    """Checks signatures against known access keys and remembers the nonces it has seen.

    Args:
        secret: gives the secret of an access key, None if there's no such key.
        now: the real time, which clients sign with.
    """

    def __init__(self, secret: Callable[[str], str | None], now: Callable[[], datetime]) -> None:
        self._secret_of = secret
        self._now = now
        self._nonces: OrderedDict[str, datetime] = OrderedDict()

    def verify(self, request: Request) -> str:
        """Pass a request that is signed as it should be, and return by which access key.

        Raises:
            MissingParameterError: a part of the signature is absent.
            IncompleteSignatureError: it has no form, or leaves out what must be signed.
            UnsupportedSignatureError: it was made by another algorithm.
            InvalidTimeStampExpiredError: it was made more than 15 minutes away from now.
            InvalidTimeStampFormatError: its time can't be read.
            InvalidAccessKeyIdNotFoundError: its key is unknown.
            SignatureDoesNotMatchError: its secret isn't ours, or the request was changed on the way.
            SignatureNonceUsedError: it has been sent before.
        """
        if request.headers.get("authorization", "").startswith("ACS3-"):
            access_key_id, nonce = self._verify_v3(request)
        else:
            access_key_id, nonce = self._verify_rpc(request)
        self._remember(nonce)
        return access_key_id

    def _verify_v3(self, request: Request) -> tuple[str, str]:
        """Verify ACS3-HMAC-SHA256; return access key and nonce. Source: spec/signing.md section 2."""
        parts = _V3_AUTHORIZATION.fullmatch(request.headers["authorization"].strip())
        if parts is None:
            raise IncompleteSignatureError
        if parts["algorithm"] != "ACS3-HMAC-SHA256":
            raise UnsupportedSignatureError
        signed = parts["headers"].lower().split(";")
        must_be_signed = {name for name in request.headers if name.startswith("x-acs-")} | {"host"}
        if not must_be_signed <= set(signed):
            raise IncompleteSignatureError
        nonce = _mandatory(request.headers, "x-acs-signature-nonce", "SignatureNonce")
        self._check_time(_mandatory(request.headers, "x-acs-date", "Timestamp"))
        secret = self._secret(parts["key"])
        body_hash = hashlib.sha256(request.body).hexdigest()
        canonical = _v3_canonical_request(request, sorted(signed), body_hash)
        to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode("utf-8", "replace")).hexdigest()
        expected = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
        same_body = request.headers.get("x-acs-content-sha256", body_hash) == body_hash
        if not (same_body and _same(expected, parts["signature"])):
            raise SignatureDoesNotMatchError.of_v3(to_sign, canonical)
        return parts["key"], nonce

    def _verify_rpc(self, request: Request) -> tuple[str, str]:
        """Verify RPC HMAC-SHA1; return access key and nonce. Source: spec/signing.md section 3."""
        parameters = dict(request.query_pairs() + request.form_pairs())
        access_key_id = _mandatory(parameters, "AccessKeyId")
        signature = _mandatory(parameters, "Signature")
        nonce = _mandatory(parameters, "SignatureNonce")
        if parameters.get("SignatureMethod", "").upper() != "HMAC-SHA1":
            raise UnsupportedSignatureError
        if parameters.get("SignatureVersion") != "1.0":
            raise UnsupportedSignatureError
        self._check_time(_mandatory(parameters, "Timestamp"))
        del parameters["Signature"]
        to_sign = f"{request.method}&%2F&{_escape(_canonical(parameters.items()))}"
        key = f"{self._secret(access_key_id)}&".encode()
        expected = base64.b64encode(hmac.new(key, to_sign.encode(), hashlib.sha1).digest()).decode()
        if not _same(expected, signature):
            raise SignatureDoesNotMatchError.of_rpc(to_sign)
        return access_key_id, nonce

    def _check_time(self, text: str) -> None:
        try:
            signed_at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        except ValueError:
            raise InvalidTimeStampFormatError from None
        if abs(self._now() - signed_at) > SKEW:
            raise InvalidTimeStampExpiredError

    def _secret(self, access_key_id: str) -> str:
        secret = self._secret_of(access_key_id)
        if secret is None:
            raise InvalidAccessKeyIdNotFoundError
        return secret

    def _remember(self, nonce: str) -> None:
        """Refuse a nonce seen before. One older than the skew allows can't come back: it's forgotten."""
        now = self._now()
        while self._nonces and now - next(iter(self._nonces.values())) > 2 * SKEW:
            self._nonces.popitem(last=False)
        if nonce in self._nonces:
            raise SignatureNonceUsedError
        self._nonces[nonce] = now


def _v3_canonical_request(request: Request, signed: list[str], body_hash: str) -> str:
    headers = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in signed)
    return "\n".join(
        [
            request.method,
            request.path or "/",
            _canonical(request.query_pairs()),
            headers,
            ";".join(signed),
            body_hash,
        ]
    )


def _canonical(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{_escape(name)}={_escape(value)}" for name, value in sorted(pairs))


def _escape(text: str) -> str:
    return quote(text, safe="-_.~", errors="replace")


def _mandatory(values: Mapping[str, str], name: str, called: str = "") -> str:
    if value := values.get(name, ""):
        return value
    raise MissingParameterError(called or name)


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))
