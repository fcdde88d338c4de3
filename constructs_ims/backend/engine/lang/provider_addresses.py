"""Provider configurations by their addresses, independent of a stack's local names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_PROVIDER: Final = re.compile(r'provider\["([^"]+)"\]')


_ADDRESS: Final = re.compile(r'(?:module\..+\.)?provider\["([^"]+)"\](?:\.([\w-]+))?')


@dataclass(frozen=True, slots=True)
class ProviderAddress:
    """A provider configuration, independent of a stack's local names."""

    source: str
    alias: str = ""

    def __str__(self) -> str:
        text = f'provider["{self.source}"]'
        return f"{text}.{self.alias}" if self.alias else text


def parse_provider_address(text: str) -> ProviderAddress:
    """Read a provider address as a state spells it; ``ValueError`` when it is none."""
    found = _ADDRESS.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no provider address.")
    return ProviderAddress(found[1], found[2] or "")


def provider_name(address: str) -> str:
    """Return the source that a provider address names: ``registry.terraform.io/huaweicloud/huaweicloud``."""
    found = _PROVIDER.search(address)
    return found[1] if found else address
