"""How many images a project may have and share, and how many it has."""

from __future__ import annotations

from constructs_ims.backend.emulator.members import shared_images
from constructs_ims.backend.emulator.messages import Call, Reply, Service

_UNBOUNDED = -1
"""What the vendor's other quotas show where there is no limit; the page on this call names no value for it."""


def show_quota(service: Service, call: Call) -> Reply:
    """``GET /v1/cloudimages/quota``: the project's quotas, and what is used of them."""
    quotas = service.store.quotas
    with service.store.reading() as database:
        shared = shared_images(database, call.project_id)
    rows = (
        ("image", service.store.count_of(call.project_id), quotas.image),
        ("image_shared", shared, quotas.image_shared),
        ("image_member", 0, quotas.image_member),
    )
    resources = [
        {"type": kind, "used": used, "quota": _UNBOUNDED if most is None else most, "min": 1, "max": 1000}
        for kind, used, most in rows
    ]
    return Reply.json({"quotas": {"resources": resources}})
