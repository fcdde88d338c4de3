"""The construct ``HuaweicloudProvider``: the provider block ``huaweicloud``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

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
    warning_texts,
)
from constructs_ims.constructs.generated.provider_properties import ProviderProperties
from constructs_ims.constructs.native import ASSEMBLY
from constructs_ims.constructs.provider_config import HuaweicloudProviderConfig, check_provider_argument
from constructs_ims.schema.provider import PROVIDER, PROVIDER_META_ARGUMENTS, PROVIDER_NAME, VERSION_CONSTRAINT


@cdk.with_native_half
class HuaweicloudProvider(ProviderProperties, jsii_type=f"{ASSEMBLY}.HuaweicloudProvider"):
    """A ``huaweicloud`` provider block: the account, region and settings that images are made with.

    ``scope`` is the stack to stand in and ``id`` the name there. An argument that is left out may come from the
    environment (``HW_REGION_NAME``, ``HW_ACCESS_KEY``, ``HW_SECRET_KEY`` ...), where credentials belong.
    The constructor explains the arguments.

    Raises ``ImsValidationError`` with every violation. What may be a mistake becomes a warning on the construct.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = PROVIDER_NAME
    _subject = "HuaweicloudProvider"
    _terraform_names: ClassVar[Mapping[str, str]] = {
        **{
            attribute.python_name: attribute.name for attribute in (*PROVIDER.block.arguments, *PROVIDER_META_ARGUMENTS)
        },
        **{nested.name: nested.name for nested in PROVIDER.block.blocks},
    }
    _check = staticmethod(check_provider_argument)
    __signature__: ClassVar[ConstructorSignature] = ConstructorSignature()

    def _create(self, scope: Construct, id_: str, /, **arguments: Any) -> None:
        with Placing(self._subject, scope, id_):
            config = HuaweicloudProviderConfig(**arguments)
        wire = dict(config.checked.wire)
        constraint = wire.pop("version_constraint", VERSION_CONSTRAINT)
        warnings = warning_texts(config.checked.warnings, self._terraform_names)
        create(self._subject, self, scope, id_, *native_arguments(wire, warnings), constraint)

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
