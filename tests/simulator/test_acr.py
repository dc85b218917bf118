"""Tests of ACR: whose its namespaces and instances are, and who may pull from them."""

from __future__ import annotations

import pytest

from imagecache_simulator.acr import account_of
from imagecache_simulator.registries import (
    Access,
    AcrRegistryInfo,
    PullError,
    Registries,
    RegistryCredential,
)

OWN, OTHER = "1000000000000001", "1000000000000002"
PERSONAL = "registry.cn-hangzhou.aliyuncs.com"
ENTERPRISE = "shop-registry.cn-beijing.cr.aliyuncs.com"
SERVICE = f"acs:ram::{OWN}:role/service"
USER = f"acs:ram::{OTHER}:role/user"


@pytest.fixture
def registries() -> Registries:
    """Return the registries of an account, in which another account has a namespace and an instance."""
    found = Registries(OWN)
    found.acr.set_owner(f"{PERSONAL}/partner", OTHER)
    found.acr.set_owner(ENTERPRISE, OTHER)
    found.acr.set_owner("crpi-abc.cn-hangzhou.personal.cr.aliyuncs.com/partner", OTHER)
    return found


def lets_in(registries: Registries, image: str, access: Access) -> bool:
    """Tell whether an image can be pulled."""
    try:
        registries.pull(image, access, internet=True)
    except PullError as error:
        return "401 Unauthorized" not in str(error)
    return True


def test_personal_of_the_same_account(registries: Registries) -> None:
    """ACR Personal of the same account needs no credential, whatever belongs to others beside it."""
    assert lets_in(registries, f"{PERSONAL}/team/app:1", Access())
    assert lets_in(registries, "registry.cn-beijing.aliyuncs.com/partner/app:1", Access())
    registries.acr.set_owner(f"{PERSONAL}/partner", OWN)
    assert lets_in(registries, f"{PERSONAL}/partner/app:1", Access())


@pytest.mark.parametrize(
    "host",
    [
        PERSONAL,
        "registry-vpc.cn-hangzhou.aliyuncs.com",
        "registry-internal.cn-hangzhou.aliyuncs.com",
        "crpi-abc-vpc.cn-hangzhou.personal.cr.aliyuncs.com",
    ],
)
def test_personal_of_another_account(registries: Registries, host: str) -> None:
    """A namespace of another account wants a credential, whichever of its hosts is used; roles don't help."""
    image = f"{host}/partner/app:1"
    assert not lets_in(registries, image, Access())
    roles = AcrRegistryInfo("cri-1", arn_service=SERVICE, arn_user=USER)
    assert not lets_in(registries, image, Access(acr_registry_infos=(roles,)))
    assert lets_in(registries, image, Access(credentials=(RegistryCredential(host, "me", "pw"),)))
    with pytest.raises(PullError, match=f"partner belongs to account {OTHER}"):
        registries.pull(image, Access(), internet=True)


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        (AcrRegistryInfo("cri-1"), False),
        (AcrRegistryInfo("cri-1", arn_user=USER), False),
        (AcrRegistryInfo("cri-1", arn_service=SERVICE), False),
        (AcrRegistryInfo("cri-1", arn_service=SERVICE, arn_user=SERVICE), False),
        (AcrRegistryInfo("cri-1", region_id="cn-hangzhou", arn_service=SERVICE, arn_user=USER), False),
        (AcrRegistryInfo("cri-1", arn_service=SERVICE, arn_user=USER), True),
    ],
)
def test_enterprise_of_another_account(registries: Registries, info: AcrRegistryInfo, expected: bool) -> None:
    """An instance of another account wants both roles: one of the own account and one of the owner's."""
    for host in (ENTERPRISE, "shop-registry-vpc.cn-beijing.cr.aliyuncs.com"):
        assert lets_in(registries, f"{host}/team/app:1", Access(acr_registry_infos=(info,))) is expected
    credential = RegistryCredential(ENTERPRISE, "me", "pw")
    assert lets_in(registries, f"{ENTERPRISE}/team/app:1", Access(credentials=(credential,)))


@pytest.mark.parametrize("place", [PERSONAL, f"{ENTERPRISE}/team", "ghcr.io/team", ""])
def test_no_place_of_acr(registries: Registries, place: str) -> None:
    """Only namespaces of ACR Personal and instances of ACR Enterprise have an owner."""
    with pytest.raises(ValueError, match="neither a namespace"):
        registries.acr.set_owner(place, OTHER)


@pytest.mark.parametrize(
    ("arn", "account"),
    [
        (USER, OTHER),
        ("acs:ram::1:role/path/to/it", "1"),
        ("acs:ram::x:role/user", ""),
        ("acs:ram::1:user/me", ""),
        ("acs:ram::1:role/", ""),
        ("arn:aws:iam::1:role/user", ""),
    ],
)
def test_account_of_a_role(arn: str, account: str) -> None:
    """A role's ARN names its account; what has another form names none."""
    assert account_of(arn) == account
