"""What jsii's kernel must know of the module: its classes with their members, and the declarations it synthesizes by.

The first is a jsii assembly, kept to what the kernel reads. The second tells for each argument how the CDK's HCL writer
stores it, in the words that ``cdktf get`` uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from constructs_ims.schema.attribute import Block, NestedBlock, Nesting
from constructs_ims.schema.image_metadata import IMAGE_METADATA
from constructs_ims.schema.provider import PROVIDER, PROVIDER_SOURCE, VERSION_CONSTRAINT
from constructs_ims.schema.types import BoolType, ListType, MapType, NumberType, SetType, Type

ASSEMBLY: Final = "constructs-ims"
VERSION: Final = "0.0.0"

_ANY: Final = {"primitive": "any"}
_STRING: Final = {"primitive": "string"}
_SCOPE: Final = {"name": "scope", "type": {"fqn": "constructs.Construct"}}
_ID: Final = {"name": "id", "type": _STRING}


def describe_assembly(cdk: str, dependencies: Mapping[str, str]) -> dict[str, Any]:
    """Return the assembly, given the module of the CDK and the versions of the modules it stands on."""
    return {
        "schema": "jsii/0.10.0",
        "name": ASSEMBLY,
        "version": VERSION,
        "description": "Native halves of the constructs for HUAWEI CLOUD images.",
        "author": {"name": ASSEMBLY, "roles": ["author"]},
        "homepage": ASSEMBLY,
        "license": "Apache-2.0",
        "repository": {"type": "git", "url": ASSEMBLY},
        "jsiiVersion": "5.8.9",
        "fingerprint": "none",
        "dependencies": dict(dependencies),
        "targets": {"js": {"npm": ASSEMBLY}},
        "types": {definition["fqn"]: definition for definition in _classes(cdk)},
    }


def describe_declarations(cdk: str) -> dict[str, Any]:
    """Return the CDK to build on and the declarations of resource and provider block, as ``index.js`` reads them."""
    return {
        "cdk": cdk,
        "resource": {"type": IMAGE_METADATA.name, "kinds": _kinds(IMAGE_METADATA.block, "ImsImageMetadata")},
        "provider": {
            "type": PROVIDER.name,
            "source": PROVIDER_SOURCE,
            "versionConstraint": VERSION_CONSTRAINT,
            "kinds": _kinds(PROVIDER.block, "HuaweicloudProvider", "alias"),
        },
    }


def _classes(cdk: str) -> list[dict[str, Any]]:
    values = [{"name": "text", "type": _STRING}, _optional("objects", _ANY)]
    timeouts = {"fqn": f"{ASSEMBLY}.ImsImageMetadataTimeoutsOutputReference"}
    tags = {"collection": {"elementtype": _STRING, "kind": "array"}}
    parent = {"name": "terraformResource", "type": {"fqn": f"{cdk}.IInterpolatingParent"}}
    reset = {"name": "resetDelete"}
    version = _optional("versionConstraint", _STRING)
    return [
        _class(
            "ImsImageMetadata",
            f"{cdk}.TerraformResource",
            [_SCOPE, _ID, *values, _optional("meta", _ANY)],
            methods=_accessors(cdk),
            properties=[_read_only("tags", tags), _read_only("timeouts", timeouts)],
        ),
        _class(
            "ImsImageMetadataTimeoutsOutputReference",
            f"{cdk}.ComplexObject",
            [parent, {"name": "terraformAttribute", "type": _STRING}],
            methods=[reset],
            properties=[
                {"name": "delete", "type": _STRING},
                _read_only("deleteInput", _STRING, optional=True),
                _optional("internalValue", _ANY),
            ],
        ),
        _class(
            "HuaweicloudProvider",
            f"{cdk}.TerraformProvider",
            [_SCOPE, _ID, *values, version],
            methods=_accessors(cdk),
        ),
    ]


def _class(
    name: str,
    base: str,
    parameters: list[dict[str, Any]],
    *,
    methods: list[dict[str, Any]],
    properties: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    return {
        "assembly": ASSEMBLY,
        "kind": "class",
        "fqn": f"{ASSEMBLY}.{name}",
        "name": name,
        "base": base,
        "initializer": {"parameters": parameters},
        "methods": methods,
        "properties": properties or [],
    }


def _accessors(cdk: str) -> list[dict[str, Any]]:
    name = {"name": "name", "type": _STRING}
    return [
        _generate_config(cdk),
        {"name": "readArgument", "parameters": [name], "returns": {"type": _ANY, "optional": True}},
        {"name": "assignArgument", "parameters": [name, _optional("value", _ANY), _optional("warnings", _ANY)]},
    ]


def _generate_config(cdk: str) -> dict[str, Any]:
    return {
        "name": "generateConfigForImport",
        "static": True,
        "parameters": [
            _SCOPE,
            {"name": "importToId", "type": _STRING},
            {"name": "importFromId", "type": _STRING},
            {"name": "provider", "type": {"fqn": f"{cdk}.TerraformProvider"}, "optional": True},
        ],
        "returns": {"type": {"fqn": f"{cdk}.ImportableResource"}},
    }


def _optional(name: str, type_: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "type": type_, "optional": True}


def _read_only(name: str, type_: dict[str, Any], *, optional: bool = False) -> dict[str, Any]:
    return {"name": name, "type": type_, "immutable": True, **({"optional": True} if optional else {})}


def _kinds(block: Block, owner: str, *extra_strings: str) -> dict[str, Any]:
    arguments = sorted(block.arguments, key=lambda attribute: attribute.name)
    return {
        **{attribute.name: _kind(attribute.type) for attribute in arguments},
        **{name: {"isBlock": False, "type": "simple", "storageClassType": "string"} for name in extra_strings},
        **{nested.name: _block_kind(nested, owner) for nested in block.blocks},
    }


def _kind(type_: Type) -> dict[str, Any]:
    match type_:
        case NumberType():
            kind, storage = "simple", "number"
        case BoolType():
            kind, storage = "simple", "boolean"
        case SetType():
            kind, storage = "set", "stringList"
        case ListType():
            kind, storage = "list", "stringList"
        case MapType():
            kind, storage = "map", "stringMap"
        case _:
            kind, storage = "simple", "string"
    return {"isBlock": False, "type": kind, "storageClassType": storage}


def _block_kind(nested: NestedBlock, owner: str) -> dict[str, Any]:
    name = owner + "".join(word.capitalize() for word in nested.name.split("_"))
    single = nested.nesting is Nesting.SINGLE
    return {
        "isBlock": True,
        "type": "struct" if single else str(nested.nesting),
        "storageClassType": name if single else f"{name}List",
        "fields": _kinds(nested.block, name),
    }
