"""The rules of creation: what a request may say, what the service adds, and what an image then looks like.

Source: the API reference's page on creating image metadata. Where it is silent, the decision stands beside the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from constructs_ims.backend.emulator.attributes import MAX_INTEGER, checked_attribute, checked_text
from constructs_ims.backend.emulator.faults import ims_fault
from constructs_ims.backend.emulator.tag_rules import counted, tag_of_creation
from constructs_ims.schema.os_versions import DEFAULT_OS_VERSION, derive_os_version

DISK_FORMATS: Final = ("zvhd2", "vhd", "raw", "qcow2", "iso")

_DEFAULTS: Final[Mapping[str, Any]] = {
    # As the resource's documentation spells it. Pages of the service leave the blank before the bracket out: either
    # spelling is taken, and kept as it was sent, so that a client reads back what it wrote.
    "__os_version": DEFAULT_OS_VERSION,
    "visibility": "private",
    "name": "",
    "protected": False,
    "container_format": "bare",
    "disk_format": "zvhd2",
    "tags": [],
    "min_ram": 0,
    "min_disk": 0,
}

# An attribute that the service sets itself is refused rather than ignored: a client that sends one is mistaken.
READ_ONLY: Final = frozenset(
    {
        "__image_size",
        "__image_source_type",
        "__imagetype",
        "__isregistered",
        "__os_bit",
        "__os_type",
        "__platform",
        "active_at",
        "checksum",
        "created_at",
        "file",
        "id",
        "owner",
        "schema",
        "self",
        "size",
        "status",
        "updated_at",
        "virtual_env_type",
        "virtual_size",
    }
)


def accepted(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a creation asks for, defaults filled in; raise the service's ``Fault`` for the first mistake."""
    return {**_DEFAULTS, **{key: _reader(key)(key, value) for key, value in body.items()}}


def created(asked: Mapping[str, Any], id: str, project_id: str, at: datetime) -> dict[str, Any]:
    """Return the attributes of the image that the service makes of what was ``asked``, in the documentation's order."""
    os_version = derive_os_version(asked["__os_version"])
    time = timestamp(at)
    return {
        "schema": "/v2/schemas/image",
        "min_disk": asked["min_disk"],
        "created_at": time,
        "__image_source_type": "uds",
        "container_format": asked["container_format"],
        "__image_size": "0",
        "file": f"/v2/images/{id}/file",
        "updated_at": time,
        "protected": asked["protected"],
        "id": id,
        "__isregistered": "true",
        "min_ram": asked["min_ram"],
        "owner": project_id,
        "__os_type": os_version.os_type,
        "__imagetype": "private",
        "visibility": asked["visibility"],
        "virtual_env_type": "IsoImage" if asked["disk_format"] == "iso" else "FusionCompute",
        "tags": asked["tags"],
        "__platform": os_version.platform,
        "__os_bit": str(os_version.bits),
        "__os_version": asked["__os_version"],
        "name": asked["name"],
        "self": f"/v2/images/{id}",
        "disk_format": asked["disk_format"],
        "status": "queued",
        # The documented example, which is for x86, has no such attribute.
        **({"__support_arm": "true"} if os_version.is_arm else {}),
        **{key: value for key, value in asked.items() if key not in _DEFAULTS},
    }


def timestamp(at: datetime) -> str:
    """Return a time as images carry it: UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_CORE: Final[Mapping[str, type]] = {
    **dict.fromkeys(("name", "status", "created_at", "updated_at", "visibility", "__os_version"), str),
    "protected": bool,
    "tags": list,
}
"""What every image has, but for tags, which a test may take away; calls of the service rely on it."""


def core_fault(attributes: Mapping[str, Any]) -> str | None:
    """Say what attributes lack without which they are no image's, or have of another type; None where nothing is."""
    for name, type_ in _CORE.items():
        if name not in attributes and name != "tags":
            return f"Every image has {name}, which cannot be removed."
        if not isinstance(attributes.get(name, []), type_):
            return f"{name} is {attributes[name]!r}, and is {_TYPE_NAMES[type_]} in every image."
    if not all(isinstance(tag, str) for tag in attributes.get("tags", [])):
        return f"tags is {attributes['tags']!r}, and has texts in every image."
    return None


