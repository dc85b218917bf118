"""Calls signed as clients sign them, both ways, for the benchmark and for the simulator's tests.

Made from the rules alone (spec/signing.md sections 2 and 3): it knows nothing of the simulator.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from urllib.parse import parse_qsl, quote, urlencode

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class SignedCall:
    """A call that is ready to be sent: POST to `/`.

    Attributes:
        query: what follows the question mark, percent-encoded.
        headers: by lower-case name, with the host.
        body: the body's bytes.
    """

    query: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Signer:
    """Signs calls for one host.

    Attributes:
        host: the Host header.
        access_key_id, access_key_secret: the key.
        now: the moment of signing; the real one unless given.
    """

    host: str
    access_key_id: str = "simulator"
    access_key_secret: str = field(default="simulator", repr=False)
    now: datetime | None = None

    def rpc(
        self, action: str, version: str, parameters: Mapping[str, str], form: Mapping[str, str] | None = None
    ) -> SignedCall:
        """Sign with HMAC-SHA1, as the Go clients do.

        Args:
            action: for instance `CreateImageCache`.
            version: of its product's API.
            parameters: those in the query.
            form: those in the body.
        """
        query = {
            "Action": action,
            "Version": version,
            "Format": "JSON",
            "Timestamp": self._timestamp(),
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": uuid.uuid4().hex,
            "AccessKeyId": self.access_key_id,
            **parameters,
        }
        to_sign = f"POST&%2F&{_escape(_canonical({**query, **(form or {})}.items()))}"
        digest = hmac.new(f"{self.access_key_secret}&".encode(), to_sign.encode(), hashlib.sha1).digest()
        query["Signature"] = base64.b64encode(digest).decode()
        headers = {"host": self.host, "content-type": FORM}
        return SignedCall(urlencode(query), headers, urlencode(form or {}).encode())

    def v3(
        self,
        action: str,
        version: str,
        query: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> SignedCall:
        """Sign with ACS3-HMAC-SHA256, as the official Python clients do.

        Args:
            action: for instance `CreateImageCache`.
            version: of its product's API.
            query: as it goes over the wire, percent-encoded in any way.
            body: the body's bytes.
            headers: more of them, by lower-case name; they aren't signed unless the rule wants it.
        """
        body_hash = hashlib.sha256(body).hexdigest()
        given = {
            **(headers or {}),
            "host": self.host,
            "x-acs-action": action,
            "x-acs-version": version,
            "x-acs-date": self._timestamp(),
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-content-sha256": body_hash,
        }
        names = sorted(name for name in given if name.startswith("x-acs-") or name == "host")
        lines = "".join(f"{name}:{given[name].strip()}\n" for name in names)
        signed = ";".join(names)
        pairs = _canonical(parse_qsl(query, keep_blank_values=True))
        request = f"POST\n/\n{pairs}\n{lines}\n{signed}\n{body_hash}"
        to_sign = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.new(self.access_key_secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
        given["authorization"] = (
            f"ACS3-HMAC-SHA256 Credential={self.access_key_id},SignedHeaders={signed},Signature={signature}"
        )
        return SignedCall(query, given, body)

    def _timestamp(self) -> str:
        return (self.now or datetime.now(timezone.utc)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _canonical(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{_escape(name)}={_escape(value)}" for name, value in sorted(pairs))


def _escape(text: str) -> str:
    return quote(text, safe="-_.~")
