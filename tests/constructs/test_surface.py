"""The constructs against the declarations: neither has anything that the other lacks."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from cdktf import TerraformProvider, TerraformResource, TerraformStack
from constructs import Construct

import constructs_ims
from constructs_ims import (
    HuaweicloudProvider,
    HuaweicloudProviderAssumeRole,
    HuaweicloudProviderAssumeRoleWithOidc,
    HuaweicloudProviderConfig,
    ImsImageMetadata,
    ImsImageMetadataConfig,
    ImsImageMetadataTimeouts,
)
from constructs_ims.constructs.meta_arguments import META_ARGUMENTS
from constructs_ims.schema.attribute import Attribute, Block
from constructs_ims.schema.image_metadata import IMAGE_METADATA, TIMEOUTS
from constructs_ims.schema.provider import ASSUME_ROLE, ASSUME_ROLE_WITH_OIDC, PROVIDER

from .generated_arguments import modules

IMAGE_ATTRIBUTES = {attribute.python_name: attribute for attribute in IMAGE_METADATA.block.attributes}
PROVIDER_ATTRIBUTES = {attribute.python_name: attribute for attribute in PROVIDER.block.attributes}
IMAGE_ARGUMENTS = {name for name, attribute in IMAGE_ATTRIBUTES.items() if attribute.is_argument}


def own_properties(kind: type, base: type) -> dict[str, property]:
    members = inspect.getmembers(kind, lambda member: isinstance(member, property))
    return {name: member for name, member in members if name == "alias" or not hasattr(base, name)}


def keywords(function: Callable[..., Any]) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    return [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]


def test_generated_modules_are_current() -> None:
    """Run ``python -m tests.constructs.generated_arguments`` to write them anew."""
    assert {path: path.read_text(encoding="utf-8") for path in modules()} == modules()


def test_image_has_a_property_for_each_attribute() -> None:
    properties = own_properties(ImsImageMetadata, TerraformResource)
    inputs = {f"{name}_input" for name in IMAGE_ARGUMENTS | {"timeouts"}}

    assert set(properties) == set(IMAGE_ATTRIBUTES) | {"timeouts"} | inputs
    assert {name for name, member in properties.items() if member.fset} == IMAGE_ARGUMENTS


def test_provider_has_a_property_for_each_argument() -> None:
    properties = own_properties(HuaweicloudProvider, TerraformProvider)
    arguments = {*PROVIDER_ATTRIBUTES, "alias", "assume_role", "assume_role_with_oidc"}

    assert set(properties) == arguments | {f"{name}_input" for name in arguments} | {"version_constraint"}
    assert {name for name, member in properties.items() if member.fset} == arguments


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [(ImsImageMetadata, IMAGE_ATTRIBUTES), (HuaweicloudProvider, PROVIDER_ATTRIBUTES)],
    ids=["image", "provider"],
)
def test_properties_say_what_the_declarations_say(kind: type, attributes: dict[str, Attribute]) -> None:
    written = {name: getattr(kind, name).__doc__ for name in attributes}

    assert written == {name: attribute.doc for name, attribute in attributes.items()}


@pytest.mark.parametrize("kind", [ImsImageMetadata, HuaweicloudProvider], ids=["image", "provider"])
def test_every_argument_can_be_left_out_again(kind: type) -> None:
    settable = {name for name, member in inspect.getmembers(kind) if isinstance(member, property) and member.fset}
    resets = {name.removeprefix("reset_") for name in dir(kind) if name.startswith("reset_")}

    assert resets - {"override_logical_id", "timeouts"} == settable - {"lifecycle", "provider"} - set(META_ARGUMENTS)


@pytest.mark.parametrize("kind", [ImsImageMetadata, HuaweicloudProvider], ids=["image", "provider"])
def test_constructor_explains_every_argument(kind: type) -> None:
    documented = [name for name in keywords(kind.__init__) if f"``{name}``" in (kind.__init__.__doc__ or "")]

    assert documented == [name for name in keywords(kind.__init__) if name not in META_ARGUMENTS]


@pytest.mark.parametrize("kind", [ImsImageMetadata, HuaweicloudProvider])
def test_classes_show_the_signature_of_their_constructor(kind: type) -> None:
    class Golden(kind):  # type: ignore[misc, valid-type]
        def __init__(self, scope: Any, id: str, *, size: int) -> None:
            raise NotImplementedError

    assert list(inspect.signature(kind).parameters) == list(inspect.signature(kind.__init__).parameters)[1:]  # type: ignore[misc]
    assert list(inspect.signature(Golden).parameters) == ["scope", "id", "size"]


def test_constructs_show_where_they_stand(stack: TerraformStack) -> None:
    image = ImsImageMetadata(Construct(stack, "group"), "image", name="a")

    assert repr(image) == "ImsImageMetadata('stack/group/image')"
    assert repr(HuaweicloudProvider(stack, "provider")) == "HuaweicloudProvider('stack/provider')"


def test_constructors_take_every_argument_by_keyword() -> None:
    timeouts = ["timeouts"]
    assert keywords(ImsImageMetadata.__init__) == [
        *sorted([*IMAGE_ARGUMENTS, *timeouts]),
        *META_ARGUMENTS,
    ]
    assert keywords(HuaweicloudProvider.__init__) == [
        *sorted([*PROVIDER_ATTRIBUTES, "alias", "assume_role", "assume_role_with_oidc"]),
        "version_constraint",
    ]


@pytest.mark.parametrize(
    ("construct", "config"),
    [(ImsImageMetadata, ImsImageMetadataConfig), (HuaweicloudProvider, HuaweicloudProviderConfig)],
    ids=["image", "provider"],
)
def test_configs_take_what_constructors_take(construct: type, config: type) -> None:
    assert sorted(keywords(config.__init__)) == sorted(keywords(construct.__init__))


@pytest.mark.parametrize(
    ("kind", "block"),
    [
        (ImsImageMetadataTimeouts, TIMEOUTS.block),
        (HuaweicloudProviderAssumeRole, ASSUME_ROLE.block),
        (HuaweicloudProviderAssumeRoleWithOidc, ASSUME_ROLE_WITH_OIDC.block),
    ],
    ids=["timeouts", "assume_role", "assume_role_with_oidc"],
)
def test_blocks_have_the_declared_fields(kind: Any, block: Block) -> None:
    assert {field.name for field in fields(kind)} == {attribute.python_name for attribute in block.attributes}


@pytest.mark.parametrize("kind", [HuaweicloudProviderConfig, HuaweicloudProviderAssumeRoleWithOidc])
def test_secrets_stay_out_of_representations(kind: Any) -> None:
    sensitive = {
        a.python_name for a in (*PROVIDER.block.attributes, *ASSUME_ROLE_WITH_OIDC.block.attributes) if a.sensitive
    }

    assert not [field.name for field in fields(kind) if field.repr and field.name in sensitive]


def test_every_public_name_has_a_docstring() -> None:
    undocumented = [
        name for name in constructs_ims.__all__ if not (getattr(constructs_ims, name).__doc__ or "").strip()
    ]

    assert undocumented == []
