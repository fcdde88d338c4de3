"""Files of images: sent and fetched over HTTP, registered from a bucket, exported into one, and copied.

There are no buckets here: a registration is taken at its word, and an export ends as a job that succeeded. Sources: the
API reference's pages on these calls; fetching a file is Glance's call.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from constructs_ims.backend.emulator import life
from constructs_ims.backend.emulator.account import Account, AccountProject, project_in
from constructs_ims.backend.emulator.faults import Fault, ims_fault
from constructs_ims.backend.emulator.images import checked_name
from constructs_ims.backend.emulator.jobs import IMPORT, add_job
from constructs_ims.backend.emulator.messages import Call, Reply, Service
from constructs_ims.backend.emulator.store import Image

OCTETS: Final = "application/octet-stream"
_BUCKET_FILE: Final = re.compile(r"(?P<bucket>[a-z0-9.-]{3,63}):(?P<file>[^:\s]{1,255})")
_EXPORT_FORMATS: Final = ("vhd", "zvhd", "vmdk", "raw", "qcow2", "zvhd2", "vdi")


def upload_file(service: Service, call: Call) -> Reply:
    """``PUT /v2/images/{id}/file``: send the file of an image that waits for one."""
    if not call.body:
        raise ims_fault("IMG.0057", "The request has no body.")
    with service.store.transaction() as database:
        image = _waiting(service, call)
        database.execute("INSERT OR REPLACE INTO files (image_id, content) VALUES (?, ?)", (image.id, call.body))
        _save(service, database, image, _of_content(call.body))
    return Reply(204)


def download_file(service: Service, call: Call) -> Reply:
    """``GET /v2/images/{id}/file``: fetch the file; nothing for an image that has none here."""
    image = service.store.visible(call.project_id, call.params["id"])
    with service.store.reading() as database:
        row = database.execute("SELECT content FROM files WHERE image_id = ?", (image.id,)).fetchone()
    if row is None or image.attributes["status"] != "active":
        return Reply(204)
    headers = {"Content-MD5": str(image.attributes["checksum"])}
    return Reply(200, headers=headers, content=bytes(row[0]), media_type=OCTETS)


def register_file(service: Service, call: Call) -> Reply:
    """``PUT /v1/cloudimages/{id}/upload``: take a file in a bucket for the image's, as a job."""
    asked = call.json_object(("image_url",))
    source = _bucket_file("image_url", asked.get("image_url"))
    with service.store.transaction() as database:
        image = _waiting(service, call)
        _save(service, database, image, {"__data_origin": f"file,{source}"})
        return _job(service, database, call, IMPORT, image.id)


def export_file(service: Service, call: Call) -> Reply:
    """``POST /v1/cloudimages/{id}/file``: write an active image's file into a bucket, as a job."""
    asked = call.json_object(("bucket_url", "file_format", "is_quick_export"))
    _bucket_file("bucket_url", asked.get("bucket_url"))
    quick, file_format = asked.get("is_quick_export", False), asked.get("file_format")
    if not isinstance(quick, bool):
        raise ims_fault("IMG.0001", "is_quick_export is not true or false.")
    if not (quick and file_format is None) and file_format not in _EXPORT_FORMATS:
        raise ims_fault("IMG.0072", f"file_format is {file_format!r}; use one of {', '.join(_EXPORT_FORMATS)}.")
    with service.store.transaction() as database:
        image = service.store.owned(call.project_id, call.params["id"])
        _check_active(image)
        return _job(service, database, call, "imsNativeExportImageJob", image.id)


def copy_image(service: Service, call: Call) -> Reply:
    """``POST /v1/cloudimages/{id}/copy``: make another image of an active one in its region, as a job."""
    asked = call.json_object(("name", "description", "cmk_id", "enterprise_project_id"))
    more = {"__system__cmkid": asked.get("cmk_id"), "enterprise_project_id": asked.get("enterprise_project_id")}
    with service.store.transaction() as database:
        copy = _copied(service, database, call, asked, call.project_id, more)
        return _job(service, database, call, "imsCopyImageInRegionJob", copy.id)


