"""Who a provider block signs in as: its keys, users, accounts, projects and agencies, set and read."""

from __future__ import annotations

from typing import Any, Final, cast

import jsii

from constructs_ims.constructs import cdk
from constructs_ims.constructs.constructor import Placing, warning_texts
from constructs_ims.constructs.provider_config import check_provider_argument
from constructs_ims.schema.provider import PROVIDER

TERRAFORM_NAMES: Final = {
    **{attribute.python_name: attribute.name for attribute in PROVIDER.block.arguments},
    **{nested.name: nested.name for nested in PROVIDER.block.blocks},
    "alias": "alias",
}
"""The arguments' names in Terraform under those in Python."""


class ProviderArguments(cdk.ProviderBase):
    """How the arguments of a provider block are read and set; setting raises ``ImsValidationError``."""

    def _read(self, name: str) -> Any:
        return jsii.invoke(self, "readArgument", [TERRAFORM_NAMES[name]])

    def _assign(self, name: str, value: Any) -> None:
        with Placing.of("HuaweicloudProvider", self):
            checked = check_provider_argument(name, value)
        terraform_name = TERRAFORM_NAMES[name]
        messages = warning_texts(checked.warnings, TERRAFORM_NAMES).get(terraform_name, [])
        jsii.invoke(self, "assignArgument", [terraform_name, checked.wire.get(terraform_name), messages])


class ProviderCredentials(ProviderArguments):
    """The arguments that say who signs in, and to which account and project."""

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
