"""The classes of the CDK that the app uses, whichever that is; type checkers see those of ``cdktf`` here.

``ResourceBase``, ``ProviderBase`` and ``ComplexBase`` are what the constructs are made of: classes whose own base is
the CDK's class as soon as it is known. Every other name is looked up in the CDK when it is used.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final, TypeVar

from constructs_ims.cdk_choice import cdk_of, choice, imported_cdk, settle_when_imported
from constructs_ims.constructs.mixed_cdks import explain_in

if TYPE_CHECKING:
    from cdktf import ComplexObject as ComplexBase
    from cdktf import FileProvisioner as FileProvisioner
    from cdktf import IInterpolatingParent as IInterpolatingParent
    from cdktf import ImportableResource as ImportableResource
    from cdktf import IResolvable as IResolvable
    from cdktf import ITerraformDependable as ITerraformDependable
    from cdktf import ITerraformIterator as ITerraformIterator
    from cdktf import LocalExecProvisioner as LocalExecProvisioner
    from cdktf import RemoteExecProvisioner as RemoteExecProvisioner
    from cdktf import SSHProvisionerConnection as SSHProvisionerConnection
    from cdktf import TerraformCount as TerraformCount
    from cdktf import TerraformIterator as TerraformIterator
    from cdktf import TerraformOutput as TerraformOutput
    from cdktf import TerraformProvider as ProviderBase
    from cdktf import TerraformProvider as TerraformProvider
    from cdktf import TerraformResource as ResourceBase
    from cdktf import TerraformResourceLifecycle as TerraformResourceLifecycle
    from cdktf import Token as Token
    from cdktf import WinrmProvisionerConnection as WinrmProvisionerConnection

    Connection = SSHProvisionerConnection | WinrmProvisionerConnection
    Provisioner = FileProvisioner | LocalExecProvisioner | RemoteExecProvisioner
else:
    from constructs import Construct
    from jsii import JSIIAbstractClass, JSIIMeta

    class _Unsettled:
        """Stands in for a class of the CDK that is no construct."""

    class ResourceBase(Construct, metaclass=JSIIMeta):
        """A ``TerraformResource`` of the CDK that the app uses."""

    class ProviderBase(Construct, metaclass=JSIIAbstractClass):
        """A ``TerraformProvider`` of the CDK that the app uses."""

    class ComplexBase(_Unsettled, metaclass=JSIIMeta):
        """A ``ComplexObject`` of the CDK that the app uses."""

    def __getattr__(name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in _UNIONS:
            return reduce(or_, map(get, _UNIONS[name]))
        return get(name)


__all__ = ["ComplexBase", "ProviderBase", "ResourceBase", "finish", "get", "with_native_half"]

T = TypeVar("T")

_UNIONS: Final = {
    "Connection": ("SSHProvisionerConnection", "WinrmProvisionerConnection"),
    "Provisioner": ("FileProvisioner", "LocalExecProvisioner", "RemoteExecProvisioner"),
}
"""The types that are named here and not by the CDK, so that annotations can be evaluated."""

_BASES: Final = {
    ResourceBase: "TerraformResource",
    ProviderBase: "TerraformProvider",
    ComplexBase: "ComplexObject",
}


def get(name: str) -> Any:
    """Return the class of the CDK that is called ``name``."""
    return getattr(choice.module(), name)


def settle() -> None:
    """Give the bases of the constructs the CDK's classes for bases, as far as the CDK is known now."""
    for base, name in _BASES.items():
        base.__bases__ = (get(name),)


class NativeType:
    """The name of a construct's native half, which jsii reads before it uses the class: it is loaded then.

    Static methods that the CDK's classes have, such as ``is_construct``, come here before any construct is made.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> str:
        """Return the name, and load the native half if a CDK is imported."""
        if imported_cdk():
            finish()
        return self._name


def with_native_half(kind: type[T]) -> type[T]:
    """Have the native half of a construct loaded when its class is first used, and not when it is defined."""
    setattr(kind, "__jsii_type__", NativeType(getattr(kind, "__jsii_type__")))  # noqa: B009, B010 - for mypy
    return kind


def finish(scope: Any = None) -> None:
    """Make the choice final for a first construct in ``scope``, and load the constructs' native halves for it."""
    if choice.is_final:
        return
    from constructs_ims.constructs.native import load

    choice.finish(None if scope is None else _cdk_around(scope))
    settle()
    load(choice.module())
    explain_in(get("App"))


def _cdk_around(scope: Any) -> str | None:
    """Return the CDK of the construct nearest to ``scope`` that has one: plain constructs stand in stacks of either."""
    return cdk_of(scope) or next(filter(None, map(cdk_of, reversed(scope.node.scopes))), None)


settle_when_imported(settle)
