"""The attributes whose values are documented, beside those of a creation: one table for creation and both updates.

Sources: the API reference's pages on image attributes and on updating an image. Attributes that are not named here are
custom ones, with any text. So are ``__support_fc_inject``, of which every value has a meaning, and the GPU types,
which the vendor adds to faster than it documents them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from constructs_ims.backend.emulator.faults import ims_fault

MAX_INTEGER: Final = 2**31 - 1
_LONGEST_DESCRIPTION: Final = 1024
_SHUTDOWN_SECONDS: Final = range(60, 301)


def checked_attribute(name: str, value: Any) -> str:
    """Return the text that an attribute is to have; raise the service's ``Fault`` for one that it cannot have."""
    text = checked_text(name, value)
    if check := _CHECKS.get(name):
        check(name, text)
    return text


def checked_text(name: str, value: Any) -> str:
    """Return a text; raise the service's ``Fault`` for anything else."""
    if not isinstance(value, str):
        raise ims_fault("IMG.0001", f"{name} is not a string.")
    return value


def megabytes(name: str, text: str) -> int:
    """Return an amount of memory that a text gives; raise the service's ``Fault`` for one that is none."""
    if not re.fullmatch("[0-9]{1,10}", text) or int(text) > MAX_INTEGER:
        raise ims_fault("IMG.0055", f"{name} is {shown(text)}; use megabytes from 0 to {MAX_INTEGER}, as digits.")
    return int(text)


def shown(value: object) -> str:
    """Return a value as a refusal shows it."""
    return json.dumps(value, ensure_ascii=False)[:100]


def _one_of(allowed: tuple[str, ...], name: str, text: str) -> None:
    # No code is documented for these but that of hw_firmware_type.
    if text not in allowed:
        code = "IMG.0141" if name == "hw_firmware_type" else "IMG.0001"
        raise ims_fault(code, f"{name} is {shown(text)}; use one of {', '.join(allowed)}.")


def _description(name: str, text: str) -> None:
    if len(text) > _LONGEST_DESCRIPTION:
        raise ims_fault("IMG.0004", f"{name} has {len(text)} characters.")
    if unfit := set(text) & set("\r\n<>"):
        raise ims_fault("IMG.0054", f"{name} has {shown(min(unfit))} in it.")


def _shutdown_timeout(name: str, text: str) -> None:
    if not re.fullmatch("[0-9]{1,3}", text) or int(text) not in _SHUTDOWN_SECONDS:
        raise ims_fault("IMG.0001", f"{name} is {shown(text)}; use 60 to 300 seconds, as digits.")


_FLAGS: Final = (
    "__is_config_init",
    "__support_amd",
    "__support_arm",
    "__support_diskintensive",
    "__support_highperformance",
    "__support_kvm",
    "__support_kvm_hi1822_hisriov",
    "__support_kvm_hi1822_hivirtionet",
    "__support_kvm_infiniband",
    "__support_largememory",
    "__support_xen",
    "__support_xen_hana",
    "hw_vif_multiqueue_enabled",
)
"""Texts that say yes or no. Of some the pages name ``true`` alone, and leave the attribute out for no."""

_CHECKS: Final[Mapping[str, Callable[[str, str], object]]] = {
    **dict.fromkeys(_FLAGS, partial(_one_of, ("true", "false"))),
    "__description": _description,
    "__lazyloading": partial(_one_of, ("true", "false", "True", "False")),
    "__support_agent_list": partial(_one_of, ("hss", "ces", "hss,ces", "ces,hss")),
    "hw_firmware_type": partial(_one_of, ("bios", "uefi")),
    "max_ram": megabytes,
    "os_shutdown_timeout": _shutdown_timeout,
}
