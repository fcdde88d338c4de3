"""How the generated properties of a construct read and set its arguments in the native half."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

import jsii
from constructs import Construct

from constructs_ims.constructs import cdk
from constructs_ims.constructs.argument_check import Checked
from constructs_ims.constructs.constructor import Placing, warning_texts


class ArgumentAccess:
    """Reads and sets the arguments of a construct; setting raises ``ImsValidationError`` with every violation."""

    _subject: ClassVar[str]
    """The name of the construct's class in errors."""
    _terraform_names: ClassVar[Mapping[str, str]]
    """The arguments' names in Terraform under those in Python."""

    def _create(self, scope: Construct, id_: str, /, **arguments: Any) -> None:
        """Check the arguments of the constructor and make the native half."""
        raise NotImplementedError

    @staticmethod
    def _check(name: str, value: Any) -> Checked:
        """Check one argument that is set; ``None`` stands for leaving it out."""
        raise NotImplementedError

    def _read(self, name: str) -> Any:
        return jsii.invoke(self, "readArgument", [self._terraform_names[name]])

    def _assign(self, name: str, value: Any) -> None:
        with Placing.of(self._subject, cast(Construct, self)):
            checked = self._check(name, value)
        terraform_name = self._terraform_names[name]
        messages = warning_texts(checked.warnings, self._terraform_names).get(terraform_name, [])
        jsii.invoke(self, "assignArgument", [terraform_name, checked.wire.get(terraform_name), messages])

    def _text(self, attribute: str) -> str:
        return cast(str, jsii.invoke(self, "getStringAttribute", [attribute]))

    def _number(self, attribute: str) -> float:
        return cast(float, jsii.invoke(self, "getNumberAttribute", [attribute]))

    def _boolean(self, attribute: str) -> cdk.IResolvable:
        return cast("cdk.IResolvable", jsii.invoke(self, "getBooleanAttribute", [attribute]))

    def _texts(self, attribute: str) -> list[str]:
        return cast("list[str]", jsii.get(self, attribute))
