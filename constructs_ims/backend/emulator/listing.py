"""The rules of listing: which query parameters there are, and what each of them asks of an image.

Sources: the API reference's pages on querying images. A parameter that is none of those named there filters by the
attribute of its name, as the service does for ``__support_*`` and Glance for any other property.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from constructs_ims.backend.emulator.faults import Fault, ims_fault

MAX_LIMIT: Final = 1000
"""The most images on one page. The vendor names no maximum; this is Glance's, and like there a greater limit is cut."""

MEMBER_STATUSES: Final = ("pending", "accepted", "rejected")
"""What a project that an image is shared with has made of it."""

_OF_THE_PAGE: Final = frozenset({"limit", "marker", "sort_key", "sort_dir", "member_status"})
SORT_KEYS: Final = frozenset(
    {"name", "container_format", "disk_format", "status", "id", "size", "created_at", "updated_at"}
)
DEFAULTS: Final[Mapping[str, str | int]] = {
    **dict.fromkeys(sorted(SORT_KEYS), ""),
    "__system_support_market": 0,
    "__whole_image": 0,
    "enterprise_project_id": "0",
    "protected": 0,
}
"""What an image without an attribute is sorted and found by."""
_COMPARISONS: Final = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "=", "neq": "<>"}
_TIME_FORMATS: Final = ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S")
_DOCUMENTED: Final = frozenset(
    {
        *("id", "name", "owner", "status", "tag", "visibility", "container_format", "disk_format", "virtual_env_type"),
        *("__imagetype", "__os_bit", "__os_type", "__platform", "__support_arm", "__support_diskintensive"),
        *("__support_highperformance", "__support_kvm", "__support_kvm_gpu_type", "__support_kvm_infiniband"),
        *("__support_largememory", "__support_xen", "__support_xen_gpu_type", "__support_xen_hana"),
        "__system__cmkid",
    }
)
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_.:-]{1,255}")


@dataclass(frozen=True, slots=True)
class Filter:
    """What an image is asked for: one of its properties, an operator of SQL, and the value on its other side.

    The properties are those of the table ``properties``: attributes, tags, and ``DEFAULTS`` where an image lacks them.
    """

    name: str
    operator: str
    value: str | int


@dataclass(frozen=True, slots=True)
class Listing:
    """Which images, in which order, from where, and how many."""

    filters: tuple[Filter, ...] = ()
    sort_key: str = "created_at"
    descending: bool = True
    marker: str | None = None
    limit: int = MAX_LIMIT
    member_status: str | None = None


def listing(query: Iterable[tuple[str, str]], default_limit: int) -> Listing:
    """Read query parameters; raise the service's ``Fault`` for the first that it cannot read."""
    paging: dict[str, str] = {}
    filters = []
    for name, value in query:
        if name in _OF_THE_PAGE:
            paging[name] = value
        else:
            filters.append(_FILTERS.get(name, _by_text)(name, value))
    return Listing(
        tuple(wanted for wanted in filters if wanted),
        _choice("sort_key", paging.get("sort_key", "created_at"), SORT_KEYS),
        _choice("sort_dir", paging.get("sort_dir", "desc"), {"asc", "desc"}) == "desc",
        paging.get("marker"),
        min(MAX_LIMIT, _whole("limit", paging["limit"])) if "limit" in paging else default_limit,
        _choice("member_status", paging["member_status"], MEMBER_STATUSES) if "member_status" in paging else None,
    )


def filter_names() -> frozenset[str]:
    """Return the documented query parameters; any other filters by the attribute of its name."""
    return _OF_THE_PAGE | _FILTERS.keys() | _DOCUMENTED


def _by_text(name: str, value: str) -> Filter:
    if not _PLAIN_NAME.fullmatch(name):
        raise ims_fault("IMG.0017", f"{name!r} is not the name of a property.")
    return Filter(name, "=", value)


def _by_number(name: str, value: str) -> Filter:
    return Filter(name, "=", _whole(name, value))


def _by_flag(name: str, value: str) -> Filter:
    return Filter(name, "=", int(_choice(name, value.lower(), {"true", "false"}) == "true"))


def _by_time(name: str, value: str) -> Filter:
    operator, colon, time = value.partition(":")
    if not colon or operator not in _COMPARISONS:
        raise _unreadable(name, value)
    return Filter(name, _COMPARISONS[operator], _time(name, time))


def _by_choice(*allowed: str) -> Callable[[str, str], Filter]:
    return lambda name, value: Filter(name, "=", _choice(name, value, allowed))


def _by_enterprise_project(name: str, value: str) -> Filter | None:
    return None if value == "all_granted_eps" else Filter(name, "=", value)


def _by_image_type(name: str, value: str) -> Filter:
    if value not in _IMAGE_TYPES:
        raise ims_fault("IMG.0024", f"{name} is {value!r}; use one of {', '.join(_IMAGE_TYPES)}.")
    return Filter(name, "=", value)


_IMAGE_TYPES: Final = ("gold", "private", "shared", "market")


def _by_registration(name: str, value: str) -> Filter:
    return Filter(name, "=", _choice(name, value.lower(), ("true", "false")))


def _everything(_name: str, _value: str) -> None:
    """Filter nothing: a flavor chooses among public images, and the sandbox's account has none."""


_FILTERS: Final[Mapping[str, Callable[[str, str], Filter | None]]] = {
    "__imagetype": _by_image_type,
    "__isregistered": _by_registration,
    "__os_bit": _by_choice("32", "64"),
    "__os_type": _by_choice("Linux", "Windows", "Other"),
    "__system_support_market": _by_flag,
    "__whole_image": _by_flag,
    "architecture": _by_choice("x86", "arm"),
    "created_at": _by_time,
    "enterprise_project_id": _by_enterprise_project,
    "flavor_id": _everything,
    "min_disk": _by_number,
    "min_ram": _by_number,
    "protected": _by_flag,
    "status": _by_choice("queued", "saving", "active", "killed", "deleted", "pending_delete"),
    "updated_at": _by_time,
    "virtual_env_type": _by_choice("FusionCompute", "Ironic", "DataImage", "IsoImage"),
    "visibility": _by_choice("public", "private", "shared"),
}
"""Filters that are more than the text of an attribute.

What the service makes of values that are not documented is not documented either: Glance refuses a ``visibility`` that
it does not know, and so are the others of a closed list here. Platforms and formats, to which the vendor adds, are
compared."""


def _choice(name: str, value: str, allowed: Iterable[str]) -> str:
    if value not in allowed:
        raise _unreadable(name, value)
    return value


def _whole(name: str, value: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", value):
        raise _unreadable(name, value)
    return int(value)


def _time(name: str, value: str) -> str:
    for form in _TIME_FORMATS:
        try:
            return datetime.strptime(value, form).strftime(_TIME_FORMATS[0])
        except ValueError:
            continue
    raise _unreadable(name, value)


def _unreadable(name: str, value: str) -> Fault:
    return ims_fault("IMG.0017", f"{name}={value} cannot be read.")
