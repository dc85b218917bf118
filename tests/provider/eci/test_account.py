"""Tests of the account's settings: which source wins, what is half set, what can't be read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from imagecache_provider.eci.account import Account, missing_region, read_account
from imagecache_provider.eci.products import ECI, ECS, RESOURCE_MANAGER, VPC
from imagecache_provider.errors import ConfigurationError
from imagecache_provider.preflight import Mode

KEYS = {"accessKey": "key", "secretKey": "hidden"}


def config(namespace: str, **settings: Any) -> dict[str, Any]:
    """Return a stack's configuration."""
    return {f"{namespace}:{name}": value for name, value in settings.items()}


def test_nothing_set() -> None:
    """Where nothing is set, the endpoint is the SDK's, over HTTPS, and the chain finds the credentials."""
    assert read_account({}, {}) == Account("", "eci.aliyuncs.com", "HTTPS", {})


@pytest.mark.parametrize(
    ("setting", "attribute", "variable"),
    [
        ("region", "region", "ALICLOUD_REGION"),
        ("region", "region", "ALIBABA_CLOUD_REGION"),
        ("endpoint", "endpoint", "ALIBABA_CLOUD_ENDPOINT_ECI"),
        ("endpoint", "endpoint", "ECI_ENDPOINT"),
    ],
)
def test_order(setting: str, attribute: str, variable: str) -> None:
    """imagecache:* comes before alicloud:*, and that before the environment, setting by setting."""
    ours, theirs = config("imagecache", **{setting: "1"}), config("alicloud", **{setting: "2"})
    variables = {variable: "3"}
    assert getattr(read_account({**ours, **theirs}, variables), attribute) == "1"
    assert getattr(read_account(theirs, variables), attribute) == "2"
    assert getattr(read_account({}, variables), attribute) == "3"


def test_order_of_protocols() -> None:
    """The protocol follows the same order, in any case."""
    both = {**config("imagecache", protocol="http"), **config("alicloud", protocol="https")}
    variables = {"ALIBABA_CLOUD_PROTOCOL": "http", "ECI_ENDPOINT": "a:1"}
    assert read_account(both, variables).protocol == "HTTP"
    assert read_account(config("alicloud", protocol="Https"), variables).protocol == "HTTPS"
    assert read_account({}, variables).protocol == "HTTP"


def test_mixed_sources() -> None:
    """Each setting is looked for by itself: the region may come from elsewhere than the endpoint."""
    account = read_account(
        {**config("imagecache", endpoint="a:1"), **config("alicloud", region="cn-beijing")},
        {"ALIBABA_CLOUD_PROTOCOL": "HTTP"},
    )
    assert (account.region, account.endpoint, account.protocol) == ("cn-beijing", "a:1", "HTTP")


@pytest.mark.parametrize(
    "endpoints",
    [
        [{"eci": "a:1", "vpc": "b:2"}],
        [{"vpc": "b:2"}, {"eci": "a:1"}],
        {"eci": "a:1"},
        json.dumps([{"eci": "a:1"}]),
        json.dumps({"eci": "a:1"}),
    ],
)
def test_endpoints_of_pulumi_alicloud(endpoints: Any) -> None:
    """The endpoint is found in pulumi-alicloud's list of them, as an object or as Pulumi's JSON of it."""
    assert read_account(config("alicloud", endpoints=endpoints), {}).endpoint == "a:1"


@pytest.mark.parametrize("endpoints", [[], [{}], [{"vpc": "b:2"}], [{"eci": ""}], "[]", "", None])
def test_endpoints_without_eci(endpoints: Any) -> None:
    """Other products' endpoints aren't ECI's."""
    assert read_account(config("alicloud", endpoints=endpoints), {}).endpoint == "eci.aliyuncs.com"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (config("imagecache", endpoint="http://a:1"), "has a scheme: write host[:port]"),
        (config("alicloud", endpoints='[{"eci": "https://a"}]'), "has a scheme"),
        (config("imagecache", protocol="ftp"), "'FTP' is neither HTTPS nor HTTP"),
        (config("alicloud", endpoints="[{"), "alicloud:endpoints is no valid JSON"),
        (config("alicloud", assumeRole='{"roleArn": '), "alicloud:assumeRole is no valid JSON"),
    ],
)
def test_unreadable(settings: dict[str, Any], words: str) -> None:
    """A setting that can't be read is named."""
    with pytest.raises(ConfigurationError) as caught:
        read_account(settings, {})
    assert words in str(caught.value)


