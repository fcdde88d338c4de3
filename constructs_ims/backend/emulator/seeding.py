"""Filling the service for a test: the same input gives the same ids and times, byte for byte."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from constructs_ims.backend.emulator.account import Account
from constructs_ims.backend.emulator.database_errors import EmulatorError
from constructs_ims.backend.emulator.faults import Fault
from constructs_ims.backend.emulator.images import accepted, created
from constructs_ims.backend.emulator.life import STATUSES
from constructs_ims.backend.emulator.store import Image, Store

START: Final = datetime(2024, 1, 1, tzinfo=UTC)
"""When the first image is created, unless the seed says another time; each one after it a second later."""
_NAMESPACE: Final = uuid.UUID("5b8f7b1e-6a0f-5f0b-9d52-6a2d0c6f3d11")
_MOST: Final = 200_000
_OWN_FIELDS: Final = ("status", "region", "count")


class InvalidSeedError(EmulatorError):
    """A seed that no images can be made of."""


def seed_images(store: Store, account: Account, images: Sequence[Any], start: datetime = START) -> list[Image]:
    """Put images in the place of all there are, or change nothing; return them in the order given.

    Each item has what a request to create an image has, and may have a ``status`` (``queued``), a ``region`` (the
    account's), and a ``count``, of images alike but for their names, which end in ``-1``, ``-2`` and so on. Raise
    ``InvalidSeedError`` for the first that is none.
    """
    made = [
        _image(account, attributes, number, start + timedelta(seconds=number))
        for number, attributes in enumerate(_one_by_one(images))
    ]
    store.replace_all(made)
    return made


def _one_by_one(images: Sequence[Any]) -> Iterator[dict[str, Any]]:
    total = 0
    for item in images:
        if not isinstance(item, Mapping):
            raise InvalidSeedError(
                "Invalid seed", f"{json.dumps(item)[:100]} is no image. Use an object of attributes."
            )
        count = item.get("count")
        if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 1):
            raise InvalidSeedError("Invalid seed", f"count is {count!r}. Use a whole number, 1 or more.")
        total += count or 1
        if total > _MOST:
            raise InvalidSeedError("Invalid seed", f"There are more than {_MOST} images. Use fewer.")
        plain = {name: value for name, value in item.items() if name != "count"}
        if count is None:
            yield plain
        else:
            yield from ({**plain, "name": f"{plain.get('name', 'image')}-{n}"} for n in range(1, count + 1))


def _image(account: Account, item: Mapping[str, Any], number: int, at: datetime) -> Image:
    id = str(uuid.uuid5(_NAMESPACE, f"{number} {json.dumps(item, sort_keys=True)}"))
    status = item.get("status", "queued")
    if status not in STATUSES[:-1]:
        raise InvalidSeedError("Invalid seed", f"status is {status!r}. Use one of {', '.join(STATUSES[:-1])}.")
    project = next((one for one in account.projects if one.name == item.get("region", account.region)), None)
    if project is None:
        raise InvalidSeedError("Invalid seed", f"region is {item['region']!r}, which is none of the account's.")
    try:
        asked = accepted({name: value for name, value in item.items() if name not in _OWN_FIELDS})
    except Fault as fault:
        refusal = fault.body("")["error"]
        raise InvalidSeedError("Invalid seed", f"{refusal['message']} {refusal['detail']}") from None
    document = {**created(asked, id, project.id, at), "status": status}
    if status == "active":
        document["active_at"] = document["created_at"]
    return Image(id, project.id, json.dumps(document, ensure_ascii=False))


def read_start(text: object) -> datetime:
    """Read the time of a seed, ``2024-01-01T00:00:00Z``; raise ``InvalidSeedError`` when it is none."""
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text):
        try:
            return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            pass
    raise InvalidSeedError("Invalid seed", f"start is {text!r}. Use a time such as 2024-01-01T00:00:00Z.")
