"""What is normalised, what stays, and what is hidden; each rule alone."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ims.backend.documents.normalization import (
    ALL_RULES,
    Rule,
    normalized_plan,
    normalized_stack,
    normalized_state,
    normalized_text,
)

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
OTHER = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
HEX = "0123456789abcdef0123456789abcdef"
HASH = "A1B2C3D4E5F60718293A4B5C6D7E8F90"

TEXTS = {
    "uuid": (f"a {UUID} b", "a <id-1> b", Rule.IDS),
    "equal ids": (f"{UUID} {OTHER} {UUID}", "<id-1> <id-2> <id-1>", Rule.IDS),
    "hexadecimal id": (HEX, "<id-1>", Rule.IDS),
    "longer hexadecimal": (f"{HEX}0", f"{HEX}0", Rule.IDS),
    "part of a word": (f"x{UUID}", f"x{UUID}", Rule.IDS),
    "time": ("at 2025-01-31T12:00:00Z", "at <time>", Rule.TIMES),
    "time with fraction and zone": ("2025-01-31T12:00:00.123+08:00", "<time>", Rule.TIMES),
    "date": ("2025-01-31", "2025-01-31", Rule.TIMES),
    "asset": (f"assets/script_1234/{HASH}/run.sh", "assets/script_1234/<hash>/run.sh", Rule.ASSETS),
    "asset in an expression": (f'${{file("assets/s/{HASH}/a")}}', '${file("assets/s/<hash>/a")}', Rule.ASSETS),
    "relative path": ("terraform.images.tfstate", "terraform.images.tfstate", Rule.PATHS),
    "address": ("https://example.com/tmp", "https://example.com/tmp", Rule.PATHS),
    "plain text": ("Ubuntu 20.04 server 64bit", "Ubuntu 20.04 server 64bit", None),
}


@pytest.mark.parametrize(("text", "expected", "rule"), TEXTS.values(), ids=TEXTS)
def test_texts(text: str, expected: str, rule: Rule | None) -> None:
    assert normalized_text(text) == expected
    assert normalized_text(text, ALL_RULES - {rule} if rule else ()) == text
    if rule:
        assert normalized_text(text, {rule}) == expected


def test_paths_are_those_of_this_machine_and_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "home" / "project"
    project.mkdir(parents=True)
    (tmp_path / "tmp").mkdir()
    monkeypatch.chdir(project)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    texts = {
        f"{project}/terraform.images.tfstate": "<cwd>/terraform.images.tfstate",
        f'${{file("{project}/a")}}': '${file("<cwd>/a")}',
        f"{project}": "<cwd>",
        f"{project}-other/a": "<home>/project-other/a",
        f"{tmp_path}/home/.cache": "<home>/.cache",
        f"{tmp_path}/tmp/x": "<tmp>/x",
        f"{tmp_path}/tmp/pytest-of-root/pytest-12/test_a0/b": "<tmp>/b",
        f"{tmp_path}/tmp/pytest-of-root/pytest-12/popen-gw1/test_a0/b": "<tmp>/b",
        f"/other{project}": f"/other{project}",
    }

    assert {text: normalized_text(text, {Rule.PATHS}) for text in texts} == texts
    assert {text: normalized_text(text, ALL_RULES - {Rule.PATHS}) for text in texts} == {text: text for text in texts}


@pytest.mark.parametrize("start", ["/", "{root}", "{root}/project", "{root}/project/tests/unit", "{root}/elsewhere"])
def test_paths_of_a_project_are_the_same_from_everywhere(
    start: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CDK writes the working directory into the path of a local backend."""
    root = tmp_path / "home"
    project = root / "project"
    for folder in (project / "tests" / "unit", root / "elsewhere"):
        folder.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(root))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.chdir(start.format(root=root))
    backend = os.path.join(os.getcwd(), "terraform.images.tfstate")
    text = f"{backend} {project}/main.py {project}/tests/unit/data {root}/notes"

    kept = normalized_text(text, {Rule.PATHS}, project)

    assert kept == "<cwd>/terraform.images.tfstate <cwd>/main.py <cwd>/tests/unit/data <home>/notes"


