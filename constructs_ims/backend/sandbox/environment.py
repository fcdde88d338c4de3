"""What of the environment reaches into the offline world: where stacks work and two switches, never an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from constructs_ims.schema.provider import PROVIDER

REGION_VARIABLE: Final = "HW_REGION_NAME"
DEFAULT_REGION: Final = "cn-north-4"
"""Where a stack works when neither it nor the environment names a region."""
_KEPT: Final = frozenset({REGION_VARIABLE, "HW_ENABLE_FORCE_NEW", "HW_ENTERPRISE_PROJECT_ID"})
_PLACES_OF_REGION: Final = ("OS_REGION_NAME", "HW_SHARED_CONFIG_FILE", "HW_PROFILE")
_ACCOUNT_PREFIXES: Final = ("HW_", "OS_", "HUAWEICLOUD_SDK_")


def region_of(environment: Mapping[str, str]) -> str:
    """Return the region that the environment names, else the default one."""
    return environment.get(REGION_VARIABLE) or DEFAULT_REGION


def harmless_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what a provider may read in the offline world: its region, or where that stands, and switches."""
    return {name: value for name in (*_KEPT, *_PLACES_OF_REGION) if (value := environment.get(name))}


def without_account(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without what belongs to a real account."""
    listed = {variable for attribute in PROVIDER.block.attributes for variable in attribute.environment}
    return {
        name: value
        for name, value in environment.items()
        if name in _KEPT or not (name in listed or name.startswith(_ACCOUNT_PREFIXES))
    }
