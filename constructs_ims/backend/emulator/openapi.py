"""An OpenAPI description of all that is served, made of the table of routes and of what is said of each call here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import Any, Final, TypeAlias

from constructs_ims.backend.emulator import (
    admin,
    files,
    handlers,
    identity,
    jobs,
    json_schemas,
    members,
    quotas,
    tags,
    updates,
    webpage,
)
from constructs_ims.backend.emulator.images import DISK_FORMATS
from constructs_ims.backend.emulator.life import STATUSES
from constructs_ims.backend.emulator.listing import MEMBER_STATUSES, filter_names
from constructs_ims.backend.emulator.messages import Handler
from constructs_ims.backend.emulator.operations import OPERATIONS
from constructs_ims.backend.emulator.route import JSON, Route

Schema: TypeAlias = Mapping[str, Any]

_TEXT: Final = {"type": "string"}
_FLAG: Final = {"type": "boolean"}
_NUMBER: Final = {"type": "integer"}
_SECONDS: Final = {"type": "number", "minimum": 0}


def _object(required: tuple[str, ...] = (), *, more: Any = False, **properties: Any) -> Schema:
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": more}


def _answer(**properties: Any) -> Schema:
    """Return an object that has all of the properties, and may have others."""
    return _object(tuple(properties), more=True, **properties)


def _array(items: Any, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def _one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


_REFERENCES: Final = {
    name: {"$ref": f"#/components/schemas/{name}"} for name in ("Image", "Member", "Job", "Tag", "Failure", "Refusal")
}
_IMAGE, _MEMBER, _JOB, _TAG, _FAILURE, _REFUSAL = _REFERENCES.values()
_LINKS: Final = _array(_object(more=True))
_TIME: Final = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"}

_COMPONENTS: Final[Mapping[str, Schema]] = {
    "Image": _object(
        ("id", "name", "status", "owner", "visibility", "tags", "created_at", "updated_at"),
        more=True,
        id=_TEXT,
        name=_TEXT,
        status=_one_of(*STATUSES),
        owner=_TEXT,
        visibility=_one_of("private", "shared"),
        tags=_array(_TEXT),
        created_at=_TIME,
        updated_at=_TIME,
        min_disk=_NUMBER,
        min_ram=_NUMBER,
        protected=_FLAG,
    ),
    "Member": _answer(
        image_id=_TEXT,
        member_id=_TEXT,
        status=_one_of(*MEMBER_STATUSES),
        created_at=_TIME,
        updated_at=_TIME,
        schema=_TEXT,
    ),
    "Job": _answer(
        job_id=_TEXT,
        job_type=_TEXT,
        begin_time=_TEXT,
        end_time=_TEXT,
        status=_one_of("INIT", "RUNNING", "SUCCESS", "FAIL"),
        entities=_object(more=True),
    ),
    "Tag": _object(("key",), key=_TEXT, value=_TEXT),
    "Failure": _object(
        ("operation",),
        operation=_one_of(*OPERATIONS),
        times={"type": "integer", "minimum": 1},
        status={"type": ["integer", "null"], "minimum": 400, "maximum": 599},
        delay=_SECONDS,
        drop={"enum": ["before", "after", None]},
        image={"type": ["string", "null"]},
        skip={"type": "integer", "minimum": 0},
        message={"type": ["string", "null"]},
        every={"type": "integer", "minimum": 1},
        body={"enum": ["truncated", "wrong", None]},
        passed={"type": "integer", "minimum": 0},
    ),
    "Refusal": {
        "oneOf": [
            _answer(error=_answer(message=_TEXT, code={"type": ["string", "integer"]})),
            _answer(error_msg=_TEXT, error_code=_TEXT, request_id=_TEXT),
        ]
    },
}


@dataclass(frozen=True, slots=True)
class CallDescription:
    """What is said of a call: the schema of its body, and of each answer that is no refusal (None: it has no body)."""

    answers: Mapping[int, Schema | None] = field(default_factory=lambda: {204: None})
    body: Schema | None = None


def _lists_images(**more: Any) -> CallDescription:
    return CallDescription({200: _answer(images=_array(_IMAGE), **more)})


_POINTER: Final = {"type": "string", "pattern": "^/[^/]+$"}
_PATCH: Final = _array(_object(("op", "path"), op=_one_of("add", "replace", "remove"), path=_POINTER, value={}))
_OLD_PATCH: Final = _array(
    {
        "oneOf": [
            _object((op, "value"), **{op: _POINTER}, value={})
            if op != "remove"
            else _object((op,), remove=_POINTER, value={})
            for op in ("add", "replace", "remove")
        ]
    }
)
_BODIES: Final = {updates.OLD_PATCH: _OLD_PATCH}
"""The schemas of bodies that differ from what their calls take otherwise."""
_PAIRS: Final = _array(_TAG, minItems=1)
_CRITERIA: Final = _array(_object(("key",), key=_TEXT, values=_array(_TEXT)))
_JOB_ID: Final = CallDescription({200: _answer(job_id=_TEXT)})
_BATCH: Final = {"images": _array(_TEXT, minItems=1), "projects": _array(_TEXT, minItems=1)}
_VERSIONS: Final = CallDescription({200: _answer(versions=_array(_object(more=True)))})
_SCHEMA: Final = CallDescription({200: _answer(name=_TEXT, properties=_object(more=True))})
_MOST: Final = {"type": ["integer", "null"]}
_QUOTAS: Final = _object(image=_MOST, image_shared=_MOST, image_member=_MOST)
_THROTTLE: Final = _object(requests=_MOST, seconds={"type": "number", "exclusiveMinimum": 0})
_LIFE_CYCLE: Final = _object(
    saving_reads=_NUMBER,
    saving_seconds=_SECONDS,
    saving_ends=_one_of("active", "killed"),
    deleting_reads=_NUMBER,
    deleting_seconds=_SECONDS,
)
_TOKEN: Final = _answer(
    token=_answer(methods=_array(_TEXT), expires_at=_TEXT, issued_at=_TEXT, user=_object(more=True))
)
_COPY: Final = {"name": _TEXT, "description": _TEXT}

_DESCRIBED: Final[Mapping[Handler, CallDescription]] = {
    webpage.show_start: _VERSIONS,
    webpage.show_style: CallDescription({200: _TEXT}),
    webpage.show_script: CallDescription({200: _TEXT}),
    handlers.show_version: _VERSIONS,
    handlers.create_image: CallDescription(
        {201: _IMAGE},
        _object(
            more=_TEXT,
            name=_TEXT,
            __os_version=_TEXT,
            visibility=_one_of("private"),
            protected=_FLAG,
            container_format=_one_of("bare"),
            disk_format=_one_of(*DISK_FORMATS),
            tags=_array(_TEXT),
            min_ram=_NUMBER,
            min_disk=_NUMBER,
        ),
    ),
    handlers.show_image: CallDescription({200: _IMAGE}),
    handlers.delete_image: CallDescription(body=_object(delete_backup=_FLAG)),
    handlers.list_images: _lists_images(),
    handlers.list_images_natively: _lists_images(first=_TEXT, schema=_TEXT),
    handlers.list_os_versions: CallDescription(
        {200: _array(_answer(platform=_TEXT, version_list=_array(_object(more=True))))}
    ),
    updates.patch_image: CallDescription({200: _IMAGE}, _PATCH),
    updates.update_image: CallDescription({200: _IMAGE}, _PATCH),
    quotas.show_quota: CallDescription({200: _answer(quotas=_answer(resources=_array(_object(more=True))))}),
    tags.put_tag: CallDescription(),
    tags.drop_tag: CallDescription(),
    tags.set_tag: CallDescription(body=_object(("image_id",), image_id=_TEXT, tag=_TEXT, image_tag=_TAG)),
    tags.list_tags: CallDescription({200: _answer(tags=_array(_TEXT))}),
    tags.delete_tags: CallDescription(body=_object(("tags",), tags=_PAIRS)),
    tags.add_tag: CallDescription(body=_object(("tag",), tag=_TAG)),
    tags.list_image_tags: CallDescription({200: _answer(tags=_array(_TAG))}),
    tags.change_tags: CallDescription(
        body=_object(("action", "tags"), action=_one_of("create", "delete"), tags=_PAIRS)
    ),
    tags.delete_key: CallDescription(),
    tags.list_project_tags: CallDescription({200: _answer(tags=_array(_answer(key=_TEXT, values=_array(_TEXT))))}),
    tags.find_by_tags: CallDescription(
        {200: _answer(total_count=_NUMBER)},
        _object(
            ("action",),
            action=_one_of("filter", "count"),
            tags=_CRITERIA,
            tags_any=_CRITERIA,
            not_tags=_CRITERIA,
            not_tags_any=_CRITERIA,
            limit=_TEXT,
            offset=_TEXT,
            matches=_array(_object(("key", "value"), key=_one_of("resource_name"), value=_TEXT)),
            without_any_tag=_FLAG,
        ),
    ),
    members.add_member: CallDescription({200: _MEMBER}, _object(("member",), member=_TEXT)),
    members.list_members: CallDescription({200: _answer(members=_array(_MEMBER), schema=_TEXT)}),
    members.show_member: CallDescription({200: _MEMBER}),
    members.answer_offer: CallDescription(
        {200: _MEMBER}, _object(("status",), status=_one_of(*members.ANSWERS), vault_id=_TEXT, member=_TEXT)
    ),
    members.remove_member: CallDescription(),
    members.add_members: CallDescription(_JOB_ID.answers, _object(("images", "projects"), **_BATCH)),
    members.remove_members: CallDescription(_JOB_ID.answers, _object(("images", "projects"), **_BATCH)),
    members.answer_offers: CallDescription(
        _JOB_ID.answers,
        _object(
            ("images", "project_id", "status"),
            images=_BATCH["images"],
            project_id=_TEXT,
            status=_one_of(*members.ANSWERS),
            vault_id=_TEXT,
        ),
    ),
    files.upload_file: CallDescription(body={"type": "string", "format": "binary", "minLength": 1}),
    files.download_file: CallDescription({200: {"type": "string", "format": "binary"}, 204: None}),
    files.register_file: CallDescription(_JOB_ID.answers, _object(("image_url",), image_url=_TEXT)),
    files.export_file: CallDescription(
        _JOB_ID.answers, _object(("bucket_url",), bucket_url=_TEXT, file_format=_TEXT, is_quick_export=_FLAG)
    ),
    files.copy_image: CallDescription(
        _JOB_ID.answers, _object(("name",), **_COPY, cmk_id=_TEXT, enterprise_project_id=_TEXT)
    ),
    files.copy_to_region: CallDescription(
        _JOB_ID.answers,
        _object(("name", "region"), **_COPY, region=_TEXT, project_name=_TEXT, agency_name=_TEXT, vault_id=_TEXT),
    ),
    jobs.show_job: CallDescription({200: _JOB}),
    jobs.show_job_progress: CallDescription({200: _JOB}),
    json_schemas.show_image_schema: _SCHEMA,
    json_schemas.show_images_schema: _SCHEMA,
    json_schemas.show_member_schema: _SCHEMA,
    json_schemas.show_members_schema: _SCHEMA,
    identity.show_version: CallDescription({200: _answer(version=_object(more=True))}),
    identity.list_projects: CallDescription({200: _answer(projects=_array(_object(more=True)))}),
    identity.show_project: CallDescription({200: _answer(project=_object(more=True))}),
    identity.list_regions: CallDescription({200: _answer(regions=_array(_object(more=True)))}),
    identity.show_region: CallDescription({200: _answer(region=_object(more=True))}),
    identity.list_domains: CallDescription({200: _answer(domains=_array(_object(more=True)))}),
    identity.show_catalog: CallDescription({200: _answer(catalog=_array(_object(more=True)))}),
    identity.issue_token: CallDescription({201: _TOKEN}, _object(("auth",), more=True, auth=_object(more=True))),
    identity.check_token: CallDescription({200: _TOKEN}),
    webpage.show_settings: CallDescription({200: _answer(loopback=_FLAG, operations=_array(_TEXT))}),
    admin.show_health: CallDescription({200: _answer(status=_one_of("ok"), images=_NUMBER)}),
    admin.reset: CallDescription(),
    admin.list_all_images: _lists_images(total=_NUMBER),
    admin.list_requests: CallDescription({200: _answer(requests=_array(_object(more=True)), total=_NUMBER)}),
    admin.clear_requests: CallDescription(),
    admin.list_failures: CallDescription({200: _answer(failures=_array(_FAILURE))}),
    admin.add_failure: CallDescription({201: _FAILURE}, _FAILURE),
    admin.clear_failures: CallDescription(),
    admin.show_life_cycle: CallDescription({200: _LIFE_CYCLE}),
    admin.set_life_cycle: CallDescription({200: _LIFE_CYCLE}, _LIFE_CYCLE),
    admin.show_clock: CallDescription({200: _answer(now=_TIME, advanced={"type": "number"})}),
    admin.move_clock: CallDescription(
        {200: _answer(now=_TIME, advanced={"type": "number"})}, _object(advance=_SECONDS)
    ),
    admin.show_quotas: CallDescription({200: _QUOTAS}),
    admin.set_quotas: CallDescription({200: _QUOTAS}, _QUOTAS),
    admin.show_throttle: CallDescription({200: _THROTTLE}),
    admin.set_throttle: CallDescription({200: _THROTTLE}, _THROTTLE),
    admin.seed: CallDescription(
        {201: _answer(images=_NUMBER)}, _object(("images",), images=_array(_object(more=True)), start=_TEXT)
    ),
    admin.list_snapshots: CallDescription({200: _answer(snapshots=_array(_object(more=True)))}),
    admin.save_snapshot: CallDescription(),
    admin.load_snapshot: CallDescription(),
    admin.delete_snapshot: CallDescription(),
    admin.show_metrics: CallDescription({200: _TEXT}),
    admin.show_description: CallDescription({200: _answer(openapi=_TEXT, paths=_object(more=True))}),
    admin.schedule_status: CallDescription(
        body=_object(("status",), status=_one_of(*STATUSES), reads=_NUMBER, seconds=_SECONDS)
    ),
    admin.change_image: CallDescription({200: _IMAGE}, _object(more=True)),
    admin.remove_image: CallDescription(),
}

_ANSWER_MEDIA: Final[Mapping[Handler, str]] = {
    files.download_file: files.OCTETS,
    admin.show_metrics: "text/plain",
    webpage.show_style: "text/css",
    webpage.show_script: "text/javascript",
}


@cache
def openapi_document(routes: tuple[Route, ...]) -> dict[str, Any]:
    """Return the description of the calls, as OpenAPI 3.1 has it."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Local IMS of constructs-ims",
            "version": version("constructs-ims"),
            "description": "The image service as HUAWEI CLOUD documents it, and the calls that steer it for tests.",
        },
        "paths": paths,
        "components": {
            "schemas": dict(_COMPONENTS),
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}},
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    described = _DESCRIBED[route.handler]
    summary = " ".join((route.handler.__doc__ or "").split()).partition(": ")[2].partition(". ")[0].rstrip(".")
    operation: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{route.path}").strip("_"),
        "summary": summary[:1].upper() + summary[1:],
        "parameters": _parameters(route),
        "responses": _responses(route, described),
        "security": [{"token": []}] if route.signed else [],
    }
    if described.body is not None:
        required = route.handler is not handlers.delete_image
        operation["requestBody"] = {
            "required": required,
            "content": {media: {"schema": _BODIES.get(media, described.body)} for media in route.media_types},
        }
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]
    of_tags = {"page"} if route.handler is tags.list_tags else set()
    names = sorted(filter_names() | of_tags) if route.query is None else route.query
    in_query = [{"name": name, "in": "query", "schema": _TEXT} for name in names]
    subject = [{"name": "X-Subject-Token", "in": "header", "schema": _TEXT}]
    return [*in_path, *in_query, *(subject if route.handler is identity.check_token else [])]


def _responses(route: Route, described: CallDescription) -> dict[str, Any]:
    media = _ANSWER_MEDIA.get(route.handler, JSON)
    page = {"text/html": {"schema": _TEXT}} if route.handler is webpage.show_start else {}
    answers: dict[str, Any] = {
        str(status): {
            "description": "Done.",
            **({} if schema is None or route.method == "HEAD" else {"content": {media: {"schema": schema}, **page}}),
        }
        for status, schema in described.answers.items()
    }
    refusal = {} if route.method == "HEAD" else {"content": {JSON: {"schema": _REFUSAL}}}
    for status, meaning in _REFUSALS.items():
        answers[status] = {"description": meaning, **refusal}
    return answers


_REFUSALS: Final = {
    "400": "The request is refused.",
    "401": "The request is not signed as it should be, and has no token that holds.",
    "403": "The request is of another project, or of another web page.",
    "404": "There is no such image, member, tag or call.",
    "409": "The image is in another status than the call needs.",
    "413": "The body is too large.",
    "415": "The body is of another media type.",
    "429": "There were too many requests.",
    "5XX": "A test asked for this answer, or the service failed.",
}
