"""Tests of working inside Pulumi's host: one loop for its threads, and errors that print as their text."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import grpc
import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from imagecache_provider import errors
from imagecache_provider.channel import OPTIONS
from imagecache_provider.dynamic import PROGRAM, Provider, host
from imagecache_provider.errors import Cause, ProviderError, RefusedError


class TestRun:
    """Running lifecycle work."""

    def test_result(self) -> None:
        """Work gives its result, and raises its error, in the thread that asked."""

        async def fail() -> None:
            raise ProviderError("readable")

        async def give() -> int:
            await asyncio.sleep(0)
            return 5

        assert host.run(give()) == 5
        with pytest.raises(ProviderError, match="readable"):
            host.run(fail())

    def test_one_loop(self) -> None:
        """However many threads ask at once, their work runs on one loop, and waits for one another."""
        together = threading.Barrier(4)

        async def loop_of() -> asyncio.AbstractEventLoop:
            await asyncio.sleep(0)
            return asyncio.get_running_loop()

        def ask(_: int) -> asyncio.AbstractEventLoop:
            together.wait()
            return host.run(loop_of())

        with ThreadPoolExecutor(4) as threads:
            assert len(set(threads.map(ask, range(4)))) == 1

    def test_side_by_side(self) -> None:
        """Work of one thread goes on while that of another waits."""
        arrived = asyncio.Event()

        async def wait() -> str:
            await arrived.wait()
            return "met"

        async def arrive() -> None:
            arrived.set()

        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(lambda: host.run(wait()))
            host.run(arrive())
            assert waiting.result(5) == "met"

    @pytest.mark.parametrize("end", [SystemExit, KeyboardInterrupt])
    def test_end_of_one(self, end: type[BaseException]) -> None:
        """Work that asks for the end of its process ends alone: that of other threads goes on."""
        arrived = asyncio.Event()

        async def wait() -> str:
            await arrived.wait()
            return "met"

        async def leave() -> None:
            await asyncio.sleep(0)
            raise end

        async def arrive() -> None:
            arrived.set()

        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(lambda: host.run(wait()))
            with pytest.raises(end):
                host.run(leave())
            host.run(arrive())
            assert waiting.result(5) == "met"


class TestPlainErrors:
    """Errors as Pulumi's host prints them."""

    @pytest.fixture
    def main(self, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
        """Return a stand-in for the host's main module, with plain errors."""
        module = ModuleType("__main__")
        vars(module).update(traceback=traceback, DynamicResourceProviderServicer=object)
        monkeypatch.setitem(sys.modules, "__main__", module)
        host.show_plain_errors()
        return module

    def printed(self, main: Any, error: Exception) -> str:
        """Return what the host prints for an error."""

        def fail() -> None:
            raise error

        try:
            fail()
        except Exception:  # noqa: BLE001 - as the host does it
            return str(main.traceback.format_exc())
        return ""

    @pytest.mark.parametrize(
        "error",
        [ProviderError("readable"), RefusedError("CreateImageCache", Cause("QuotaExceeded", "Full."))],
    )
    def test_ours(self, main: ModuleType, error: ProviderError) -> None:
        """An error of ours prints as its text."""
        assert self.printed(main, error) == str(error)

    def test_others(self, main: ModuleType) -> None:
        """Another provider's error keeps its traceback."""
        text = self.printed(main, ValueError("theirs"))
        assert text.startswith("Traceback (most recent call last):")
        assert text.endswith("ValueError: theirs\n")

    def test_the_rest(self, main: Any) -> None:
        """All else of the module is as it was, and the module itself is untouched."""
        assert main.traceback.print_exc is traceback.print_exc
        assert traceback.format_exc.__module__ == "traceback"

    def test_twice(self, main: Any) -> None:
        """Several providers in one host change it once."""
        before = main.traceback
        host.show_plain_errors()
        assert main.traceback is before

    def test_elsewhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """In any other process nothing changes."""
        module = ModuleType("__main__")
        vars(module)["traceback"] = traceback
        monkeypatch.setitem(sys.modules, "__main__", module)
        host.show_plain_errors()
        assert vars(module)["traceback"] is traceback


class TestWhere:
    """Naming an unexpected error."""

    def test_place(self) -> None:
        """It's named by its type, its text and its place, in one line without folders."""
        try:
            [].pop()
        except IndexError as error:
            text = errors.where(error)
        assert text.startswith("IndexError: pop from empty list at test_host.py:")
        assert "/" not in text

    def test_without_text(self) -> None:
        """A text that may hold a secret can be left out."""
        assert errors.our_fault(ValueError("hidden"), with_text=False).endswith("report it: ValueError")

    def test_no_place(self) -> None:
        """An error that was never raised has no place."""
        assert errors.where(ValueError("text")) == "ValueError: text"


class TestRealHost:
    """Pulumi's own host, as the engine starts it, without the engine."""

    @pytest.fixture
    def stub(self, http_endpoint: str) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
        """Yield a connection to a host that is configured for the simulated account, with a wrong secret."""
        command = [sys.executable, "-m", "pulumi.dynamic"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            address = f"127.0.0.1:{process.stdout.readline().strip()}"
            with grpc.insecure_channel(address, options=OPTIONS) as channel:
                stub = provider_pb2_grpc.ResourceProviderStub(channel)
                config = {
                    "imagecache:region": "cn-hangzhou",
                    "imagecache:endpoint": http_endpoint,
                    "imagecache:protocol": "HTTP",
                    "imagecache:accessKey": "simulator",
                    "imagecache:secretKey": "hidden-2",
                }
                stub.Configure(provider_pb2.ConfigureRequest(args=self.struct(config)))
                yield stub
            process.terminate()

    def struct(self, properties: dict[str, Any]) -> struct_pb2.Struct:
        """Return properties in the wire's form."""
        return json_format.ParseDict(properties, struct_pb2.Struct())

    def test_check_and_create(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        """It unpickles the provider, checks with it, and prints its error as the text alone."""
        properties = {
            "images": ["busybox"],
            "imageCacheSize": 40,
            "flash": None,
            PROGRAM: {"identity": "a.b", "name": "web"},
            "__provider": serialize_provider(Provider("imagecache:eci:ImageCache")),
        }
        checked = stub.Check(provider_pb2.CheckRequest(news=self.struct(properties)))
        assert list(checked.failures) == []
        inputs = json_format.MessageToDict(checked.inputs)
        assert inputs["regionId"] == "cn-hangzhou"
        with pytest.raises(grpc.RpcError) as caught:
            stub.Create(provider_pb2.CreateRequest(properties=checked.inputs))
        text = str(caught.value.details())
        assert "failed: SignatureDoesNotMatch: " in text
        assert "Traceback" not in text
        assert "hidden-2" not in text
