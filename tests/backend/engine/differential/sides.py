"""The two sides of a story, Terraform and the engine, each at work in a directory and a cloud of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

from constructs_ims.backend.client import Credentials, Session, WsgiAdapter
from constructs_ims.backend.emulator import Account, Store, create_app
from constructs_ims.backend.emulator.account import project_in
from constructs_ims.backend.emulator.images import accepted
from constructs_ims.backend.emulator.server import EmulatorServer
from constructs_ims.backend.engine.engine import Engine
from constructs_ims.backend.engine.lang.json_text import to_compact
from constructs_ims.backend.engine.plans.changes import Plan
from constructs_ims.backend.engine.render.plan_json import plan_to_json
from constructs_ims.backend.engine.stack.providers.builtin import no_remote_state
from constructs_ims.backend.engine.state.model import OutputState
from constructs_ims.backend.engine.state.statefile import read_state
from constructs_ims.backend.engine.state.storage import StateStorage
from constructs_ims.backend.provider.configuration import LocalService, Settings
from constructs_ims.backend.provider.provider import ImageProvider
from constructs_ims.backend.provider.regions import Regions
from constructs_ims.schema.diagnostics import Diagnostic, has_errors
from constructs_ims.schema.provider import PROVIDER_ADDRESS

from .steps import Step

ACCOUNT = Account("LOCALACCESSKEY", "local-secret-key")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MIDNIGHT = datetime(2024, 1, 1, tzinfo=UTC)
STATE = "terraform.tfstate"
WILD_IMAGES = tuple(f"0000000{number}-0000-4000-8000-000000000000" for number in range(3))
"""The ids of the images that each cloud holds from the start, for import blocks to find."""


@dataclass(frozen=True)
class Said:
    """One diagnostic, as either side gives it."""

    severity: str
    summary: str
    detail: str
    address: str = ""


@dataclass(frozen=True)
class Planned:
    """How a plan ended: its document, None where there is none, and the exit status under -detailed-exitcode."""

    status: int
    document: dict[str, Any] | None
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Applied:
    """How an apply ended, and what it says it added, changed and destroyed."""

    status: int
    counts: tuple[int, ...] | None
    said: tuple[Said, ...]


class Cloud:
    """An IMS service where it is always midnight: equal requests make images that differ in their ids alone."""

    def __init__(self) -> None:
        wild = iter(WILD_IMAGES)
        self.store = Store(":memory:", clock=lambda: MIDNIGHT, new_id=lambda: next(wild, None) or str(uuid4()))
        for number, _ in enumerate(WILD_IMAGES):
            self.store.create(project_in("cn-north-4").id, accepted({"name": f"wild-{number}", "tags": ["a=b"]}))
        self.app = create_app(self.store, ACCOUNT)
        self.server = EmulatorServer(self.app)

    @property
    def service(self) -> LocalService:
        return LocalService(self.server.endpoint, ACCOUNT.access_key, ACCOUNT.secret_key)

    def __enter__(self) -> Cloud:
        self.server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.server.close()
        self.store.close()


@dataclass
class Side:
    """What either side has: a directory with its state file, a cloud, and names for the ids that it made up."""

    directory: Path
    cloud: Cloud
    names: dict[str, str] = field(default_factory=dict)

    def state(self) -> dict[str, Any]:
        path = self.directory / STATE
        return json.loads(path.read_text()) if path.exists() else {"resources": [], "outputs": {}}

    def images(self) -> list[str]:
        """The documents of all images in the cloud, without their ids."""
        return sorted(UUID.sub("<id>", image.document) for image in self.cloud.store.all())

    def befall(self, step: Step) -> None:
        """Do to the images and to the state what the step says happened meanwhile."""
        state = self.state()
        for address, instance in addressed(state):
            if address in step.tainted:
                instance["status"] = "tainted"
            if address in step.cloud:
                self._change_image(instance["attributes"]["id"], step.cloud[address])
        if step.tainted and (self.directory / STATE).exists():
            (self.directory / STATE).write_text(json.dumps(state, indent=2))

    def _change_image(self, id: str, changes: Mapping[str, Any] | None) -> None:
        if changes is None:
            self.cloud.store.remove(id)
        else:
            self.cloud.store.change(id, changes)

    def name_ids(self) -> None:
        """Name the ids in the state after the addresses where they first stood."""
        for address, instance in addressed(self.state()):
            id = instance["attributes"].get("id")
            if id and id not in self.names:
                name = f"<{address}>".replace('"', "'")
                serial = sum(1 for other in self.names.values() if other.startswith(name))
                self.names[id] = f"{name}{serial or ''}"

    def exchange(self, other: Side) -> None:
        """Continue each the other's work."""
        mine, theirs = (side.directory / STATE for side in (self, other))
        scratch = self.directory / "swapped"
        for source, target in ((mine, scratch), (theirs, mine), (scratch, theirs)):
            source.rename(target) if source.exists() else target.unlink(missing_ok=True)
        self.cloud, other.cloud = other.cloud, self.cloud
        self.names, other.names = other.names, self.names


