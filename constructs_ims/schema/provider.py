"""The declaration of the ``huaweicloud`` provider block: 35 arguments and the ``assume_role`` blocks.

Source: the vendor's provider. Environment variables are listed in the order in which they are asked.
"""

from __future__ import annotations

from typing import Final

from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting, Schema
from constructs_ims.schema.rules import (
    Between,
    HttpUrl,
    Identifier,
    KnownRegion,
    LengthBetween,
    ValueRule,
    VersionConstraint,
)
from constructs_ims.schema.types import BOOL, NUMBER, STRING, ListType, MapType, Type

PROVIDER_NAME: Final = "huaweicloud"
PROVIDER_SOURCE: Final = "huaweicloud/huaweicloud"
PROVIDER_ADDRESS: Final = f"registry.terraform.io/{PROVIDER_SOURCE}"
VERSION_CONSTRAINT: Final = ">= 1.73.2, < 2.0.0"
"""The releases that have the resource: 1.73.2 is the first."""
DEFAULT_MAX_RETRIES: Final = 5
"""How often a failed connection is tried again when ``max_retries`` is left out."""

_PROVIDER: Final = "provider"


def is_this_provider(source: str) -> bool:
    """Whether a full source is that of the provider declared here, whichever registry it names."""
    return source.partition("/")[2] == PROVIDER_SOURCE


def _argument(
    name: str,
    doc: str,
    *rules: ValueRule,
    type_: Type = STRING,
    env: str = "",
    sensitive: bool = False,
    required: bool = False,
) -> Attribute:
    return Attribute(
        name,
        type_,
        doc,
        _PROVIDER,
        required=required,
        optional=not required,
        sensitive=sensitive,
        rules=tuple(rules),
        environment=tuple(env.split()),
    )


_ROLE_DURATION: Final = _argument(
    "duration",
    "How long the assumed role holds, in seconds.",
    Between(1, None, "seconds"),
    type_=NUMBER,
    env="HW_ASSUME_ROLE_DURATION",
)

ASSUME_ROLE: Final = NestedBlock(
    "assume_role",
    Nesting.LIST,
    Block(
        (
            _argument("agency_name", "Agency to assume.", required=True, env="HW_ASSUME_ROLE_AGENCY_NAME"),
            _argument("domain_name", "Account that made the agency, by name.", env="HW_ASSUME_ROLE_DOMAIN_NAME"),
            _argument("domain_id", "Account that made the agency, by ID.", env="HW_ASSUME_ROLE_DOMAIN_ID"),
            _ROLE_DURATION,
        )
    ),
    "Agencies to assume, one after the other.",
    _PROVIDER,
)

ASSUME_ROLE_WITH_OIDC: Final = NestedBlock(
    "assume_role_with_oidc",
    Nesting.LIST,
    Block(
        (
            _argument("agency_name", "Agency to assume.", required=True, env="HW_ASSUME_ROLE_AGENCY_NAME"),
            _argument(
                "domain_id", "Account that made the agency, by ID.", required=True, env="HW_ASSUME_ROLE_DOMAIN_ID"
            ),
            _ROLE_DURATION,
            _argument("idp_id", "Identity provider, by ID.", required=True, env="HW_ASSUME_ROLE_IDP_ID"),
            _argument("id_token_file", "File that holds the identity token.", env="HW_ASSUME_ROLE_ID_TOKEN_FILE"),
            _argument("id_token", "The identity token.", env="HW_ASSUME_ROLE_ID_TOKEN", sensitive=True),
        )
    ),
    "An agency to assume with a token of an external identity provider.",
    _PROVIDER,
    max_items=1,
)

ID_TOKENS: Final = ("id_token", "id_token_file")
"""Exactly one of them stands in an ``assume_role_with_oidc`` block."""

