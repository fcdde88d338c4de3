"""Whole lives of larger apps, in process: with the types of their bindings, and where there are none."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cdktf import App, TerraformStack

from constructs_ims.backend.bindings.library import INFERRED
from constructs_ims.backend.bindings.packages import Search
from constructs_ims.backend.sandbox import Sandbox
from constructs_ims.backend.sandbox.types import type_origins

pytestmark = pytest.mark.xdist_group("larger apps")  # one process loads the bindings
Settings = dict[str, Any]
Outputs = dict[str, Any]
SMALL = ("artifacts", "certificates", "endpoint", "identifiers", "network", "platform", "schedule", "warehouse")
LARGE = ("containers", "repositories")
"""Those whose bindings take seconds to load."""
CLOUDS = ("aws", "azure", "google", "kubernetes")
"""Those whose bindings are hundreds of MB: they live where somebody has installed them."""
APPS = (*SMALL, *(pytest.param(name, marks=pytest.mark.e2e) for name in (*LARGE, *CLOUDS)))


def settings_of(module: ModuleType) -> Settings:
    """What the tests of an app say of its objects."""
    names = ("override_data", "override_module", "override_resource")
    return {name: getattr(module, name.upper(), {}) for name in names}


def app_module(name: str) -> ModuleType:
    """Import an app; without its bindings tests are skipped, and fail in CI but for clouds."""
    try:
        return import_module(f"tests.larger_apps.{name}")
    except ModuleNotFoundError as failure:
        if "_provider_" not in str(failure.name):
            raise
        is_lacking = os.environ.get("CI") == "true" and name not in CLOUDS
        pytest.fail(str(failure)) if is_lacking else pytest.skip(str(failure))


@pytest.fixture(scope="module")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[ModuleType, list[Path]]]:
    """Synthesizes an app once; returns its module and the directories of its stacks, each after those it reads."""
    made: dict[str, tuple[ModuleType, list[Path]]] = {}

    def synthesize(name: str) -> tuple[ModuleType, list[Path]]:
        if name not in made:
            module = app_module(name)
            app = App(outdir=str(tmp_path_factory.mktemp(name) / "cdktf.out"))
            module.build(app)
            app.synth()
            stacks = [str(child.node.id) for child in app.node.children if TerraformStack.is_stack(child)]
            made[name] = module, [Path(app.outdir, "stacks", stack) for stack in stacks]
        return made[name]

    return synthesize


def live(sandbox: Sandbox, stacks: list[Path]) -> Outputs:
    """Deploy the stacks of an app, hold each to an empty plan, destroy them; return their outputs."""
    outputs: Outputs = {}
    for stack in stacks:
        outputs.update(sandbox.apply(stack).outputs)
        assert not sandbox.plan(stack).has_changes, stack.name
        assert not sandbox.apply(stack).changed, stack.name
    for stack in stacks:
        assert not sandbox.plan(stack).has_changes, stack.name
    for stack in reversed(stacks):
        sandbox.apply(stack, destroy=True)
        assert not list(sandbox.stack(stack).state().objects()), stack.name
    return {name: value for name, value in outputs.items() if not name.startswith("cross-stack-output-")}


OUTPUTS: dict[str, dict[str, Callable[[Any], bool]]] = {
    "aws": {"name_servers": lambda value: isinstance(value, int), "zone": lambda value: isinstance(value, str)},
    "azure": {"host": lambda value: isinstance(value, str), "endpoint": lambda value: isinstance(value, str)},
    "google": {"address": lambda value: isinstance(value, str)},
    "kubernetes": {"uid": lambda value: isinstance(value, str), "hostname": lambda value: isinstance(value, str)},
    "artifacts": {"kilobytes": lambda value: isinstance(value, int), "level": lambda value: isinstance(value, str)},
    "certificates": {"common_name": lambda value: value == "authority", "ends": lambda value: value.isdigit()},
    "containers": {"prefix": lambda value: isinstance(value, int), "addresses": lambda value: len(value) == 1},
    "endpoint": {"type": lambda value: value == "application/json", "version": lambda value: value != ""},
    "identifiers": {"next_port": lambda value: isinstance(value, int), "names": lambda value: len(set(value)) == 3},
    "network": {"groups": lambda value: value == "sg-1", "hosts": lambda value: value.count(".") == 3},
    "platform": {"double": lambda value: value % 2 == 0, "zone": lambda value: isinstance(value, str)},
    "repositories": {"urls": lambda value: value.keys() == {"web", "images"}, "site_id": lambda value: value >= 0},
    "schedule": {"day_after": lambda value: value.endswith("Z"), "year": lambda value: isinstance(value, int)},
    "warehouse": {"amount": lambda value: isinstance(value, int), "barcodes": lambda value: len(set(value)) == 2},
}


@pytest.mark.parametrize("name", APPS)
def test_app_lives_with_the_types_of_its_bindings(
    name: str, synthesized: Callable[[str], tuple[ModuleType, list[Path]]]
) -> None:
    module, stacks = synthesized(name)
    with Sandbox(deterministic=True, simulated=settings_of(module)) as sandbox:
        outputs = live(sandbox, stacks)
    assert {key for key, is_expected in OUTPUTS[name].items() if not is_expected(outputs[key])} == set()
    origins = type_origins(stacks[0].parent, {}, stacks)
    assert origins
    assert all((origin == INFERRED) == ("/warehouse" in source) for source, origin in origins.items())


@pytest.mark.parametrize("name", APPS)
def test_app_lives_where_no_bindings_are_found(
    name: str, synthesized: Callable[[str], tuple[ModuleType, list[Path]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Search, "packages", lambda search: iter(()))
    module, stacks = synthesized(name)
    with Sandbox(deterministic=True, simulated=settings_of(module)) as sandbox:
        assert live(sandbox, stacks).keys() >= OUTPUTS[name].keys()
    assert set(type_origins(stacks[0].parent, {}, stacks).values()) == {INFERRED}
