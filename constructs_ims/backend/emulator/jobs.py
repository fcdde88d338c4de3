"""Jobs: calls that go on after their answer. Here they have ended by then, unless an image is still being saved."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final

from constructs_ims.backend.emulator.faults import IMS_MESSAGES, ims_fault
from constructs_ims.backend.emulator.messages import Call, Reply, Service

IMPORT: Final = "imsNativeImportImageJob"


def add_job(
    service: Service, database: sqlite3.Connection, project_id: str, job_type: str, image_ids: Sequence[str]
) -> str:
    """Keep the record of a job on one image or several, within a transaction; return its id."""
    job_id = service.store.new_job_id()
    entities = {"image_id": image_ids[0]} if len(image_ids) == 1 else _parts(service, job_type, image_ids)
    document = json.dumps(_document(service, job_id, job_type, entities))
    database.execute("INSERT INTO jobs (id, project_id, document) VALUES (?, ?, ?)", (job_id, project_id, document))
    return job_id


def show_job(service: Service, call: Call) -> Reply:
    """``GET /v1/{project_id}/jobs/{job_id}``: how a job fares."""
    return Reply.json(_job(service, call))


def show_job_progress(service: Service, call: Call) -> Reply:
    """``GET /v1/cloudimages/job/{job_id}``: the same, with the share of the work that is done."""
    job = _job(service, call)
    done = 0.4 if job["status"] == "RUNNING" else 1.0
    progress = {"process_percent": done, "current_task": job["job_type"], "subJobId": ""}
    return Reply.json({**job, "entities": {**job["entities"], **progress}})


def _job(service: Service, call: Call) -> dict[str, Any]:
    with service.store.reading() as database:
        asked = "SELECT document FROM jobs WHERE id = ? AND project_id = ?"
        row = database.execute(asked, (call.params["job_id"], call.project_id)).fetchone()
    if row is None:
        raise ims_fault("IMG.0023", f'There is no job "{call.params["job_id"]}" in this project.')
    job: dict[str, Any] = json.loads(row[0])
    return _with_outcome(job, service) if job["job_type"] == IMPORT else job


def _with_outcome(job: dict[str, Any], service: Service) -> dict[str, Any]:
    """Return a job on the file of an image as the image fares: it runs while the image is being saved.

    An image that is gone had its file before.
    """
    image = service.store.any(job["entities"]["image_id"])
    attributes = image.attributes if image else {}
    if attributes.get("status") == "saving":
        return {**job, "status": "RUNNING", "end_time": ""}
    ended = attributes.get("active_at", attributes.get("updated_at"))
    outcome = {**job, "end_time": _job_time(ended) if ended else job["end_time"]}
    if attributes.get("status") == "killed":
        failed = {"error_code": "IMG.0057", "fail_reason": IMS_MESSAGES["IMG.0057"]}
        return {**outcome, "status": "FAIL", **failed}
    return outcome


def _job_time(time: str) -> str:
    """Return a time that images carry as jobs have it."""
    return time.replace("Z", ".000Z")


def _parts(service: Service, job_type: str, image_ids: Sequence[str]) -> dict[str, Any]:
    """Return a job on several images as the jobs on each of them."""
    parts = [_document(service, service.store.new_job_id(), job_type, {"image_id": id}) for id in image_ids]
    return {"sub_jobs_result": parts, "sub_jobs_list": [part["job_id"] for part in parts]}


def _document(service: Service, job_id: str, job_type: str, entities: Mapping[str, Any]) -> dict[str, Any]:
    time = _job_time(service.store.now())
    return {
        "job_id": job_id,
        "job_type": job_type,
        "begin_time": time,
        "end_time": time,
        "status": "SUCCESS",
        "error_code": None,
        "fail_reason": None,
        "entities": dict(entities),
    }
