"""Tests of the plugin's archive, without an engine: what is in it, and that it runs where no Python is."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from PyInstaller.archive.readers import CArchiveReader

from build_plugin import ROOT, needs, pack, strangers
from imagecache_provider.channel import OPTIONS
from imagecache_provider.install import PROGRAM, VERSION, Place, archived
from imagecache_provider.plugin.codec import encode
from imagecache_provider.plugin.protocol import provider_pb2, provider_pb2_grpc
from imagecache_provider.schema import FILE
from imagecache_simulator import Cloud, serve
from measure_plugin import resident

pytestmark = pytest.mark.timeout(400)  # if the archive must be made first

TOKEN = "imagecache:eci:ImageCache"
CLOUD_LIBRARY = "cryptography"
"""What only the cloud's libraries load, and shows in a process's memory map."""


@pytest.fixture(scope="session")
def program(plugin_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plugin's program, installed from the archive."""
    place = Place.of({"PULUMI_HOME": str(tmp_path_factory.mktemp("pulumi"))})
    place.put(archived(plugin_archive), "from a test")
    return place.program


@pytest.fixture
def process(program: Path) -> Iterator[subprocess.Popen[str]]:
    """The running plugin, in an environment without PATH, HOME and credentials."""
    started = subprocess.Popen(
        [program, "127.0.0.1:1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/",
        env={"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"},
    )
    yield started
    started.kill()
    started.communicate()


@pytest.fixture
def stub(process: subprocess.Popen[str]) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """A connection to the plugin."""
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=OPTIONS) as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)


def modules(program: Path) -> set[str]:
    """The Python modules that are in the program."""
    archive = CArchiveReader(str(program))
    found = set(archive.open_embedded_archive("PYZ.pyz").toc)
    assert found
    return found


def test_only_what_is_needed(program: Path) -> None:
    """No test tool, no generated SDK and no simulator is in it; of Pulumi's SDK only the messages are."""
    found = modules(program)
    packages = {name.partition(".")[0] for name in found}
    assert packages & {*strangers(), "imagecache_simulator", "readline"} == set()
    assert {"pytest", "mypy", "pulumi_alicloud"} <= strangers()
    assert {
        name for name in found if name.startswith("pulumi.") and not name.startswith("pulumi.runtime.proto")
    } == {"pulumi.runtime"}
    assert not any(name.startswith("imagecache_provider.dynamic") for name in found)


def test_cloud_libraries(program: Path) -> None:
    """The cloud's libraries are in it, though nothing imports them before the first call."""
    assert {"Tea.core", "alibabacloud_credentials.client", "alibabacloud_tea_openapi.client"} <= modules(
        program
    )


def test_archive(plugin_archive: Path) -> None:
    """Its entries are files in order, without times and owners, and none has this clone's path in it."""
    with tarfile.open(plugin_archive) as content:
        entries = content.getmembers()
        names = [entry.name for entry in entries]
        assert names == sorted(names)
        assert {(entry.isreg(), entry.uid, entry.uname, entry.mtime) for entry in entries} == {
            (True, 0, "", 315532800)
        }
        for entry in entries:
            opened = content.extractfile(entry)
            assert opened is not None
            assert str(ROOT).encode() not in opened.read(), entry.name
    assert PROGRAM in names
    assert {"licences/pulumi-imagecache/LICENSE", "licences/grpcio/LICENSE"} <= set(names)


def test_pack_is_reproducible(tmp_path: Path) -> None:
    """The same files give the same archive, whenever they were written and whatever the archive's name is."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "program").write_text("#!/bin/sh\n")
    (folder / "program").chmod(0o700)
    (folder / "data").write_text("a")
    pack(folder, tmp_path / "one")
    os.utime(folder / "data", (1, 1))
    pack(folder, tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_needs(tmp_path: Path) -> None:
    """What is said of the C library is the newest version that a program asks for, not the greatest text."""
    (tmp_path / "text").write_bytes(b"GLIBC_9.9\0")
    assert needs(tmp_path) == ""
    (tmp_path / "program").write_bytes(b"\x7fELF GLIBC_2.4\0 GLIBC_2.34\0 GLIBC_2.2.5\0")
    assert needs(tmp_path) == ", for glibc 2.34 or newer"


def test_light(process: subprocess.Popen[str], stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    """It answers what needs no cloud without its libraries, in less than 80 MB; the first call loads them."""
    memory_map = Path(f"/proc/{process.pid}/maps")
    cloud = Cloud()
    with serve(cloud) as server:
        settings = {"region": cloud.region, "endpoint": server.endpoint, "protocol": "HTTP"}
        keys = {"accessKey": cloud.access_key_id, "secretKey": cloud.access_key_secret}
        stub.Configure(provider_pb2.ConfigureRequest(args=encode({**settings, **keys})))
        assert stub.GetPluginInfo(Empty()).version == VERSION
        assert stub.GetSchema(provider_pb2.GetSchemaRequest()).schema == FILE.read_text()
        urn = f"urn:pulumi:dev::project::{TOKEN}::web"
        assert not stub.Check(provider_pb2.CheckRequest(urn=urn, news=encode({"images": ["nginx"]}))).failures
        assert resident(process.pid) < 80
        assert CLOUD_LIBRARY not in memory_map.read_text()
        assert list(stub.List(provider_pb2.ListRequest(token=TOKEN))) == []
        assert CLOUD_LIBRARY in memory_map.read_text()


def test_credentials_chain(stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    """The official credentials chain runs in it too: without credentials it says so."""
    stub.Configure(provider_pb2.ConfigureRequest(args=encode({"region": "cn-hangzhou"})))
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.List(provider_pb2.ListRequest(token=TOKEN)))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "needs credentials" in str(caught.value.details())


def test_stops(process: subprocess.Popen[str], stub: provider_pb2_grpc.ResourceProviderStub) -> None:
    """A signal ends it with status 0, and nothing is printed but the port."""
    stub.GetPluginInfo(Empty())
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_moved(program: Path, tmp_path: Path) -> None:
    """It runs from any folder, such as the one that Pulumi puts it in."""
    moved = tmp_path / "an other folder"
    shutil.copytree(program.parent, moved)
    with subprocess.Popen([moved / PROGRAM], stdout=subprocess.PIPE, text=True, env={}) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
    assert line.strip().isdigit()