PROVIDER: Final = Schema(
    PROVIDER_NAME,
    Block(
        (
            _argument(
                "region",
                "Region to work in.",
                LengthBetween(1, 255),
                KnownRegion(),
                env="HW_REGION_NAME OS_REGION_NAME",
            ),
            _argument("access_key", "Access key of the account.", env="HW_ACCESS_KEY OS_ACCESS_KEY", sensitive=True),
            _argument("secret_key", "Secret key of the account.", env="HW_SECRET_KEY OS_SECRET_KEY", sensitive=True),
            _argument(
                "security_token", "Token that goes with temporary keys.", env="HW_SECURITY_TOKEN", sensitive=True
            ),
            _argument(
                "domain_id",
                "Account, by ID.",
                env="HW_DOMAIN_ID OS_DOMAIN_ID OS_USER_DOMAIN_ID OS_PROJECT_DOMAIN_ID",
            ),
            _argument(
                "domain_name",
                "Account, by name.",
                env="HW_DOMAIN_NAME OS_DOMAIN_NAME OS_USER_DOMAIN_NAME OS_PROJECT_DOMAIN_NAME",
            ),
            _argument("user_name", "User to sign in, by name.", env="HW_USER_NAME OS_USERNAME"),
            _argument("user_id", "User to sign in, by ID.", env="HW_USER_ID OS_USER_ID"),
            _argument("password", "Password of the user.", env="HW_USER_PASSWORD OS_PASSWORD", sensitive=True),
            _argument("project_id", "Project to work in, by ID.", env="HW_PROJECT_ID OS_PROJECT_ID"),
            _argument(
                "project_name",
                "Project to work in, by name; the region when left out.",
                env="HW_PROJECT_NAME OS_PROJECT_NAME",
            ),
            _argument("tenant_id", "Older name of project_id.", env="OS_TENANT_ID"),
            _argument("tenant_name", "Older name of project_name.", env="OS_TENANT_NAME"),
            _argument(
                "token",
                "Token to use in place of keys or a password.",
                env="HW_AUTH_TOKEN OS_AUTH_TOKEN",
                sensitive=True,
            ),
            _argument("insecure", "Whether certificates go unchecked.", type_=BOOL, env="HW_INSECURE OS_INSECURE"),
            _argument("cacert_file", "Certificates of own authorities: a path or their text.", env="OS_CACERT"),
            _argument("cert", "Client certificate.", env="OS_CERT"),
            _argument("key", "Private key of the client certificate.", env="OS_KEY"),
            _argument("agency_name", "Agency to act for; goes with agency_domain_name.", env="OS_AGENCY_NAME"),
            _argument(
                "agency_domain_name",
                "Account that made the agency; goes with agency_name.",
                env="OS_AGENCY_DOMAIN_NAME",
            ),
            _argument(
                "delegated_project",
                "Project delegated to the agency; the region when left out.",
                env="OS_DELEGATED_PROJECT",
            ),
            _argument(
                "auth_url",
                "URL of the identity service; made from region and cloud when left out.",
                HttpUrl(),
                env="HW_AUTH_URL OS_AUTH_URL",
            ),
            _argument("cloud", 'Domain of the cloud, "myhuaweicloud.com" when left out.', env="HW_CLOUD"),
            _argument("endpoints", "URLs of services under their names, such as ims and iam.", type_=MapType(STRING)),
            _argument("regional", "Whether the identity service is regional.", type_=BOOL),
            _argument(
                "shared_config_file", "Configuration file of the vendor's command line.", env="HW_SHARED_CONFIG_FILE"
            ),
            _argument("profile", "Profile inside the shared configuration file.", env="HW_PROFILE"),
            _argument("enterprise_project_id", "Enterprise project to work in.", env="HW_ENTERPRISE_PROJECT_ID"),
            _argument(
                "max_retries",
                "How often a failed connection is tried again; 5 when left out.",
                Between(0, None, "retries"),
                type_=NUMBER,
                env="HW_MAX_RETRIES",
            ),
            _argument(
                "enable_force_new",
                "Whether a changed argument replaces an object that cannot be updated; false when left out.",
                type_=BOOL,
                env="HW_ENABLE_FORCE_NEW",
            ),
            _argument(
                "signing_algorithm", "How requests are signed; HmacSHA256 when left out.", env="HW_SIGNING_ALGORITHM"
            ),
            _argument(
                "skip_check_website_type",
                "Whether the kind of website goes unasked.",
                type_=BOOL,
                env="SKIP_CHECK_WEBSITE_TYPE",
            ),
            _argument(
                "skip_check_upgrade",
                "Whether newer releases go unasked; true when left out.",
                type_=BOOL,
                env="SKIP_CHECK_UPGRADE",
            ),
            _argument("default_tags", "Tags for every object of this provider.", type_=MapType(STRING)),
            _argument("ignore_tags", "Tag keys that this provider leaves alone.", type_=ListType(STRING)),
        ),
        (ASSUME_ROLE, ASSUME_ROLE_WITH_OIDC),
    ),
    doc="The HUAWEI CLOUD provider.",
)

PROVIDER_META_ARGUMENTS: Final = (
    Attribute(
        "alias",
        STRING,
        "Name by which resources choose this block among several; the default block has none.",
        "terraform",
        optional=True,
        rules=(Identifier(),),
    ),
    Attribute(
        "version_constraint",
        STRING,
        "Releases of the provider that may be used; those with this resource when left out.",
        "terraform",
        optional=True,
        rules=(VersionConstraint(),),
    ),
)
"""What Terraform takes for every provider block; the version constraint stands in ``required_providers``."""

REQUIRED_TOGETHER: Final = (
    ("access_key", "secret_key"),
    ("secret_key", "access_key"),
    ("security_token", "access_key"),
    ("agency_name", "agency_domain_name"),
    ("agency_domain_name", "agency_name"),
)
"""The second of each pair must stand beside the first in the block; what the environment holds does not count."""
