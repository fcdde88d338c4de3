"""Whoever listens to a run is told one thing at a time, whatever number of objects is in work."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from constructs_ims.backend.engine.plans.events import Observer
from constructs_ims.backend.sandbox import Sandbox

IMAGE = "huaweicloud_ims_image_metadata"
NAMES = [f"i{number}" for number in range(12)]
EVENTS = {name for name in vars(Observer) if not name.startswith("_")}


class Listener(Observer):
    """Is slow, and notes what it was told and what while it still listened to another."""

    def __init__(self) -> None:
        self.told: set[str] = set()
        self.overlapping: set[str] = set()
        self._is_listening = False
        for event in EVENTS:
            setattr(self, event, self._listen(event))

    def _listen(self, event: str) -> Callable[..., None]:
        def listen(*_: Any) -> None:
            if self._is_listening:
                self.overlapping.add(event)
            self._is_listening = True
            self.told.add(event)
            time.sleep(0.001)
            self._is_listening = False

        return listen


def test_events_come_one_at_a_time(write_stack: Callable[..., Path], ubuntu: dict[str, Any]) -> None:
    listener, states = Listener(), {"path": "../../../terraform.base.tfstate"}
    base = write_stack("base", images=dict.fromkeys(NAMES, ubuntu), output={"a": {"value": 1}})
    never = {"condition": "${length(data.terraform_remote_state.i0.outputs) > 1}", "error_message": "One is too few."}
    stack = write_stack(
        images={name: ubuntu for plain in NAMES for name in (plain, f"found-{plain}")},
        data={"terraform_remote_state": {name: {"backend": "local", "config": states} for name in NAMES}},
        check={name: {"assert": never} for name in NAMES},
    )
    with Sandbox(parallelism=12) as sandbox:
        sandbox.apply(base)
        found = [image["id"] for image in sandbox.images()]
        imports = {f"{IMAGE}.found-{name}": id for name, id in zip(NAMES, found, strict=True)}
        for options in ({"imports": imports}, {"destroy": True}):
            sandbox.apply(sandbox.plan(stack, observer=listener, **options), observer=listener)

    assert listener.overlapping == set()
    assert listener.told == EVENTS - {"apply_progressed", "apply_errored"}
