"""Sharing images: the projects that may use an image of another, as members of it, and what they made of the offer."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from constructs_ims.backend.emulator.faults import Fault, ims_fault
from constructs_ims.backend.emulator.jobs import add_job
from constructs_ims.backend.emulator.messages import Call, Reply, Service
from constructs_ims.backend.emulator.store import Image, Store

_PROJECT_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
ANSWERS: Final = ("accepted", "rejected")
"""What a project may make of the offer of an image."""
_PAGE: Final = 100
_BATCH: Final = ("images", "projects", "domains", "organizations")
_COLUMNS: Final = "image_id, project_id, status, created_at, updated_at"


@dataclass(frozen=True, slots=True)
class Member:
    """A project that an image is shared with; times are as images carry them."""

    image_id: str
    project_id: str
    status: str
    created_at: str
    updated_at: str

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "status": self.status,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "image_id": self.image_id,
            "member_id": self.project_id,
            "schema": "/v2/schemas/member",
            "member_type": "project",
        }


def add_member(service: Service, call: Call) -> Reply:
    """``POST /v2/images/{id}/members``: offer an image to a project."""
    asked = call.json_object(("member",))
    project = _project(asked.get("member"))
    _check_project(call.project_id, project)
    with service.store.transaction() as database:
        image = service.store.owned(call.project_id, call.params["id"])
        if _member(database, image.id, project):
            raise ims_fault("IMG.0112", f"The image is shared with the project {project} already.", status=409)
        return Reply.json(_share(service, database, image, project).document())


def list_members(service: Service, call: Call) -> Reply:
    """``GET /v2/images/{id}/members``: all members for the owner, itself alone for a member.

    By pages, each after the member that ``marker`` names.
    """
    members = _visible_members(service, call)
    if marker := call.argument("marker"):
        place = next((number for number, member in enumerate(members) if member.project_id == marker), None)
        if place is None:
            raise ims_fault("IMG.0114", f'The marker "{marker}" is no member of the image.')
        members = members[place + 1 :]
    page = members[: call.whole("limit", _PAGE)]
    next_page = {"next_marker": page[-1].project_id} if page and len(members) > len(page) else {}
    documents = [member.document() for member in page]
    page_info = {**next_page, "current_count": len(page)}
    return Reply.json({"members": documents, "schema": "/v2/schemas/members", "page_info": page_info})


def show_member(service: Service, call: Call) -> Reply:
    """``GET /v2/images/{id}/members/{member_id}``: one member, for the owner and for itself."""
    for member in _visible_members(service, call):
        if member.project_id == call.params["member_id"]:
            return Reply.json(member.document())
    raise _no_such_member(call)


def answer_offer(service: Service, call: Call) -> Reply:
    """``PUT /v2/images/{id}/members/{member_id}``: a member, and no one else, accepts or rejects an image."""
    asked = call.json_object(("status", "vault_id", "member"))
    status = _status(asked.get("status"))
    if asked.get("member", call.params["member_id"]) != call.params["member_id"]:
        raise ims_fault("IMG.0001", "The member of the body is another than that of the path.")
    if call.params["member_id"] != call.project_id:
        raise ims_fault("IMG.0030", "Only the project that an image is shared with accepts or rejects it.")
    with service.store.transaction() as database:
        if not _member(database, call.params["id"], call.project_id):
            raise _no_such_member(call)
        return Reply.json(_set_status(service, database, call.params["id"], call.project_id, status).document())


def remove_member(service: Service, call: Call) -> Reply:
    """``DELETE /v2/images/{id}/members/{member_id}``: stop sharing an image with a project."""
    with service.store.transaction() as database:
        image = service.store.owned(call.project_id, call.params["id"])
        if not _member(database, image.id, call.params["member_id"]):
            raise _no_such_member(call)
        _stop_sharing(service.store, database, image, call.params["member_id"])
    return Reply(204)


def add_members(service: Service, call: Call) -> Reply:
    """``POST /v1/cloudimages/members``: offer several images to several projects, as a job."""
    asked = call.json_object(_BATCH)
    projects = _projects(asked)
    for project in projects:
        _check_project(call.project_id, project)

    def share(database: sqlite3.Connection, image: Image) -> None:
        for project in projects:
            if not _member(database, image.id, project):
                _share(service, database, image, project)

    return _batch(service, call, asked, "imsAddImageMembersJob", share)


def remove_members(service: Service, call: Call) -> Reply:
    """``DELETE /v1/cloudimages/members``: stop sharing several images with several projects, as a job."""
    asked = call.json_object(_BATCH)
    projects = _projects(asked)

    def stop(database: sqlite3.Connection, image: Image) -> None:
        for project in projects:
            if _member(database, image.id, project):
                _stop_sharing(service.store, database, image, project)

    return _batch(service, call, asked, "imsDelImageMembersJob", stop)


def answer_offers(service: Service, call: Call) -> Reply:
    """``PUT /v1/cloudimages/members``: accept or reject several images, as a job."""
    asked = call.json_object(("images", "project_id", "status", "vault_id"))
    status = _status(asked.get("status"))
    if _project(asked.get("project_id")) != call.project_id:
        raise ims_fault("IMG.0030", "Only the project that an image is shared with accepts or rejects it.")
    ids = _ids(asked)
    with service.store.transaction() as database:
        for id in ids:
            if not _member(database, id, call.project_id):
                raise ims_fault("IMG.0027", f'The image "{id}" is not shared with this project.')
            _set_status(service, database, id, call.project_id, status)
        return Reply.json({"job_id": add_job(service, database, call.project_id, "imsUpdateImageMembersJob", ids)})


Step: TypeAlias = Callable[[sqlite3.Connection, Image], None]


def _batch(service: Service, call: Call, asked: dict[str, Any], job_type: str, step: Step) -> Reply:
    """Take a step with each of the images that a batch names, all of them or none."""
    ids = _ids(asked)
    with service.store.transaction() as database:
        for id in ids:
            step(database, service.store.owned(call.project_id, id))
        return Reply.json({"job_id": add_job(service, database, call.project_id, job_type, ids)})


def _share(service: Service, database: sqlite3.Connection, image: Image, project: str) -> Member:
    quotas, members = service.store.quotas, len(_members(database, image.id))
    if quotas.image_member is not None and members >= quotas.image_member:
        raise ims_fault("IMG.0088", f"The image has {members} members, which is its quota.")
    if (
        quotas.image_shared is not None
        and not members
        and shared_images(database, image.project_id) >= quotas.image_shared
    ):
        raise ims_fault("IMG.0088", f"The project shares {quotas.image_shared} images, which is its quota.")
    now = service.store.now()
    member = Member(image.id, project, "pending", now, now)
    database.execute(
        f"INSERT INTO members ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608 - our own SQL
        (member.image_id, member.project_id, member.status, member.created_at, member.updated_at),
    )
    _show_as(service.store, image, "shared")
    return member


def shared_images(database: sqlite3.Connection, project_id: str) -> int:
    """Return how many of its images a project shares."""
    asked = "SELECT count(DISTINCT image_id) FROM members JOIN images ON id = image_id WHERE images.project_id = ?"
    return int(database.execute(asked, (project_id,)).fetchone()[0])


def _stop_sharing(store: Store, database: sqlite3.Connection, image: Image, project: str) -> None:
    database.execute("DELETE FROM members WHERE image_id = ? AND project_id = ?", (image.id, project))
    if not _members(database, image.id):
        _show_as(store, image, "private")


def _show_as(store: Store, image: Image, kind: str) -> None:
    store.rewrite(image, {**image.attributes, "visibility": kind, "__imagetype": kind})


def _set_status(service: Service, database: sqlite3.Connection, image_id: str, project: str, status: str) -> Member:
    database.execute(
        "UPDATE members SET status = ?, updated_at = ? WHERE image_id = ? AND project_id = ?",
        (status, service.store.now(), image_id, project),
    )
    [member] = _member(database, image_id, project)
    return member


def _visible_members(service: Service, call: Call) -> list[Member]:
    image = service.store.visible(call.project_id, call.params["id"])
    with service.store.reading() as database:
        if image.project_id == call.project_id:
            return _members(database, image.id)
        return _member(database, image.id, call.project_id)


def _members(database: sqlite3.Connection, image_id: str) -> list[Member]:
    return _read(database, "image_id = ? ORDER BY rowid", image_id)


def _member(database: sqlite3.Connection, image_id: str, project: str) -> list[Member]:
    """Return the member in a list of one, or none."""
    return _read(database, "image_id = ? AND project_id = ?", image_id, project)


def _read(database: sqlite3.Connection, where: str, *values: str) -> list[Member]:
    rows = database.execute(f"SELECT {_COLUMNS} FROM members WHERE {where}", values)  # noqa: S608 - our own SQL
    return [Member(*row) for row in rows]


def _ids(asked: dict[str, Any]) -> list[str]:
    return _texts(asked, "images")


def _projects(asked: dict[str, Any]) -> list[str]:
    if other := next((name for name in ("domains", "organizations") if asked.get(name)), None):
        raise ims_fault("IMG.0105", f"Images are shared with projects here, not with {other}.")
    return [_project(project) for project in _texts(asked, "projects")]


def _texts(asked: dict[str, Any], name: str) -> list[str]:
    texts = asked.get(name)
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise ims_fault("IMG.0001", f"{name} is not an array of one or more strings.")
    return list(dict.fromkeys(texts))


def _project(value: object) -> str:
    if not isinstance(value, str) or not _PROJECT_ID.fullmatch(value):
        raise ims_fault("IMG.0067", f"{json.dumps(value)} is not the id of a project.")
    return value


def _check_project(owner: str, project: str) -> None:
    if project == owner:
        raise ims_fault("IMG.0076", "The project owns the image.")


def _status(value: object) -> str:
    if value not in ANSWERS:
        raise ims_fault("IMG.0001", f"status is {json.dumps(value)}; use one of {', '.join(ANSWERS)}.")
    return str(value)


def _no_such_member(call: Call) -> Fault:
    detail = f'The image "{call.params["id"]}" is not shared with the project {call.params["member_id"]}.'
    return ims_fault("IMG.0114", detail, status=404)
