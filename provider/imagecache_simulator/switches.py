"""The state of the account that no call leads to: arrears, risk control, a name that isn't verified.

Tests turn a switch on, and the calls that it touches are refused as the cloud refuses them. `core.Cloud` asks
`Switches.check` before it runs an action. Codes that the state of networks, quotas or caches leads to have no
switch. Sources: spec/eci-image-cache.md sections 4 to 6 and spec/eci-container-group.md; which calls
a code is for, where neither lists it, is a choice of docs/simulator.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from imagecache_simulator.exceptions import ApiError

_CREATE = "CreateImageCache"
_DESCRIBE = "DescribeImageCaches"
_GROUP = "CreateContainerGroup"
# What starts an instance, and what lists the refusals of the account besides.
_STARTING = (_CREATE, "UpdateImageCache", _GROUP)
_ACCOUNT = (*_STARTING, _DESCRIBE)
_NO_ROLE_OF_ECS = "The RAM role does not belong to ECS."


@dataclass(frozen=True)
class Switch:
    """One state that the account can be in.

    Attributes:
        name: of the state.
        status, code, message: how the calls that it touches are refused.
        actions: which those are, by product.
        messages: another text for some of the actions.
        named: a pattern; only calls are touched that name a parameter that it fits. Empty: all are.
    """

    name: str
    status: int
    code: str
    message: str
    actions: Mapping[str, tuple[str, ...]]
    messages: Mapping[str, str] = field(default_factory=dict)
    named: str = ""

    def touches(self, product: str, action: str, parameters: Iterable[str] = ()) -> bool:
        """Tell whether a call is refused while the switch is on; names of actions are in any capitals."""
        actions = {each.lower() for each in self.actions.get(product, ())}
        if action.lower() not in actions:
            return False
        return not self.named or any(re.fullmatch(self.named, each) for each in parameters)

    def message_of(self, action: str) -> str:
        """Return how an action words the refusal."""
        texts = {name.lower(): text for name, text in self.messages.items()}
        return texts.get(action.lower(), self.message)


class AccountRefusalError(ApiError):
    """The account is in a state that a switch stands for."""

    def __init__(self, switch: Switch, action: str) -> None:
        self.status, self.code = switch.status, switch.code
        super().__init__(switch.message_of(action))


SWITCHES: Mapping[str, Switch] = {
    switch.name: switch
    for switch in (
        Switch(
            "arrears",
            400,
            "Account.Arrearage",
            "Your account has an outstanding payment.",
            {"Eci": _ACCOUNT},
        ),
        Switch(
            "overdue_bills",
            403,
            "Forbidden.UserBussinessStatus",
            "This operation is not allowed, because you have overdue bills. "
            "Pay the overdue bill and try again.",
            {"Eci": _ACCOUNT},
        ),
        Switch(
            "real_name_missing",
            403,
            "Forbidden.UserNotRealNameAuthentication",
            "This operation is not allowed, because you have not passed the real-name verification.",
            {"Eci": _ACCOUNT},
        ),
        Switch(
            "risk_control",
            403,
            "Forbidden.RiskControl",
            "This operation has been identified as an abnormal operation and cannot be processed.",
            {"Eci": _STARTING},
        ),
        Switch(
            "card_at_risk",
            403,
            "SecurityRisk.3DVerification",
            "We have detected a security risk with your default credit or debit card. "
            "Please proceed with verification via the link in your email.",
            {"Eci": _STARTING},
        ),
        Switch(
            "sub_user",
            403,
            "Forbidden.SubUser",
            "The specified action is not available for you.",
            {"Eci": _ACCOUNT},
        ),
        Switch(
            "service_not_enabled",
            400,
            "ServiceNotEnabled",
            "The service ECI is not enabled for your account.",
            {"Eci": _ACCOUNT},
        ),
        Switch(
            "image_caches_not_open",
            400,
            "ImageCacheNotSupport",
            "Image cache is not available for all users. If you want to enable this function, contact us.",
            {"Eci": (_CREATE,)},
        ),
        Switch(
            "container_group_role_foreign",
            403,
            "NoPermission",
            "The RAM role AliyunECIContainerGroupRole does not belong to eci.aliyuncs.com. "
            "Please check and try again.",
            {"Eci": _ACCOUNT},
            messages={_DESCRIBE: _NO_ROLE_OF_ECS, _GROUP: _NO_ROLE_OF_ECS},
        ),
        Switch(
            "service_linked_role_denied",
            403,
            "CreateServiceLinkedRole.Denied",
            "Please make sure the account has ram:CreateServiceLinkedRole permission.",
            {"Eci": _STARTING},
        ),
        Switch(
            "pass_role_forbidden",
            403,
            "InvalidUser.PassRoleForbidden",
            "The RAM user is not authorized to assume a RAM role.",
            {"Eci": _STARTING},
            named=r"AcrRegistryInfo\.[0-9]+\.Arn(Service|User)|RamRoleName",
        ),
        Switch(
            "address_pool_empty",
            400,
            "EipAddressPoolIpNotEnough",
            "The ip address of specified PublicIpAddressPool is not enough.",
            {"Eci": (_CREATE, "UpdateImageCache")},
        ),
        Switch(
            "instance_unfit",
            400,
            "IncorrectStatus",
            "The status of the specified instance does not support this operation.",
            {"Eci": (_CREATE, _GROUP, "TagResources")},
        ),
        Switch(
            "image_cache_unfit",
            400,
            "ImageCache.IncorrectStatus",
            "The status of the image cache does not support this operation.",
            {"Eci": (_CREATE,)},
        ),
        Switch(
            "operation_in_progress",
            400,
            "OperationConflict",
            "The request was denied. It conflicts with a previous request.",
            {"Eci": (_CREATE, "UpdateImageCache", "DeleteImageCache", "TagResources")},
        ),
        Switch(
            "tags_not_permitted",
            400,
            "NoPermission.Tag",
            "No permissions to operate tags.",
            {"Eci": ("TagResources", "UntagResources")},
        ),
        Switch(
            "account_closed",
            403,
            "Forbidden.AccountClosed",
            "The operation is forbidden. Your account has been closed.",
            {"Eci": (_GROUP,)},
        ),
        Switch(
            "payment_method_missing",
            400,
            "InvalidPaymentMethod.InsufficientBalance",
            "No payment method is specified for your account. We recommend that you add a payment method "
            "or add funds to the prepayment balance.",
            {"Eci": (_GROUP,)},
        ),
        Switch(
            "credit_used_up",
            400,
            "Payfor.CreditPayInsufficientBalance",
            "Your payment credit line is insufficient.",
            {"Eci": (_GROUP,)},
        ),
        Switch(
            "risk_rejection",
            400,
            "RISK.RISK_CONTROL_REJECTION",
            "To protect the security of your account, your request has been denied by the risk control "
            "system. Please contact Alibaba Cloud Customer Service for details.",
            {"Eci": (_GROUP,)},
        ),
        Switch(
            "daily_vcpus_used_up",
            403,
            "Throttling.Vcpu.PerDay",
            "The maximum number of request for the day has been exceeded.",
            {"Eci": (_GROUP,)},
        ),
    )
}
"""All switches, by name; where several are on, the first of them speaks."""


class Switches:
    """The switches of one account; all are off at first."""

    def __init__(self) -> None:
        self._on: set[str] = set()

    def turn_on(self, name: str) -> None:
        """Put the account into a state; `ValueError` if there's no such switch."""
        self._on.add(_known(name))

    def turn_off(self, name: str) -> None:
        """Take the account out of a state; `ValueError` if there's no such switch."""
        self._on.discard(_known(name))

    def is_on(self, name: str) -> bool:
        """Tell whether the account is in a state; `ValueError` if there's no such switch."""
        return _known(name) in self._on

    def listing(self) -> dict[str, bool]:
        """Return every switch by name, and whether it's on."""
        return {name: name in self._on for name in SWITCHES}

    def check(self, product: str, action: str, parameters: Iterable[str]) -> None:
        """Let a call pass, or raise what the account's state refuses it with.

        Args:
            product: for instance `Eci`.
            action: its name, in any capitals.
            parameters: the names of the call's parameters.

        Raises:
            AccountRefusalError: a switch that is on touches the call.
        """
        for name, switch in SWITCHES.items():
            if name in self._on and switch.touches(product, action, parameters):
                raise AccountRefusalError(switch, action)


def _known(name: str) -> str:
    if name not in SWITCHES:
        raise ValueError(f"there is no switch {name!r}; there are {', '.join(SWITCHES)}")
    return name