HTTP_SETTINGS = [
    (config("imagecache", protocol="HTTP"), {}, "imagecache:protocol"),
    (config("alicloud", protocol="http"), {}, "alicloud:protocol"),
    ({}, {"ALIBABA_CLOUD_PROTOCOL": "HTTP"}, "ALIBABA_CLOUD_PROTOCOL"),
]


@pytest.mark.parametrize(("settings", "variables", "name"), HTTP_SETTINGS)
@pytest.mark.parametrize(
    ("endpoints", "wrong"),
    [
        ({}, "endpoint"),
        ({"endpoint": "eci.aliyuncs.com"}, "endpoint"),
        ({"endpoint": "ECI.cn-hangzhou.aliyuncs.com.:80"}, "endpoint"),
        ({"endpoint": "eci.alibabacloud.com"}, "endpoint"),
        ({"endpoint": "a:1", "endpoints": {"vpc": "vpc.aliyuncs.com"}}, "endpoints.vpc"),
        ({"endpoint": "a:1", "endpoints": {"ecs": "ecs.aliyuncs.com:80"}}, "endpoints.ecs"),
        (
            {"endpoint": "a:1", "endpoints": {"resourcemanager": "resourcemanager.aliyuncs.com"}},
            "endpoints.resourcemanager",
        ),
    ],
)
def test_plain_http(
    settings: dict[str, Any], variables: dict[str, str], name: str, endpoints: dict[str, Any], wrong: str
) -> None:
    """Plain HTTP to a host of the cloud's own is refused, wherever it's set; the error names where."""
    with pytest.raises(ConfigurationError) as caught:
        read_account({**settings, **config("imagecache", **endpoints)}, variables)
    text = str(caught.value)
    assert text.startswith(f"{name} HTTP would send requests to ")
    assert f"what to do: unset {name}" in text
    assert f"imagecache:{wrong} " in text


@pytest.mark.parametrize(("settings", "variables", "name"), HTTP_SETTINGS)
@pytest.mark.parametrize("endpoint", ["127.0.0.1:8800", "localhost:1", "simulator", "aliyuncs.com.corp"])
def test_plain_http_elsewhere(
    settings: dict[str, Any], variables: dict[str, str], name: str, endpoint: str
) -> None:
    """A simulator, or a proxy in front, is spoken to in plain HTTP."""
    account = read_account({**settings, **config("imagecache", endpoint=endpoint)}, variables)
    assert (account.protocol, account.host(VPC, "cn-hangzhou")) == ("HTTP", endpoint), name


@pytest.mark.parametrize("variable", ["VPC_ENDPOINT", "ALIBABA_CLOUD_ENDPOINT_ECS", "ECI_ENDPOINT"])
def test_scheme(variable: str) -> None:
    """An endpoint with a scheme, which the SDK would go by, is refused for each product."""
    with pytest.raises(ConfigurationError, match="has a scheme"):
        read_account({}, {variable: "http://x.aliyuncs.com"})


@pytest.mark.parametrize("endpoint", ["eci.aliyuncs.com:443", "ECI.ALIYUNCS.COM", "eci-vpc.aliyuncs.com."])
def test_clouds_own(endpoint: str) -> None:
    """ECI's own host in another spelling doesn't answer for the other products."""
    account = read_account(config("imagecache", endpoint=endpoint), {})
    assert account.host(VPC, "cn-beijing") == "vpc.cn-beijing.aliyuncs.com"


