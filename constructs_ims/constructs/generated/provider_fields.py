"""The fields of ``HuaweicloudProviderConfig``, made from ``constructs_ims/schema/provider.py``.

Do not edit: change the declaration, and run ``python -m tests.constructs.generated_arguments``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from constructs_ims.constructs import cdk
from constructs_ims.constructs.assume_role import Role, RoleWithOidc


@dataclass(frozen=True, kw_only=True)
class ProviderFields:
    """The arguments of ``HuaweicloudProvider`` as fields; None leaves one out."""

    access_key: str | None = field(default=None, repr=False)
    """Access key of the account."""
    agency_domain_name: str | None = None
    """Account that made the agency; goes with agency_name."""
    agency_name: str | None = None
    """Agency to act for; goes with agency_domain_name."""
    alias: str | None = None
    """Name by which resources choose this block among several; the default block has none."""
    assume_role: Sequence[Role] | cdk.IResolvable | None = None
    """Agencies to assume, one after the other."""
    assume_role_with_oidc: RoleWithOidc | cdk.IResolvable | None = None
    """An agency to assume with a token of an external identity provider."""
    auth_url: str | None = None
    """URL of the identity service; made from region and cloud when left out."""
    cacert_file: str | None = None
    """Certificates of own authorities: a path or their text."""
    cert: str | None = None
    """Client certificate."""
    cloud: str | None = None
    """Domain of the cloud, "myhuaweicloud.com" when left out."""
    default_tags: Mapping[str, str] | None = None
    """Tags for every object of this provider."""
    delegated_project: str | None = None
    """Project delegated to the agency; the region when left out."""
    domain_id: str | None = None
    """Account, by ID."""
    domain_name: str | None = None
    """Account, by name."""
    enable_force_new: bool | cdk.IResolvable | None = None
    """Whether a changed argument replaces an object that cannot be updated; false when left out."""
    endpoints: Mapping[str, str] | None = None
    """URLs of services under their names, such as ims and iam."""
    enterprise_project_id: str | None = None
    """Enterprise project to work in."""
    ignore_tags: Sequence[str] | None = None
    """Tag keys that this provider leaves alone."""
    insecure: bool | cdk.IResolvable | None = None
    """Whether certificates go unchecked."""
    key: str | None = None
    """Private key of the client certificate."""
    max_retries: float | None = None
    """How often a failed connection is tried again; 5 when left out."""
    password: str | None = field(default=None, repr=False)
    """Password of the user."""
    profile: str | None = None
    """Profile inside the shared configuration file."""
    project_id: str | None = None
    """Project to work in, by ID."""
    project_name: str | None = None
    """Project to work in, by name; the region when left out."""
    region: str | None = None
    """Region to work in."""
    regional: bool | cdk.IResolvable | None = None
    """Whether the identity service is regional."""
    secret_key: str | None = field(default=None, repr=False)
    """Secret key of the account."""
    security_token: str | None = field(default=None, repr=False)
    """Token that goes with temporary keys."""
    shared_config_file: str | None = None
    """Configuration file of the vendor's command line."""
    signing_algorithm: str | None = None
    """How requests are signed; HmacSHA256 when left out."""
    skip_check_upgrade: bool | cdk.IResolvable | None = None
    """Whether newer releases go unasked; true when left out."""
    skip_check_website_type: bool | cdk.IResolvable | None = None
    """Whether the kind of website goes unasked."""
    tenant_id: str | None = None
    """Older name of project_id."""
    tenant_name: str | None = None
    """Older name of project_name."""
    token: str | None = field(default=None, repr=False)
    """Token to use in place of keys or a password."""
    user_id: str | None = None
    """User to sign in, by ID."""
    user_name: str | None = None
    """User to sign in, by name."""
    version_constraint: str | None = None
    """Releases of the provider that may be used; those with this resource when left out."""
