"""The real Terraform judges: generated stacks, whose plans and states it prints, reads and continues."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.engine import Engine
from constructs_ims.backend.engine.lang.json_text import from_json, to_compact
from constructs_ims.backend.engine.render.output_text import outputs_json, outputs_text
from constructs_ims.backend.engine.render.plan_json import plan_to_json
from constructs_ims.backend.engine.render.plan_text import PlanView
from constructs_ims.backend.engine.render.state_json import state_to_json
from constructs_ims.backend.engine.render.state_text import state_text
from constructs_ims.backend.engine.stack.providers.builtin import DATA
from constructs_ims.backend.engine.state.model import State
from constructs_ims.backend.engine.state.statefile import read_state, write_state
from constructs_ims.backend.engine.state.storage import StateStorage
from constructs_ims.schema.attribute import Schema

pytestmark = pytest.mark.e2e

STATES = Path(__file__).parents[3] / "testdata" / "states"
SEEDS = [1, 2, 7, 20, 33]


class Terraform:
    """The program, working in one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
        self.environment.pop("TF_DATA_DIR", None)

    def run(self, *arguments: str) -> str:
        ran = subprocess.run(
            ["terraform", *arguments], cwd=self.directory, env=self.environment, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def configure(self, stack: dict[str, Any]) -> None:
        (self.directory / "main.tf.json").write_text(json.dumps(stack))
        if not (self.directory / ".terraform").exists():
            self.run("init")

    @property
    def state_bytes(self) -> bytes:
        path = self.directory / "terraform.tfstate"
        return path.read_bytes() if path.exists() else b""

    @property
    def state(self) -> State:
        return read_state(self.state_bytes).state or State()


@pytest.fixture
def terraform(tmp_path: Path) -> Terraform:
    if shutil.which("terraform") is None:
        reason = "terraform is not on PATH"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return Terraform(tmp_path)


def schema_of(provider: str, mode: str, type: str) -> Schema | None:
    return DATA if type == "terraform_data" else None


class Inventor:
    """Makes up values and changes of them, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def value(self, depth: int = 0) -> Any:
        plain = [self.text, self.number, lambda _: self.random.random() < 0.5]
        nested = [self.lines, self.json, self.list, self.map, self.call, lambda _: None, lambda _: "${var.secret}"]
        return self.random.choice(plain if depth > 2 else plain + nested)(depth)

    def text(self, _: int) -> Any:
        return self.random.choice(["", "a", "b", "c d", "é", '<a&b>\t"q" \\ \x01', "${terraform_data.seed.id}"])

    def number(self, _: int) -> Any:
        return self.random.choice([0, 1, 2.5, -3, 123456789012])

    def lines(self, _: int) -> str:
        return "\n".join(self.random.choices(["one", "two", "three", "  four", ""], k=self.random.randint(2, 5)))

    def json(self, _: int) -> str:
        data = [{"a": 1, "b": [1, {"c": "x"}]}, {"a": 2, "b": [1]}, [1, "2"], {}, [], [{"x": 1}, {"y": None}]]
        return json.dumps(self.random.choice(data), indent=self.random.choice([None, 2]))

    def list(self, depth: int) -> Any:
        return [self.value(depth + 1) for _ in range(self.random.randint(0, 4))]

    def map(self, depth: int) -> Any:
        keys = self.random.sample(["k", "name", "id", "x y", "tags", "z"], self.random.randint(0, 4))
        return {key: self.value(depth + 1) for key in keys}

    def call(self, _: int) -> str:
        calls = ["tomap({a=1,b=2})", "tomap({a={q=1}})", 'tolist(["x","y"])', 'toset(["b","a"])', "toset([])"]
        return "${" + self.random.choice(calls) + "}"

    def changed(self, value: Any) -> Any:
        if self.random.random() < 0.3:
            return self.value()
        if isinstance(value, list):
            kept = [self.changed(item) if self.random.random() < 0.4 else item for item in value]
            return [*kept[: self.random.randint(0, len(kept))], self.value(2)] if self.random.random() < 0.5 else kept
        if isinstance(value, dict):
            return {k: self.changed(v) for k, v in value.items() if self.random.random() < 0.85}
        return value

    def resources(self) -> dict[str, Any]:
        return {f"r{number}": {"input": self.value(), "triggers_replace": self.value()} for number in range(4)}

    def stack(self, resources: dict[str, Any], seed_input: int) -> dict[str, Any]:
        seed = {"input": seed_input, "triggers_replace": seed_input}
        outputs = {
            f"o_{name}": {"value": f"${{terraform_data.{name}.output}}", "sensitive": True} for name in resources
        }
        return {
            "variable": {"secret": {"default": "s3cr3t", "sensitive": True}},
            "resource": {"terraform_data": {"seed": seed, **resources}},
            "output": {**outputs, "plain": {"value": "${terraform_data.seed.output}"}},
        }


def plans(seed: int) -> Iterator[tuple[dict[str, Any], list[str]]]:
    inventor = Inventor(seed)
    first = inventor.resources()
    second = {
        name: {argument: inventor.changed(value) for argument, value in body.items()}
        for name, body in first.items()
        if inventor.random.random() < 0.9
    }
    yield inventor.stack(first, 1), []
    yield inventor.stack(second, 1 + seed % 2), []
    yield inventor.stack(second, 1 + seed % 2), ["-destroy"]


@pytest.mark.parametrize("seed", SEEDS)
def test_plans_and_states_print_as_terraform_prints_them(terraform: Terraform, seed: int) -> None:
    for stack, options in plans(seed):
        terraform.configure(stack)
        terraform.run("plan", "-out", "saved", *options)
        document = from_json(terraform.run("show", "-json", "saved"))
        view = PlanView(document, schema_of, mode="destroy" if options else "normal")
        assert view.text().strip() == terraform.run("show", "-no-color", "saved").strip()

        terraform.run("apply", "saved")
        state = terraform.state
        assert write_state(state) == terraform.state_bytes
        shown = state_to_json(state, schema_of)
        assert to_compact(shown) + "\n" == terraform.run("show", "-json")
        assert state_text(shown, schema_of).strip() == terraform.run("show", "-no-color").strip()
        if state.outputs:
            assert outputs_text(state.outputs) == terraform.run("output", "-no-color")
            assert outputs_json(state.outputs) == terraform.run("output", "-json")


@pytest.mark.parametrize("seed", SEEDS)
def test_plan_document_is_terraforms(terraform: Terraform, seed: int, tmp_path: Path) -> None:
    stack, _ = next(plans(seed))
    terraform.configure(stack)
    terraform.run("plan", "-out", "saved")
    theirs = from_json(terraform.run("show", "-json", "saved"))

    ours = from_json(to_compact(plan_to_json(Engine(lambda _: None).plan(tmp_path, State()))))

    assert list(ours) == list(theirs)
    for document in (ours, theirs):
        document["timestamp"] = "T"
        document["relevant_attributes"].sort(key=str)  # Terraform gives them in no order
    assert ours == theirs


def test_terraform_reads_every_part_that_we_write(terraform: Terraform) -> None:
    state = read_state((STATES / "everything.tfstate.json").read_bytes()).state
    assert state is not None
    (terraform.directory / "terraform.tfstate").write_bytes(write_state(state))

    theirs, ours = json.loads(terraform.run("state", "pull")), json.loads(write_state(state))
    for document in (theirs, ours):
        document["check_results"].sort(key=str)  # Terraform gives them in no order
    assert theirs == ours


def test_terraform_continues_a_state_of_ours(terraform: Terraform, tmp_path: Path) -> None:
    stack, _ = next(plans(1))
    terraform.configure(stack)
    engine, storage = Engine(lambda _: None), StateStorage(tmp_path)
    loaded = storage.load()
    assert loaded.state is not None
    journal = storage.begin(loaded.state)
    outcome = engine.apply(engine.plan(tmp_path, loaded.state), journal=journal)
    assert storage.save(outcome.state) == []

    terraform.run("plan", "-detailed-exitcode")
    terraform.run("apply", "-auto-approve", "-replace", "terraform_data.seed")

    continued = StateStorage(tmp_path).load()
    assert continued.diagnostics == ()
    assert continued.state is not None
    assert continued.state.lineage == outcome.state.lineage
    assert continued.state.serial > outcome.state.serial
