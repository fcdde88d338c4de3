"""The construct ``ImsImageMetadata``: the resource ``huaweicloud_ims_image_metadata``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

import jsii
from constructs import Construct

from constructs_ims.constructs import cdk
from constructs_ims.constructs.constructor import (
    ConstructorSignature,
    Placing,
    construct_path,
    create,
    native_arguments,
    warning_texts,
)
from constructs_ims.constructs.generated.image_properties import ImageProperties
from constructs_ims.constructs.image_config import ImsImageMetadataConfig, check_image_argument
from constructs_ims.constructs.native import ASSEMBLY
from constructs_ims.constructs.timeouts import (
    ImsImageMetadataTimeouts,
    ImsImageMetadataTimeoutsOutputReference,
    check_timeouts,
    timeouts_from_kernel,
)
from constructs_ims.schema.image_metadata import IMAGE_METADATA, RESOURCE_TYPE


@cdk.with_native_half
class ImsImageMetadata(ImageProperties, jsii_type=f"{ASSEMBLY}.ImsImageMetadata"):
    """The metadata of an IMS image: a record to which an image file can be uploaded later.

    ``scope`` is the construct to stand in and ``id_`` the name there; both are part of the resource's address. The
    constructor explains the image's own arguments, which may be tokens; ``connection``, ``count``, ``depends_on``,
    ``for_each``, ``lifecycle``, ``provider`` and ``provisioners`` are Terraform's for every resource.

    Raises ``ImsValidationError`` with every violation. What may be a mistake becomes a warning on the construct.
    """

    TF_RESOURCE_TYPE: ClassVar[str] = RESOURCE_TYPE
    _subject = "ImsImageMetadata"
    _terraform_names: ClassVar[Mapping[str, str]] = {
        attribute.python_name: attribute.name for attribute in IMAGE_METADATA.block.arguments
    }
    _check = staticmethod(check_image_argument)
    __signature__: ClassVar[ConstructorSignature] = ConstructorSignature()

    def _create(self, scope: Construct, id_: str, /, **arguments: Any) -> None:
        with Placing(self._subject, scope, id_):
            config = ImsImageMetadataConfig(**arguments)
        warnings = warning_texts(config.checked.warnings, self._terraform_names)
        text, objects = native_arguments(config.checked.wire, warnings)
        create(self._subject, self, scope, id_, text, objects, config.meta or None)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({construct_path(self)!r})"

    @classmethod
    def generate_config_for_import(
        cls, scope: Construct, import_to_id: str, import_from_id: str, provider: cdk.TerraformProvider | None = None
    ) -> cdk.ImportableResource:
        """Have ``cdktf plan`` write the code for an image that exists already.

        ``import_to_id`` is the construct id in the code, ``import_from_id`` the ID of the image, ``provider`` the block
        to ask when it is not the default.
        """
        cdk.finish(scope)
        arguments = [scope, import_to_id, import_from_id, provider]
        return cast("cdk.ImportableResource", jsii.sinvoke(cls, "generateConfigForImport", arguments))

    @property
    def timeouts(self) -> ImsImageMetadataTimeoutsOutputReference:
        """How long operations may take."""
        return cast(ImsImageMetadataTimeoutsOutputReference, jsii.get(self, "timeouts"))

    @property
    def timeouts_input(self) -> ImsImageMetadataTimeouts | cdk.IResolvable | None:
        """``timeouts`` as it was given."""
        return timeouts_from_kernel(jsii.invoke(self, "readArgument", ["timeouts"]))

    def put_timeouts(self, *, delete: str | None = None) -> None:
        """Say how long operations may take; ``delete`` is a length of time such as ``"10m"``."""
        with Placing.of(self._subject, self):
            checked = check_timeouts(ImsImageMetadataTimeouts(delete=delete))
        jsii.invoke(self, "assignArgument", ["timeouts", checked.wire["timeouts"]])

    def reset_timeouts(self) -> None:
        """Leave ``timeouts`` out."""
        jsii.invoke(self, "assignArgument", ["timeouts"])
