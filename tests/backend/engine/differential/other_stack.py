"""The other stack of a story, whose outputs its stack reads with ``terraform_remote_state``."""

from __future__ import annotations

import copy
import random
from typing import Any, Final

FILE: Final = "other.state.json"
REMOTE: Final = "terraform_remote_state"
_OUTPUTS: Final[dict[str, list[tuple[Any, Any]]]] = {
    "label": [("other", "string"), ("changed", "string"), (7, "number")],
    "size": [(2, "number"), (30, "number")],
    "secret": [("hush", "string"), ("psst", "string")],
    "names": [(["x", "y"], ["set", "string"]), (["x"], ["set", "string"])],
    "tags": [({"team": "other"}, ["map", "string"]), ({}, ["map", "string"])],
    "list": [(["a", 1, None], ["tuple", ["string", "number", "dynamic"]]), (["a", "b"], ["list", "string"])],
    "parts": [({"k": [1]}, ["object", {"k": ["tuple", ["number"]]}]), ({"k": None}, ["object", {"k": "dynamic"}])],
}


class OtherStack:
    """The outputs of the other stack, which change from step to step."""

    def __init__(self, chance: random.Random) -> None:
        self.random = chance
        self.outputs = {name: choices[0] for name, choices in _OUTPUTS.items()}

    def change(self) -> None:
        """Change one output."""
        name = self.random.choice(list(_OUTPUTS))
        self.outputs[name] = self.random.choice(_OUTPUTS[name])

    def state(self) -> dict[str, Any]:
        """Return its state file."""
        outputs = {
            name: {"value": copy.deepcopy(value), "type": type_, "sensitive": name == "secret"}
            for name, (value, type_) in self.outputs.items()
        }
        return {
            "version": 4,
            "terraform_version": "1.11.4",
            "serial": 1,
            "lineage": "4c5fd1e2-0f02-bd4e-a5d5-a8e1d1ab2c1b",
            "outputs": outputs,
            "resources": [],
        }

    def reader(self, path: str = FILE) -> dict[str, Any]:
        """Return a data source that reads the state."""
        body: dict[str, Any] = {"backend": "local", "config": {"path": path}}
        if self.random.random() < 0.2:
            body["defaults"] = {"more": ["m"], "size": 1}
        return body
