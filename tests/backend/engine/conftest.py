"""Stacks in a directory of their own, planned and applied with the builtin provider or with one that records."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from constructs_ims.backend.engine.applying.applier import ApplyOutcome
from constructs_ims.backend.engine.engine import Engine
from constructs_ims.backend.engine.plans.changes import Plan
from constructs_ims.backend.engine.plans.options import PlanOptions
from constructs_ims.backend.engine.state.model import State


@dataclass
class Workbench:
    """One stack directory with the state that applies leave; ``write`` replaces its configuration."""

    directory: Path
    engine: Engine = field(default_factory=lambda: Engine(lambda source: None))
    state: State = field(default_factory=State)

    def write(self, configuration: Mapping[str, Any], name: str = "cdk.tf.json") -> None:
        (self.directory / name).write_text(json.dumps(configuration, indent=2))

    def plan(self, configuration: Mapping[str, Any] | None = None, **options: Any) -> Plan:
        if configuration is not None:
            self.write(configuration)
        return self.engine.plan(self.directory, self.state, PlanOptions(**options))

    def apply(self, configuration: Mapping[str, Any] | None = None, **options: Any) -> ApplyOutcome:
        plan = self.plan(configuration, **options)
        assert not plan.errored, [str(diagnostic) for diagnostic in plan.diagnostics]
        outcome = self.engine.apply(plan)
        self.state = outcome.state
        return outcome

    def actions(self, plan: Plan) -> dict[str, str]:
        """The visible changes of a plan: address to symbol."""
        return {str(change.address): change.action.value for change in plan.resource_changes if change.is_visible}


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path)


@pytest.fixture
def summaries() -> Callable[[Plan], list[str]]:
    return lambda plan: [diagnostic.summary for diagnostic in plan.diagnostics]