def copy_to_region(service: Service, call: Call) -> Reply:
    """``POST /v1/cloudimages/{id}/cross_region_copy``: make another image in the account's project of a region."""
    asked = call.json_object(("agency_name", "name", "project_name", "region", "description", "vault_id"))
    target = _target(service.account, call, asked)
    with service.store.transaction() as database:
        copy = _copied(service, database, call, asked, target.id, {})
        return _job(service, database, call, "imsCopyImageCrossUserJob", copy.id)


def _waiting(service: Service, call: Call) -> Image:
    """Return the project's own image, which has to wait for a file."""
    image = service.store.owned(call.project_id, call.params["id"])
    status = image.attributes["status"]
    if status != "queued":
        raise ims_fault("IMG.0046", f"The image is {status}; only a queued one waits for its file.", status=409)
    return image


def _save(service: Service, database: sqlite3.Connection, image: Image, changes: Mapping[str, Any]) -> None:
    """Have an image become active, or what the life cycle says, as soon as that says."""
    cycle = service.store.life_cycle
    service.store.rewrite(image, {**image.attributes, **changes, "status": "saving"})
    now = service.store.clock()
    life.begin(database, image.id, cycle.saving_ends, cycle.saving_reads, cycle.saving_seconds, now)


def _of_content(content: bytes) -> dict[str, Any]:
    return {
        "size": len(content),
        "__image_size": str(len(content)),
        "checksum": hashlib.md5(content, usedforsecurity=False).hexdigest(),
    }


def _copied(
    service: Service,
    database: sqlite3.Connection,
    call: Call,
    asked: Mapping[str, Any],
    project_id: str,
    more: Mapping[str, Any],
) -> Image:
    source = service.store.visible(call.project_id, call.params["id"])
    _check_active(source)
    for name, value in asked.items():
        if value is not None and not isinstance(value, str):
            raise ims_fault("IMG.0001", f"{name} is not a string.")
    changes = {
        **more,
        "name": _name_of_copy(asked.get("name")),
        "__description": asked.get("description"),
        "visibility": "private",
        "__imagetype": "private",
        "__data_origin": f"image,{source.id}",
    }
    return service.store.add_copy(database, source, project_id, changes)


def _name_of_copy(name: object) -> str:
    if not name:
        raise ims_fault("IMG.0013", "Give the name of the copy.")
    return checked_name("name", name)


def _target(account: Account, call: Call, asked: Mapping[str, Any]) -> AccountProject:
    projects = {project.name: project for project in account.projects}
    region = asked.get("region")
    if not isinstance(region, str) or region not in projects:
        raise ims_fault("IMG.0147", f"region is {region!r}, which is no region of the account.")
    if asked.get("project_name", region) != region:
        raise ims_fault("IMG.0145", f"project_name is {asked['project_name']!r}; the region's project is {region}.")
    if projects[region].id == call.project_id:
        raise ims_fault("IMG.0142", f"The image is in {region} already.")
    return project_in(region)


def _check_active(image: Image) -> None:
    status = image.attributes["status"]
    if status != "active":
        raise ims_fault("IMG.0046", f"The image is {status}; only an active one has a file to read.")


def _bucket_file(name: str, text: object) -> str:
    if not isinstance(text, str) or not text.partition(":")[0]:
        raise ims_fault("IMG.0068", f'{name} is {text!r}; use "bucket:file".')
    if not _BUCKET_FILE.fullmatch(text):
        raise _no_file(name, text)
    return text


def _no_file(name: str, text: str) -> Fault:
    return ims_fault("IMG.0057", f'{name} is {text!r}; use "bucket:file", without blanks.')


def _job(service: Service, database: sqlite3.Connection, call: Call, job_type: str, image_id: str) -> Reply:
    return Reply.json({"job_id": add_job(service, database, call.project_id, job_type, [image_id])})