_TYPE_NAMES: Final = {str: "a text", bool: "true or false", list: "a list"}


def documented(key: str) -> bool:
    """Tell whether an attribute is one that a creation sets, and no custom one."""
    return key in _READERS


def _reader(key: str) -> Callable[[str, Any], Any]:
    return _READERS.get(key, _custom)


def _os_version(key: str, value: Any) -> str:
    name = checked_text(key, value)
    if not 1 <= len(name) <= 255:
        raise ims_fault("IMG.0056", f"{key} has {len(name)} characters; 1 to 255 are allowed.")
    # A version that the catalogue does not list is taken: the vendor adds versions faster than it documents them.
    if derive_os_version(name).os_type == "Windows":
        raise ims_fault("IMG.0056", f"{key} is {name!r}; Windows images can no longer be created.")
    return name


def checked_name(key: str, value: Any) -> str:
    """Return a name; raise the service's ``Fault`` for one that an image cannot have."""
    # The call's own page allows 255 characters; the stricter page on attributes (128, no other characters than letters,
    # digits and "-._ ") describes images made in the console.
    name = checked_text(key, value)
    if len(name) > 255:
        raise ims_fault("IMG.0062", f"{key} has {len(name)} characters; 255 are allowed.")
    return name


def _visibility(key: str, value: Any) -> str:
    if checked_text(key, value) != "private":
        raise ims_fault("IMG.0024", f'{key} is {value!r}; an image is created as "private".')
    return str(value)


def _protected(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ims_fault("IMG.0001", f"{key} is not true or false.")
    return value


def _container_format(key: str, value: Any) -> str:
    if checked_text(key, value) != "bare":
        raise ims_fault("IMG.0072", f'{key} is {value!r}; "bare" is the only one.')
    return str(value)


def _disk_format(key: str, value: Any) -> str:
    if checked_text(key, value) not in DISK_FORMATS:
        raise ims_fault("IMG.0072", f"{key} is {value!r}; use one of {', '.join(DISK_FORMATS)}.")
    return str(value)


def _tags(key: str, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ims_fault("IMG.0001", f"{key} is not an array of strings.")
    return counted(list(dict.fromkeys(map(tag_of_creation, value))))


def _integer(key: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ims_fault("IMG.0001", f"{key} is not a whole number.")
    return value


def _min_ram(key: str, value: Any) -> int:
    if not 0 <= _integer(key, value) <= MAX_INTEGER:
        raise ims_fault("IMG.0055", f"{key} is {value}; use 0 to {MAX_INTEGER} MB.")
    return int(value)


def _min_disk(key: str, value: Any) -> int:
    # 0 is what an image has when nothing was asked; asked for, it is out of range like any other.
    if not 10 <= _integer(key, value) <= 1024:
        raise ims_fault("IMG.0055", f"{key} is {value}; a Linux image takes 10 to 1024 GB.")
    return int(value)


def _custom(key: str, value: Any) -> str:
    if key in READ_ONLY:
        raise ims_fault("IMG.0001", f"{key} is set by the service.")
    if not 1 <= len(key) <= 255:
        raise ims_fault("IMG.0001", f"A property's name has {len(key)} characters; 1 to 255 are allowed.")
    return checked_attribute(key, value)


_READERS: Final[Mapping[str, Callable[[str, Any], Any]]] = {
    "__os_version": _os_version,
    "visibility": _visibility,
    "name": checked_name,
    "protected": _protected,
    "container_format": _container_format,
    "disk_format": _disk_format,
    "tags": _tags,
    "min_ram": _min_ram,
    "min_disk": _min_disk,
}