class TestCredentials:
    """Credentials, which come whole from one source."""

    def test_order(self) -> None:
        """imagecache:* comes before alicloud:*, and that before the environment."""
        ours = config("imagecache", accessKey="1", secretKey="1")
        theirs = config("alicloud", accessKey="2", secretKey="2")
        variables = {"ALICLOUD_ACCESS_KEY": "3", "ALICLOUD_SECRET_KEY": "3"}
        accounts = [
            read_account({**ours, **theirs}, variables),
            read_account(theirs, variables),
            read_account({}, variables),
        ]
        assert [account.credentials["accessKey"] for account in accounts] == ["1", "2", "3"]

    @pytest.mark.parametrize(
        ("key", "secret", "token"),
        [
            ("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"),
            (
                "ALIBABA_CLOUD_ACCESS_KEY_ID",
                "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
                "ALIBABA_CLOUD_SECURITY_TOKEN",
            ),
            (
                "ALIBABACLOUD_ACCESS_KEY_ID",
                "ALIBABACLOUD_ACCESS_KEY_SECRET",
                "ALIBABACLOUD_SECURITY_TOKEN",
            ),
        ],
    )
    def test_variables(self, key: str, secret: str, token: str) -> None:
        """The variables of the alicloud provider and of the official SDK are read."""
        account = read_account({}, {key: "a", secret: "b", token: "c"})
        assert account.credentials == {"accessKey": "a", "secretKey": "b", "securityToken": "c"}

    @pytest.mark.parametrize(
        ("variable", "setting"),
        [
            ("ALICLOUD_PROFILE", "profile"),
            ("ALIBABA_CLOUD_PROFILE", "profile"),
            ("ALICLOUD_ECS_ROLE_NAME", "ecsRoleName"),
            ("ALIBABA_CLOUD_ECS_METADATA", "ecsRoleName"),
            ("ALIBABA_CLOUD_CREDENTIALS_URI", "credentialsUri"),
        ],
    )
    def test_other_variables(self, variable: str, setting: str) -> None:
        """Profile, ECS role and credentials URI are read from the environment too."""
        assert read_account({}, {variable: "a"}).credentials == {setting: "a"}

    def test_whole(self) -> None:
        """A token in another source doesn't join the keys of the first."""
        variables = {"ALICLOUD_SECURITY_TOKEN": "token", "ALICLOUD_PROFILE": "work"}
        assert read_account(config("imagecache", **KEYS), variables).credentials == KEYS

    @pytest.mark.parametrize(
        ("settings", "variables", "missing"),
        [
            (config("imagecache", accessKey="key"), {}, "secretKey is missing"),
            (config("imagecache", secretKey="hidden"), {}, "accessKey is missing"),
            (config("alicloud", accessKey="key"), {"ALICLOUD_SECRET_KEY": "b"}, "secretKey is missing"),
            ({}, {"ALICLOUD_ACCESS_KEY": "key"}, "secretKey is missing"),
        ],
    )
    def test_half_set(self, settings: dict[str, str], variables: dict[str, str], missing: str) -> None:
        """One key without the other is an error, and isn't completed from another source."""
        with pytest.raises(ConfigurationError, match=missing) as caught:
            read_account(settings, variables)
        assert "hidden" not in str(caught.value)

    def test_roles(self) -> None:
        """pulumi-alicloud's role settings are read from the JSON that Pulumi makes of them."""
        role = {"roleArn": "acs:ram::1:role/a"}
        account = read_account(config("alicloud", **KEYS, assumeRole=json.dumps(role)), {})
        assert account.credentials == {**KEYS, "assumeRole": role}

    def test_secrets(self) -> None:
        """The secret parts are known, and aren't in what an account shows of itself."""
        account = read_account(config("imagecache", **KEYS, securityToken="hidden-token"), {})
        assert account.secrets == ["hidden", "hidden-token"]
        assert "hidden" not in repr(account)
        assert read_account({}, {}).secrets == []


def test_missing_region() -> None:
    """Who has set no region is told the ways to set one."""
    text = missing_region("")
    assert "pulumi config set imagecache:region" in text
    assert "ALIBABA_CLOUD_REGION" in text


class TestAssumedRole:
    """A role is assumed by whoever calls, wherever each of them is set."""

    def test_role_and_caller_apart(self) -> None:
        """A role in the configuration is assumed with keys of the environment."""
        account = read_account(
            {"alicloud:assumeRole": '{"roleArn": "acs:ram::1:role/r"}'},
            {"ALICLOUD_ACCESS_KEY": "key", "ALICLOUD_SECRET_KEY": "hidden"},
        )
        assert account.credentials == {
            "accessKey": "key",
            "secretKey": "hidden",
            "assumeRole": {"roleArn": "acs:ram::1:role/r"},
        }

    def test_first_source(self) -> None:
        """Of two roles the one of `imagecache:` is assumed."""
        config = {f"{name}:assumeRole": {"roleArn": name} for name in ("alicloud", "imagecache")}
        assert read_account(config, {}).credentials == {"assumeRole": {"roleArn": "imagecache"}}

    def test_variables(self) -> None:
        """The alicloud provider's variables name a role, unless they are about OIDC."""
        variables = {"ALIBABA_CLOUD_ROLE_ARN": "acs:ram::1:role/r", "ALICLOUD_ASSUME_ROLE_SESSION_NAME": "s"}
        role = {"roleArn": "acs:ram::1:role/r", "sessionName": "s"}
        assert read_account({}, variables).credentials == {"assumeRole": role}
        assert read_account({}, {**variables, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "p"}).credentials == {}

    def test_token_alone(self) -> None:
        """A token without its keys is half a credential."""
        with pytest.raises(ConfigurationError, match="securityToken stands without accessKey"):
            read_account({"alicloud:securityToken": "hidden"}, {})