def addressed(state: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the managed instances of a state file with their addresses."""
    for resource in state["resources"]:
        for instance in resource["instances"] if resource["mode"] == "managed" else ():
            key = instance.get("index_key")
            index = "" if key is None else f"[{json.dumps(key)}]"
            yield f"{resource['type']}.{resource['name']}{index}", instance


@dataclass
class TerraformSide(Side):
    """The real Terraform; ``prepared`` is an initialized directory and ``settings`` its command-line configuration."""

    settings: Path = Path()
    prepared: Path = Path()
    program: str = field(default_factory=lambda: shutil.which("terraform") or "terraform")

    def begin(self) -> None:
        shutil.copytree(self.prepared, self.directory, symlinks=True)

    def plan(self, step: Step) -> Planned:
        (self.directory / "plan").unlink(missing_ok=True)
        ran = self._run(step, "plan", "-json", "-input=false", "-detailed-exitcode", "-out=plan", *step.command_line())
        shown = self._run(step, "show", "-json", "plan") if (self.directory / "plan").exists() else None
        assert shown is None or shown.returncode == 0, shown.stderr
        return Planned(ran.returncode, json.loads(shown.stdout) if shown else None, tuple(_told(ran)))

    def apply(self, step: Step) -> Applied:
        # Terraform warns of variables in the environment when it carries out a saved plan.
        ran = self._run(replace(step, environment={}), "apply", "-json", "-input=false", "plan")
        summaries = [event["changes"] for event in _events(ran) if event["type"] == "change_summary"]
        counts = tuple(summaries[-1][name] for name in ("add", "change", "remove")) if summaries else None
        return Applied(ran.returncode, counts, tuple(_told(ran)))

    def _run(self, step: Step, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("HW_", "TF_", "PYTHON"))},
            **self.cloud.service.to_environment(),
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": str(self.settings),
            "PYTHONPYCACHEPREFIX": str(self.prepared.parent / "bytecode"),
            **step.environment,
        }
        return subprocess.run(
            [self.program, *arguments], cwd=self.directory, env=environment, capture_output=True, text=True, check=False
        )


def _events(ran: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    lines = [line for line in ran.stdout.splitlines() if line.startswith("{")]
    assert lines, ran.stdout + ran.stderr
    return [json.loads(line) for line in lines]


def _told(ran: subprocess.CompletedProcess[str]) -> Iterator[Said]:
    for event in _events(ran):
        if event["type"] == "diagnostic":
            told = event["diagnostic"]
            yield Said(told["severity"], told["summary"], told.get("detail", ""), told.get("address", ""))


@dataclass
class RecordedSide:
    """What Terraform said when a story was recorded; ids are written as their names."""

    steps: Sequence[Mapping[str, Any]]
    directory: Path
    """Stands for Terraform's; nothing reads what is written there."""
    names: Mapping[str, str] = field(default_factory=dict)
    _step: int = -1

    def begin(self) -> None:
        self.directory.mkdir()

    def plan(self, step: Step) -> Planned:
        self._step += 1
        told = self.steps[self._step]["plan"]
        return Planned(told["status"], told["document"], _said_then(told))

    def apply(self, step: Step) -> Applied:
        told = self.steps[self._step]["apply"]
        return Applied(told["status"], told["counts"] and tuple(told["counts"]), _said_then(told))

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.steps[self._step]["state"]
        return state

    def images(self) -> list[str]:
        images: list[str] = self.steps[self._step]["images"]
        return images

    def befall(self, step: Step) -> None: ...

    def name_ids(self) -> None: ...

    def exchange(self, other: Side) -> None: ...


def _said_then(told: Mapping[str, Any]) -> tuple[Said, ...]:
    return tuple(Said(**one) for one in told["said"])


@dataclass
class EngineSide(Side):
    """The engine, with the same provider in this process."""

    _plan: Plan | None = None

    def begin(self) -> None:
        self.directory.mkdir()

    def plan(self, step: Step) -> Planned:
        options, faults = step.options(self.directory)
        if has_errors(faults):
            return Planned(1, None, tuple(_said(faults)))
        loaded = StateStorage(self.directory).load()
        assert loaded.state is not None, loaded.diagnostics
        self._plan = plan = self._engine(step).plan(self.directory, loaded.state, options)
        status = 1 if plan.errored else 2 if plan.applyable else 0
        return Planned(status, json.loads(to_compact(plan_to_json(plan))), tuple(_said([*faults, *plan.diagnostics])))

    def apply(self, step: Step) -> Applied:
        assert self._plan is not None
        storage = StateStorage(self.directory)
        storage.load()
        journal = storage.begin(self._plan.prior_state.copy())
        outcome = self._engine(step).apply(self._plan, journal=journal)
        assert storage.save(outcome.state) == []
        counts = (outcome.added, outcome.changed, outcome.destroyed)
        return Applied(0 if outcome.succeeded else 1, counts, tuple(_said(outcome.diagnostics)))

    def _engine(self, step: Step) -> Engine:
        return Engine(
            lambda source: self._provider(step) if source == PROVIDER_ADDRESS else None,
            simulate=False,
            remote_state=self._remote_outputs,
        )

    def _remote_outputs(
        self, backend: str, config: Mapping[str, Any], workspace: str | None
    ) -> Mapping[str, OutputState] | Diagnostic:
        path = self.directory / config["path"]
        found = read_state(path.read_bytes()).state if path.is_file() else None
        return found.outputs if found else no_remote_state(backend, config, workspace)

    def _provider(self, step: Step) -> ImageProvider:
        return ImageProvider(sandbox=self.cloud.service, clients=self._regions, environment=step.environment)

    def _regions(self, settings: Settings) -> Regions:
        keys = Credentials(ACCOUNT.access_key, ACCOUNT.secret_key)
        return Regions(settings, Session(keys, transport=WsgiAdapter(self.cloud.app)))


def _said(diagnostics: list[Diagnostic] | tuple[Diagnostic, ...]) -> Iterator[Said]:
    for one in diagnostics:
        yield Said(str(one.severity), one.summary, one.detail, one.address or "")
