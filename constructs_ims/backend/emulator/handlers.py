"""The image service's calls: what comes in over HTTP, what goes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from constructs_ims.backend.emulator.faults import ims_fault, no_such_api
from constructs_ims.backend.emulator.images import accepted
from constructs_ims.backend.emulator.listing import listing
from constructs_ims.backend.emulator.messages import Call, Reply, Service
from constructs_ims.backend.emulator.store import Image, images_document
from constructs_ims.schema.os_versions import OS_VERSIONS, OsVersionFacts

_PAGE: Final = 500
_NATIVE_PAGE: Final = 25


def list_versions(_: Service, call: Call) -> Reply:
    """``GET /``: the versions of the API, from which OpenStack's clients learn where images are."""
    return Reply.json({"versions": _versions(call)})


def show_version(_: Service, call: Call) -> Reply:
    """``GET /{version}``: one version of the API."""
    versions = {version["id"]: version for version in _versions(call)}
    if call.params["version"] not in versions:
        raise no_such_api("GET", f"/{call.params['version']}")
    return Reply.json({"versions": [versions[call.params["version"]]]})


def create_image(service: Service, call: Call) -> Reply:
    """``POST /v2/images``: create the metadata of an image that has no file yet."""
    asked = accepted(call.json_object())
    return Reply(201, service.store.create(call.project_id, asked, call.creation_id).document)


def show_image(service: Service, call: Call) -> Reply:
    """``GET /v2/images/{id}``: one image, bare."""
    return Reply(200, service.store.visible(call.project_id, call.params["id"]).document)


def delete_image(service: Service, call: Call) -> Reply:
    """``DELETE /v2/images/{id}``: delete an image; ``delete_backup`` concerns full-server images, of which none are."""
    if call.body.strip() and not isinstance(call.json_object(("delete_backup",)).get("delete_backup", False), bool):
        raise ims_fault("IMG.0001", "delete_backup is not true or false.")
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

    Each tag narrows what is listed.
    """
    tags = {value for _, value in call.query}
    if unknown := tags - _OS_VERSION_TAGS.keys():
        raise ims_fault("IMG.0017", f"tag={min(unknown)} is not a tag of OS versions.")
    groups: dict[str, list[dict[str, Any]]] = {}
    for version in OS_VERSIONS:
        if all(_OS_VERSION_TAGS[tag](version) for tag in tags):
            groups.setdefault(version.platform, []).append(_os_version(version))
    return Reply.json([{"platform": platform, "version_list": versions} for platform, versions in groups.items()])


def _versions(call: Call) -> list[dict[str, Any]]:
    return [
        {"id": id, "status": "SUPPORTED", "links": [{"rel": "self", "href": f"http://{call.host}/{id}/"}]}
        for id in ("v1", "v2")
    ]


_OS_VERSION_TAGS: Final[Mapping[str, Callable[[OsVersionFacts], bool]]] = {
    "arm": lambda version: version.is_arm,
    "x86": lambda version: not version.is_arm,
    "kvm": lambda _: True,
    # Which versions these stand for is not documented. UEFI does not boot systems of 32 bits, and bare metal servers
    # take neither those nor what the catalogue calls "Other".
    "uefi": lambda version: version.bits == 64,
    "bms": lambda version: version.bits == 64 and version.platform != "Other",
}


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
