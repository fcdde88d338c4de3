"""Configurations are refused, warned of and taken as Terraform does: some 1,300 of them, in tables by what they vary.

``tests/e2e/test_judged_configurations.py`` asks Terraform again.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from constructs_ims.backend.engine.engine import Engine
from constructs_ims.backend.engine.render.diagnostics_text import diagnostic_to_json

from .judged import Said, groups, said, without_places

GROUPS = groups()


def verdict(directory: Path, stack: str) -> Said:
    (directory / "cdk.tf.json").write_text(stack, encoding="utf-8")
    outcome = Engine(lambda source: None).validate(directory)
    texts = {name: source.text for name, source in outcome.configuration.sources.items()}
    return said(diagnostic_to_json(one, texts) for one in outcome.diagnostics)


@pytest.mark.parametrize("group", GROUPS)
def test_configurations_are_judged_as_terraform_judges_them(tmp_path: Path, group: str) -> None:
    recorded = {name: one["said"] for name, one in GROUPS[group].items()}

    found = {name: verdict(tmp_path, one["stack"]) for name, one in GROUPS[group].items()}

    compared = {name: said if has_places(recorded[name]) else without_places(said) for name, said in found.items()}
    assert compared == recorded


def has_places(diagnostics: Said) -> bool:
    return all(len(one) == 4 for one in diagnostics)
