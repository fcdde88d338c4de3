"""The JSON schemas by which the image service describes an image and a list of images."""

from __future__ import annotations

from typing import Any, Final

from constructs_ims.backend.emulator.listing import MEMBER_STATUSES
from constructs_ims.backend.emulator.messages import Call, Reply, Service

_UUID: Final = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$"


def _text(**more: Any) -> dict[str, Any]:
    return {"type": "string", **more}


_IMAGE: Final[dict[str, Any]] = {
    "name": "image",
    "links": [
        {"href": "{self}", "rel": "self"},
        {"href": "{file}", "rel": "enclosure"},
        {"href": "{schema}", "rel": "describedby"},
    ],
    "additionalProperties": _text(),
    "properties": {
        "architecture": _text(is_base=False),
        "checksum": _text(maxLength=32),
        "container_format": _text(enum=["ami", "ari", "aki", "bare", "ovf", "ova"]),
        "created_at": _text(),
        "direct_url": _text(),
        "disk_format": _text(enum=["ami", "ari", "aki", "vhd", "zvhd2", "vmdk", "raw", "qcow2", "vdi", "iso"]),
        "file": _text(),
        "id": _text(pattern=_UUID),
        "instance_uuid": _text(is_base=False),
        "kernel_id": _text(pattern=_UUID, is_base=False),
        "locations": {"type": "array", "items": {"type": "object"}},
        "min_disk": {"type": "integer"},
        "min_ram": {"type": "integer"},
        "name": _text(maxLength=255),
        "os_distro": _text(is_base=False),
        "os_version": _text(is_base=False),
        "owner": _text(maxLength=255),
        "protected": {"type": "boolean"},
        "ramdisk_id": _text(pattern=_UUID, is_base=False),
        "schema": _text(),
        "self": _text(),
        "size": {"type": "integer"},
        "status": _text(enum=["queued", "saving", "active", "killed", "deleted", "pending_delete"]),
        "tags": {"type": "array", "items": _text(maxLength=255)},
        "updated_at": _text(),
        "virtual_size": {"type": "integer"},
        "visibility": _text(enum=["public", "private"]),
    },
}

_IMAGES: Final[dict[str, Any]] = {
    "name": "images",
    "links": [
        {"href": "{first}", "rel": "first"},
        {"href": "{next}", "rel": "next"},
        {"href": "{schema}", "rel": "describedby"},
    ],
    "properties": {
        "images": {"type": "array", "items": _IMAGE},
        "first": _text(),
        "next": _text(),
        "schema": _text(),
    },
}


_MEMBER: Final[dict[str, Any]] = {
    "name": "member",
    "properties": {
        "created_at": _text(),
        "image_id": _text(pattern=_UUID),
        "member_id": _text(),
        "schema": _text(),
        "status": _text(enum=list(MEMBER_STATUSES)),
        "updated_at": _text(),
    },
}

_MEMBERS: Final[dict[str, Any]] = {
    "name": "members",
    "links": [{"href": "{schema}", "rel": "describedby"}],
    "properties": {"members": {"type": "array", "items": _MEMBER}, "schema": _text()},
}


def show_image_schema(_service: Service, _call: Call) -> Reply:
    """``GET /v2/schemas/image``: how an image is described."""
    return Reply.json(_IMAGE)


def show_images_schema(_service: Service, _call: Call) -> Reply:
    """``GET /v2/schemas/images``: how a list of images is described."""
    return Reply.json(_IMAGES)


def show_member_schema(_service: Service, _call: Call) -> Reply:
    """``GET /v2/schemas/member``: how a member is described."""
    return Reply.json(_MEMBER)


def show_members_schema(_service: Service, _call: Call) -> Reply:
    """``GET /v2/schemas/members``: how a list of members is described."""
    return Reply.json(_MEMBERS)
