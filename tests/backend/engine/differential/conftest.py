"""Plays a story, a stack that changes step by step, with Terraform and with the engine, and tells the differences."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest

from constructs_ims.backend.engine.changes import Plan
from constructs_ims.backend.engine.engine import Engine
from constructs_ims.backend.engine.json_text import to_compact
from constructs_ims.backend.engine.options import GivenVariable, PlanOptions
from constructs_ims.backend.engine.render.plan_json import plan_to_json
from constructs_ims.backend.engine.state import State
from constructs_ims.backend.engine.statefile import write_state

TERRAFORM = shutil.which("terraform")
COMPARED = ("resource_changes", "resource_drift", "output_changes", "planned_values", "relevant_attributes", "checks")
UNORDERED = ("relevant_attributes", "checks")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Step:
    """A configuration and how it is planned."""

    configuration: Mapping[str, Any]
    mode: str = "normal"
    targets: Sequence[str] = ()
    replace: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    refresh: bool = True

    def arguments(self) -> list[str]:
        modes = {"destroy": ["-destroy"], "refresh-only": ["-refresh-only"]}
        return [
            *modes.get(self.mode, []),
            *(f"-target={address}" for address in self.targets),
            *(f"-replace={address}" for address in self.replace),
            *(f"-var={name}={value}" for name, value in self.variables.items()),
            *([] if self.refresh else ["-refresh=false"]),
        ]

    def options(self) -> PlanOptions:
        given = {
            name: GivenVariable(text=value, origin=f'using -var="{name}=..."') for name, value in self.variables.items()
        }
        return PlanOptions(self.mode, given, tuple(self.targets), tuple(self.replace), self.refresh)  # type: ignore[arg-type]


@dataclass
class Terraform:
    """The real one, in a directory of its own."""

    directory: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(TERRAFORM), *arguments], cwd=self.directory, env=dict(self.environment), capture_output=True, text=True
        )

    def state(self) -> dict[str, Any]:
        path = self.directory / "terraform.tfstate"
        return json.loads(path.read_text()) if path.exists() else {"resources": [], "outputs": {}}


def differences(directory: Path, steps: Sequence[Step], engine: Engine | None = None, **environment: str) -> list[str]:
    """Play a story on both sides; each side goes on from its own state."""
    theirs, ours = directory / "terraform", directory / "engine"
    settings = directory / "terraform.rc"
    settings.write_text("")
    base = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_CLI_CONFIG_FILE": str(settings)}
    terraform = Terraform(theirs, {**os.environ, **base, **environment})
    theirs.mkdir()
    ours.mkdir()
    story = _Story(terraform, ours, engine or Engine(lambda source: None))
    return [f"step {number}: {one}" for number, step in enumerate(steps) for one in story.play(step, first=number == 0)]


@dataclass
class _Story:
    terraform: Terraform
    directory: Path
    engine: Engine
    state: State = field(default_factory=State)
    their_ids: dict[str, str] = field(default_factory=dict)
    our_ids: dict[str, str] = field(default_factory=dict)

    def play(self, step: Step, *, first: bool) -> Iterator[str]:
        for directory in (self.terraform.directory, self.directory):
            (directory / "main.tf.json").write_text(json.dumps(step.configuration, indent=2))
        if first:
            self.terraform.run("init", "-input=false")
        ran = self.terraform.run("plan", "-input=false", "-no-color", "-out=plan", *step.arguments())
        plan = self.engine.plan(self.directory, self.state, step.options())
        yield from _diagnostics(ran, plan)
        if ran.returncode or plan.errored:
            return
        yield from self._plans(plan)
        yield from self._apply(plan)

    def _plans(self, plan: Plan) -> Iterator[str]:
        theirs = json.loads(self.terraform.run("show", "-json", "plan").stdout)
        ours = json.loads(to_compact(plan_to_json(plan)))
        for part in COMPARED:
            their_part, our_part = theirs.get(part), ours.get(part)
            if part in UNORDERED:
                their_part, our_part = _sorted(their_part), _sorted(our_part)
            yield from different(named(their_part, self.their_ids), named(our_part, self.our_ids), part)
        for flag in ("applyable", "complete", "errored"):
            yield from different(theirs.get(flag), ours.get(flag), flag)

    def _apply(self, plan: Plan) -> Iterator[str]:
        ran = self.terraform.run("apply", "-input=false", "-no-color", "plan")
        outcome = self.engine.apply(plan)
        self.state = outcome.state
        if (ran.returncode == 0) != outcome.succeeded:
            yield f"apply: theirs {ran.returncode} {ran.stderr}, ours {list(map(str, outcome.diagnostics))}"
        counted = re.search(r"Resources: (?:\d+ imported, )?(\d+) added, (\d+) changed, (\d+) destroyed", ran.stdout)
        if counted:
            ours = (str(outcome.added), str(outcome.changed), str(outcome.destroyed))
            yield from different(list(counted.groups()), list(ours), "counts")
        theirs, written = self.terraform.state(), json.loads(write_state(self.state))
        self.their_ids |= ids_of(theirs)
        self.our_ids |= ids_of(written)
        for part in ("outputs", "resources", "check_results"):
            yield from different(
                named(_ordered(theirs.get(part)), self.their_ids),
                named(_ordered(written.get(part)), self.our_ids),
                part,
            )


def _sorted(part: Any) -> list[Any]:
    return sorted(part or [], key=lambda item: json.dumps(item, sort_keys=True))


def _diagnostics(ran: subprocess.CompletedProcess[str], plan: Plan) -> Iterator[str]:
    text = ran.stdout + ran.stderr
    theirs = {_cycle(found) for found in re.findall(r"^(?:Error|Warning): (.*)$", text, re.M)}
    theirs = {found for found in theirs if not found.startswith("this attribute value will no longer be marked")}
    ours = {_cycle(diagnostic.summary) for diagnostic in plan.diagnostics}
    if theirs != ours:
        yield f"diagnostics: theirs {sorted(theirs)}, ours {sorted(ours)}"
    prose = _prose(text)
    for diagnostic in plan.diagnostics:
        if diagnostic.summary in theirs and _prose(diagnostic.detail) not in prose:
            yield f"detail of {diagnostic.summary}: ours {diagnostic.detail!r}, theirs {text}"


def _cycle(summary: str) -> str:
    names = summary.removeprefix("Cycle: ").replace(" (expand)", "").split(", ")
    return f"Cycle: {sorted(set(names))}" if summary.startswith("Cycle: ") else summary


def _prose(text: str) -> str:
    return re.sub(r"[\s│╷╵]+", " ", text).strip()


def ids_of(state: Mapping[str, Any]) -> dict[str, str]:
    """Names for the ids in a state that say whose they are, which random ids do not."""
    return {
        instance["attributes"]["id"]: f"<{resource['type']}.{resource['name']}{instance.get('index_key', '')}>"
        for resource in state["resources"]
        for instance in resource["instances"]
        if instance["attributes"].get("id")
    }


def named(document: Any, ids: Mapping[str, str]) -> Any:
    """The document with every known id replaced by its name."""
    text = json.dumps(document)
    return json.loads(UUID.sub(lambda found: ids.get(found[0], found[0]), text))


def _ordered(part: Any) -> Any:
    """A part of a state without what is random or in no order: deposed keys, sensitive paths, checks."""
    for resource in part if isinstance(part, list) else []:
        for instance in resource.get("instances", []):
            instance.pop("deposed", None)
            instance.get("sensitive_attributes", []).sort(key=str)
    if part and isinstance(part, list) and "object_kind" in part[0]:
        part.sort(key=lambda check: check["config_addr"])
    return part


def different(theirs: Any, ours: Any, path: str) -> Iterator[str]:
    """Yield the places where two documents differ."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in sorted(theirs.keys() | ours.keys()):
            yield from different(theirs.get(key, "<absent>"), ours.get(key, "<absent>"), f"{path}.{key}")
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for position, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            yield from different(one, other, f"{path}[{position}]")
    elif theirs != ours or isinstance(theirs, bool) != isinstance(ours, bool):
        yield f"{path}: theirs {theirs!r}, ours {ours!r}"


class Compare(Protocol):
    """Plays a story on both sides and returns the differences."""

    def __call__(
        self, steps: Sequence[Mapping[str, Any]], engine: Engine | None = None, **environment: str
    ) -> list[str]: ...


@pytest.fixture
def compare(tmp_path: Path) -> Compare:
    def play(steps: Sequence[Mapping[str, Any]], engine: Engine | None = None, **environment: str) -> list[str]:
        return differences(tmp_path, [Step(**step) for step in steps], engine, **environment)

    return play