def test_path_reached_by_a_link_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    monkeypatch.setenv("HOME", str(tmp_path / "link"))

    assert normalized_text(f"{tmp_path}/link/a {tmp_path}/real/a", {Rule.PATHS}) == "<home>/a <home>/a"


@pytest.mark.parametrize("home", ["", "/"])
def test_root_is_no_folder_of_its_own(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", home)

    assert normalized_text("/etc/hosts https://a/b", {Rule.PATHS}) == "/etc/hosts https://a/b"


STACK: dict[str, Any] = {
    "terraform": {"backend": {"s3": {"key": "states/a", "secret_key": "S"}}},
    "data": {"terraform_remote_state": {"x": {"config": {"key": "k", "token": "S"}}}, "other": {"y": {"token": "t"}}},
    "variable": {"v": {"sensitive": True, "default": "S"}, "w": {"default": "plain"}},
    "output": {"o": {"sensitive": True, "value": "S"}, "p": {"sensitive": True, "value": "${var.v}"}},
    "//": {"metadata": {"version": "0.21.0"}},
    "resource": {"a": {"b": {"//": {"metadata": {"path": "s/b"}}, "name": UUID, "time": "2025-01-31T12:00:00Z"}}},
    "provider": {"huaweicloud": [{"region": "r", "secret_key": "S", "assume_role_with_oidc": [{"id_token": "T"}]}]},
}


def test_stack_keeps_what_its_author_wrote() -> None:
    assert normalized_stack(STACK) == {
        "data": {
            "other": {"y": {"token": "t"}},
            "terraform_remote_state": {"x": {"config": {"key": "k", "token": "(sensitive value)"}}},
        },
        "output": {
            "o": {"sensitive": True, "value": "(sensitive value)"},
            "p": {"sensitive": True, "value": "${var.v}"},
        },
        "terraform": {"backend": {"s3": {"key": "states/a", "secret_key": "(sensitive value)"}}},
        "variable": {"v": {"default": "(sensitive value)", "sensitive": True}, "w": {"default": "plain"}},
        "provider": {
            "huaweicloud": [
                {
                    "assume_role_with_oidc": [{"id_token": "(sensitive value)"}],
                    "region": "r",
                    "secret_key": "(sensitive value)",
                }
            ]
        },
        "resource": {"a": {"b": {"name": UUID, "time": "2025-01-31T12:00:00Z"}}},
    }
    assert normalized_stack(STACK, ()) == STACK


def test_keys_are_sorted_and_ids_are_numbered_in_that_order() -> None:
    state = {"b": OTHER, "a": UUID, UUID: [OTHER]}

    assert json.dumps(normalized_state(state, {Rule.IDS})) == json.dumps(
        {"<id-1>": ["<id-2>"], "a": "<id-1>", "b": "<id-2>"}
    )


PLAN: dict[str, Any] = {
    "format_version": "1.2",
    "terraform_version": "1.11.4",
    "timestamp": "2025-01-31T12:00:00Z",
    "variables": {"password": {"value": "SECRET"}, "size": {"value": 40}},
    "planned_values": {
        "outputs": {"o": {"sensitive": True, "value": "SECRET"}, "p": {"sensitive": False, "value": "plain"}},
        "root_module": {
            "resources": [{"values": {"a": "SECRET", "b": 1}, "sensitive_values": {"a": True}}],
            "child_modules": [{"resources": [{"values": {"l": ["SECRET", 2]}, "sensitive_values": {"l": [True]}}]}],
        },
    },
    "resource_changes": [
        {
            "change": {
                "before": {"a": {"b": "SECRET", "c": 1}, "n": None},
                "after": {"a": {"b": "SECRET", "c": 2}, "n": None},
                "before_sensitive": {"a": {"b": True}, "n": True},
                "after_sensitive": {"a": {"b": True}},
            }
        }
    ],
    "resource_drift": [
        {"change": {"before": "SECRET", "before_sensitive": True, "after": None, "after_sensitive": False}}
    ],
    "output_changes": {"o": {"before": None, "after": "SECRET", "before_sensitive": True, "after_sensitive": True}},
    "prior_state": {"values": {"outputs": {"o": {"sensitive": True, "value": "SECRET"}}}},
    "configuration": {
        "provider_config": {
            "huaweicloud": {"name": "huaweicloud", "expressions": {"secret_key": {"constant_value": "SECRET"}}},
            "other": {"name": "other", "expressions": {"token": {"constant_value": "SECRET"}, "zone": "plain"}},
        },
        "root_module": {
            "variables": {"password": {"sensitive": True, "default": "SECRET"}, "size": {"default": 40}},
            "outputs": {"o": {"sensitive": True, "expression": {"constant_value": "SECRET"}}},
        },
    },
}


def test_plan_holds_no_secret_and_everything_else() -> None:
    kept = normalized_plan(PLAN)
    text = json.dumps(kept)

    assert "SECRET" not in text
    assert text.count("plain") == 2
    assert kept["variables"] == {"password": {"value": "(sensitive value)"}, "size": {"value": 40}}
    assert kept["resource_changes"][0]["change"]["before"] == {"a": {"b": "(sensitive value)", "c": 1}, "n": None}
    assert kept["planned_values"]["root_module"]["child_modules"][0]["resources"][0]["values"] == {
        "l": ["(sensitive value)", 2]
    }
    assert kept["terraform_version"] == kept["format_version"] == "<version>"
    assert kept["timestamp"] == "<time>"
    assert normalized_plan(PLAN, ()) == PLAN
    assert json.dumps(normalized_plan(PLAN, ALL_RULES - {Rule.SECRETS})).count("SECRET") == json.dumps(PLAN).count(
        "SECRET"
    )


STATE: dict[str, Any] = {
    "version": 4,
    "terraform_version": "1.11.4",
    "lineage": UUID,
    "outputs": {"o": {"value": "SECRET", "type": "string", "sensitive": True}, "p": {"value": "plain"}},
    "resources": [
        {
            "instances": [
                {
                    "attributes": {"id": UUID, "a": "SECRET", "n": None, "l": [{"x": "SECRET"}, {"x": "plain"}]},
                    "sensitive_attributes": [
                        [{"type": "get_attr", "value": "a"}],
                        [{"type": "get_attr", "value": "n"}],
                        [{"type": "get_attr", "value": "gone"}],
                        [
                            {"type": "get_attr", "value": "l"},
                            {"type": "index", "value": {"value": 0, "type": "number"}},
                            {"type": "get_attr", "value": "x"},
                        ],
                    ],
                }
            ]
        }
    ],
}


def test_state_holds_no_secret_and_everything_else() -> None:
    kept = normalized_state(STATE)

    assert kept["outputs"] == {
        "o": {"sensitive": True, "type": "string", "value": "(sensitive value)"},
        "p": {"value": "plain"},
    }
    assert kept["resources"][0]["instances"][0]["attributes"] == {
        "a": "(sensitive value)",
        "id": "<id-1>",
        "l": [{"x": "(sensitive value)"}, {"x": "plain"}],
        "n": None,
    }
    assert (kept["version"], kept["terraform_version"], kept["lineage"]) == (4, "<version>", "<id-1>")
    assert normalized_state(STATE, ()) == STATE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), JSON))
def test_normalising_twice_changes_nothing_more(document: dict[str, Any]) -> None:
    for normalized in (normalized_stack, normalized_state, normalized_plan):
        shapes = {
            "outputs",
            "resources",
            "planned_values",
            "resource_changes",
            "variables",
            "configuration",
            "provider",
        }
        once = normalized({key: value for key, value in document.items() if key not in shapes})
        assert normalized(once) == once


@given(st.dictionaries(st.text(alphabet="abc", max_size=3), JSON, max_size=4))
def test_order_of_keys_does_not_count(document: dict[str, Any]) -> None:
    turned = dict(reversed(document.items()))

    assert json.dumps(normalized_stack(document)) == json.dumps(normalized_stack(turned))
