"""Checks a block's values against the rules of its declaration: errors alone.

What is merely doubtful passes without a word, as in the vendor's provider: the constructs warn of it where it is
written, and a plan would only say it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting
from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.paths import Path, attribute_path
from constructs_ims.schema.types import SetType
from constructs_ims.schema.values import Unknown, is_wholly_known


def validate_block(block: Block, values: Mapping[str, Any], path: Path = ()) -> Iterator[Diagnostic]:
    """Yield what is wrong with the known ``values`` of ``block``; null and unknown ones are passed over.

    So are empty ones, such as 0 for ``min_disk``, where the service fills in what is left out: they are never sent, and
    stand in the configuration that Terraform writes for an import.
    """
    for attribute in block.ruled:
        for fault in _attribute_faults(attribute, values.get(attribute.name)):
            yield fault.under(path)
    for nested in block.blocks:
        for inner, place in _instances(nested, values.get(nested.name)):
            yield from validate_block(nested.block, inner, path + place)


def _attribute_faults(attribute: Attribute, value: Any) -> Iterator[Diagnostic]:
    if value is None or value is Unknown or (attribute.computed and not value):
        return
    if not is_wholly_known(value) and not isinstance(attribute.type, SetType):
        return
    for rule in attribute.rules:
        for fault in filter(lambda found: found.is_error, rule(attribute.name, value)):
            yield _placed(attribute, fault)


def _placed(attribute: Attribute, fault: Diagnostic) -> Diagnostic:
    """Place a fault at its attribute; an element of a set has no position to point at."""
    inner = () if isinstance(attribute.type, SetType) else fault.path
    return replace(fault, path=attribute_path(attribute.name) + inner)


def _instances(nested: NestedBlock, value: Any) -> Iterator[tuple[Mapping[str, Any], Path]]:
    if value is None or value is Unknown:
        return
    if nested.nesting is Nesting.SINGLE:
        yield value, attribute_path(nested.name)
        return
    for position, inner in enumerate(value):
        if inner is not Unknown:
            yield inner, attribute_path(nested.name, position)
