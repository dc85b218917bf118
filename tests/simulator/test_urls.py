"""Tests of the tables of actions, and of what any request at all is answered with."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
from datetime import datetime, timezone
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.chance import examples

from imagecache_simulator import Cloud
from imagecache_simulator.urls import PRODUCTS
from imagecache_simulator.wire import Request

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=timezone.utc)
ACTIONS = sorted((version, action) for version, product in PRODUCTS.items() for action in product.actions)
NONCES = itertools.count()

NAMES = st.sampled_from(
    [
        "RegionId", "ImageCacheId", "ImageCacheName", "Image.1", "Image.2", "Image", "ImageCacheSize",
        "Flash", "RetentionDays", "Tag.1.Key", "Tag.1.Value", "Tag.1", "Tag", "VSwitchId",
        "SecurityGroupId", "ZoneId", "EipInstanceId", "ClientToken", "ResourceType", "ResourceId.1",
        "ResourceId", "Limit", "NextToken", "AcrRegistryInfo.1.InstanceId", "AcrRegistryInfo.1.Domain.1",
        "ImageRegistryCredential.1.Server", "VpcId", "CidrBlock", "AllocationId", "Bandwidth", "PageSize",
        "PageNumber", "Direction", "TagKey.1", "Permissions.1.IpProtocol", "Permissions.1.PortRange",
        "IpProtocol", "PortRange", "Priority", "SourceCidrIp", "SourceGroupId", "ResourceGroupId",
        "NewResourceGroupId", "InnerAccessPolicy", "All", "NatGatewayId", "SnatTableId", "SnatEntryId",
        "SnatIp", "SourceVSwitchId", "SourceCIDR", "InstanceId", "InstanceType", "Force", "Mode", "Status",
        "ProtectionEnable", "Type",
    ]
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(
        [
            "",
            "cn-hangzhou",
            "ImageCache",
            "VPC",
            "EIP",
            "NATGW",
            "Nat",
            "ON",
            "securitygroup",
            "nginx",
            "10.0.0.0/8",
            "tcp",
            "1/1",
            "1",
        ]
    ),
    st.sampled_from(
        ["0", "-1", "true", "20", "cn-hangzhou-h", "9" * 5000, "1e5", "٣", "\x00", "\ud800", ","]
    ),
    st.text(max_size=20),
)


@pytest.mark.parametrize(("version", "action"), ACTIONS)
def test_every_action_names_its_source(version: str, action: str) -> None:
    """Each action has a function of its own, which says where the action is described."""
    assert action == action.lower()
    handler = PRODUCTS[version].actions[action].handler
    assert (handler.__doc__ or "").strip().rpartition("\n")[2].strip().startswith("Source: ")
    assert handler.__name__.replace("_", "") == action


def signed(parameters: dict[str, str]) -> Request:
    """Sign parameters with HMAC-SHA1."""
    pairs = sorted(
        {
            "Timestamp": "2026-03-01T12:00:00Z",
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": str(next(NONCES)),
            "AccessKeyId": "simulator",
            **parameters,
        }.items()
    )
    canonical = "&".join(f"{quote(k, '-_.~')}={quote(v, '-_.~')}" for k, v in pairs)
    to_sign = "POST&%2F&" + quote(canonical, safe="-_.~")
    signature = base64.b64encode(hmac.new(b"simulator&", to_sign.encode(), hashlib.sha1).digest()).decode()
    return Request("POST", "h", query=urlencode([*pairs, ("Signature", signature)]))


def check(cloud: Cloud, request: Request) -> int:
    """Send a request and return the status, which must be that of a success or of a refusal in its shape."""
    response = cloud.handle(request)
    body = json.loads(response.body)
    assert response.status == 200 or 400 <= response.status < 500
    assert body["RequestId"] == response.headers["x-acs-request-id"]
    assert (response.status == 200) == ("Recommend" not in body)
    json.dumps(list(cloud.requests)[-1])
    return response.status


@examples(100)
@given(data=st.data())
def test_any_signed_call(data: st.DataObject) -> None:
    """A signed call with any parameters is done or refused; nothing makes the simulator fail."""
    cloud = Cloud(seed=1, now=lambda: NOW)
    vpc = cloud.vpc.create_vpc("cn-hangzhou", "10.0.0.0/8", "")
    group = cloud.ecs.create_security_group("cn-hangzhou", vpc.vpc_id, "")
    gateway = cloud.vpc.open_internet(cloud.vpc.default_vswitch("cn-hangzhou"))
    known = st.sampled_from(
        [
            vpc.vpc_id,
            group.security_group_id,
            gateway.nat_gateway_id,
            gateway.snat_table_id,
            *cloud.vpc.eips,
            *cloud.vpc.vswitches,
            *cloud.vpc.nat.snat_entries,
        ]
    )
    for _ in range(data.draw(st.integers(1, 4))):
        version, action = data.draw(st.sampled_from(ACTIONS))
        parameters = data.draw(st.dictionaries(NAMES, st.one_of(VALUES, known), max_size=12))
        usable = {name: value.encode("utf-8", "replace").decode() for name, value in parameters.items()}
        region = {"RegionId": "cn-hangzhou"}
        check(cloud, signed({**region, **usable, "Action": action, "Version": version}))
        cloud.advance(60)


@examples(100)
@given(
    method=st.sampled_from(["GET", "POST", "X"]),
    path=st.sampled_from(["", "/", "/x", "//", "/\x00"]),
    query=st.one_of(
        st.text(max_size=60),
        st.dictionaries(st.sampled_from(["Action", "Version", "Signature", "Timestamp"]), VALUES).map(
            lambda pairs: "&".join(f"{name}={value}" for name, value in pairs.items())
        ),
    ),
    headers=st.dictionaries(
        st.sampled_from(
            ["authorization", "x-acs-action", "x-acs-version", "x-acs-date", "content-type", "host"]
        ),
        st.one_of(
            st.text(max_size=30),
            st.sampled_from(
                [
                    "ACS3-HMAC-SHA256 Credential=simulator,SignedHeaders=host;x-acs-date,Signature=00",
                    "ACS3-",
                    "2018-08-08",
                    "DescribeRegions",
                    "application/x-www-form-urlencoded",
                    "2026-03-01T12:00:00Z",
                ]
            ),
        ),
    ),
    body=st.binary(max_size=60),
)
def test_any_request(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> None:
    """A request of any kind that isn't signed is refused in the cloud's shape."""
    cloud = Cloud(seed=1, now=lambda: NOW)
    assert check(cloud, Request(method, "h", path, query, headers, body)) != 200
