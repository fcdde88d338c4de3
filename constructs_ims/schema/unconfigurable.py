"""What only a provider decides, and what is said where a configuration sets it all the same.

Source: plugins of Terraform's SDK, the vendor's provider among them, say it in these words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from constructs_ims.schema.attribute import Block, Nesting
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.paths import Path, attribute_path
from constructs_ims.schema.values import Unknown


def unconfigurable_faults(block: Block, config: Mapping[str, Any], path: Path = ()) -> Iterator[Diagnostic]:
    """Yield every computed attribute that is set though it is no argument; an unknown value sets it too."""
    for name in block.unconfigurable:
        if config.get(name) is not None:
            yield _fault(name).under(path)
    for nested in block.blocks:
        value = config.get(nested.name)
        if value is None or value is Unknown:
            continue
        objects = (
            [((), value)] if nested.nesting is Nesting.SINGLE else [((at,), item) for at, item in enumerate(value)]
        )
        for step, item in objects:
            if item is not None and item is not Unknown:
                yield from unconfigurable_faults(nested.block, item, path + attribute_path(nested.name, *step))


def _fault(name: str) -> Diagnostic:
    detail = (
        f'Can\'t configure a value for "{name}": its value will be decided automatically based on the result of '
        "applying this configuration."
    )
    return error("Value for unconfigurable attribute", detail, attribute_path(name))
