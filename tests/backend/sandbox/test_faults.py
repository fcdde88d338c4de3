"""Runs whose every request may meet a fault: once the service is sound again, each image is in the state once.

``CONSTRUCTS_IMS_KILLS`` says how many such lives of a stack are tried.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
import requests
from requests.structures import CaseInsensitiveDict

from constructs_ims.backend.client import WsgiAdapter
from constructs_ims.backend.sandbox import OperationFailedError, Sandbox

IMAGES = 8
Pass = Callable[[], requests.Response]


def answer(status: int, body: bytes = b"{}") -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers = CaseInsensitiveDict()
    response.raw = io.BytesIO(body)
    return response


def after(end: Callable[[], requests.Response]) -> Callable[[Pass], requests.Response]:
    """Carry the request out, and let nobody know."""

    def fault(pass_on: Pass) -> requests.Response:
        pass_on()
        return end()

    return fault


def reset() -> requests.Response:
    raise requests.ConnectionError("reset")


def late() -> requests.Response:
    raise requests.ReadTimeout("late")


FAULTS: list[Callable[[Pass], requests.Response]] = [
    lambda _: reset(),
    after(reset),
    after(late),
    lambda _: answer(429),
    lambda _: answer(500),
    after(lambda: answer(500)),
    after(lambda: answer(502)),
    after(lambda: answer(200, b'{"id"')),
    after(lambda: answer(200)),
    after(lambda: answer(204)),
    lambda _: answer(302),
]


@pytest.mark.parametrize("seed", range(int(os.environ.get("CONSTRUCTS_IMS_KILLS", "8"))))
def test_nothing_is_lost_or_doubled(
    seed: int, tmp_path: Path, write_stack: Callable[..., Path], ubuntu: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    random, send = Random(seed), WsgiAdapter.send
    share = 0.0

    def faulty(self: WsgiAdapter, request: requests.PreparedRequest, *rest: Any, **more: Any) -> requests.Response:
        if random.random() < share:
            return random.choice(FAULTS)(lambda: send(self, request, *rest, **more))
        return send(self, request, *rest, **more)

    def stack(min_disk: int) -> Path:
        image = {**ubuntu, "min_disk": min_disk, "enable_force_new": "true"}
        return write_stack(images={f"i{n}": {**image, "name": f"image-{n}"} for n in range(IMAGES)})

    monkeypatch.setattr(WsgiAdapter, "send", faulty)
    for min_disk in (40, 40, 50, 60):
        share = 0.25
        with Sandbox(tmp_path / "sandbox") as sandbox, suppress(OperationFailedError):
            sandbox.apply(stack(min_disk))

    share = 0.0
    with Sandbox(tmp_path / "sandbox") as sandbox:
        sandbox.apply(stack(60))
        known = [obj.attributes["id"] for _, _, obj in sandbox.state(stack(60)).objects()]
        assert sorted(image["name"] for image in sandbox.images()) == sorted(f"image-{n}" for n in range(IMAGES))
        assert sorted(known) == sorted(image["id"] for image in sandbox.images())
        assert not sandbox.plan(stack(60)).has_changes
        sandbox.destroy(stack(60))
        assert sandbox.images() == []