@pytest.mark.parametrize(("given", "expected"), [(None, 200), ("50", 50), (1, 1)])
def test_pace(given: Any, expected: int) -> None:
    """How many creates are sent in a minute is the API's 200 unless it's set."""
    settings = {} if given is None else config("imagecache", maxCreatesPerMinute=given)
    assert read_account(settings, {}).creates_per_minute == expected


@pytest.mark.parametrize("given", ["0", 0, "-1", "many", "1.5", "", True])
def test_no_pace(given: Any) -> None:
    """What is no number of creates is named with its setting."""
    with pytest.raises(ConfigurationError, match=r"imagecache:maxCreatesPerMinute .* is no whole number"):
        read_account(config("imagecache", maxCreatesPerMinute=given), {})


class TestHosts:
    """Where the products that preflight asks listen."""

    def test_alibaba(self) -> None:
        """They have hosts of their own, by region, whichever of Alibaba's hosts ECI is called at."""
        for endpoint in ("eci.aliyuncs.com", "eci-vpc.cn-beijing.aliyuncs.com"):
            account = read_account({"imagecache:endpoint": endpoint}, {})
            assert account.host(ECI, "cn-beijing") == endpoint
            assert account.host(VPC, "cn-beijing") == "vpc.cn-beijing.aliyuncs.com"
            assert account.host(RESOURCE_MANAGER, "cn-beijing") == "resourcemanager.aliyuncs.com"

    def test_simulator(self) -> None:
        """An ECI that isn't Alibaba's answers for all."""
        account = read_account({"imagecache:endpoint": "127.0.0.1:7"}, {})
        assert {account.host(product, "cn-beijing") for product in (ECI, VPC, ECS)} == {"127.0.0.1:7"}

    def test_named(self) -> None:
        """They may be named, as pulumi-alicloud and the environment do."""
        named = {"alicloud:endpoints": '[{"vpc": "vpc.test", "eci": "eci.test"}]'}
        account = read_account(
            named, {"ALIBABA_CLOUD_ENDPOINT_ECS": "ecs.test", "VPC_ENDPOINT": "other.test"}
        )
        assert (account.endpoint, account.host(VPC, "")) == ("eci.test", "vpc.test")
        assert account.host(ECS, "") == "eci.test"
        account = read_account({}, {"ALIBABA_CLOUD_ENDPOINT_ECS": "ecs.test"})
        assert account.host(ECS, "") == "ecs.test"
        account = read_account({"imagecache:endpoints": {"ecs": "ecs.ours"}}, {"ECS_ENDPOINT": "ecs.test"})
        assert account.host(ECS, "") == "ecs.ours"

    def test_later_source(self) -> None:
        """Where ECI's is set, no later source is asked for the others: its protocol may be another."""
        config = {"imagecache:endpoint": "127.0.0.1:7", "alicloud:endpoints": [{"vpc": "127.0.0.1:8"}]}
        assert read_account(config, {}).host(VPC, "") == "127.0.0.1:7"


class TestPreflight:
    """What is said of preflight."""

    @pytest.mark.parametrize(
        ("given", "mode"),
        [(None, Mode.WARN), ("warn", Mode.WARN), ("error", Mode.ERROR), ("off", Mode.OFF), (False, Mode.OFF)],
    )
    def test_mode(self, given: Any, mode: Mode) -> None:
        """Findings are warnings unless something else is said; YAML makes false of the word off."""
        assert read_account({"imagecache:preflight": given}, {}).preflight is mode

    @pytest.mark.parametrize(("given", "days"), [(None, 7), ("14", 14), (0, 0)])
    def test_days(self, given: Any, days: int) -> None:
        """A week is what a cache's expiry is told ahead."""
        assert read_account({"imagecache:expiryWarningDays": given}, {}).expiry_warning_days == days

    @pytest.mark.parametrize(
        ("name", "value"),
        [("preflight", "yes"), ("preflight", True), ("expiryWarningDays", "soon"), ("expiryWarningDays", -1)],
    )
    def test_wrong(self, name: str, value: Any) -> None:
        """What can't be read is told with its name."""
        with pytest.raises(ConfigurationError, match=f"imagecache:{name}"):
            read_account({f"imagecache:{name}": value}, {})
