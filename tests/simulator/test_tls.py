"""Tests of the port with TLS."""

from __future__ import annotations

import ssl
import time
from pathlib import Path

import certifi
import requests as http_client

from imagecache_simulator import Cloud, serve


def test_both_ports_serve_one_account() -> None:
    """What is done over HTTPS is seen over HTTP, and clients that trust the file trust the server."""
    with serve(Cloud(seed=1)) as server:
        url = f"https://{server.tls_endpoint}/_simulator"
        moved = http_client.post(f"{url}/clock", json={"advance": 60}, verify=str(server.ca_file), timeout=10)
        assert moved.json() == http_client.get(f"{server.url}/_simulator/clock", timeout=10).json()
        local = url.replace("127.0.0.1", "localhost")
        assert http_client.get(f"{local}/clock", verify=str(server.ca_file), timeout=10).status_code == 200


def test_public_authorities_stay_trusted() -> None:
    """A process that trusts the file trusts all that it would without, and the simulator."""
    with serve(Cloud(seed=1)) as server:
        assert server.ca_file is not None
        ours = ssl.create_default_context(cafile=server.ca_file).cert_store_stats()["x509_ca"]
        public = ssl.create_default_context(cafile=certifi.where()).cert_store_stats()["x509_ca"]
        assert ours == public + 1
        assert server.environment["SSL_CERT_FILE"] == str(server.ca_file)


def test_certificate_goes_with_the_server() -> None:
    """Nothing stays on the disk; two servers have two authorities."""
    with serve(Cloud()) as one, serve(Cloud()) as other:
        files = [Path(str(server.ca_file)) for server in (one, other)]
        assert files[0].read_bytes() != files[1].read_bytes()
    assert not any(file.parent.exists() for file in files)


def test_idle_client_holds_nothing_up() -> None:
    """A client that keeps its connection open doesn't delay the server's end."""
    with http_client.Session() as session:
        with serve(Cloud(seed=1)) as server:
            url = f"https://{server.tls_endpoint}/_simulator/clock"
            session.get(url, verify=str(server.ca_file), timeout=10)
            began = time.monotonic()
        assert time.monotonic() - began < 2


def test_without_tls() -> None:
    """TLS can be left out."""
    with serve(Cloud(), tls_port=None) as server:
        assert (server.tls_endpoint, server.ca_file) == ("", None)
        assert "SSL_CERT_FILE" not in server.environment
        assert http_client.get(f"{server.url}/_simulator/clock", timeout=10).status_code == 200
