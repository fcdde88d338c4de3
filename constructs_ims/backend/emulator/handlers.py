"""The image service's calls: what comes in over HTTP, what goes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from constructs_ims.backend.emulator.faults import ims_fault, no_such_image
from constructs_ims.backend.emulator.images import accepted
from constructs_ims.backend.emulator.listing import listing
from constructs_ims.backend.emulator.messages import Call, Reply, Service
from constructs_ims.backend.emulator.store import Image, images_document
from constructs_ims.schema.os_versions import OS_VERSIONS, OsVersionFacts

_PAGE: Final = 500
_NATIVE_PAGE: Final = 25


def list_versions(_: Service, call: Call) -> Reply:
    """``GET /``: the versions of the API, from which OpenStack's clients learn where images are."""
    versions = [
        {"id": id, "status": "SUPPORTED", "links": [{"rel": "self", "href": f"http://{call.host}/{id}/"}]}
        for id in ("v1", "v2")
    ]
    return Reply.json({"versions": versions})


def create_image(service: Service, call: Call) -> Reply:
    """``POST /v2/images``: create the metadata of an image that has no file yet."""
    asked = accepted(call.json_object())
    return Reply(201, service.store.create(call.project_id, asked, call.creation_id).document)


def show_image(service: Service, call: Call) -> Reply:
    """``GET /v2/images/{id}``: one image, bare."""
    image = service.store.find(call.project_id, call.params["id"])
    if image is None:
        raise no_such_image(call.params["id"])
    return Reply(200, image.document)


def delete_image(service: Service, call: Call) -> Reply:
    """``DELETE /v2/images/{id}``; a body, which only full-server images have a use for, is not looked at."""
    service.store.delete(call.project_id, call.params["id"])
    return Reply(204)


def list_images(service: Service, call: Call) -> Reply:
    """``GET /v2/cloudimages``: the extension's list, without any link to the next page.

    With the id of a creation, the list of what was created under it.
    """
    if call.creation_id:
        return Reply(200, images_document(service.store.created_under(call.project_id, call.creation_id)))
    return Reply(200, images_document(service.store.page(call.project_id, listing(call.query, _PAGE))))


def list_images_natively(service: Service, call: Call) -> Reply:
    """``GET /v2/images``: Glance's list, with links to the first and the next page."""
    wanted = listing(call.query, _NATIVE_PAGE)
    images = service.store.page(call.project_id, wanted)
    kept = [(name, value) for name, value in call.query if name != "marker"]
    links = {"first": _link(kept), "schema": "/v2/schemas/images"}
    if images and _is_more(service, call, images[-1]):
        links["next"] = _link([*kept, ("marker", images[-1].id)])
    return Reply(200, f"{images_document(images)[:-1]}, {Reply.json(links).body[1:]}")


def list_os_versions(_: Service, call: Call) -> Reply:
    """``GET /v1/cloudimages/os_version``: the catalogue by platform, as a bare array.

    Of the tags, ``arm`` and ``x86`` choose by architecture; which versions ``bms`` and ``uefi`` stand for is not
    documented, so that these choose nothing.
    """
    tags = {value for name, value in call.query if name == "tag"}
    if unknown := tags - {"arm", "bms", "kvm", "uefi", "x86"}:
        raise ims_fault("IMG.0017", f"tag={min(unknown)} is not a tag of OS versions.")
    groups: dict[str, list[dict[str, Any]]] = {}
    for version in OS_VERSIONS:
        architecture = "arm" if version.name.endswith("with ARM") else "x86"
        if architecture in tags or not tags & {"arm", "x86"}:
            groups.setdefault(version.platform, []).append(_os_version(version))
    return Reply.json([{"platform": platform, "version_list": versions} for platform, versions in groups.items()])


def _is_more(service: Service, call: Call, last: Image) -> bool:
    rest = [(name, value) for name, value in call.query if name not in ("limit", "marker")]
    return bool(service.store.page(call.project_id, listing([*rest, ("limit", "1"), ("marker", last.id)], 1)))


def _link(query: Sequence[tuple[str, str]]) -> str:
    return f"/v2/images?{urlencode(query)}" if query else "/v2/images"


def _os_version(version: OsVersionFacts) -> dict[str, Any]:
    return {
        "platform": version.platform,
        "os_version_key": version.name,
        "os_version": version.name,
        "os_bit": version.bits,
        "os_type": version.os_type,
    }
