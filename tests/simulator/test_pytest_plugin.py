"""Tests of the fixtures that users get, in a pytest of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from imagecache_simulator import pytest_plugin

PLUGIN = pytest_plugin.__name__


def pytest_run(folder: Path, test: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run a test file in a new process, warnings being errors, after some code if any is given."""
    (folder / "test_it.py").write_text(test)
    others = [f"-pno:{name}" for name in ("cacheprovider", "timeout", "hypothesispytest")]
    arguments = ["-q", "-W", "error", *others, "--rootdir", str(folder)]
    start = f"import sys\n{before}\nimport pytest\nsys.exit(pytest.main({[*arguments, str(folder)]!r}))"
    return subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, check=False)


def test_mocked_cloud(tmp_path: Path) -> None:
    """The account answers what the test calls itself, is new for each test, and its IDs repeat."""
    done = pytest_run(
        tmp_path,
        """
import pytest
import requests

seen = []

@pytest.mark.parametrize("time", [1, 2])
def test_it(mocked_cloud, time):
    assert requests.get("https://eci.aliyuncs.com/", timeout=10).status_code == 400
    assert len(mocked_cloud.requests) == 1
    vpc = mocked_cloud.vpc.create_vpc("cn-hangzhou", "", "")
    assert list(mocked_cloud.vpc.vpcs) == [vpc.vpc_id]
    seen.append((mocked_cloud.account_id, vpc.vpc_id))
    assert len(set(seen)) == 1
""",
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_cloud_server(tmp_path: Path) -> None:
    """The server answers other processes, which its environment leads there, and is new for each test."""
    done = pytest_run(
        tmp_path,
        """
import os
import subprocess
import sys
import pytest

CHILD = '''
import os
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions
config = Config(
    access_key_id=os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"],
    access_key_secret=os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
    endpoint=os.environ["ALIBABA_CLOUD_ENDPOINT_VPC"],
    protocol=os.environ["ALIBABA_CLOUD_PROTOCOL"],
)
params = Params(action="CreateVpc", version="2016-04-28", protocol="HTTP", pathname="/", method="POST",
                auth_type="AK", style="RPC", req_body_type="formData", body_type="json")
query = {"RegionId": os.environ["ALIBABA_CLOUD_REGION"]}
Client(config).call_api(params, OpenApiRequest(query=query), RuntimeOptions())
'''

@pytest.mark.parametrize("time", [1, 2])
def test_it(cloud_server, time):
    environment = {**os.environ, **cloud_server.environment}
    subprocess.run([sys.executable, "-c", CHILD], env=environment, check=True)
    assert len(cloud_server.cloud.vpc.vpcs) == 1
    cloud_server.cloud.advance(600)
    cloud_server.cloud.clock.speed = 600
""",
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_nothing_is_imported_at_the_start(tmp_path: Path) -> None:
    """A run that uses no fixture loads the plugin and none of what the simulator is made of."""
    done = pytest_run(
        tmp_path,
        f"""
import sys

def test_it(pytestconfig):
    assert pytestconfig.pluginmanager.has_plugin("imagecache_simulator")
    ours = {{name for name in sys.modules if name.startswith("imagecache_")}}
    assert ours == {{"imagecache_simulator", "{PLUGIN}"}}
    assert not {{"requests", "responses", "starlette", "uvicorn", "pulumi", "pydantic"}} & set(sys.modules)
""",
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_without_the_extra(tmp_path: Path) -> None:
    """Without the simulator's packages a fixture says what to install; tests without it go on."""
    done = pytest_run(
        tmp_path,
        """
def test_one(mocked_cloud): ...
def test_two(cloud_server): ...
def test_three(): ...
""",
        before="sys.modules['responses'] = sys.modules['uvicorn'] = None",
    )
    assert "1 passed, 2 errors" in done.stdout, done.stdout + done.stderr
    for package in ("responses", "uvicorn"):
        remedy = "pip install 'pulumi-imagecache[simulator]'"
        assert f"ModuleNotFoundError: the simulator needs {package}: {remedy}" in done.stdout


def test_own_fixtures_go_first(tmp_path: Path) -> None:
    """A project that has a fixture of such a name keeps its own."""
    done = pytest_run(
        tmp_path,
        """
import pytest

@pytest.fixture
def cloud_server():
    return "mine"

def test_it(cloud_server):
    assert cloud_server == "mine"
""",
    )
    assert "1 passed" in done.stdout, done.stdout + done.stderr
