"""The construct ``HuaweicloudProvider``: the provider block ``huaweicloud``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

import jsii
from constructs import Construct

from constructs_ims.constructs import cdk
from constructs_ims.constructs.assume_role import (
    HuaweicloudProviderAssumeRole,
    HuaweicloudProviderAssumeRoleWithOidc,
    Role,
    RoleWithOidc,
)
from constructs_ims.constructs.constructor import (
    ConstructorSignature,
    Placing,
    construct_path,
    create,
    native_arguments,
    suggest_arguments,
    warning_texts,
)
from constructs_ims.constructs.native import ASSEMBLY
from constructs_ims.constructs.provider_config import HuaweicloudProviderConfig, check_provider
from constructs_ims.constructs.provider_credentials import TERRAFORM_NAMES
from constructs_ims.constructs.provider_settings import ProviderSettings
from constructs_ims.schema.provider import PROVIDER_NAME, VERSION_CONSTRAINT


@cdk.with_native_half
class HuaweicloudProvider(ProviderSettings, jsii_type=f"{ASSEMBLY}.HuaweicloudProvider"):
    """A ``huaweicloud`` provider block: the account, region and settings that images are made with.

    ``scope`` is the stack to stand in and ``id`` the name there. An argument that is left out may come from the
    environment (``HW_REGION_NAME``, ``HW_ACCESS_KEY``, ``HW_SECRET_KEY`` ...), where credentials belong.

    - ``access_key``: access key of the account.
    - ``agency_domain_name``: account that made the agency; goes with agency_name.
    - ``agency_name``: agency to act for; goes with agency_domain_name.
    - ``alias``: name by which resources choose this block among several; the default block has none.
    - ``assume_role``: agencies to assume, one after the other.
    - ``assume_role_with_oidc``: an agency to assume with a token of an external identity provider.
    - ``auth_url``: URL of the identity service; made from region and cloud when left out.
    - ``cacert_file``: certificates of own authorities: a path or their text.
    - ``cert``: client certificate.
    - ``cloud``: domain of the cloud, "myhuaweicloud.com" when left out.
    - ``default_tags``: tags for every object of this provider.
    - ``delegated_project``: project delegated to the agency; the region when left out.
    - ``domain_id``: account, by ID.
    - ``domain_name``: account, by name.
    - ``enable_force_new``: whether a changed argument replaces an object that cannot be updated; false when left
      out.
    - ``endpoints``: URLs of services under their names, such as ims and iam.
    - ``enterprise_project_id``: enterprise project to work in.
    - ``ignore_tags``: tag keys that this provider leaves alone.
    - ``insecure``: whether certificates go unchecked.
    - ``key``: private key of the client certificate.
    - ``max_retries``: how often a failed connection is tried again; 5 when left out.
    - ``password``: password of the user.
    - ``profile``: profile inside the shared configuration file.
    - ``project_id``: project to work in, by ID.
    - ``project_name``: project to work in, by name; the region when left out.
    - ``region``: region to work in.
    - ``regional``: whether the identity service is regional.
    - ``secret_key``: secret key of the account.
    - ``security_token``: token that goes with temporary keys.
    - ``shared_config_file``: configuration file of the vendor's command line.
    - ``signing_algorithm``: how requests are signed; HmacSHA256 when left out.
    - ``skip_check_upgrade``: whether newer releases go unasked; true when left out.
    - ``skip_check_website_type``: whether the kind of website goes unasked.
    - ``tenant_id``: older name of project_id.
    - ``tenant_name``: older name of project_name.
    - ``token``: token to use in place of keys or a password.
    - ``user_id``: user to sign in, by ID.
    - ``user_name``: user to sign in, by name.
    - ``version_constraint``: releases of the provider that may be used; those with this resource when left out.

    Raises ``ImsValidationError`` with every violation. What may be a mistake becomes a warning on the construct.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = PROVIDER_NAME
    __signature__: ClassVar[ConstructorSignature] = ConstructorSignature()

    @suggest_arguments("HuaweicloudProvider", check_provider)
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        access_key: str | None = None,
        agency_domain_name: str | None = None,
        agency_name: str | None = None,
        alias: str | None = None,
        assume_role: Sequence[Role] | cdk.IResolvable | None = None,
        assume_role_with_oidc: RoleWithOidc | cdk.IResolvable | None = None,
        auth_url: str | None = None,
        cacert_file: str | None = None,
        cert: str | None = None,
        cloud: str | None = None,
        default_tags: Mapping[str, str] | None = None,
        delegated_project: str | None = None,
        domain_id: str | None = None,
        domain_name: str | None = None,
        enable_force_new: bool | cdk.IResolvable | None = None,
        endpoints: Mapping[str, str] | None = None,
        enterprise_project_id: str | None = None,
        ignore_tags: Sequence[str] | None = None,
        insecure: bool | cdk.IResolvable | None = None,
        key: str | None = None,
        max_retries: float | None = None,
        password: str | None = None,
        profile: str | None = None,
        project_id: str | None = None,
        project_name: str | None = None,
        region: str | None = None,
        regional: bool | cdk.IResolvable | None = None,
        secret_key: str | None = None,
        security_token: str | None = None,
        shared_config_file: str | None = None,
        signing_algorithm: str | None = None,
        skip_check_upgrade: bool | cdk.IResolvable | None = None,
        skip_check_website_type: bool | cdk.IResolvable | None = None,
        tenant_id: str | None = None,
        tenant_name: str | None = None,
        token: str | None = None,
        user_id: str | None = None,
        user_name: str | None = None,
        version_constraint: str | None = None,
    ) -> None:
        with Placing("HuaweicloudProvider", scope, id):
            config = HuaweicloudProviderConfig(
                access_key=access_key,
                agency_domain_name=agency_domain_name,
                agency_name=agency_name,
                alias=alias,
                assume_role=assume_role,
                assume_role_with_oidc=assume_role_with_oidc,
                auth_url=auth_url,
                cacert_file=cacert_file,
                cert=cert,
                cloud=cloud,
                default_tags=default_tags,
                delegated_project=delegated_project,
                domain_id=domain_id,
                domain_name=domain_name,
                enable_force_new=enable_force_new,
                endpoints=endpoints,
                enterprise_project_id=enterprise_project_id,
                ignore_tags=ignore_tags,
                insecure=insecure,
                key=key,
                max_retries=max_retries,
                password=password,
                profile=profile,
                project_id=project_id,
                project_name=project_name,
                region=region,
                regional=regional,
                secret_key=secret_key,
                security_token=security_token,
                shared_config_file=shared_config_file,
                signing_algorithm=signing_algorithm,
                skip_check_upgrade=skip_check_upgrade,
                skip_check_website_type=skip_check_website_type,
                tenant_id=tenant_id,
                tenant_name=tenant_name,
                token=token,
                user_id=user_id,
                user_name=user_name,
                version_constraint=version_constraint,
            )
        wire = dict(config.checked.wire)
        constraint = wire.pop("version_constraint", VERSION_CONSTRAINT)
        warnings = warning_texts(config.checked.warnings, TERRAFORM_NAMES)
        create("HuaweicloudProvider", self, scope, id, *native_arguments(wire, warnings), constraint)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({construct_path(self)!r})"

    @classmethod
    def generate_config_for_import(
        cls, scope: Construct, import_to_id: str, import_from_id: str, provider: cdk.TerraformProvider | None = None
    ) -> cdk.ImportableResource:
        """Stand here because generated bindings have it; Terraform imports no provider blocks."""
        cdk.finish(scope)
        arguments = [scope, import_to_id, import_from_id, provider]
        return cast("cdk.ImportableResource", jsii.sinvoke(cls, "generateConfigForImport", arguments))

    @property
    def version_constraint(self) -> str:
        """The releases of the provider that the stack asks for."""
        metadata = self.terraform_generator_metadata
        return cast(str, metadata.provider_version_constraint if metadata else None)

    @property
    def alias_input(self) -> str | None:
        """``alias`` as it was given."""
        return cast("str | None", self._read("alias"))

    @property
    def alias(self) -> str | None:
        """Name by which resources choose this block among several; the default block has none."""
        return self.alias_input

    @alias.setter
    def alias(self, value: str | None) -> None:
        self._assign("alias", value)

    def reset_alias(self) -> None:
        """Leave ``alias`` out, which makes this the default block."""
        self._assign("alias", None)

    @property
    def assume_role(self) -> list[HuaweicloudProviderAssumeRole] | cdk.IResolvable | None:
        """Agencies to assume, one after the other."""
        value = self._read("assume_role")
        return [HuaweicloudProviderAssumeRole(**role) for role in value] if isinstance(value, list) else value

    @assume_role.setter
    def assume_role(self, value: Sequence[Role] | cdk.IResolvable | None) -> None:
        self._assign("assume_role", value)

    @property
    def assume_role_input(self) -> list[HuaweicloudProviderAssumeRole] | cdk.IResolvable | None:
        """``assume_role`` as it was given."""
        return self.assume_role

    def reset_assume_role(self) -> None:
        """Leave ``assume_role`` out."""
        self._assign("assume_role", None)

    @property
    def assume_role_with_oidc(self) -> HuaweicloudProviderAssumeRoleWithOidc | cdk.IResolvable | None:
        """An agency to assume with a token of an external identity provider."""
        value = self._read("assume_role_with_oidc")
        return HuaweicloudProviderAssumeRoleWithOidc(**value) if isinstance(value, dict) else value

    @assume_role_with_oidc.setter
    def assume_role_with_oidc(self, value: RoleWithOidc | cdk.IResolvable | None) -> None:
        self._assign("assume_role_with_oidc", value)

    @property
    def assume_role_with_oidc_input(self) -> HuaweicloudProviderAssumeRoleWithOidc | cdk.IResolvable | None:
        """``assume_role_with_oidc`` as it was given."""
        return self.assume_role_with_oidc

    def reset_assume_role_with_oidc(self) -> None:
        """Leave ``assume_role_with_oidc`` out."""
        self._assign("assume_role_with_oidc", None)
