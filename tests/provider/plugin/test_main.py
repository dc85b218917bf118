"""Tests of the plugin's process: started as the engine starts it, spoken to over a real connection."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty

from imagecache_provider.channel import OPTIONS
from imagecache_provider.plugin.codec import encode
from imagecache_provider.plugin.protocol import provider_pb2, provider_pb2_grpc

URN = "urn:pulumi:dev::project::imagecache:eci:ImageCache::web"


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    """Yield a process of the plugin, with the arguments that an engine gives it."""
    started = subprocess.Popen(
        [sys.executable, "-m", "imagecache_provider.plugin", "--logtostderr", "-v=9", "127.0.0.1:1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], "ALIBABA_CLOUD_REGION": "cn-hangzhou"},
    )
    yield started
    started.kill()
    started.communicate()


@pytest.fixture
def stub(process: subprocess.Popen[str]) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """Yield a connection to the port that the process names in its first line."""
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=OPTIONS) as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)


def test_serves(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    """It answers over gRPC, errors included, and says of what it doesn't have that it doesn't."""
    stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
    stub.Configure(provider_pb2.ConfigureRequest())
    request = provider_pb2.CheckRequest(urn=URN, news=encode({"images": ["nginx"]}))
    assert stub.Check(request).inputs["regionId"] == "cn-hangzhou"
    with pytest.raises(grpc.RpcError) as caught:
        stub.Check(provider_pb2.CheckRequest(urn="web"))
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    with pytest.raises(grpc.RpcError) as caught:
        stub.Parameterize(provider_pb2.ParameterizeRequest())
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stops(
    process: subprocess.Popen[str], stub: provider_pb2_grpc.ResourceProviderStub, number: signal.Signals
) -> None:
    """A signal ends it with status 0, and nothing is printed but the port."""
    stub.GetPluginInfo(Empty())
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_orphaned() -> None:
    """A plugin whose engine was killed ends by itself: its side of the pipe is closed within seconds."""
    engine = (
        "import subprocess, sys;"
        "plugin = subprocess.Popen([sys.executable, '-m', 'imagecache_provider.plugin', '127.0.0.1:1']);"
        "print(plugin.pid, flush=True);"
        "plugin.wait()"
    )
    with subprocess.Popen([sys.executable, "-c", engine], stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        plugin = int(started.stdout.readline())
        started.stdout.readline()  # the port: it serves
        started.kill()
        try:
            assert started.communicate(timeout=30)[0] == ""  # comes once nobody can write any more
        except subprocess.TimeoutExpired:
            os.kill(plugin, signal.SIGKILL)
            raise


def test_light() -> None:
    """Loading the plugin loads neither Pulumi's SDK nor a cloud's library: they would take a second."""
    program = (
        "import sys, imagecache_provider.plugin.__main__ as main;"
        "print([name for name in sys.modules if name in {'pulumi', 'pulumi.runtime', 'Tea', 'requests',"
        " 'alibabacloud_credentials', 'alibabacloud_tea_openapi'}])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
