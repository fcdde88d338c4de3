"""Secrets in documents: which settings of our provider's block are not to be shown or kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_ims.schema.attribute import Block
from constructs_ims.schema.provider import PROVIDER, PROVIDER_NAME

SENSITIVE: Final = "(sensitive value)"
"""What is shown in place of a secret."""


def _sensitive_in(block: Block) -> Iterator[str]:
    yield from (attribute.name for attribute in block.attributes if attribute.sensitive)
    for nested in block.blocks:
        yield from _sensitive_in(nested.block)


SECRET_SETTINGS: Final = frozenset(_sensitive_in(PROVIDER.block))
"""The names of sensitive settings in a ``huaweicloud`` provider block and in the blocks inside it."""


def without_secrets(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stack's JSON with the secrets in its ``huaweicloud`` provider blocks hidden."""
    providers = document.get("provider")
    if not isinstance(providers, dict) or PROVIDER_NAME not in providers:
        return dict(document)
    hidden = {**providers, PROVIDER_NAME: hide_settings(providers[PROVIDER_NAME])}
    return {**document, "provider": hidden}


def hide_settings(value: Any) -> Any:
    """Return the body of a ``huaweicloud`` provider block, or a list of them, with the secrets hidden."""
    if isinstance(value, dict):
        return {key: SENSITIVE if key in SECRET_SETTINGS else hide_settings(nested) for key, nested in value.items()}
    return [hide_settings(nested) for nested in value] if isinstance(value, list) else value
