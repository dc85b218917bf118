"""The settings of the plugin's provider resource: each is said once here.

`plugin.settings` checks and compares them, `schema` tells Pulumi of them; `account` reads them, from here and
from the other places where they can be set.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from imagecache_provider.eci.image_cache_model import Region
from imagecache_provider.fields import OPTIONAL, Change, Model, Property


def _endpoint(value: Any) -> Any:
    if isinstance(value, str) and "://" in value:
        raise ValueError("has a scheme: write host[:port], and set protocol")
    return value


def _protocol(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _switched_off(value: Any) -> Any:
    return "off" if value is False else value  # what YAML makes of the word


def _digits(value: Any) -> Any:
    """Take digits alone for text: `pulumi config set --path` makes a number of them."""
    return str(value) if type(value) is int else value


class Endpoints(Model):
    """Hosts of the products beside ECI: STS tells whose account it is, only preflight asks the others."""

    vpc: Annotated[
        str, BeforeValidator(_endpoint), Property("VPC's host[:port]. Default: vpc.<region>.aliyuncs.com.")
    ] = OPTIONAL
    ecs: Annotated[
        str, BeforeValidator(_endpoint), Property("ECS's host[:port]. Default: ecs.<region>.aliyuncs.com.")
    ] = OPTIONAL
    resourcemanager: Annotated[
        str,
        BeforeValidator(_endpoint),
        Property("ResourceManager's host[:port]. Default: resourcemanager.aliyuncs.com."),
    ] = OPTIONAL
    sts: Annotated[
        str, BeforeValidator(_endpoint), Property("STS's host[:port]. Default: sts.aliyuncs.com.")
    ] = OPTIONAL


class AssumeRole(Model):
    """A RAM role that the caller takes on."""

    role_arn: Annotated[str, Property("The role's ARN, acs:ram::<account>:role/….")]
    session_name: Annotated[
        str, BeforeValidator(_digits), Property("The session's name, as the audit log shows it.")
    ] = OPTIONAL
    session_expiration: Annotated[int, Property("How long the session lasts, in seconds.")] = OPTIONAL
    policy: Annotated[str, Property("A policy, as JSON, that narrows the role's rights.")] = OPTIONAL
    external_id: Annotated[
        str, BeforeValidator(_digits), Property("The external ID that the role asks for.")
    ] = OPTIONAL


class AssumeRoleWithOidc(Model):
    """A RAM role that is taken on with a token of an OIDC provider, as in a CI job."""

    role_arn: Annotated[str, Property("The role's ARN, acs:ram::<account>:role/….")]
    oidc_provider_arn: Annotated[str, Property("The ARN of the OIDC provider in RAM.")] = OPTIONAL
    oidc_token_file: Annotated[str, Property("The file that holds the token.")] = OPTIONAL
    role_session_name: Annotated[str, BeforeValidator(_digits), Property("The session's name.")] = OPTIONAL
    session_expiration: Annotated[int, Property("How long the session lasts, in seconds.")] = OPTIONAL
    policy: Annotated[str, Property("A policy, as JSON, that narrows the role's rights.")] = OPTIONAL


class ProviderArgs(Model):
    """The account that resources belong to, and the region of those that name none.

    What isn't set here comes from the environment, credentials whole from one source; docs/accounts.md has
    the order.
    """

    region: Annotated[
        Region,
        Property(
            "The region of resources that name none, such as cn-hangzhou. Default: ALICLOUD_REGION,"
            " ALIBABA_CLOUD_REGION, ALIBABA_CLOUD_REGION_ID, the region of the CLI profile that is used, in"
            " this order. A change replaces all resources that took it from here.",
            change=Change.REPLACE,
        ),
    ] = OPTIONAL
    access_key: Annotated[
        str,
        Property(
            "The access key's ID. Default: the environment's credentials, then the official chain's.",
            change=Change.LOCAL,
        ),
    ] = OPTIONAL
    secret_key: Annotated[str, Property("The access key's secret.", change=Change.LOCAL, secret=True)] = (
        OPTIONAL
    )
    security_token: Annotated[
        str, Property("The token of temporary credentials.", change=Change.LOCAL, secret=True)
    ] = OPTIONAL
    profile: Annotated[
        str, Property("The profile of the Alibaba Cloud CLI's configuration.", change=Change.LOCAL)
    ] = OPTIONAL
    shared_credentials_file: Annotated[
        str, Property("The file of that profile. Default: the CLI's own.", change=Change.LOCAL)
    ] = OPTIONAL
    ecs_role_name: Annotated[
        str, Property("The RAM role of the ECS instance that this runs on.", change=Change.LOCAL)
    ] = OPTIONAL
    credentials_uri: Annotated[
        str, Property("An address that hands out temporary credentials.", change=Change.LOCAL)
    ] = OPTIONAL
    assume_role: Annotated[
        AssumeRole,
        Property(
            "The role that the caller takes on. A role of another account replaces all resources.",
            change=Change.LOCAL,
        ),
    ] = OPTIONAL
    assume_role_with_oidc: Annotated[
        AssumeRoleWithOidc,
        Property(
            "The role that is taken on with an OIDC token. A role of another account replaces all resources.",
            change=Change.LOCAL,
        ),
    ] = OPTIONAL
    endpoint: Annotated[
        str,
        BeforeValidator(_endpoint),
        Property("ECI's host[:port]. Default: eci.aliyuncs.com.", change=Change.LOCAL),
    ] = OPTIONAL
    protocol: Annotated[
        Literal["HTTPS", "HTTP"],
        BeforeValidator(_protocol),
        Property(
            "How ECI is spoken to: HTTPS, or HTTP, which hosts of Alibaba Cloud's own are never spoken to in."
            " Default: HTTPS.",
            change=Change.LOCAL,
        ),
    ] = OPTIONAL
    max_creates_per_minute: Annotated[
        int,
        Field(ge=1),
        Property(
            "How many caches are asked for in a minute at most, in each region; more wait. Default: 200, the"
            " most that ECI takes from an account. Less leaves something to others who use it.",
            change=Change.LOCAL,
        ),
    ] = OPTIONAL
    preflight: Annotated[
        Literal["off", "warn", "error"],
        BeforeValidator(_switched_off),
        Property(
            "What is done with mistakes that questions to the cloud show before anything is built: warn tells"
            " them, error also ends a preview, a create or an update that is certain to fail, off asks"
            " nothing. Default: warn.",
            change=Change.LOCAL,
        ),
    ] = OPTIONAL
    expiry_warning_days: Annotated[
        int,
        Field(ge=0),
        Property(
            "How many days before it expires a cache is warned of, unless preflight is off; 0 for never."
            " Default: 7, so that a stack that is deployed once a week hears of it.",
            change=Change.LOCAL,
        ),
    ] = OPTIONAL
    endpoints: Annotated[
        Endpoints,
        Property(
            "Hosts of the products beside ECI. Default: Alibaba Cloud's own; if endpoint is"
            " set to something else, such as a simulator, that answers for all.",
            change=Change.LOCAL,
        ),
    ] = OPTIONAL
