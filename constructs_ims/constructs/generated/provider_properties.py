"""The constructor and the properties of ``HuaweicloudProvider``, made from ``constructs_ims/schema/provider.py``.

Do not edit: change the declaration, and run ``python -m tests.constructs.generated_arguments``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from constructs import Construct

from constructs_ims.constructs import cdk
from constructs_ims.constructs.argument_access import ArgumentAccess
from constructs_ims.constructs.assume_role import Role, RoleWithOidc
from constructs_ims.constructs.constructor import suggest_arguments
from constructs_ims.constructs.provider_config import check_provider


class ProviderProperties(ArgumentAccess, cdk.ProviderBase):
    """The constructor of ``HuaweicloudProvider``, its arguments and what it exports."""

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
        """Make it in ``scope`` under the construct id ``id``.

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
        - ``endpoints``: uRLs of services under their names, such as ims and iam.
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
        """
        self._create(
            scope,
            id,
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

    @property
    def access_key(self) -> str | None:
        """Access key of the account."""
        return cast("str | None", self._read("access_key"))

    @access_key.setter
    def access_key(self, value: str | None) -> None:
        self._assign("access_key", value)

    @property
    def access_key_input(self) -> str | None:
        """``access_key`` as it was given."""
        return self.access_key

    def reset_access_key(self) -> None:
        """Leave ``access_key`` out."""
        self._assign("access_key", None)

    @property
    def agency_domain_name(self) -> str | None:
        """Account that made the agency; goes with agency_name."""
        return cast("str | None", self._read("agency_domain_name"))

    @agency_domain_name.setter
    def agency_domain_name(self, value: str | None) -> None:
        self._assign("agency_domain_name", value)

    @property
    def agency_domain_name_input(self) -> str | None:
        """``agency_domain_name`` as it was given."""
        return self.agency_domain_name

    def reset_agency_domain_name(self) -> None:
        """Leave ``agency_domain_name`` out."""
        self._assign("agency_domain_name", None)

    @property
    def agency_name(self) -> str | None:
        """Agency to act for; goes with agency_domain_name."""
        return cast("str | None", self._read("agency_name"))

    @agency_name.setter
    def agency_name(self, value: str | None) -> None:
        self._assign("agency_name", value)

    @property
    def agency_name_input(self) -> str | None:
        """``agency_name`` as it was given."""
        return self.agency_name

    def reset_agency_name(self) -> None:
        """Leave ``agency_name`` out."""
        self._assign("agency_name", None)

    @property
    def alias(self) -> str | None:
        """Name by which resources choose this block among several; the default block has none."""
        return cast("str | None", self._read("alias"))

    @alias.setter
    def alias(self, value: str | None) -> None:
        self._assign("alias", value)

    @property
    def alias_input(self) -> str | None:
        """``alias`` as it was given."""
        return self.alias

    def reset_alias(self) -> None:
        """Leave ``alias`` out."""
        self._assign("alias", None)

    @property
    def auth_url(self) -> str | None:
        """URL of the identity service; made from region and cloud when left out."""
        return cast("str | None", self._read("auth_url"))

    @auth_url.setter
    def auth_url(self, value: str | None) -> None:
        self._assign("auth_url", value)

    @property
    def auth_url_input(self) -> str | None:
        """``auth_url`` as it was given."""
        return self.auth_url

    def reset_auth_url(self) -> None:
        """Leave ``auth_url`` out."""
        self._assign("auth_url", None)

    @property
    def cacert_file(self) -> str | None:
        """Certificates of own authorities: a path or their text."""
        return cast("str | None", self._read("cacert_file"))

    @cacert_file.setter
    def cacert_file(self, value: str | None) -> None:
        self._assign("cacert_file", value)

    @property
    def cacert_file_input(self) -> str | None:
        """``cacert_file`` as it was given."""
        return self.cacert_file

    def reset_cacert_file(self) -> None:
        """Leave ``cacert_file`` out."""
        self._assign("cacert_file", None)

    @property
    def cert(self) -> str | None:
        """Client certificate."""
        return cast("str | None", self._read("cert"))

    @cert.setter
    def cert(self, value: str | None) -> None:
        self._assign("cert", value)

    @property
    def cert_input(self) -> str | None:
        """``cert`` as it was given."""
        return self.cert

    def reset_cert(self) -> None:
        """Leave ``cert`` out."""
        self._assign("cert", None)

    @property
    def cloud(self) -> str | None:
        """Domain of the cloud, "myhuaweicloud.com" when left out."""
        return cast("str | None", self._read("cloud"))

    @cloud.setter
    def cloud(self, value: str | None) -> None:
        self._assign("cloud", value)

    @property
    def cloud_input(self) -> str | None:
        """``cloud`` as it was given."""
        return self.cloud

    def reset_cloud(self) -> None:
        """Leave ``cloud`` out."""
        self._assign("cloud", None)

    @property
    def default_tags(self) -> dict[str, str] | None:
        """Tags for every object of this provider."""
        return cast("dict[str, str] | None", self._read("default_tags"))

    @default_tags.setter
    def default_tags(self, value: Mapping[str, str] | None) -> None:
        self._assign("default_tags", value)

    @property
    def default_tags_input(self) -> dict[str, str] | None:
        """``default_tags`` as it was given."""
        return self.default_tags

    def reset_default_tags(self) -> None:
        """Leave ``default_tags`` out."""
        self._assign("default_tags", None)

    @property
    def delegated_project(self) -> str | None:
        """Project delegated to the agency; the region when left out."""
        return cast("str | None", self._read("delegated_project"))

    @delegated_project.setter
    def delegated_project(self, value: str | None) -> None:
        self._assign("delegated_project", value)

    @property
    def delegated_project_input(self) -> str | None:
        """``delegated_project`` as it was given."""
        return self.delegated_project

    def reset_delegated_project(self) -> None:
        """Leave ``delegated_project`` out."""
        self._assign("delegated_project", None)

    @property
    def domain_id(self) -> str | None:
        """Account, by ID."""
        return cast("str | None", self._read("domain_id"))

    @domain_id.setter
    def domain_id(self, value: str | None) -> None:
        self._assign("domain_id", value)

    @property
    def domain_id_input(self) -> str | None:
        """``domain_id`` as it was given."""
        return self.domain_id

    def reset_domain_id(self) -> None:
        """Leave ``domain_id`` out."""
        self._assign("domain_id", None)

    @property
    def domain_name(self) -> str | None:
        """Account, by name."""
        return cast("str | None", self._read("domain_name"))

    @domain_name.setter
    def domain_name(self, value: str | None) -> None:
        self._assign("domain_name", value)

    @property
    def domain_name_input(self) -> str | None:
        """``domain_name`` as it was given."""
        return self.domain_name

    def reset_domain_name(self) -> None:
        """Leave ``domain_name`` out."""
        self._assign("domain_name", None)

    @property
    def enable_force_new(self) -> bool | cdk.IResolvable | None:
        """Whether a changed argument replaces an object that cannot be updated; false when left out."""
        return cast("bool | cdk.IResolvable | None", self._read("enable_force_new"))

    @enable_force_new.setter
    def enable_force_new(self, value: bool | cdk.IResolvable | None) -> None:
        self._assign("enable_force_new", value)

    @property
    def enable_force_new_input(self) -> bool | cdk.IResolvable | None:
        """``enable_force_new`` as it was given."""
        return self.enable_force_new

    def reset_enable_force_new(self) -> None:
        """Leave ``enable_force_new`` out."""
        self._assign("enable_force_new", None)

    @property
    def endpoints(self) -> dict[str, str] | None:
        """URLs of services under their names, such as ims and iam."""
        return cast("dict[str, str] | None", self._read("endpoints"))

    @endpoints.setter
    def endpoints(self, value: Mapping[str, str] | None) -> None:
        self._assign("endpoints", value)

    @property
    def endpoints_input(self) -> dict[str, str] | None:
        """``endpoints`` as it was given."""
        return self.endpoints

    def reset_endpoints(self) -> None:
        """Leave ``endpoints`` out."""
        self._assign("endpoints", None)

    @property
    def enterprise_project_id(self) -> str | None:
        """Enterprise project to work in."""
        return cast("str | None", self._read("enterprise_project_id"))

    @enterprise_project_id.setter
    def enterprise_project_id(self, value: str | None) -> None:
        self._assign("enterprise_project_id", value)

    @property
    def enterprise_project_id_input(self) -> str | None:
        """``enterprise_project_id`` as it was given."""
        return self.enterprise_project_id

    def reset_enterprise_project_id(self) -> None:
        """Leave ``enterprise_project_id`` out."""
        self._assign("enterprise_project_id", None)

    @property
    def ignore_tags(self) -> list[str] | None:
        """Tag keys that this provider leaves alone."""
        return cast("list[str] | None", self._read("ignore_tags"))

    @ignore_tags.setter
    def ignore_tags(self, value: Sequence[str] | None) -> None:
        self._assign("ignore_tags", value)

    @property
    def ignore_tags_input(self) -> list[str] | None:
        """``ignore_tags`` as it was given."""
        return self.ignore_tags

    def reset_ignore_tags(self) -> None:
        """Leave ``ignore_tags`` out."""
        self._assign("ignore_tags", None)

    @property
    def insecure(self) -> bool | cdk.IResolvable | None:
        """Whether certificates go unchecked."""
        return cast("bool | cdk.IResolvable | None", self._read("insecure"))

    @insecure.setter
    def insecure(self, value: bool | cdk.IResolvable | None) -> None:
        self._assign("insecure", value)

    @property
    def insecure_input(self) -> bool | cdk.IResolvable | None:
        """``insecure`` as it was given."""
        return self.insecure

    def reset_insecure(self) -> None:
        """Leave ``insecure`` out."""
        self._assign("insecure", None)

    @property
    def key(self) -> str | None:
        """Private key of the client certificate."""
        return cast("str | None", self._read("key"))

    @key.setter
    def key(self, value: str | None) -> None:
        self._assign("key", value)

    @property
    def key_input(self) -> str | None:
        """``key`` as it was given."""
        return self.key

    def reset_key(self) -> None:
        """Leave ``key`` out."""
        self._assign("key", None)

    @property
    def max_retries(self) -> float | None:
        """How often a failed connection is tried again; 5 when left out."""
        return cast("float | None", self._read("max_retries"))

    @max_retries.setter
    def max_retries(self, value: float | None) -> None:
        self._assign("max_retries", value)

    @property
    def max_retries_input(self) -> float | None:
        """``max_retries`` as it was given."""
        return self.max_retries

    def reset_max_retries(self) -> None:
        """Leave ``max_retries`` out."""
        self._assign("max_retries", None)

    @property
    def password(self) -> str | None:
        """Password of the user."""
        return cast("str | None", self._read("password"))

    @password.setter
    def password(self, value: str | None) -> None:
        self._assign("password", value)

    @property
    def password_input(self) -> str | None:
        """``password`` as it was given."""
        return self.password

    def reset_password(self) -> None:
        """Leave ``password`` out."""
        self._assign("password", None)

    @property
    def profile(self) -> str | None:
        """Profile inside the shared configuration file."""
        return cast("str | None", self._read("profile"))

    @profile.setter
    def profile(self, value: str | None) -> None:
        self._assign("profile", value)

    @property
    def profile_input(self) -> str | None:
        """``profile`` as it was given."""
        return self.profile

    def reset_profile(self) -> None:
        """Leave ``profile`` out."""
        self._assign("profile", None)

    @property
    def project_id(self) -> str | None:
        """Project to work in, by ID."""
        return cast("str | None", self._read("project_id"))

    @project_id.setter
    def project_id(self, value: str | None) -> None:
        self._assign("project_id", value)

    @property
    def project_id_input(self) -> str | None:
        """``project_id`` as it was given."""
        return self.project_id

    def reset_project_id(self) -> None:
        """Leave ``project_id`` out."""
        self._assign("project_id", None)

    @property
    def project_name(self) -> str | None:
        """Project to work in, by name; the region when left out."""
        return cast("str | None", self._read("project_name"))

    @project_name.setter
    def project_name(self, value: str | None) -> None:
        self._assign("project_name", value)

    @property
    def project_name_input(self) -> str | None:
        """``project_name`` as it was given."""
        return self.project_name

    def reset_project_name(self) -> None:
        """Leave ``project_name`` out."""
        self._assign("project_name", None)

    @property
    def region(self) -> str | None:
        """Region to work in."""
        return cast("str | None", self._read("region"))

    @region.setter
    def region(self, value: str | None) -> None:
        self._assign("region", value)

    @property
    def region_input(self) -> str | None:
        """``region`` as it was given."""
        return self.region

    def reset_region(self) -> None:
        """Leave ``region`` out."""
        self._assign("region", None)

    @property
    def regional(self) -> bool | cdk.IResolvable | None:
        """Whether the identity service is regional."""
        return cast("bool | cdk.IResolvable | None", self._read("regional"))

    @regional.setter
    def regional(self, value: bool | cdk.IResolvable | None) -> None:
        self._assign("regional", value)

    @property
    def regional_input(self) -> bool | cdk.IResolvable | None:
        """``regional`` as it was given."""
        return self.regional

    def reset_regional(self) -> None:
        """Leave ``regional`` out."""
        self._assign("regional", None)

    @property
    def secret_key(self) -> str | None:
        """Secret key of the account."""
        return cast("str | None", self._read("secret_key"))

    @secret_key.setter
    def secret_key(self, value: str | None) -> None:
        self._assign("secret_key", value)

    @property
    def secret_key_input(self) -> str | None:
        """``secret_key`` as it was given."""
        return self.secret_key

    def reset_secret_key(self) -> None:
        """Leave ``secret_key`` out."""
        self._assign("secret_key", None)

    @property
    def security_token(self) -> str | None:
        """Token that goes with temporary keys."""
        return cast("str | None", self._read("security_token"))

    @security_token.setter
    def security_token(self, value: str | None) -> None:
        self._assign("security_token", value)

    @property
    def security_token_input(self) -> str | None:
        """``security_token`` as it was given."""
        return self.security_token

    def reset_security_token(self) -> None:
        """Leave ``security_token`` out."""
        self._assign("security_token", None)

    @property
    def shared_config_file(self) -> str | None:
        """Configuration file of the vendor's command line."""
        return cast("str | None", self._read("shared_config_file"))

    @shared_config_file.setter
    def shared_config_file(self, value: str | None) -> None:
        self._assign("shared_config_file", value)

    @property
    def shared_config_file_input(self) -> str | None:
        """``shared_config_file`` as it was given."""
        return self.shared_config_file

    def reset_shared_config_file(self) -> None:
        """Leave ``shared_config_file`` out."""
        self._assign("shared_config_file", None)

    @property
    def signing_algorithm(self) -> str | None:
        """How requests are signed; HmacSHA256 when left out."""
        return cast("str | None", self._read("signing_algorithm"))

    @signing_algorithm.setter
    def signing_algorithm(self, value: str | None) -> None:
        self._assign("signing_algorithm", value)

    @property
    def signing_algorithm_input(self) -> str | None:
        """``signing_algorithm`` as it was given."""
        return self.signing_algorithm

    def reset_signing_algorithm(self) -> None:
        """Leave ``signing_algorithm`` out."""
        self._assign("signing_algorithm", None)

    @property
    def skip_check_upgrade(self) -> bool | cdk.IResolvable | None:
        """Whether newer releases go unasked; true when left out."""
        return cast("bool | cdk.IResolvable | None", self._read("skip_check_upgrade"))

    @skip_check_upgrade.setter
    def skip_check_upgrade(self, value: bool | cdk.IResolvable | None) -> None:
        self._assign("skip_check_upgrade", value)

    @property
    def skip_check_upgrade_input(self) -> bool | cdk.IResolvable | None:
        """``skip_check_upgrade`` as it was given."""
        return self.skip_check_upgrade

    def reset_skip_check_upgrade(self) -> None:
        """Leave ``skip_check_upgrade`` out."""
        self._assign("skip_check_upgrade", None)

    @property
    def skip_check_website_type(self) -> bool | cdk.IResolvable | None:
        """Whether the kind of website goes unasked."""
        return cast("bool | cdk.IResolvable | None", self._read("skip_check_website_type"))

    @skip_check_website_type.setter
    def skip_check_website_type(self, value: bool | cdk.IResolvable | None) -> None:
        self._assign("skip_check_website_type", value)

    @property
    def skip_check_website_type_input(self) -> bool | cdk.IResolvable | None:
        """``skip_check_website_type`` as it was given."""
        return self.skip_check_website_type

    def reset_skip_check_website_type(self) -> None:
        """Leave ``skip_check_website_type`` out."""
        self._assign("skip_check_website_type", None)

    @property
    def tenant_id(self) -> str | None:
        """Older name of project_id."""
        return cast("str | None", self._read("tenant_id"))

    @tenant_id.setter
    def tenant_id(self, value: str | None) -> None:
        self._assign("tenant_id", value)

    @property
    def tenant_id_input(self) -> str | None:
        """``tenant_id`` as it was given."""
        return self.tenant_id

    def reset_tenant_id(self) -> None:
        """Leave ``tenant_id`` out."""
        self._assign("tenant_id", None)

    @property
    def tenant_name(self) -> str | None:
        """Older name of project_name."""
        return cast("str | None", self._read("tenant_name"))

    @tenant_name.setter
    def tenant_name(self, value: str | None) -> None:
        self._assign("tenant_name", value)

    @property
    def tenant_name_input(self) -> str | None:
        """``tenant_name`` as it was given."""
        return self.tenant_name

    def reset_tenant_name(self) -> None:
        """Leave ``tenant_name`` out."""
        self._assign("tenant_name", None)

    @property
    def token(self) -> str | None:
        """Token to use in place of keys or a password."""
        return cast("str | None", self._read("token"))

    @token.setter
    def token(self, value: str | None) -> None:
        self._assign("token", value)

    @property
    def token_input(self) -> str | None:
        """``token`` as it was given."""
        return self.token

    def reset_token(self) -> None:
        """Leave ``token`` out."""
        self._assign("token", None)

    @property
    def user_id(self) -> str | None:
        """User to sign in, by ID."""
        return cast("str | None", self._read("user_id"))

    @user_id.setter
    def user_id(self, value: str | None) -> None:
        self._assign("user_id", value)

    @property
    def user_id_input(self) -> str | None:
        """``user_id`` as it was given."""
        return self.user_id

    def reset_user_id(self) -> None:
        """Leave ``user_id`` out."""
        self._assign("user_id", None)

    @property
    def user_name(self) -> str | None:
        """User to sign in, by name."""
        return cast("str | None", self._read("user_name"))

    @user_name.setter
    def user_name(self, value: str | None) -> None:
        self._assign("user_name", value)

    @property
    def user_name_input(self) -> str | None:
        """``user_name`` as it was given."""
        return self.user_name

    def reset_user_name(self) -> None:
        """Leave ``user_name`` out."""
        self._assign("user_name", None)
