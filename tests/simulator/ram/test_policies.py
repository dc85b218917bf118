"""Tests of policies: what they say to what a call needs, and what can't be one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecache_simulator.ram.conditions import OPERATORS, PolicyError
from imagecache_simulator.ram.policies import Decision, Need, Policy

CACHE = "acs:eci:cn-hangzhou:1234567890123456:imagecache/imc-1"


def statement(
    effect: str = "Allow", action: Any = "eci:*", resource: Any = "*", **more: Any
) -> dict[str, Any]:
    """Return a statement; `action` None leaves it out."""
    named = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return {name: value for name, value in named.items() if value is not None}


def decide(
    *statements: dict[str, Any],
    action: str = "eci:DeleteImageCache",
    resource: str = CACHE,
    values: Mapping[str, str] | None = None,
) -> Decision:
    """Return what a policy of these statements says."""
    policy = Policy.read({"Version": "1", "Statement": list(statements)})
    return policy.decide(Need(action, resource, values or {}))


class TestDecisions:
    """What is allowed."""

    def test_implicit_deny(self) -> None:
        """What no statement is about is denied."""
        assert decide(statement(action="vpc:*")) is Decision.IMPLICIT_DENY

    def test_explicit_deny_wins(self) -> None:
        """A Deny wins over an Allow, in either order."""
        both = [statement(), statement("Deny", "eci:DeleteImageCache")]
        assert decide(*both) is Decision.EXPLICIT_DENY
        assert decide(*reversed(both)) is Decision.EXPLICIT_DENY
        assert decide(*both, action="eci:CreateImageCache") is Decision.ALLOW

    @pytest.mark.parametrize(
        ("action", "decision"),
        [
            ("*", Decision.ALLOW),
            ("eci:*", Decision.ALLOW),
            ("eci:Delete*", Decision.ALLOW),
            ("eci:DeleteImageCach?", Decision.ALLOW),
            ("ECI:deleteimagecache", Decision.ALLOW),
            (["vpc:*", "eci:DeleteImageCache"], Decision.ALLOW),
            ("eci:DeleteImageCache?", Decision.IMPLICIT_DENY),
            ("eci:Delete", Decision.IMPLICIT_DENY),
            ("ecs:DeleteImageCache", Decision.IMPLICIT_DENY),
        ],
    )
    def test_actions(self, action: Any, decision: Decision) -> None:
        """Actions are matched whole, with wildcards, in any capitals."""
        assert decide(statement(action=action)) is decision

    @pytest.mark.parametrize(
        ("resource", "decision"),
        [
            ("*", Decision.ALLOW),
            (CACHE, Decision.ALLOW),
            ("acs:eci:*:*:imagecache/*", Decision.ALLOW),
            ("acs:eci:cn-hang*:*:imagecache/imc-?", Decision.ALLOW),
            (["acs:eci:*:*:imagecache/imc-2", CACHE], Decision.ALLOW),
            ("acs:eci:cn-beijing:*:imagecache/*", Decision.IMPLICIT_DENY),
            ("acs:eci:*:*:containergroup/*", Decision.IMPLICIT_DENY),
            ("acs:eci:*:*:imagecache/IMC-1", Decision.IMPLICIT_DENY),
            ("acs:eci:*:*:imagecache/[a-z]mc-1", Decision.IMPLICIT_DENY),
        ],
    )
    def test_resources(self, resource: Any, decision: Decision) -> None:
        """Resources are matched whole, with the two wildcards, capitals as they are."""
        assert decide(statement(resource=resource)) is decision

    def test_action_without_resources(self) -> None:
        """Where RAM knows no single resources, only the resource * allows it."""
        assert decide(statement(resource="acs:eci:*:*:*"), resource="*") is Decision.IMPLICIT_DENY
        assert decide(statement(), resource="*") is Decision.ALLOW

    def test_not_action(self) -> None:
        """NotAction is about everything else."""
        but = statement(action=None, NotAction=["eci:Delete*", "ram:*"])
        assert decide(but) is Decision.IMPLICIT_DENY
        assert decide(but, action="eci:CreateImageCache") is Decision.ALLOW

    @pytest.mark.parametrize(
        ("operator", "wanted", "met", "unmet"),
        [
            ("StringEquals", "web", "web", "WEB"),
            ("StringEquals", ["api", "web"], "web", "db"),
            ("StringNotEquals", ["api", "web"], "db", "web"),
            ("StringEqualsIgnoreCase", "web", "WEB", "db"),
            ("StringNotEqualsIgnoreCase", "web", "db", "WEB"),
            ("StringLike", "w?b*", "web-1", "Web-1"),
            ("StringNotLike", "web*", "api", "web-1"),
        ],
    )
    def test_operators(self, operator: str, wanted: Any, met: str, unmet: str) -> None:
        """Each operator holds for what it says; several values are one or the other."""
        condition = statement(Condition={operator: {"eci:tag/team": wanted}})
        assert decide(condition, values={"eci:tag/team": met}) is Decision.ALLOW
        assert decide(condition, values={"eci:tag/team": unmet}) is Decision.IMPLICIT_DENY

    @pytest.mark.parametrize(("operator", "one"), [(name, one) for name, (_, one) in OPERATORS.items()])
    def test_absent_key(self, operator: str, one: bool) -> None:
        """A key that the call lacks fits no value."""
        condition = statement(Condition={operator: {"eci:tag/team": "*"}})
        assert decide(condition) is (Decision.IMPLICIT_DENY if one else Decision.ALLOW)

    def test_all_conditions(self) -> None:
        """All conditions have to hold."""
        block = {
            "StringEquals": {"eci:tag/team": "web", "acs:ResourceTag/stage": "test"},
            "StringLike": {"acs:RequestTag/a": "*"},
        }
        values = {"eci:tag/team": "web", "acs:ResourceTag/stage": "test", "acs:RequestTag/a": ""}
        assert decide(statement(Condition=block), values=values) is Decision.ALLOW
        for name in values:
            less = {key: value for key, value in values.items() if key != name}
            assert decide(statement(Condition=block), values=less) is Decision.IMPLICIT_DENY


class TestReading:
    """What is a policy."""

    def test_text(self) -> None:
        """A policy is read from JSON too, and keeps its document."""
        document = {"Version": "1", "Statement": [statement()]}
        assert Policy.read(json.dumps(document)) == Policy.read(document)
        assert Policy.read(document).document == document

    @pytest.mark.parametrize(
        ("document", "message"),
        [
            ("{", "a policy is a JSON object"),
            ([], "a policy is an object"),
            ({"Statement": [statement()]}, 'Version is "1"'),
            ({"Version": "2012-10-17", "Statement": [statement()]}, 'Version is "1"'),
            ({"Version": "1", "Statement": statement()}, "Statement is a list"),
            ({"Version": "1", "Statement": []}, "Statement is a list"),
            ({"Version": "1", "Statement": [statement()], "Id": "a"}, "a policy has no element Id"),
            ({"Version": "1", "Statement": ["eci:*"]}, r"Statement\[0\] is an object"),
        ],
    )
    def test_bad_policies(self, document: Any, message: str) -> None:
        """What isn't a policy is refused."""
        with pytest.raises(PolicyError, match=message):
            Policy.read(document)

    @pytest.mark.parametrize(
        ("bad", "message"),
        [
            (statement("Permit"), r"Statement\[1\].Effect is Allow or Deny"),
            (statement(action=None), "either Action or NotAction"),
            (statement(NotAction="ram:*"), "either Action or NotAction"),
            (statement(action=[]), r"Statement\[1\].Action is a text or a list"),
            (statement(action=[3]), r"Statement\[1\].Action is a text or a list"),
            (statement(action="DescribeImageCaches"), "DescribeImageCaches isn't of the form"),
            (statement(resource=None), "Resource is a text or a list"),
            (statement(resource="imagecache/*"), r"Statement\[1\].Resource: imagecache/\* isn't"),
            (statement(resource="arn:aws:s3:::a"), "Resource: arn:aws:s3:::a isn't"),
            (statement(Sid="a"), r"Statement\[1\] has no element Sid"),
            (statement(Principal={"RAM": "*"}), "has no element Principal"),
            (statement(Condition={}), "Condition is an object"),
            (
                statement(Condition={"IpAddress": {"acs:SourceIp": "10.0.0.0/8"}}),
                "no operator IpAddress, only",
            ),
            (statement(Condition={"StringEquals": {"acs:SourceVpc": "vpc-1"}}), "no key acs:SourceVpc, only"),
            (statement(Condition={"StringEquals": []}), "Condition.StringEquals is an object"),
            (statement(Condition={"StringEquals": {"eci:tag/a": True}}), "StringEquals.eci:tag/a is a text"),
        ],
    )
    def test_bad_statements(self, bad: dict[str, Any], message: str) -> None:
        """A statement that can't be, or can't be judged, is named by its place, with the reason."""
        with pytest.raises(PolicyError, match=message):
            Policy.read({"Version": "1", "Statement": [statement(), bad]})

    def test_length(self) -> None:
        """A policy is as long as RAM takes it, at most."""
        document = {"Version": "1", "Statement": [statement(action=["eci:DescribeImageCaches"] * 300)]}
        with pytest.raises(PolicyError, match="6144 characters"):
            Policy.read(document)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "Version",
                            "Statement",
                            "Effect",
                            "Action",
                            "Resource",
                            "Condition",
                            "StringLike",
                            "a",
                        ]
                    ),
                    inner,
                )
            ),
        )
    )
    def test_anything(self, document: Any) -> None:
        """Whatever is given, it's a policy or an error that says why."""
        try:
            Policy.read(document)
        except PolicyError as error:
            assert str(error)  # noqa: PT017 - most of it is none

    def test_many_wildcards(self) -> None:
        """A pattern full of wildcards is matched at once."""
        need = f"acs:eci:::{'a' * 5000}"
        assert (
            decide(statement(resource=f"acs:eci:::{'*a' * 500}*b"), resource=need) is Decision.IMPLICIT_DENY
        )
