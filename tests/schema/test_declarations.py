"""The declarations against the vendor's published schema, kept as facts in testdata."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from huaweicloudsdkims.v2.region.ims_region import ImsRegion

from constructs_ims.schema.attribute import Attribute, Block, Change, Schema
from constructs_ims.schema.image_metadata import IMAGE_METADATA, NON_UPDATABLE
from constructs_ims.schema.provider import PROVIDER
from constructs_ims.schema.regions import REGIONS

FACTS = Path(__file__).parents[1] / "testdata" / "schema"
DECLARATIONS = {"image_metadata": IMAGE_METADATA, "provider": PROVIDER}


def every_attribute(block: Block) -> list[Attribute]:
    nested = [attribute for child in block.blocks for attribute in every_attribute(child.block)]
    return [*block.attributes, *nested]


def without_prose(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    return {key: without_prose(value) for key, value in data.items() if key not in ("description", "description_kind")}


@pytest.mark.parametrize("name", DECLARATIONS)
def test_declaration_equals_vendor_schema(name: str) -> None:
    expected = json.loads((FACTS / f"{name}.json").read_text())

    assert without_prose(DECLARATIONS[name].to_json()) == without_prose(expected)


def test_resource_has_sixty_attributes_of_its_own() -> None:
    assert len([attribute for attribute in IMAGE_METADATA.block.attributes if attribute.name != "id"]) == 60


@pytest.mark.parametrize("schema", DECLARATIONS.values(), ids=DECLARATIONS)
def test_every_attribute_is_documented(schema: Schema) -> None:
    for attribute in every_attribute(schema.block):
        assert attribute.doc.endswith("."), attribute.name
        assert attribute.source in ("resource", "provider")


def test_only_arguments_have_rules() -> None:
    assert not [a.name for a in IMAGE_METADATA.block.attributes if a.rules and not a.is_argument]


def test_refused_arguments_come_in_the_order_of_refusals() -> None:
    assert NON_UPDATABLE == (
        "__os_version",
        "visibility",
        "name",
        "protected",
        "container_format",
        "disk_format",
        "tags",
        "min_ram",
        "min_disk",
    )


def test_another_region_replaces() -> None:
    assert IMAGE_METADATA.block.by_name["region"].change is Change.REPLACE


@pytest.mark.parametrize(
    ("terraform_name", "python_name"),
    [("__os_version", "os_version"), ("__system__cmkid", "system_cmkid"), ("self", "self_attribute"), ("id", "id")],
)
def test_python_names(terraform_name: str, python_name: str) -> None:
    assert IMAGE_METADATA.block.by_name[terraform_name].python_name == python_name


def test_secrets_are_sensitive() -> None:
    sensitive = {a.name for a in every_attribute(PROVIDER.block) if a.sensitive}

    assert sensitive == {"access_key", "secret_key", "security_token", "password", "token", "id_token"}


def test_regions_of_the_vendors_client_are_known() -> None:
    assert set(ImsRegion.static_fields) <= set(REGIONS)
